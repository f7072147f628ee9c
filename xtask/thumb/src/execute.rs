//! Executes an operation.

use crate::{
    arithmetic::{Apsr, add, saturated, shift, signed_product},
    bus::End,
    machine::Machine,
    operation::{
        Address, Binary, Extension, Flags, Function, LR, Long, Many, Operand, Operation, PC,
        Product, Register, Shift, Unary, Width,
    },
};

impl Machine<'_> {
    #[inline]
    pub(crate) fn execute(&mut self, operation: &Operation) -> Result<(), End> {
        match *operation {
            Operation::Compute(function, flags, d, n, operand) => {
                let sets =
                    flags == Flags::Set || flags == Flags::SetOutsideIfThen && self.if_then == 0;
                let value = self.compute(function, n, operand, sets);
                self.set(d, value);
            }
            Operation::Test(function, n, operand) => {
                self.compute(function, n, operand, true);
            }
            Operation::MoveTop(d, half) => {
                self.set(d, self.get(d) & 0xFFFF | half << 16);
            }
            Operation::Load(width, t, n, address) => {
                let (at, base) = self.access(n, address);
                let value = self.load(width, at)?;
                self.write_back(n, address, base);
                self.set_loaded(t, value)?;
            }
            Operation::LoadLiteral(width, t, at) => {
                let value = self.load(width, at)?;
                self.set_loaded(t, value)?;
            }
            Operation::Store(width, t, n, address) => {
                let (at, base) = self.access(n, address);
                self.store(width, at, self.get(t))?;
                self.write_back(n, address, base);
            }
            Operation::LoadPair(t, t2, n, address) => {
                let (at, base) = self.access(n, address);
                let values = [self.aligned(at)?, self.aligned(at.wrapping_add(4))?];
                self.write_back(n, address, base);
                self.set(t, values[0]);
                self.set(t2, values[1]);
            }
            Operation::StorePair(t, t2, n, address) => {
                let (at, base) = self.access(n, address);
                self.store_aligned(at, self.get(t))?;
                self.store_aligned(at.wrapping_add(4), self.get(t2))?;
                self.write_back(n, address, base);
            }
            Operation::LoadMany(n, list, how) => self.load_many(n, list, how)?,
            Operation::StoreMany(n, list, how) => self.store_many(n, list, how)?,
            Operation::Branch(to) => self.next = to,
            Operation::BranchIf(condition, to) => {
                if self.flags.hold(condition) {
                    self.next = to;
                }
            }
            Operation::Call(to) => {
                self.set(LR, self.next | 1);
                self.next = to;
            }
            Operation::BranchTo(m) => self.branch(self.get(m))?,
            Operation::CallTo(m) => {
                let to = self.get(m);
                self.set(LR, self.next | 1);
                self.branch(to)?;
            }
            Operation::BranchIfZero(negated, n, to) => {
                if (self.get(n) == 0) != negated {
                    self.next = to;
                }
            }
            Operation::TableBranch(is_half, n, m) => {
                let (width, factor) = if is_half {
                    (Width::Half, 2)
                } else {
                    (Width::Byte, 1)
                };
                let at = self.get(n).wrapping_add(self.get(m).wrapping_mul(factor));
                let halves = self.load(width, at)?;
                self.next = self.get(PC).wrapping_add(halves * 2);
            }
            Operation::IfThen(state) => self.if_then = state,
            Operation::Nothing => {}
            Operation::Undefined => return Err(End::Fault),
            Operation::Unknown => return Err(End::Unknown(0)),
            _ => self.execute_within(operation),
        }
        Ok(())
    }

    /// Those that change registers and flags alone, and are rarer.
    fn execute_within(&mut self, operation: &Operation) {
        match *operation {
            Operation::Extend(extension, d, n, m, rotation) => {
                let value = extended(extension, self.get(m).rotate_right(rotation));
                let sum = if n == PC {
                    value
                } else {
                    match extension {
                        Extension::SignedBytes | Extension::Bytes => halves(self.get(n), value),
                        _ => self.get(n).wrapping_add(value),
                    }
                };
                self.set(d, sum);
            }
            Operation::Extract(is_signed, d, n, from, width) => {
                let left = self.get(n) << (32 - from - width);
                let value = if is_signed {
                    (left.cast_signed() >> (32 - width)).cast_unsigned()
                } else {
                    left >> (32 - width)
                };
                self.set(d, value);
            }
            Operation::Insert(d, n, from, width) => {
                let mask = u32::MAX >> (32 - width) << from;
                let source = if n == PC { 0 } else { self.get(n) };
                self.set(d, self.get(d) & !mask | source << from & mask);
            }
            Operation::Saturate(is_signed, d, n, by, width) => {
                let (value, _) = shift(self.get(n), by, self.flags.c);
                self.set(d, saturated(value.cast_signed().into(), is_signed, width));
            }
            Operation::Unary(function, d, m) => self.set(d, unary(function, self.get(m))),
            Operation::Binary(function, d, n, m) => {
                self.set(d, binary(function, self.get(n), self.get(m)));
            }
            Operation::Multiply(product, d, n, m, a) => self.multiply(product, d, [n, m, a]),
            Operation::MultiplyLong(long, low, high, n, m) => {
                self.multiply_long(long, low, high, [n, m]);
            }
            Operation::ReadFlags(d) => self.set(d, self.flags.to_word()),
            Operation::WriteFlags(n) => self.flags = Apsr::from_word(self.get(n)),
            _ => {}
        }
    }

    #[inline]
    pub(crate) fn get(&self, register: Register) -> u32 {
        self.r[usize::from(register & 15)]
    }

    /// Sets a register; the PC branches, as an operation does (`ALUWritePC`).
    #[inline]
    fn set(&mut self, register: Register, value: u32) {
        match register {
            PC => self.next = value & !1,
            // The stack pointer has no bits below a word.
            13 => self.r[13] = value & !3,
            _ => self.r[usize::from(register & 15)] = value,
        }
    }

    /// `LoadWritePC`
    #[inline]
    fn set_loaded(&mut self, register: Register, value: u32) -> Result<(), End> {
        if register == PC {
            return self.branch(value);
        }
        self.set(register, value);
        Ok(())
    }

    /// `BXWritePC`: there is no state but Thumb, and no exception to return from.
    fn branch(&mut self, to: u32) -> Result<(), End> {
        if to & 1 == 0 || to >> 28 == 0xF {
            return Err(End::Fault);
        }
        self.next = to & !1;
        Ok(())
    }

    #[inline]
    fn operand(&self, operand: Operand) -> (u32, bool) {
        let carry = self.flags.c;
        match operand {
            Operand::Constant(value, sets) => (value, sets.unwrap_or(carry)),
            Operand::Register(m) => (self.get(m), carry),
            Operand::Shifted(m, by) => shift(self.get(m), by, carry),
            Operand::ShiftedBy(m, kind, s) => {
                shift(self.get(m), Shift::By(kind, self.get(s) & 0xFF), carry)
            }
        }
    }

    /// The result; with `sets`, the flags become its flags.
    #[inline]
    fn compute(&mut self, function: Function, n: Register, operand: Operand, sets: bool) -> u32 {
        let (y, carry) = self.operand(operand);
        let x = self.get(n);
        let (value, carry, overflow) = match function {
            Function::And => (x & y, carry, self.flags.v),
            Function::BitClear => (x & !y, carry, self.flags.v),
            Function::Or => (x | y, carry, self.flags.v),
            Function::OrNot => (x | !y, carry, self.flags.v),
            Function::ExclusiveOr => (x ^ y, carry, self.flags.v),
            Function::Move => (y, carry, self.flags.v),
            Function::MoveNot => (!y, carry, self.flags.v),
            Function::Add => add(x, y, false),
            Function::AddCarry => add(x, y, self.flags.c),
            Function::Subtract => add(x, !y, true),
            Function::SubtractCarry => add(x, !y, self.flags.c),
            Function::ReverseSubtract => add(!x, y, true),
            Function::PackBottomTop => (y & 0xFFFF_0000 | x & 0xFFFF, carry, self.flags.v),
            Function::PackTopBottom => (x & 0xFFFF_0000 | y & 0xFFFF, carry, self.flags.v),
        };
        if sets {
            self.flags.set_result(value);
            (self.flags.c, self.flags.v) = (carry, overflow);
        }
        value
    }

    /// Where to access, and what becomes of the base.
    #[inline]
    fn access(&self, n: Register, address: Address) -> (u32, u32) {
        let base = self.get(n);
        match address {
            Address::Offset(offset) => (base.wrapping_add(offset), base),
            Address::Before(offset) => (base.wrapping_add(offset), base.wrapping_add(offset)),
            Address::After(offset) => (base, base.wrapping_add(offset)),
            Address::Index(m, left) => (base.wrapping_add(self.get(m) << left), base),
        }
    }

    #[inline]
    fn write_back(&mut self, n: Register, address: Address, base: u32) {
        if let Address::Before(_) | Address::After(_) = address {
            self.set(n, base);
        }
    }

    #[inline]
    fn load(&mut self, width: Width, at: u32) -> Result<u32, End> {
        let flash = self.image.flash();
        Ok(match width {
            Width::Byte => u8::from_le_bytes(self.bus.read(flash, at)?).into(),
            Width::Half => u16::from_le_bytes(self.bus.read(flash, at)?).into(),
            Width::Word => u32::from_le_bytes(self.bus.read(flash, at)?),
            Width::SignedByte => {
                i32::from(i8::from_le_bytes(self.bus.read(flash, at)?)).cast_unsigned()
            }
            Width::SignedHalf => {
                i32::from(i16::from_le_bytes(self.bus.read(flash, at)?)).cast_unsigned()
            }
        })
    }

    #[inline]
    fn store(&mut self, width: Width, at: u32, value: u32) -> Result<(), End> {
        let [a, b, c, d] = value.to_le_bytes();
        match width {
            Width::Byte | Width::SignedByte => self.bus.write(at, [a]),
            Width::Half | Width::SignedHalf => self.bus.write(at, [a, b]),
            Width::Word => self.bus.write(at, [a, b, c, d]),
        }
    }

    /// Several words have to be aligned (section A3.2.1).
    fn aligned(&mut self, at: u32) -> Result<u32, End> {
        if at.is_multiple_of(4) {
            self.load(Width::Word, at)
        } else {
            Err(End::Fault)
        }
    }

    fn store_aligned(&mut self, at: u32, value: u32) -> Result<(), End> {
        if at.is_multiple_of(4) {
            self.store(Width::Word, at, value)
        } else {
            Err(End::Fault)
        }
    }

    /// The lowest address, and what becomes of the base.
    fn span(&self, n: Register, list: u16, below: bool) -> (u32, u32) {
        let (base, length) = (self.get(n), list.count_ones() * 4);
        if below {
            let start = base.wrapping_sub(length);
            (start, start)
        } else {
            (base, base.wrapping_add(length))
        }
    }

    fn load_many(&mut self, n: Register, list: u16, how: Many) -> Result<(), End> {
        let (mut at, base) = self.span(n, list, how.below);
        if how.write_back {
            self.set(n, base);
        }
        for register in registers(list) {
            let value = self.aligned(at)?;
            self.set_loaded(register, value)?;
            at = at.wrapping_add(4);
        }
        Ok(())
    }

    fn store_many(&mut self, n: Register, list: u16, how: Many) -> Result<(), End> {
        let (mut at, base) = self.span(n, list, how.below);
        for register in registers(list) {
            self.store_aligned(at, self.get(register))?;
            at = at.wrapping_add(4);
        }
        if how.write_back {
            self.set(n, base);
        }
        Ok(())
    }

    fn multiply(&mut self, product: Product, d: Register, from: [Register; 3]) {
        let [x, y, sum] = from.map(|register| match register {
            // No third one.
            PC => 0,
            _ => self.get(register),
        });
        let value = match product {
            Product::Add | Product::Flags => sum.wrapping_add(x.wrapping_mul(y)),
            Product::Subtract => sum.wrapping_sub(x.wrapping_mul(y)),
            Product::Halves(top_x, top_y) => {
                let half = |word: u32, top| if top { word >> 16 } else { word & 0xFFFF };
                let [x, y] =
                    [half(x, top_x), half(y, top_y)].map(|half| crate::bits::signed(half, 16));
                sum.wrapping_add(x.wrapping_mul(y))
            }
            Product::Top(rounds) => {
                let wide = (u64::from(sum) << 32)
                    .wrapping_add(signed_product(x, y).cast_unsigned())
                    .wrapping_add(u64::from(rounds) << 31);
                top(wide)
            }
        };
        if product == Product::Flags && self.if_then == 0 {
            self.flags.set_result(value);
        }
        self.set(d, value);
    }

    fn multiply_long(&mut self, long: Long, low: Register, high: Register, [n, m]: [Register; 2]) {
        let (x, y) = (self.get(n), self.get(m));
        let (old_low, old_high) = (u64::from(self.get(low)), u64::from(self.get(high)));
        let old = old_high << 32 | old_low;
        let unsigned = u64::from(x) * u64::from(y);
        let signed = signed_product(x, y).cast_unsigned();
        let value = match long {
            Long::Signed => signed,
            Long::Unsigned => unsigned,
            Long::SignedAdd => signed.wrapping_add(old),
            Long::UnsignedAdd => unsigned.wrapping_add(old),
            Long::UnsignedAddTwice => unsigned.wrapping_add(old_low).wrapping_add(old_high),
        };
        #[allow(clippy::cast_possible_truncation, reason = "the low half")]
        self.set(low, value as u32);
        self.set(high, top(value));
    }
}

