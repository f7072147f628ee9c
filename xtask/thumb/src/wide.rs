//! Instructions of 32 bits (section A5.3).

use crate::{
    bits::{bit, bits, register, signed},
    decode::{condition, constant, expanded, kind, mov, shift, shifted},
    operation::{
        Address, Binary, Extension, Flags, Function, Long, Many, Operand, Operation, PC, Product,
        SP, Unary, Width,
    },
};

pub(crate) fn decode(first: u32, second: u32, pc: u32) -> Operation {
    match (bits(first, 12, 11), bits(first, 10, 4)) {
        (0b01, op) if op & 0b110_0100 == 0 => many(first, second),
        (0b01, op) if op & 0b110_0100 == 0b000_0100 => pairs_and_tables(first, second, pc),
        (0b01, op) if op & 0b110_0000 == 0b010_0000 => {
            let amount = bits(second, 14, 12) << 2 | bits(second, 7, 6);
            let operand = shifted(register(second, 0), bits(second, 5, 4), amount);
            data(first, second, operand, bits(second, 5, 4))
        }
        (0b10, _) if bit(second, 15) => branches(first, second, pc),
        (0b10, _) if bit(first, 9) => with_plain_constant(first, second, pc),
        (0b10, _) => data(first, second, expanded(twelve(first, second)), 0),
        (0b11, op) if op & 0b111_0001 == 0 => store(first, second),
        (0b11, op) if op & 0b110_0001 == 1 => load(first, second, pc),
        (0b11, op) if op & 0b111_0000 == 0b010_0000 => with_registers(first, second),
        (0b11, op) if op & 0b111_1000 == 0b011_0000 => multiply(first, second),
        (0b11, op) if op & 0b111_1000 == 0b011_1000 => multiply_long(first, second),
        // The FPU is coprocessor 10 and 11, with encodings that begin with 1110. There is no other.
        (0b01, _) if matches!(bits(second, 11, 8), 10 | 11) => Operation::Unknown,
        _ => Operation::Undefined,
    }
}

/// The constant of 12 bits, of three parts.
fn twelve(first: u32, second: u32) -> u32 {
    bits(first, 10, 10) << 11 | bits(second, 14, 12) << 8 | bits(second, 7, 0)
}

/// Section A5.3.5.
fn many(first: u32, second: u32) -> Operation {
    let base = register(first, 0);
    let below = match bits(first, 8, 7) {
        0b01 => false,
        0b10 => true,
        _ => return Operation::Undefined,
    };
    let how = Many {
        below,
        write_back: bit(first, 5),
    };
    #[allow(clippy::cast_possible_truncation, reason = "a halfword")]
    let list = second as u16;
    if bit(first, 4) {
        Operation::LoadMany(base, list, how)
    } else {
        Operation::StoreMany(base, list, how)
    }
}

/// Section A5.3.6.
fn pairs_and_tables(first: u32, second: u32, pc: u32) -> Operation {
    let n = register(first, 0);
    if !bit(first, 8) && !bit(first, 5) {
        let is_table = bits(first, 8, 4) == 0b01101 && bits(second, 7, 5) == 0;
        if is_table {
            return Operation::TableBranch(bit(second, 4), n, register(second, 0));
        }
        // Exclusive accesses.
        return Operation::Unknown;
    }
    let (t, t2) = (register(second, 12), register(second, 8));
    let offset = with_sign(bit(first, 7), bits(second, 7, 0) * 4);
    let address = match (bit(first, 8), bit(first, 5)) {
        (true, false) => Address::Offset(offset),
        (true, true) => Address::Before(offset),
        (false, _) => Address::After(offset),
    };
    if !bit(first, 4) {
        Operation::StorePair(t, t2, n, address)
    } else if n == PC {
        Operation::LoadPair(
            t,
            t2,
            n,
            Address::Offset((pc & !3).wrapping_sub(pc).wrapping_add(offset)),
        )
    } else {
        Operation::LoadPair(t, t2, n, address)
    }
}

fn with_sign(is_positive: bool, amount: u32) -> u32 {
    if is_positive {
        amount
    } else {
        amount.wrapping_neg()
    }
}

