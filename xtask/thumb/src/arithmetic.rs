//! Sums and shifts with their flags (sections A2.2.1 and D6.5).

use crate::operation::{Condition, Kind, Shift};

/// The flags of APSR.
#[allow(clippy::struct_excessive_bools, reason = "that is what flags are")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Apsr {
    pub(crate) n: bool,
    pub(crate) z: bool,
    pub(crate) c: bool,
    pub(crate) v: bool,
}

impl Apsr {
    pub(crate) fn set_result(&mut self, value: u32) {
        self.n = value >> 31 == 1;
        self.z = value == 0;
    }

    pub(crate) fn hold(self, condition: Condition) -> bool {
        match condition {
            Condition::Equal => self.z,
            Condition::NotEqual => !self.z,
            Condition::CarrySet => self.c,
            Condition::CarryClear => !self.c,
            Condition::Negative => self.n,
            Condition::Positive => !self.n,
            Condition::Overflow => self.v,
            Condition::NoOverflow => !self.v,
            Condition::Higher => self.c && !self.z,
            Condition::LowerOrSame => !self.c || self.z,
            Condition::GreaterOrEqual => self.n == self.v,
            Condition::Less => self.n != self.v,
            Condition::Greater => !self.z && self.n == self.v,
            Condition::LessOrEqual => self.z || self.n != self.v,
            Condition::Always => true,
        }
    }

    pub(crate) fn to_word(self) -> u32 {
        let flags = [self.n, self.z, self.c, self.v].map(u32::from);
        flags[0] << 31 | flags[1] << 30 | flags[2] << 29 | flags[3] << 28
    }

    pub(crate) fn from_word(word: u32) -> Self {
        let flag = |number: u32| word >> number & 1 == 1;
        Self {
            n: flag(31),
            z: flag(30),
            c: flag(29),
            v: flag(28),
        }
    }
}

/// `AddWithCarry`: the sum, its carry and its overflow.
pub(crate) fn add(x: u32, y: u32, carry: bool) -> (u32, bool, bool) {
    let sum = u64::from(x) + u64::from(y) + u64::from(carry);
    #[allow(clippy::cast_possible_truncation, reason = "modulo 2^32")]
    let value = sum as u32;
    let overflow = (x ^ value) & (y ^ value);
    (value, sum >> 32 != 0, overflow >> 31 == 1)
}

/// `Shift_C`: the value and the carry.
pub(crate) fn shift(value: u32, shift: Shift, carry: bool) -> (u32, bool) {
    let (kind, by) = match shift {
        Shift::RotateWithCarry => return (u32::from(carry) << 31 | value >> 1, value & 1 == 1),
        Shift::By(_, 0) => return (value, carry),
        Shift::By(kind, by) => (kind, by),
    };
    // The bits that leave last are beside the value: below it, or above it.
    match kind {
        Kind::Left => {
            let wide = u64::from(value).checked_shl(by).unwrap_or(0);
            (value.checked_shl(by).unwrap_or(0), wide >> 32 & 1 == 1)
        }
        Kind::Right => {
            let last = value.checked_shr(by - 1).unwrap_or(0);
            (value.checked_shr(by).unwrap_or(0), last & 1 == 1)
        }
        Kind::ArithmeticRight => {
            let value = value.cast_signed();
            let last = value >> (by - 1).min(31);
            ((value >> by.min(31)).cast_unsigned(), last & 1 == 1)
        }
        Kind::Rotate => {
            let value = value.rotate_right(by % 32);
            (value, value >> 31 == 1)
        }
    }
}

/// The product of two words that have a sign.
pub(crate) fn signed_product(n: u32, m: u32) -> i64 {
    i64::from(n.cast_signed()) * i64::from(m.cast_signed())
}

/// `SignedSat` and `UnsignedSat` to `width` bits.
pub(crate) fn saturated(value: i64, is_signed: bool, width: u32) -> u32 {
    let (least, most) = if is_signed {
        let half = 1_i64 << (width - 1);
        (-half, half - 1)
    } else {
        (0, (1_i64 << width) - 1)
    };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at most 32 bits"
    )]
    let value = value.clamp(least, most) as u32;
    value
}
