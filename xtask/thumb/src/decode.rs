//! From bytes to an operation (section A5).

use crate::{
    bits::{bit, bits},
    narrow,
    operation::{Condition, Flags, Function, Kind, Operand, Operation, Register, Shift},
    wide,
};

/// Decodes the instruction at `address`: two halfwords, of which it may be the first alone. Gives its
/// length in bytes too.
pub(crate) fn decode(first: u16, second: u16, address: u32) -> (Operation, u32) {
    let (first, second) = (u32::from(first), u32::from(second));
    let pc = address.wrapping_add(4);
    if bits(first, 15, 11) >= 0b11101 {
        (wide::decode(first, second, pc), 4)
    } else {
        (narrow::decode(first, pc), 2)
    }
}

/// The conditions in the order of their codes (table A7-1).
pub(crate) fn condition(code: u32) -> Condition {
    match code {
        0 => Condition::Equal,
        1 => Condition::NotEqual,
        2 => Condition::CarrySet,
        3 => Condition::CarryClear,
        4 => Condition::Negative,
        5 => Condition::Positive,
        6 => Condition::Overflow,
        7 => Condition::NoOverflow,
        8 => Condition::Higher,
        9 => Condition::LowerOrSame,
        10 => Condition::GreaterOrEqual,
        11 => Condition::Less,
        12 => Condition::Greater,
        13 => Condition::LessOrEqual,
        _ => Condition::Always,
    }
}

pub(crate) fn kind(code: u32) -> Kind {
    match code {
        0 => Kind::Left,
        1 => Kind::Right,
        2 => Kind::ArithmeticRight,
        _ => Kind::Rotate,
    }
}

/// `DecodeImmShift` (section A7.4.2).
pub(crate) fn shift(code: u32, amount: u32) -> Shift {
    match (kind(code), amount) {
        (Kind::Rotate, 0) => Shift::RotateWithCarry,
        (kind @ (Kind::Right | Kind::ArithmeticRight), 0) => Shift::By(kind, 32),
        (kind, amount) => Shift::By(kind, amount),
    }
}

pub(crate) fn shifted(m: Register, code: u32, amount: u32) -> Operand {
    match shift(code, amount) {
        Shift::By(Kind::Left, 0) => Operand::Register(m),
        shift => Operand::Shifted(m, shift),
    }
}

/// `ThumbExpandImm_C` (section A5.3.2).
pub(crate) fn expanded(twelve: u32) -> Operand {
    let byte = bits(twelve, 7, 0);
    if bits(twelve, 11, 10) != 0 {
        let value = (0x80 | byte).rotate_right(bits(twelve, 11, 7));
        return Operand::Constant(value, Some(bit(value, 31)));
    }
    let value = match bits(twelve, 9, 8) {
        0 => byte,
        1 => byte * 0x0001_0001,
        2 => byte * 0x0100_0100,
        _ => byte * 0x0101_0101,
    };
    Operand::Constant(value, None)
}

/// A constant that leaves the carry as it is.
pub(crate) fn constant(value: u32) -> Operand {
    Operand::Constant(value, None)
}

pub(crate) fn mov(flags: Flags, d: Register, operand: Operand) -> Operation {
    Operation::Compute(Function::Move, flags, d, 0, operand)
}