/// Sections A5.3.1 and A5.3.11.
fn data(first: u32, second: u32, operand: Operand, kind: u32) -> Operation {
    let (n, d) = (register(first, 0), register(second, 8));
    let sets = bit(first, 4);
    let flags = if sets { Flags::Set } else { Flags::Keep };
    let is_test = d == PC && sets;
    let test = |function| Operation::Test(function, n, operand);
    let compute = |function| Operation::Compute(function, flags, d, n, operand);
    match bits(first, 8, 5) {
        0 if is_test => test(Function::And),
        0 => compute(Function::And),
        1 => compute(Function::BitClear),
        2 if n == PC => compute(Function::Move),
        2 => compute(Function::Or),
        3 if n == PC => compute(Function::MoveNot),
        3 => compute(Function::OrNot),
        4 if is_test => test(Function::ExclusiveOr),
        4 => compute(Function::ExclusiveOr),
        6 if kind & 1 == 1 || sets => Operation::Undefined,
        6 if kind == 0 => compute(Function::PackBottomTop),
        6 => compute(Function::PackTopBottom),
        8 if is_test => test(Function::Add),
        8 => compute(Function::Add),
        10 => compute(Function::AddCarry),
        11 => compute(Function::SubtractCarry),
        13 if is_test => test(Function::Subtract),
        13 => compute(Function::Subtract),
        14 => compute(Function::ReverseSubtract),
        _ => Operation::Undefined,
    }
}

/// Section A5.3.3.
fn with_plain_constant(first: u32, second: u32, pc: u32) -> Operation {
    let (n, d) = (register(first, 0), register(second, 8));
    let constant_of_12 = twelve(first, second);
    let sixteen = bits(first, 3, 0) << 12 | constant_of_12;
    let (from, last) = (
        bits(second, 14, 12) << 2 | bits(second, 7, 6),
        bits(second, 4, 0),
    );
    let add = |amount: u32| match n {
        PC => mov(Flags::Keep, d, constant((pc & !3).wrapping_add(amount))),
        _ => Operation::Compute(Function::Add, Flags::Keep, d, n, constant(amount)),
    };
    match bits(first, 8, 4) {
        0b00000 => add(constant_of_12),
        0b01010 => add(constant_of_12.wrapping_neg()),
        0b00100 => mov(Flags::Keep, d, constant(sixteen)),
        0b01100 => Operation::MoveTop(d, sixteen),
        // Of halves.
        0b10010 | 0b11010 if from == 0 => Operation::Unknown,
        code @ (0b10000 | 0b10010 | 0b11000 | 0b11010) => {
            let is_signed = code < 0b11000;
            let shift = shift(bits(first, 5, 5) << 1, from);
            Operation::Saturate(is_signed, d, n, shift, last + u32::from(is_signed))
        }
        0b10100 | 0b11100 if from + last < 32 => {
            Operation::Extract(bits(first, 7, 4) == 0b0100, d, n, from, last + 1)
        }
        0b10110 if last >= from => Operation::Insert(d, n, from, last - from + 1),
        _ => Operation::Undefined,
    }
}

/// Section A5.3.4.
fn branches(first: u32, second: u32, pc: u32) -> Operation {
    let (sign, upper, lower) = (bits(first, 10, 10), bits(first, 9, 0), bits(second, 10, 0));
    let (j1, j2) = (bits(second, 13, 13), bits(second, 11, 11));
    let far = || {
        let [i1, i2] = [j1, j2].map(|j| 1 ^ j ^ sign);
        let offset = sign << 24 | i1 << 23 | i2 << 22 | upper << 12 | lower << 1;
        pc.wrapping_add(signed(offset, 25))
    };
    match (bit(second, 14), bit(second, 12)) {
        (true, true) => Operation::Call(far()),
        (false, true) => Operation::Branch(far()),
        (true, false) => Operation::Undefined,
        (false, false) if bits(first, 9, 7) != 0b111 => {
            let offset = sign << 20 | j2 << 19 | j1 << 18 | bits(first, 5, 0) << 12 | lower << 1;
            let to = pc.wrapping_add(signed(offset, 21));
            Operation::BranchIf(condition(bits(first, 9, 6)), to)
        }
        (false, false) => match (bits(first, 10, 4), bits(second, 7, 0)) {
            (0b011_1000 | 0b011_1001, 0..=3) => Operation::WriteFlags(register(first, 0)),
            (0b011_1110 | 0b011_1111, 0..=3) => Operation::ReadFlags(register(second, 8)),
            (0b011_1110 | 0b011_1111, 8) => {
                mov(Flags::Keep, register(second, 8), Operand::Register(SP))
            }
            // PSP is not in use.
            (0b011_1110 | 0b011_1111, 9 | 16..=20) => {
                mov(Flags::Keep, register(second, 8), constant(0))
            }
            // Hints, the barriers beside CLREX, and MSR of PRIMASK and its like: no interrupt comes.
            (0b011_1010 | 0b011_1011, _) | (0b011_1000 | 0b011_1001, 16..=20) => Operation::Nothing,
            (0b111_1111, _) => Operation::Undefined,
            // Other special registers.
            _ => Operation::Unknown,
        },
    }
}

fn width(first: u32) -> Option<Width> {
    Some(match (bits(first, 6, 5), bit(first, 8)) {
        (0, false) => Width::Byte,
        (1, false) => Width::Half,
        (2, false) => Width::Word,
        (0, true) => Width::SignedByte,
        (1, true) => Width::SignedHalf,
        _ => return None,
    })
}

