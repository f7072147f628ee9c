//! The field of P-256 in eight words of 32 bits. Elements are in Montgomery's form, R = 2^256.
//!
//! Product, square and reduction are separate routines that pass data in memory. In one routine,
//! the compiler mixes their steps and spills twice as much. The straight-line routines are generic
//! over their words, for `prove/`.
#![allow(
    clippy::inline_always,
    reason = "calling an operation on words costs more than the operation itself"
)]

use super::{
    field::Field,
    limb::{Branch, Limb},
    scalar,
    word::low_and_high,
};

/// An element in Montgomery's form: the number times R modulo p, below p.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element([u32; 8]);

/// p = 2^256 - 2^224 + 2^192 + 2^96 - 1 (SP 800-186 section 3.2.1.3).
pub(crate) const P: [u64; 8] = [
    0xffff_ffff,
    0xffff_ffff,
    0xffff_ffff,
    0,
    0,
    0,
    1,
    0xffff_ffff,
];

/// A signed sum of a few words. Its result is taken word by word.
pub(crate) trait Column<L: Limb>: Sized {
    /// Returns an empty sum.
    fn new() -> Self;
    /// Adds a word.
    fn plus(self, limb: L) -> Self;
    /// Subtracts a word.
    fn minus(self, limb: L) -> Self;
    /// Returns the low word, and the rest for the next place.
    fn take(self) -> (L, Self);
    /// Returns the rest after the last place, which is 0 or 1.
    fn rest(self) -> L::Bit;
}

impl Column<u32> for i64 {
    #[inline(always)]
    fn new() -> Self {
        0
    }

    #[inline(always)]
    fn plus(self, limb: u32) -> Self {
        self.wrapping_add(Self::from(limb))
    }

    #[inline(always)]
    fn minus(self, limb: u32) -> Self {
        self.wrapping_sub(Self::from(limb))
    }

    #[inline(always)]
    fn take(self) -> (u32, Self) {
        (low_and_high(self.cast_unsigned()).0, self >> 32)
    }

    #[inline(always)]
    fn rest(self) -> bool {
        self != 0
    }
}

/// Computes one row of a product: `(row * 2^32 + low) + a * factor`. Returns the lowest word.
#[inline(always)]
fn row<L: Limb>(a: [L; 4], factor: L, row: &mut [L; 4], low: L) -> L {
    let [r0, r1, r2, r3] = *row;
    let (out, carry) = a[0].multiply_add(factor, r0, low);
    let (r0, carry) = a[1].multiply_add(factor, r1, carry);
    let (r1, carry) = a[2].multiply_add(factor, r2, carry);
    let (r2, r3) = a[3].multiply_add(factor, r3, carry);
    *row = [r0, r1, r2, r3];
    out
}

/// Returns the product, computed in two tiles of four words by eight. The row of a tile stays in
/// registers.
#[inline(never)]
pub(crate) fn product<L: Limb>(a: &[L; 8], b: &[L; 8]) -> [L; 16] {
    let zero = L::opaque_zero();
    let [a0, a1, a2, a3, a4, a5, a6, a7] = *a;
    let low = [a0, a1, a2, a3];
    let mut tile = [zero; 4];
    let t0 = row(low, b[0], &mut tile, zero);
    let t1 = row(low, b[1], &mut tile, zero);
    let t2 = row(low, b[2], &mut tile, zero);
    let t3 = row(low, b[3], &mut tile, zero);
    let t4 = row(low, b[4], &mut tile, zero);
    let t5 = row(low, b[5], &mut tile, zero);
    let t6 = row(low, b[6], &mut tile, zero);
    let t7 = row(low, b[7], &mut tile, zero);
    let [t8, t9, t10, t11] = tile;
    let high = [a4, a5, a6, a7];
    let mut tile = [zero; 4];
    let t4 = row(high, b[0], &mut tile, t4);
    let t5 = row(high, b[1], &mut tile, t5);
    let t6 = row(high, b[2], &mut tile, t6);
    let t7 = row(high, b[3], &mut tile, t7);
    let t8 = row(high, b[4], &mut tile, t8);
    let t9 = row(high, b[5], &mut tile, t9);
    let t10 = row(high, b[6], &mut tile, t10);
    let t11 = row(high, b[7], &mut tile, t11);
    let [t12, t13, t14, t15] = tile;
    [
        t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15,
    ]
}

