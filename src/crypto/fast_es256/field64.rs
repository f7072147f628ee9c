//! The field of P-256 in four words of 64 bits. Elements are in Montgomery's form, R = 2^256.
//!
//! The straight-line routines are generic over their words, for `prove/`.

use super::{
    field::Field,
    limb::{Branch, Limb},
    scalar,
    word::{low_and_high, word},
};

/// An element in Montgomery's form: the number times R modulo p, below p.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element([u64; 4]);

/// p = 2^256 - 2^224 + 2^192 + 2^96 - 1 (SP 800-186 section 3.2.1.3).
pub(crate) const P: [u64; 4] = [
    0xffff_ffff_ffff_ffff,
    0x0000_0000_ffff_ffff,
    0,
    0xffff_ffff_0000_0001,
];

/// Returns the product, computed row by row.
#[inline]
pub(crate) fn product<L: Limb>(a: &[L; 4], b: &[L; 4]) -> [L; 8] {
    let zero = L::opaque_zero();
    let row = |factor: L, [r0, r1, r2, r3]: [L; 4]| {
        let (out, carry) = a[0].multiply_add(factor, r0, zero);
        let (r0, carry) = a[1].multiply_add(factor, r1, carry);
        let (r1, carry) = a[2].multiply_add(factor, r2, carry);
        let (r2, r3) = a[3].multiply_add(factor, r3, carry);
        (out, [r0, r1, r2, r3])
    };
    let (t0, rest) = row(b[0], [zero; 4]);
    let (t1, rest) = row(b[1], rest);
    let (t2, rest) = row(b[2], rest);
    let (t3, [t4, t5, t6, t7]) = row(b[3], rest);
    [t0, t1, t2, t3, t4, t5, t6, t7]
}

/// Returns the square: twice the products of two different words, plus the squares of the words.
#[inline]
pub(crate) fn square<L: Limb>(a: &[L; 4]) -> [L; 8] {
    let zero = L::opaque_zero();
    let [a0, a1, a2, a3] = *a;
    let (t1, carry) = a0.multiply_add(a1, zero, zero);
    let (t2, carry) = a0.multiply_add(a2, carry, zero);
    let (t3, t4) = a0.multiply_add(a3, carry, zero);
    let (t3, carry) = a1.multiply_add(a2, t3, zero);
    let (t4, t5) = a1.multiply_add(a3, t4, carry);
    let (t5, t6) = a2.multiply_add(a3, t5, zero);
    let (s0, s1) = a0.multiply_add(a0, zero, zero);
    let (s2, s3) = a1.multiply_add(a1, zero, zero);
    let (s4, s5) = a2.multiply_add(a2, zero, zero);
    let (s6, s7) = a3.multiply_add(a3, zero, zero);
    let low = [zero, t1.doubled(zero), t2.doubled(t1), t3.doubled(t2)];
    let high = [
        t4.doubled(t3),
        t5.doubled(t4),
        t6.doubled(t5),
        L::of(t6.top()),
    ];
    let ([t0, t1, t2, t3], carry) = L::add_four(low, [s0, s1, s2, s3], L::CLEAR);
    let ([t4, t5, t6, t7], _) = L::add_four(high, [s4, s5, s6, s7], carry);
    [t0, t1, t2, t3, t4, t5, t6, t7]
}

