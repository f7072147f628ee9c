//! Products of words for cores with a multiplication of 32 by 32 bits into 32 bits. Generic over
//! the word, for `prove/`.
#![allow(
    clippy::inline_always,
    reason = "calling an operation on words costs more than the operation itself"
)]

use super::limb::Limb;

/// A word, with the operations that only this file needs.
pub(crate) trait Halves: Limb {
    /// Returns the lower half and the upper half.
    fn halves(self) -> (Self, Self);
    /// Returns the product of two halves, which fits into a word.
    fn product_of_halves(self, factor: Self) -> Self;
}

impl Halves for u32 {
    #[inline(always)]
    fn halves(self) -> (Self, Self) {
        (self & 0xffff, self >> 16)
    }

    #[inline(always)]
    fn product_of_halves(self, factor: Self) -> Self {
        self.wrapping_mul(factor)
    }
}

/// Returns `a * b + first + second` as low word and high word, from four products of half words.
#[inline(never)]
pub(crate) fn multiply_add<L: Halves>(a: L, b: L, first: L, second: L) -> (L, L) {
    let ((a_low, a_high), (b_low, b_high)) = (a.halves(), b.halves());
    let low = a_low.product_of_halves(b_low);
    let high = a_high.product_of_halves(b_high);
    let cross = a_low.product_of_halves(b_high);
    let (middle, over) = cross.add(a_high.product_of_halves(b_low), L::CLEAR);
    let (middle_low, middle_high) = middle.up_by_half();
    // The result is below 2^64, so the high word has no carry.
    let (high, _) = high.add(L::of(over).up_by_half().0, L::CLEAR);
    let (sum, carry) = low.add(middle_low, L::CLEAR);
    let (high, _) = high.add(middle_high, carry);
    let (sum, carry) = sum.add(first, L::CLEAR);
    let (high, _) = high.add(L::constant(0), carry);
    let (sum, carry) = sum.add(second, L::CLEAR);
    let (high, _) = high.add(L::constant(0), carry);
    (sum, high)
}
