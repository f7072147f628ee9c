//! Instructions of 16 bits (section A5.2).

use crate::{
    bits::{bit, bits, low_register, register, signed},
    decode::{condition, constant, kind, mov, shifted},
    operation::{
        Address, Extension, Flags, Function, LR, Many, Operand, Operation, PC, Product, Register,
        SP, Unary, Width,
    },
};

const FLAGS: Flags = Flags::SetOutsideIfThen;

pub(crate) fn decode(word: u32, pc: u32) -> Operation {
    let (low, middle, high) = (
        low_register(word, 0),
        low_register(word, 3),
        low_register(word, 8),
    );
    let byte = bits(word, 7, 0);
    let five = bits(word, 10, 6);
    match bits(word, 15, 11) {
        code @ 0b00000..=0b00010 => mov(FLAGS, low, shifted(middle, code, five)),
        0b00011 => {
            let operand = if bit(word, 10) {
                constant(bits(word, 8, 6))
            } else {
                Operand::Register(low_register(word, 6))
            };
            let function = [Function::Add, Function::Subtract][usize::from(bit(word, 9))];
            Operation::Compute(function, FLAGS, low, middle, operand)
        }
        0b00100 => mov(FLAGS, high, constant(byte)),
        0b00101 => Operation::Test(Function::Subtract, high, constant(byte)),
        0b00110 => Operation::Compute(Function::Add, FLAGS, high, high, constant(byte)),
        0b00111 => Operation::Compute(Function::Subtract, FLAGS, high, high, constant(byte)),
        0b01000 if bit(word, 10) => with_high_registers(word),
        0b01000 => with_registers(word, low, middle),
        0b01001 => Operation::LoadLiteral(Width::Word, high, (pc & !3).wrapping_add(byte * 4)),
        0b01010 | 0b01011 => {
            let index = Address::Index(low_register(word, 6), 0);
            match bits(word, 11, 9) {
                0 => Operation::Store(Width::Word, low, middle, index),
                1 => Operation::Store(Width::Half, low, middle, index),
                2 => Operation::Store(Width::Byte, low, middle, index),
                3 => Operation::Load(Width::SignedByte, low, middle, index),
                4 => Operation::Load(Width::Word, low, middle, index),
                5 => Operation::Load(Width::Half, low, middle, index),
                6 => Operation::Load(Width::Byte, low, middle, index),
                _ => Operation::Load(Width::SignedHalf, low, middle, index),
            }
        }
        0b01100 => Operation::Store(Width::Word, low, middle, Address::Offset(five * 4)),
        0b01101 => Operation::Load(Width::Word, low, middle, Address::Offset(five * 4)),
        0b01110 => Operation::Store(Width::Byte, low, middle, Address::Offset(five)),
        0b01111 => Operation::Load(Width::Byte, low, middle, Address::Offset(five)),
        0b10000 => Operation::Store(Width::Half, low, middle, Address::Offset(five * 2)),
        0b10001 => Operation::Load(Width::Half, low, middle, Address::Offset(five * 2)),
        0b10010 => Operation::Store(Width::Word, high, SP, Address::Offset(byte * 4)),
        0b10011 => Operation::Load(Width::Word, high, SP, Address::Offset(byte * 4)),
        0b10100 => mov(
            Flags::Keep,
            high,
            constant((pc & !3).wrapping_add(byte * 4)),
        ),
        0b10101 => Operation::Compute(Function::Add, Flags::Keep, high, SP, constant(byte * 4)),
        0b10110 | 0b10111 => miscellaneous(word, pc, low, middle),
        0b11000 => Operation::StoreMany(high, list(byte), UP),
        0b11001 => Operation::LoadMany(
            high,
            list(byte),
            Many {
                below: false,
                // The base is loaded, or written back.
                write_back: !bit(byte, u32::from(high)),
            },
        ),
        0b11010 | 0b11011 => match bits(word, 11, 8) {
            14 => Operation::Undefined,
            15 => Operation::Unknown,
            code => Operation::BranchIf(condition(code), pc.wrapping_add(signed(byte, 8) << 1)),
        },
        0b11100 => Operation::Branch(pc.wrapping_add(signed(bits(word, 10, 0), 11) << 1)),
        _ => Operation::Unknown,
    }
}

