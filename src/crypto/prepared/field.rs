//! What the formulas of the curve need of a field.

/// An element of the field of P-256, in Montgomery's form: times R = 2^256 modulo p, which it is below.
pub(crate) trait Field: Copy + PartialEq {
    /// From that form, in words of 32 bits, least significant first.
    fn from_montgomery(words: [u32; 8]) -> Self;
    /// In that form.
    fn montgomery(self) -> [u32; 8];
    /// The product.
    #[must_use]
    fn mul(&self, factor: &Self) -> Self;
    /// The square.
    #[must_use]
    fn square(&self) -> Self;
    /// The sum.
    #[must_use]
    fn add(&self, other: &Self) -> Self;
    /// The difference.
    #[must_use]
    fn sub(&self, other: &Self) -> Self;

    /// `digest / s` and `r / s` modulo n, as [`scalar::factors`](super::scalar::factors) has them, in words of this width.
    fn factors(digest: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> Option<([u8; 32], [u8; 32])>;

    /// 0.
    #[inline]
    fn zero() -> Self {
        Self::from_montgomery([0; 8])
    }

    /// 1.
    #[inline]
    fn one() -> Self {
        Self::from_montgomery(ONE)
    }

    /// Whether it is 0.
    #[inline]
    fn is_zero(&self) -> bool {
        // Without a call to compare memory.
        self.montgomery().iter().fold(0, |bits, word| bits | word) == 0
    }

    /// Whether its words are below p, as those of every result are. Of words from elsewhere it has to be asked: p more is
    /// another spelling of a small element, for which the formulas are not made.
    fn is_reduced(&self) -> bool {
        self.add(&Self::zero()) == *self
    }

    /// Twice the element.
    #[inline]
    #[must_use]
    fn doubled(&self) -> Self {
        self.add(self)
    }

    /// From a number below p.
    fn from_number(words: [u32; 8]) -> Self {
        Self::from_montgomery(words).mul(&Self::from_montgomery(R_SQUARED))
    }

    /// The number.
    fn number(&self) -> [u32; 8] {
        self.mul(&Self::from_montgomery(MONTGOMERY_OF_1_OVER_R))
            .montgomery()
    }

    /// The element squared `times` times.
    #[inline(never)]
    #[must_use]
    fn squared(&self, times: u32) -> Self {
        (0..times).fold(*self, |element, _| element.square())
    }

    /// The inverse of an element other than 0, as its power p - 2 (Fermat).
    #[must_use]
    fn inverse(&self) -> Self {
        // x_n has n ones as its exponent.
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
/// R^2 modulo p: a product with it brings a number into Montgomery's form.
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
/// 1: a product with it brings an element out of Montgomery's form.
const MONTGOMERY_OF_1_OVER_R: [u32; 8] = [1, 0, 0, 0, 0, 0, 0, 0];
