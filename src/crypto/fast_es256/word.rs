//! The words of a processor, 32 or 64 bits wide, and numbers of 32 bytes as such words.
#![allow(
    clippy::inline_always,
    reason = "calling an operation on words costs more than the operation itself"
)]

use super::limb::{Branch, Limb, Word};

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
            fn bottom(self) -> bool {
                self & 1 == 1
            }

            #[inline(always)]
            fn halved(self, above: Self) -> Self {
                self >> 1 | above << (Self::BITS - 1)
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

        impl Branch for $word {
            #[inline(always)]
            fn is_set(bit: bool) -> bool {
                bit
            }

            #[inline(always)]
            fn is_largest(self) -> bool {
                self == Self::MAX
            }
        }

        impl Word for $word {
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

    /// Multiplies and adds. The sum fits into 64 bits: (2^32 - 1)^2 + 2 (2^32 - 1) = 2^64 - 1.
    #[cfg(not(all(target_arch = "arm", not(target_has_atomic = "32"))))]
    #[inline(always)]
    fn multiply_add(self, factor: Self, first: Self, second: Self) -> (Self, Self) {
        let product = u64::from(self).wrapping_mul(u64::from(factor));
        low_and_high(product.wrapping_add(u64::from(first)).wrapping_add(u64::from(second)))
    }

    /// Multiplies and adds with half words: ARMv6-M has no 64-bit product. It is the only Arm
    /// architecture for microcontrollers without atomic swaps, which is how the `cfg` selects it.
    #[cfg(all(target_arch = "arm", not(target_has_atomic = "32")))]
    #[inline(always)]
    fn multiply_add(self, factor: Self, first: Self, second: Self) -> (Self, Self) {
        super::halves::multiply_add(self, factor, first, second)
    }

    /// Adds 128-bit numbers, which the compiler does in one chain of carries.
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

    /// Multiplies and adds. The sum fits into 128 bits: (2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1.
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

/// Joins two words of 32 bits into one.
#[inline(always)]
pub(crate) fn word(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

/// Splits a word of 64 bits into two of 32 bits.
#[allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "to cut off the upper half is what it does"
)]
#[inline(always)]
pub(crate) const fn low_and_high(value: u64) -> (u32, u32) {
    (value as u32, (value >> 32) as u32)
}

/// Splits a product into two words.
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

/// Returns the words of a number from its 32 big-endian bytes.
// Not inlined: it is called from many places, and its body is larger than a call.
#[inline(never)]
pub(crate) fn words<W: Word, const N: usize>(bytes: &[u8; 32]) -> [W; N] {
    let mut words = [W::ZERO; N];
    for (word, bytes) in words.iter_mut().zip(bytes.rchunks(W::BYTES)) {
        *word = W::from_be_bytes(bytes);
    }
    words
}

/// Returns the 32 little-endian bytes of a number.
pub(crate) fn bytes<W: Word, const N: usize>(words: &[W; N]) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.chunks_mut(W::BYTES).zip(words) {
        for (byte, of_word) in bytes.iter_mut().zip(word.to_le_bytes().as_ref()) {
            *byte = *of_word;
        }
    }
    bytes
}