const UP: Many = Many {
    below: false,
    write_back: true,
};

/// Registers of a list, as a set.
#[allow(clippy::cast_possible_truncation, reason = "lists have 16 bits")]
fn list(bits: u32) -> u16 {
    bits as u16
}

/// Section A5.2.2.
fn with_registers(word: u32, d: Register, m: Register) -> Operation {
    let operand = Operand::Register(m);
    let compute = |function, n, operand| Operation::Compute(function, FLAGS, d, n, operand);
    let shift = |code| mov(FLAGS, d, Operand::ShiftedBy(d, kind(code), m));
    match bits(word, 9, 6) {
        0 => compute(Function::And, d, operand),
        1 => compute(Function::ExclusiveOr, d, operand),
        2 => shift(0),
        3 => shift(1),
        4 => shift(2),
        5 => compute(Function::AddCarry, d, operand),
        6 => compute(Function::SubtractCarry, d, operand),
        7 => shift(3),
        8 => Operation::Test(Function::And, d, operand),
        9 => compute(Function::ReverseSubtract, m, constant(0)),
        10 => Operation::Test(Function::Subtract, d, operand),
        11 => Operation::Test(Function::Add, d, operand),
        12 => compute(Function::Or, d, operand),
        13 => Operation::Multiply(Product::Flags, d, d, m, PC),
        14 => compute(Function::BitClear, d, operand),
        _ => compute(Function::MoveNot, d, operand),
    }
}

/// Section A5.2.3.
fn with_high_registers(word: u32) -> Operation {
    let m = register(word, 3);
    let n = low_register(word, 0) | u8::from(bit(word, 7)) << 3;
    let operand = Operand::Register(m);
    match bits(word, 9, 8) {
        0 => Operation::Compute(Function::Add, Flags::Keep, n, n, operand),
        1 => Operation::Test(Function::Subtract, n, operand),
        2 => mov(Flags::Keep, n, operand),
        _ if bit(word, 7) => Operation::CallTo(m),
        _ => Operation::BranchTo(m),
    }
}

/// Section A5.2.5.
fn miscellaneous(word: u32, pc: u32, d: Register, m: Register) -> Operation {
    let byte = bits(word, 7, 0);
    match bits(word, 11, 8) {
        0 => {
            let function = [Function::Add, Function::Subtract][usize::from(bit(word, 7))];
            let amount = bits(word, 6, 0) * 4;
            Operation::Compute(function, Flags::Keep, SP, SP, constant(amount))
        }
        1 | 3 | 9 | 11 => {
            let offset = bits(word, 9, 9) << 6 | bits(word, 7, 3) << 1;
            Operation::BranchIfZero(bit(word, 11), d, pc.wrapping_add(offset))
        }
        2 => {
            let extension = match bits(word, 7, 6) {
                0 => Extension::SignedHalf,
                1 => Extension::SignedByte,
                2 => Extension::Half,
                _ => Extension::Byte,
            };
            Operation::Extend(extension, d, PC, m, 0)
        }
        4 | 5 => Operation::StoreMany(
            SP,
            list(byte | bits(word, 8, 8) << LR),
            Many {
                below: true,
                write_back: true,
            },
        ),
        // CPS: there are no interrupts.
        6 if bits(word, 7, 5) == 0b011 => Operation::Nothing,
        10 => match bits(word, 7, 6) {
            0 => Operation::Unary(Unary::ReverseBytes, d, m),
            1 => Operation::Unary(Unary::ReverseHalves, d, m),
            3 => Operation::Unary(Unary::ReverseSignedHalf, d, m),
            _ => Operation::Undefined,
        },
        12 | 13 => Operation::LoadMany(SP, list(byte | bits(word, 8, 8) << PC), UP),
        15 if bits(byte, 3, 0) == 0 => Operation::Nothing,
        15 => Operation::IfThen(word.to_le_bytes()[0]),
        // BKPT too: without a debugger, it is a fault.
        _ => Operation::Undefined,
    }
}
