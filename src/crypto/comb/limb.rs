//! The words of long numbers, least significant first.
//!
//! The routines of the fields are generic over their words, so that what is proved is what runs: `prove/` calls them with
//! words that write down what happens to them.
#![allow(
    clippy::inline_always,
    reason = "to call an operation on words costs more than the operation"
)]

/// A word, and what the straight-line routines of the fields do with it.
pub(crate) trait Limb: Copy {
    /// A carry or a borrow.
    type Bit: Copy;
    /// No carry.
    const CLEAR: Self::Bit;

    /// The low word of a constant.
    fn constant(value: u64) -> Self;
    /// Zero, of which the compiler does not know that it is: it then keeps each [`Limb::multiply_add`] one instruction, where
    /// a core has one for that, in place of a shorter one with more moves around it.
    fn opaque_zero() -> Self;
    /// `self * factor + first + second`, low word and high word.
    fn multiply_add(self, factor: Self, first: Self, second: Self) -> (Self, Self);
    /// `self + other + carry`.
    fn add(self, other: Self, carry: Self::Bit) -> (Self, Self::Bit);
    /// The sum of two numbers of four words and a carry.
    fn add_four(first: [Self; 4], second: [Self; 4], carry: Self::Bit) -> ([Self; 4], Self::Bit);
    /// The same where `bit` is set, else the first number; the carry is clear then.
    #[cfg_attr(
        target_pointer_width = "64",
        allow(dead_code, reason = "the field of 32 bits alone needs it")
    )]
    fn add_four_if(
        bit: Self::Bit,
        first: [Self; 4],
        second: [Self; 4],
        carry: Self::Bit,
    ) -> ([Self; 4], Self::Bit);
    /// The difference of two numbers of four words, less a borrow.
    fn sub_four(first: [Self; 4], second: [Self; 4], borrow: Self::Bit) -> ([Self; 4], Self::Bit);
    /// Twice the word, without its top bit, and the top bit of the word below.
    fn doubled(self, below: Self) -> Self;
    /// The word where `bit` is set, else zero.
    #[cfg_attr(
        not(target_pointer_width = "64"),
        allow(dead_code, reason = "the field of 64 bits alone needs it")
    )]
    fn only_if(self, bit: Self::Bit) -> Self;
    /// The top bit.
    fn top(self) -> Self::Bit;
    /// The word shifted up by half its width: low word and high word.
    #[cfg_attr(
        not(target_pointer_width = "64"),
        allow(dead_code, reason = "the field of 64 bits alone needs it")
    )]
    fn up_by_half(self) -> (Self, Self);
    /// A bit as a word.
    fn of(bit: Self::Bit) -> Self;
}

/// A word that runs, and what the arithmetic modulo n, which branches, needs of it.
pub(crate) trait Word: Limb<Bit = bool> + PartialOrd {
    /// Bits of a word.
    const BITS: u32;
    /// Bytes of a word.
    const BYTES: usize;

    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// `self - other - borrow`.
    fn sub(self, other: Self, borrow: bool) -> (Self, bool);
    /// The low word of the product.
    fn low_product(self, factor: Self) -> Self;
    /// Shifted down by 0 < `bits` < [`Word::BITS`]; the word above fills it up.
    fn down(self, above: Self, bits: u32) -> Self;
    /// Shifted up by 0 < `bits` < [`Word::BITS`]; the word below fills it up.
    fn up(self, below: Self, bits: u32) -> Self;
    /// 2^`place`.
    fn bit(place: u32) -> Self;
    /// Zeros at the low end.
    fn trailing_zeros(self) -> u32;
    /// From [`Word::BYTES`] bytes, the highest first.
    fn from_be_bytes(bytes: &[u8]) -> Self;
    /// Its bytes, the lowest first.
    fn to_le_bytes(self) -> impl AsRef<[u8]>;
}

macro_rules! word {
    ($word:ident: $($own:tt)*) => {
        impl Limb for $word {
            type Bit = bool;
            const CLEAR: bool = false;

            $($own)*

            #[inline(always)]
            fn add(self, other: Self, carry: bool) -> (Self, bool) {
                let (sum, over) = self.overflowing_add(other);
                let (sum, over_by_carry) = sum.overflowing_add(Self::from(carry));
                (sum, over | over_by_carry)
            }

            #[inline(always)]
            fn add_four_if(
                bit: bool,
                first: [Self; 4],
                second: [Self; 4],
                carry: bool,
            ) -> ([Self; 4], bool) {
                if bit {
                    Self::add_four(first, second, carry)
                } else {
                    (first, false)
                }
            }

            #[inline(always)]
            fn doubled(self, below: Self) -> Self {
                self << 1 | below >> (Self::BITS - 1)
            }

            #[inline(always)]
            fn only_if(self, bit: bool) -> Self {
                if bit { self } else { 0 }
            }

            #[inline(always)]
            fn top(self) -> bool {
                self >> (Self::BITS - 1) == 1
            }

            #[inline(always)]
            fn up_by_half(self) -> (Self, Self) {
                (self << (Self::BITS / 2), self >> (Self::BITS / 2))
            }

            #[inline(always)]
            fn of(bit: bool) -> Self {
                Self::from(bit)
            }
        }

        impl Word for $word {
            const BITS: u32 = Self::BITS;
            const BYTES: usize = size_of::<Self>();
            const ZERO: Self = 0;
            const ONE: Self = 1;

            #[inline(always)]
            fn sub(self, other: Self, borrow: bool) -> (Self, bool) {
                let (difference, under) = self.overflowing_sub(other);
                let (difference, under_by_borrow) = difference.overflowing_sub(Self::from(borrow));
                (difference, under | under_by_borrow)
            }

            #[inline(always)]
            fn low_product(self, factor: Self) -> Self {
                self.wrapping_mul(factor)
            }

            #[inline(always)]
            fn down(self, above: Self, bits: u32) -> Self {
                self.wrapping_shr(bits) | above.wrapping_shl(Self::BITS.wrapping_sub(bits))
            }

            #[inline(always)]
            fn up(self, below: Self, bits: u32) -> Self {
                self.wrapping_shl(bits) | below.wrapping_shr(Self::BITS.wrapping_sub(bits))
            }

            fn bit(place: u32) -> Self {
                Self::ONE.wrapping_shl(place)
            }

            #[inline(always)]
            fn trailing_zeros(self) -> u32 {
                Self::trailing_zeros(self)
            }

            fn from_be_bytes(bytes: &[u8]) -> Self {
                bytes.iter().fold(0, |word, byte| word << 8 | Self::from(*byte))
            }

            fn to_le_bytes(self) -> impl AsRef<[u8]> {
                Self::to_le_bytes(self)
            }
        }
    };
}

