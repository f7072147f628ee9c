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

    /// Returns the inverse, computed with division steps. Returns `None` for 0.
    ///
    /// The result is checked. So a bug in the inversion can reject a valid signature, but never
    /// accept an invalid one.
    // Not inlined: its stack is free again before the walk.
    #[inline(never)]
    fn inverse(&self) -> Option<Self> {
        // The steps invert a R to 1 / (a R). Montgomery's product with R^3 makes it R / a.
        let inverse = inverse::inverse(&self.montgomery(), &inverse::PRIME);
        let inverse = Self::from_montgomery(inverse).mul(&Self::from_montgomery(R_CUBED));
        (self.mul(&inverse) == Self::one()).then_some(inverse)
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
/// R^3 modulo p.
const R_CUBED: [u32; 8] = [
    0x0000_000a,
    0xffff_fffd,
    0xffff_fff7,
    0xffff_ffed,
    0xffff_fffc,
    0x0000_0005,
    0x0000_0001,
    0x0000_0018,
];
/// The number 1. A product with it brings an element out of Montgomery's form.
const MONTGOMERY_OF_1_OVER_R: [u32; 8] = [1, 0, 0, 0, 0, 0, 0, 0];
