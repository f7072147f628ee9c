//! The operations of a field that the formulas of the curve need.

use super::inverse;

/// An element of the field of P-256 in Montgomery's form: a number below p, the element times R =
/// 2^256 modulo p.
pub(crate) trait Field: Copy + PartialEq {
    /// Creates an element from Montgomery's form, in words of 32 bits, least significant first.
    fn from_montgomery(words: [u32; 8]) -> Self;
    /// Returns Montgomery's form, in words of 32 bits, least significant first.
    fn montgomery(self) -> [u32; 8];
    /// Returns the product.
    #[must_use]
    fn mul(&self, factor: &Self) -> Self;
    /// Returns the square.
    #[must_use]
    fn square(&self) -> Self;
    /// Returns the sum.
    #[must_use]
    fn add(&self, other: &Self) -> Self;
    /// Returns the difference.
    #[must_use]
    fn sub(&self, other: &Self) -> Self;

    /// Returns `digest / s` and `r / s` modulo n, computed by
    /// [`scalar::factors`](super::scalar::factors) in words of this width.
    fn factors(digest: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> Option<([u8; 32], [u8; 32])>;

    /// Returns 0.
    #[inline]
    fn zero() -> Self {
        Self::from_montgomery([0; 8])
    }

    /// Returns 1.
    #[inline]
    fn one() -> Self {
        Self::from_montgomery(ONE)
    }

    /// Returns whether the element is 0.
    #[inline]
    fn is_zero(&self) -> bool {
        // This avoids a call of a function that compares memory.
        self.montgomery().iter().fold(0, |bits, word| bits | word) == 0
    }

    /// Returns whether Montgomery's form is below p. It is for every result.
    ///
    /// Check it for words from elsewhere: p added to a small element spells the same element again,
    /// and the formulas do not support that.
    fn is_reduced(&self) -> bool {
        self.add(&Self::zero()) == *self
    }

    /// Returns twice the element.
    #[inline]
    #[must_use]
    fn doubled(&self) -> Self {
        self.add(self)
    }

    /// Returns half the element.
    #[must_use]
    fn halved(&self) -> Self;

    /// Creates an element from a number below p.
    fn from_number(words: [u32; 8]) -> Self {
        Self::from_montgomery(words).mul(&Self::from_montgomery(R_SQUARED))
    }

    /// Returns the element as a number below p.
    fn number(&self) -> [u32; 8] {
        self.mul(&Self::from_montgomery(MONTGOMERY_OF_1_OVER_R))
            .montgomery()
    }

    /// Squares the element `times` times.
    #[inline(never)]
    #[must_use]
    fn squared(&self, times: u32) -> Self {
        (0..times).fold(*self, |element, _| element.square())
    }

    /// Returns the inverse, computed with division steps. Returns `None` for 0.
    ///
    /// The result is checked. So a bug in the inversion can reject a valid signature, but never
    /// accept an invalid one.
    // Not inlined: its stack is free again before the walk.
    #[inline(never)]
    fn checked_inverse(&self) -> Option<Self> {
        // The steps invert a R to 1 / (a R). R^2 times that is the inverse in Montgomery's form.
        let inverse = inverse::inverse(&self.montgomery(), &inverse::PRIME);
        let inverse = Self::from_number(Self::from_number(inverse).montgomery());
        (self.mul(&inverse) == Self::one()).then_some(inverse)
    }

    /// Returns the inverse of an element other than 0: its power p - 2 (Fermat).
    #[must_use]
    fn inverse(&self) -> Self {
        // The exponent of x_n is n ones in binary.
        let x2 = self.squared(1).mul(self);
        let x3 = x2.squared(1).mul(self);
        let x6 = x3.squared(3).mul(&x3);
        let x12 = x6.squared(6).mul(&x6);
        let x15 = x12.squared(3).mul(&x3);
        let x30 = x15.squared(15).mul(&x15);
        let x32 = x30.squared(2).mul(&x2);
        // ffffffff 00000001 00000000 00000000 00000000 ffffffff ffffffff fffffffd
        let power = x32.squared(32).mul(self);
        let power = power.squared(128).mul(&x32);
        let power = power.squared(32).mul(&x32);
        power.squared(30).mul(&x30).squared(2).mul(self)
    }
}

/// R modulo p.
const ONE: [u32; 8] = [
    1,
    0,
    0,
    0xffff_ffff,
    0xffff_ffff,
    0xffff_ffff,
    0xffff_fffe,
    0,
];
/// R^2 modulo p. A product with it brings a number into Montgomery's form.
const R_SQUARED: [u32; 8] = [
    3,
    0,
    0xffff_ffff,
    0xffff_fffb,
    0xffff_fffe,
    0xffff_ffff,
    0xffff_fffd,
    4,
];
/// The number 1. A product with it brings an element out of Montgomery's form.
const MONTGOMERY_OF_1_OVER_R: [u32; 8] = [1, 0, 0, 0, 0, 0, 0, 0];
