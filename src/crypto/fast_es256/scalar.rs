//! The factors of a verification, modulo the order n of the curve's group (FIPS 186-5 section
//! 6.4.2, steps 3 to 5).

use super::{
    inverse::{self, inverse},
    limb::Word,
    word::{bytes, word, words},
};

/// n and the constants for Montgomery's product modulo n, in words of one width.
pub(crate) trait Order<const N: usize>: Word {
    /// n.
    const ORDER: [Self; N];
    /// R^2 = 2^512 modulo n. A product with it brings a number into Montgomery's form.
    const R_SQUARED: [Self; N];
    /// -1 / n modulo a word.
    const FACTOR: Self;
    /// Joins words of 32 bits.
    fn join(words: [u32; 8]) -> [Self; N];
}

impl Order<8> for u32 {
    const ORDER: [Self; 8] = [
        0xfc63_2551,
        0xf3b9_cac2,
        0xa717_9e84,
        0xbce6_faad,
        0xffff_ffff,
        0xffff_ffff,
        0,
        0xffff_ffff,
    ];
    const R_SQUARED: [Self; 8] = [
        0xbe79_eea2,
        0x8324_4c95,
        0x49bd_6fa6,
        0x4699_799c,
        0x2b6b_ec59,
        0x2845_b239,
        0xf3d9_5620,
        0x66e1_2d94,
    ];
    const FACTOR: Self = 0xee00_bc4f;

    fn join(words: [u32; 8]) -> [Self; 8] {
        words
    }
}

impl Order<4> for u64 {
    const ORDER: [Self; 4] = [
        0xf3b9_cac2_fc63_2551,
        0xbce6_faad_a717_9e84,
        0xffff_ffff_ffff_ffff,
        0xffff_ffff_0000_0000,
    ];
    const R_SQUARED: [Self; 4] = [
        0x8324_4c95_be79_eea2,
        0x4699_799c_49bd_6fa6,
        0x2845_b239_2b6b_ec59,
        0x66e1_2d94_f3d9_5620,
    ];
    const FACTOR: Self = 0xccd1_c8aa_ee00_bc4f;

    fn join([w0, w1, w2, w3, w4, w5, w6, w7]: [u32; 8]) -> [Self; 4] {
        [word(w0, w1), word(w2, w3), word(w4, w5), word(w6, w7)]
    }
}

/// Returns `digest / s` and `r / s` modulo n, as little-endian bytes. The arguments are big-endian.
/// Returns `None` unless r and s are between 1 and n - 1.
// Not inlined: its stack is free again before the walk over the tables.
#[inline(never)]
pub(crate) fn factors<W: Order<N>, const N: usize>(
    digest: &[u8; 32],
    r: &[u8; 32],
    s: &[u8; 32],
) -> Option<([u8; 32], [u8; 32])> {
    let (of_r, of_s) = (words::<W, N>(r), words::<W, N>(s));
    if !is_in_range(&of_r) || !is_in_range(&of_s) {
        return None;
    }
    // The inverse, in Montgomery's form, is checked (s times its inverse must be 1). So a bug in
    // the inversion can reject a valid signature, but never accept an invalid one.
    let inverse = W::join(inverse(&words(s), &inverse::ORDER));
    let inverse = product(&inverse, &W::R_SQUARED);
    let mut one = [W::ZERO; N];
    *one.first_mut()? = W::ONE;
    if product(&of_s, &inverse) != one {
        return None;
    }
    let mut digest = words::<W, N>(digest);
    // A digest is below 2^256, which is below 2n.
    if !is_below(&digest, &W::ORDER) {
        subtract(&mut digest, &W::ORDER);
    }
    Some((
        bytes(&product(&digest, &inverse)),
        bytes(&product(&of_r, &inverse)),
    ))
}

/// Returns Montgomery's product modulo n, `a b / 2^256`. It is below n if one of the factors is.
fn product<W: Order<N>, const N: usize>(a: &[W; N], b: &[W; N]) -> [W; N] {
    let order = W::ORDER;
    let mut sum = [W::ZERO; N];
    let mut top = W::ZERO;
    for factor in b {
        let mut carry = W::ZERO;
        for (word, a) in sum.iter_mut().zip(a) {
            (*word, carry) = a.multiply_add(*factor, *word, carry);
        }
        let (above, over) = top.add(carry, false);
        // Adds the multiple of n that makes the lowest word zero. That word is then dropped.
        let mut over_again = false;
        let mut words = sum.iter_mut().zip(&order);
        if let Some((mut place, n)) = words.next() {
            let factor = place.low_product(W::FACTOR);
            let (_, mut carry) = n.multiply_add(factor, *place, W::ZERO);
            for (word, n) in words {
                (*place, carry) = n.multiply_add(factor, *word, carry);
                place = word;
            }
            (*place, over_again) = above.add(carry, false);
        }
        top = W::of(over | over_again);
    }
    if top != W::ZERO || !is_below(&sum, &order) {
        subtract(&mut sum, &order);
    }
    sum
}

fn subtract<W: Word>(words: &mut [W], other: &[W]) {
    let mut borrow = false;
    for (word, other) in words.iter_mut().zip(other) {
        (*word, borrow) = word.sub(*other, borrow);
    }
}

/// Returns whether a number is between 1 and n - 1.
fn is_in_range<W: Order<N>, const N: usize>(words: &[W; N]) -> bool {
    words.iter().any(|word| *word != W::ZERO) && is_below(words, &W::ORDER)
}

fn is_below<W: Word>(words: &[W], other: &[W]) -> bool {
    words.iter().rev().lt(other.iter().rev())
}