word! { u32:
    #[inline(always)]
    fn constant(value: u64) -> Self {
        low_and_high(value).0
    }

    #[inline(always)]
    fn opaque_zero() -> Self {
        core::hint::black_box(0)
    }

    /// The sum is below 2^64: (2^32 - 1)^2 + 2 (2^32 - 1) = 2^64 - 1.
    #[cfg(not(all(target_arch = "arm", not(target_has_atomic = "32"))))]
    #[inline(always)]
    fn multiply_add(self, factor: Self, first: Self, second: Self) -> (Self, Self) {
        let product = u64::from(self).wrapping_mul(u64::from(factor));
        low_and_high(product.wrapping_add(u64::from(first)).wrapping_add(u64::from(second)))
    }

    /// ARMv6-M, the one ARM core for microcontrollers without atomic swaps, has no product of 64 bits either.
    #[cfg(all(target_arch = "arm", not(target_has_atomic = "32")))]
    #[inline(always)]
    fn multiply_add(self, factor: Self, first: Self, second: Self) -> (Self, Self) {
        super::halves::multiply_add(self, factor, first, second)
    }

    /// As numbers of 128 bits, which the compiler adds in one chain of carries.
    #[inline(always)]
    fn add_four(first: [Self; 4], second: [Self; 4], carry: bool) -> ([Self; 4], bool) {
        let (sum, over) = joined(first).overflowing_add(joined(second));
        let (sum, over_by_carry) = sum.overflowing_add(u128::from(carry));
        (separated(sum), over | over_by_carry)
    }

    #[inline(always)]
    fn sub_four(first: [Self; 4], second: [Self; 4], borrow: bool) -> ([Self; 4], bool) {
        let (difference, under) = joined(first).overflowing_sub(joined(second));
        let (difference, under_by_borrow) = difference.overflowing_sub(u128::from(borrow));
        (separated(difference), under | under_by_borrow)
    }
}

word! { u64:
    #[inline(always)]
    fn constant(value: u64) -> Self {
        value
    }

    #[inline(always)]
    fn opaque_zero() -> Self {
        0
    }

    /// The sum is below 2^128, as with 32 bits it is below 2^64.
    #[inline(always)]
    fn multiply_add(self, factor: Self, first: Self, second: Self) -> (Self, Self) {
        let product = u128::from(self).wrapping_mul(u128::from(factor));
        halves(product.wrapping_add(u128::from(first)).wrapping_add(u128::from(second)))
    }

    #[inline(always)]
    fn add_four(first: [Self; 4], second: [Self; 4], carry: bool) -> ([Self; 4], bool) {
        let (r0, carry) = Limb::add(first[0], second[0], carry);
        let (r1, carry) = Limb::add(first[1], second[1], carry);
        let (r2, carry) = Limb::add(first[2], second[2], carry);
        let (r3, carry) = Limb::add(first[3], second[3], carry);
        ([r0, r1, r2, r3], carry)
    }

    #[inline(always)]
    fn sub_four(first: [Self; 4], second: [Self; 4], borrow: bool) -> ([Self; 4], bool) {
        let (r0, borrow) = Word::sub(first[0], second[0], borrow);
        let (r1, borrow) = Word::sub(first[1], second[1], borrow);
        let (r2, borrow) = Word::sub(first[2], second[2], borrow);
        let (r3, borrow) = Word::sub(first[3], second[3], borrow);
        ([r0, r1, r2, r3], borrow)
    }
}

/// Two words of 32 bits in one.
#[inline(always)]
pub(crate) fn word(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

/// A word of 64 bits as two.
#[allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "to cut off the upper half is what it does"
)]
#[inline(always)]
pub(crate) const fn low_and_high(value: u64) -> (u32, u32) {
    (value as u32, (value >> 32) as u32)
}

/// A product as two words.
#[allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "to cut off the upper half is what it does"
)]
#[inline(always)]
const fn halves(value: u128) -> (u64, u64) {
    (value as u64, (value >> 64) as u64)
}

#[inline(always)]
fn joined([a, b, c, d]: [u32; 4]) -> u128 {
    u128::from(word(a, b)) | u128::from(word(c, d)) << 64
}

#[inline(always)]
fn separated(value: u128) -> [u32; 4] {
    let (low, high) = halves(value);
    let ((a, b), (c, d)) = (low_and_high(low), low_and_high(high));
    [a, b, c, d]
}