fn top(wide: u64) -> u32 {
    u32::try_from(wide >> 32).unwrap_or(u32::MAX)
}

/// The registers of a list, the lowest first.
fn registers(list: u16) -> impl Iterator<Item = Register> {
    (0..16).filter(move |register| list >> register & 1 == 1)
}

fn extended(extension: Extension, word: u32) -> u32 {
    let signed = crate::bits::signed;
    match extension {
        Extension::Half => word & 0xFFFF,
        Extension::Byte => word & 0xFF,
        Extension::Bytes => word & 0x00FF_00FF,
        Extension::SignedHalf => signed(word & 0xFFFF, 16),
        Extension::SignedByte => signed(word & 0xFF, 8),
        Extension::SignedBytes => {
            signed(word & 0xFF, 8) & 0xFFFF | signed(word >> 16 & 0xFF, 8) << 16
        }
    }
}

/// Adds both halves for themselves.
fn halves(x: u32, y: u32) -> u32 {
    let low = x.wrapping_add(y) & 0xFFFF;
    let high = (x >> 16).wrapping_add(y >> 16) << 16;
    high | low
}

fn unary(function: Unary, word: u32) -> u32 {
    let halves_swapped = word.swap_bytes().rotate_right(16);
    match function {
        Unary::ReverseBytes => word.swap_bytes(),
        Unary::ReverseHalves => halves_swapped,
        Unary::ReverseSignedHalf => crate::bits::signed(halves_swapped & 0xFFFF, 16),
        Unary::ReverseBits => word.reverse_bits(),
        Unary::LeadingZeros => word.leading_zeros(),
    }
}

fn binary(function: Binary, n: u32, m: u32) -> u32 {
    let wide = |word: u32| i64::from(word.cast_signed());
    match function {
        // Division by zero gives zero: that it traps is off after a reset.
        Binary::Divide => n.checked_div(m).unwrap_or(0),
        Binary::DivideSigned if m == 0 => 0,
        Binary::DivideSigned => n
            .cast_signed()
            .wrapping_div(m.cast_signed())
            .cast_unsigned(),
        Binary::AddSaturated => saturated(wide(n) + wide(m), true, 32),
        Binary::SubtractSaturated => saturated(wide(n) - wide(m), true, 32),
    }
}