/// Returns the square.
///
/// Row i is `a[i]` times `a[i], 2 a[i + 1], 2 a[i + 2], ...`: half the products. `2 a[7]` loses its
/// top bit in every row. The lost products are added at the end.
#[inline(never)]
pub(crate) fn square<L: Limb>(a: &[L; 8]) -> [L; 16] {
    let zero = L::opaque_zero();
    let mut t = [zero; 16];
    macro_rules! doubled {
        ($i:literal $j:literal) => {
            if $j == $i {
                a[$j]
            } else if $j == $i + 1 {
                a[$j].doubled(zero)
            } else {
                // $j + 7 modulo 8 is the word below $j. $j = 0 never comes here, but its index must
                // be valid to compile.
                a[$j].doubled(a[($j + 7) % 8])
            }
        };
    }
    macro_rules! row {
        ($i:literal: $($j:literal)*) => {
            let carry = zero;
            $(
                let (word, carry) = a[$i].multiply_add(doubled!($i $j), t[$i + $j], carry);
                t[$i + $j] = word;
            )*
            t[$i + 8] = carry;
        };
    }
    row!(0: 0 1 2 3 4 5 6 7);
    row!(1: 1 2 3 4 5 6 7);
    row!(2: 2 3 4 5 6 7);
    row!(3: 3 4 5 6 7);
    row!(4: 4 5 6 7);
    row!(5: 5 6 7);
    row!(6: 6 7);
    row!(7: 7);
    let top = a[7].top();
    let [
        t0,
        t1,
        t2,
        t3,
        t4,
        t5,
        t6,
        t7,
        t8,
        t9,
        t10,
        t11,
        t12,
        t13,
        t14,
        t15,
    ] = t;
    let carry = L::CLEAR;
    let ([t8, t9, t10, t11], carry) =
        L::add_four_if(top, [t8, t9, t10, t11], [a[0], a[1], a[2], a[3]], carry);
    let ([t12, t13, t14, t15], _) =
        L::add_four_if(top, [t12, t13, t14, t15], [a[4], a[5], a[6], zero], carry);
    [
        t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15,
    ]
}

/// Returns `(t + m p) / R`, where m makes the lower half zero. For t below p R, the result is below
/// 2p and may be one bit longer than eight words.
///
/// With this p, m needs no product: -1/p is 1 modulo 2^96.
#[inline]
pub(crate) fn reduced<L: Limb, C: Column<L>>(t: &[L; 16]) -> ([L; 8], L::Bit) {
    let column = C::new();
    macro_rules! next {
        ($column:ident: $($plus:expr),+ $(; $minus:expr)?) => {
            $column $(.plus($plus))+ $(.minus($minus))?.take()
        };
    }
    let (m0, m1, m2) = (t[0], t[1], t[2]);
    let (m3, column) = next!(column: t[3], m0);
    let (m4, column) = next!(column: t[4], m1);
    let (m5, column) = next!(column: t[5], m2);
    let (m6, column) = next!(column: t[6], m3, m0);
    let (m7, column) = next!(column: t[7], m4, m1; m0);
    let (r0, column) = next!(column: t[8], m0, m2, m5; m1);
    let (r1, column) = next!(column: t[9], m1, m3, m6; m2);
    let (r2, column) = next!(column: t[10], m2, m4, m7; m3);
    let (r3, column) = next!(column: t[11], m3, m5; m4);
    let (r4, column) = next!(column: t[12], m4, m6; m5);
    let (r5, column) = next!(column: t[13], m5, m7; m6);
    let (r6, column) = next!(column: t[14], m6; m7);
    let (r7, column) = next!(column: t[15], m7);
    ([r0, r1, r2, r3, r4, r5, r6, r7], column.rest())
}

/// Returns the sum, which may be one bit longer than eight words.
#[inline(always)]
pub(crate) fn sum<L: Limb>(a: &[L; 8], b: &[L; 8]) -> ([L; 8], L::Bit) {
    let [a0, a1, a2, a3, a4, a5, a6, a7] = *a;
    let [b0, b1, b2, b3, b4, b5, b6, b7] = *b;
    let ([s0, s1, s2, s3], carry) = L::add_four([a0, a1, a2, a3], [b0, b1, b2, b3], L::CLEAR);
    let ([s4, s5, s6, s7], carry) = L::add_four([a4, a5, a6, a7], [b4, b5, b6, b7], carry);
    ([s0, s1, s2, s3, s4, s5, s6, s7], carry)
}