/// Sections A5.3.7 to A5.3.10, of a base that is not the PC.
fn address(first: u32, second: u32) -> Option<Address> {
    let eight = with_sign(bit(second, 9), bits(second, 7, 0));
    Some(if bit(first, 7) {
        Address::Offset(bits(second, 11, 0))
    } else if bit(second, 11) {
        match (bit(second, 10), bit(second, 8)) {
            (true, false) => Address::Offset(eight),
            (true, true) => Address::Before(eight),
            (false, true) => Address::After(eight),
            (false, false) => return None,
        }
    } else if bits(second, 10, 6) == 0 {
        Address::Index(register(second, 0), bits(second, 5, 4))
    } else {
        return None;
    })
}

fn store(first: u32, second: u32) -> Operation {
    let (n, t) = (register(first, 0), register(second, 12));
    match (width(first), address(first, second)) {
        (Some(width), Some(address)) if n != PC => Operation::Store(width, t, n, address),
        _ => Operation::Undefined,
    }
}

fn load(first: u32, second: u32, pc: u32) -> Operation {
    let (n, t) = (register(first, 0), register(second, 12));
    let Some(width) = width(first) else {
        return Operation::Undefined;
    };
    if t == PC && width != Width::Word {
        // Preloads.
        return Operation::Nothing;
    }
    if n == PC {
        let offset = with_sign(bit(first, 7), bits(second, 11, 0));
        return Operation::LoadLiteral(width, t, (pc & !3).wrapping_add(offset));
    }
    match address(first, second) {
        Some(address) => Operation::Load(width, t, n, address),
        None => Operation::Undefined,
    }
}

/// Section A5.3.12.
fn with_registers(first: u32, second: u32) -> Operation {
    let (n, d, m) = (register(first, 0), register(second, 8), register(second, 0));
    if bits(second, 15, 12) != 15 {
        return Operation::Undefined;
    }
    let op = bits(second, 7, 4);
    match (bits(first, 7, 4), op) {
        (code @ 0..=7, 0) => {
            let flags = if code & 1 == 1 {
                Flags::Set
            } else {
                Flags::Keep
            };
            mov(flags, d, Operand::ShiftedBy(n, kind(code >> 1), m))
        }
        (code @ 0..=5, 8..) => {
            let extension = match code {
                0 => Extension::SignedHalf,
                1 => Extension::Half,
                2 => Extension::SignedBytes,
                3 => Extension::Bytes,
                4 => Extension::SignedByte,
                _ => Extension::Byte,
            };
            Operation::Extend(extension, d, n, m, bits(second, 5, 4) * 8)
        }
        (8, 8) => Operation::Binary(Binary::AddSaturated, d, m, n),
        (8, 10) => Operation::Binary(Binary::SubtractSaturated, d, m, n),
        (9, 8) => Operation::Unary(Unary::ReverseBytes, d, m),
        (9, 9) => Operation::Unary(Unary::ReverseHalves, d, m),
        (9, 10) => Operation::Unary(Unary::ReverseBits, d, m),
        (9, 11) => Operation::Unary(Unary::ReverseSignedHalf, d, m),
        (11, 8) => Operation::Unary(Unary::LeadingZeros, d, m),
        // Additions of halves and bytes.
        _ => Operation::Unknown,
    }
}

/// Section A5.3.16.
fn multiply(first: u32, second: u32) -> Operation {
    let (top_n, top_m) = (bit(second, 5), bit(second, 4));
    let product = match (bits(first, 6, 4), top_n, top_m) {
        (0, false, false) => Product::Add,
        (0, false, true) => Product::Subtract,
        (1, _, _) => Product::Halves(top_n, top_m),
        (5, false, rounds) => Product::Top(rounds),
        _ => return Operation::Unknown,
    };
    let [d, n, m, a] =
        [(second, 8), (first, 0), (second, 0), (second, 12)].map(|(word, low)| register(word, low));
    Operation::Multiply(product, d, n, m, a)
}

/// Section A5.3.17.
fn multiply_long(first: u32, second: u32) -> Operation {
    let (n, high, m) = (register(first, 0), register(second, 8), register(second, 0));
    let low = register(second, 12);
    let long = match (bits(first, 6, 4), bits(second, 7, 4)) {
        (0, 0) => Long::Signed,
        (1, 15) => return Operation::Binary(Binary::DivideSigned, high, n, m),
        (2, 0) => Long::Unsigned,
        (3, 15) => return Operation::Binary(Binary::Divide, high, n, m),
        (4, 0) => Long::SignedAdd,
        (6, 0) => Long::UnsignedAdd,
        (6, 6) => Long::UnsignedAddTwice,
        _ => return Operation::Unknown,
    };
    Operation::MultiplyLong(long, low, high, n, m)
}