/// Returns `(t + m p) / R`, where m makes the lower half zero. For t below p R, the result is below
/// 2p and may be one bit longer than four words.
#[inline]
pub(crate) fn reduced<L: Limb>(t: &[L; 8]) -> ([L; 4], L::Bit) {
    let [t0, t1, t2, t3, t4, t5, t6, t7] = *t;
    // -1/p is 1 modulo 2^64, so the factor m is the lowest word itself. The two low words of p are
    // 2^96 - 1. m times these is m shifted up by 96 bits, minus m. The "minus m" makes the lowest
    // word zero.
    let step = |m: L, [a1, a2, a3]: [L; 3]| {
        let (low, high) = m.up_by_half();
        let (a1, carry) = a1.add(low, L::CLEAR);
        let (a2, carry) = a2.add(high, carry);
        let (a3, a4) = m.multiply_add(L::constant(P[3]), a3, L::of(carry));
        [a1, a2, a3, a4]
    };
    let [t1, t2, t3, h0] = step(t0, [t1, t2, t3]);
    let [t2, t3, h0, h1] = step(t1, [t2, t3, h0]);
    let [t3, h0, h1, h2] = step(t2, [t3, h0, h1]);
    let [h0, h1, h2, h3] = step(t3, [h0, h1, h2]);
    L::add_four([t4, t5, t6, t7], [h0, h1, h2, h3], L::CLEAR)
}

/// Returns p in words.
#[inline]
pub(crate) fn prime<L: Limb>() -> [L; 4] {
    P.map(L::constant)
}

/// Returns the sum, which may be one bit longer than four words.
#[inline]
pub(crate) fn sum<L: Limb>(a: &[L; 4], b: &[L; 4]) -> ([L; 4], L::Bit) {
    L::add_four(*a, *b, L::CLEAR)
}

/// Returns the difference, and whether it is negative. A negative one is R too large.
#[inline]
pub(crate) fn difference<L: Limb>(a: &[L; 4], b: &[L; 4]) -> ([L; 4], L::Bit) {
    L::sub_four(*a, *b, L::CLEAR)
}

/// Reduces a sum below 2p to a number below p. Its time depends on the sum, which is public.
#[inline]
pub(crate) fn below_p<L: Branch>((words, over): ([L; 4], L::Bit)) -> [L; 4] {
    let (difference, is_negative) = difference(&words, &prime());
    if L::is_set(is_negative) && !L::is_set(over) {
        words
    } else {
        difference
    }
}

/// Adds p to a difference above -p if it is negative.
#[inline]
pub(crate) fn not_negative<L: Limb>((words, is_negative): ([L; 4], L::Bit)) -> [L; 4] {
    let p = prime::<L>().map(|word| word.only_if(is_negative));
    sum(&words, &p).0
}

/// Returns half of a number below p, modulo p. An odd number is made even by adding p.
#[inline]
pub(crate) fn halved<L: Limb>(a: &[L; 4]) -> [L; 4] {
    let is_odd = a[0].bottom();
    let p = prime::<L>().map(|word| word.only_if(is_odd));
    let ([w0, w1, w2, w3], over) = sum(a, &p);
    [
        w0.halved(w1),
        w1.halved(w2),
        w2.halved(w3),
        w3.halved(L::of(over)),
    ]
}

impl Field for Element {
    #[inline]
    fn from_montgomery([w0, w1, w2, w3, w4, w5, w6, w7]: [u32; 8]) -> Self {
        Self([word(w0, w1), word(w2, w3), word(w4, w5), word(w6, w7)])
    }

    fn montgomery(self) -> [u32; 8] {
        let [(w0, w1), (w2, w3), (w4, w5), (w6, w7)] = self.0.map(low_and_high);
        [w0, w1, w2, w3, w4, w5, w6, w7]
    }

    #[inline]
    fn mul(&self, factor: &Self) -> Self {
        Self(below_p(reduced(&product(&self.0, &factor.0))))
    }

    #[inline]
    fn square(&self) -> Self {
        Self(below_p(reduced(&square(&self.0))))
    }

    #[inline]
    fn add(&self, other: &Self) -> Self {
        Self(below_p(sum(&self.0, &other.0)))
    }

    #[inline]
    fn sub(&self, other: &Self) -> Self {
        Self(not_negative(difference(&self.0, &other.0)))
    }

    #[inline]
    fn halved(&self) -> Self {
        Self(halved(&self.0))
    }

    fn factors(digest: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> Option<([u8; 32], [u8; 32])> {
        scalar::factors::<u64, 4>(digest, r, s)
    }
}