/// Returns the difference, and whether it is negative. A negative one is R too large.
#[inline(always)]
pub(crate) fn difference<L: Limb>(a: &[L; 8], b: &[L; 8]) -> ([L; 8], L::Bit) {
    let [a0, a1, a2, a3, a4, a5, a6, a7] = *a;
    let [b0, b1, b2, b3, b4, b5, b6, b7] = *b;
    let ([d0, d1, d2, d3], borrow) = L::sub_four([a0, a1, a2, a3], [b0, b1, b2, b3], L::CLEAR);
    let ([d4, d5, d6, d7], borrow) = L::sub_four([a4, a5, a6, a7], [b4, b5, b6, b7], borrow);
    ([d0, d1, d2, d3, d4, d5, d6, d7], borrow)
}

/// Returns p in words.
#[inline(always)]
pub(crate) fn prime<L: Limb>() -> [L; 8] {
    let [p0, p1, p2, p3, p4, p5, p6, p7] = P;
    let word = L::constant;
    [
        word(p0),
        word(p1),
        word(p2),
        word(p3),
        word(p4),
        word(p5),
        word(p6),
        word(p7),
    ]
}

/// Reduces a sum below 2p to a number below p. Its time depends on the sum, which is public.
#[inline(always)]
pub(crate) fn below_p<L: Branch>((words, over): ([L; 8], L::Bit)) -> [L; 8] {
    // One comparison decides nearly all cases.
    if L::is_set(over) || (words[7].is_largest() && is_p_or_more(words)) {
        difference(&words, &prime()).0
    } else {
        words
    }
}

// By value and cold: the words stay in registers on the path that is nearly always taken.
#[cold]
#[inline(never)]
fn is_p_or_more<L: Branch>(words: [L; 8]) -> bool {
    !L::is_set(difference(&words, &prime()).1)
}

/// Adds p to a difference above -p if it is negative.
#[inline(always)]
pub(crate) fn not_negative<L: Branch>((words, is_negative): ([L; 8], L::Bit)) -> [L; 8] {
    if L::is_set(is_negative) {
        sum(&words, &prime()).0
    } else {
        words
    }
}

/// Returns half of a number below p, modulo p. An odd number is made even by adding p.
#[inline(always)]
pub(crate) fn halved<L: Branch>(a: &[L; 8]) -> [L; 8] {
    let ([w0, w1, w2, w3, w4, w5, w6, w7], over) = if L::is_set(a[0].bottom()) {
        sum(a, &prime())
    } else {
        (*a, L::CLEAR)
    };
    [
        w0.halved(w1),
        w1.halved(w2),
        w2.halved(w3),
        w3.halved(w4),
        w4.halved(w5),
        w5.halved(w6),
        w6.halved(w7),
        w7.halved(L::of(over)),
    ]
}

/// Returns the element of a product or a square.
// Not inlined: the image needs it only once.
#[inline(never)]
fn element(product: &[u32; 16]) -> Element {
    Element(below_p(reduced::<u32, i64>(product)))
}

impl Field for Element {
    fn from_montgomery(words: [u32; 8]) -> Self {
        Self(words)
    }

    fn montgomery(self) -> [u32; 8] {
        self.0
    }

    #[inline(never)]
    fn mul(&self, factor: &Self) -> Self {
        element(&product(&self.0, &factor.0))
    }

    #[inline(never)]
    fn square(&self) -> Self {
        element(&square(&self.0))
    }

    #[inline(never)]
    fn add(&self, other: &Self) -> Self {
        Self(below_p(sum(&self.0, &other.0)))
    }

    #[inline(never)]
    fn sub(&self, other: &Self) -> Self {
        Self(not_negative(difference(&self.0, &other.0)))
    }

    #[inline(never)]
    fn halved(&self) -> Self {
        Self(halved(&self.0))
    }

    fn factors(digest: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> Option<([u8; 32], [u8; 32])> {
        scalar::factors::<u32, 8>(digest, r, s)
    }
}
