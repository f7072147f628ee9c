//! The factors of a verification, modulo the order n of the curve's group (FIPS 186-5 section 6.4.2, steps 3 to 5).

use super::{
    inverse::inverse,
    limb::Word,
    word::{bytes, words},
};

/// n, and what Montgomery's product modulo it needs, in words of some width.
pub(crate) trait Order<const N: usize>: Word {
    /// n.
    const ORDER: [Self; N];
    /// R^2 = 2^512 modulo n: a product with it brings a number into Montgomery's form.
    const R_SQUARED: [Self; N];
    /// -1 / n modulo a word.
    const FACTOR: Self;
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
}

/// `digest / s` and `r / s` modulo n, in bytes, the lowest first; `None` unless r and s are between 1 and n - 1. The
/// arguments are big-endian.
// In a frame of its own: what it takes of the stack is free again before the walk over the tables.
#[inline(never)]
pub(crate) fn factors<W: Order<N>, const N: usize>(
    digest: &[u8; 32],
    r: &[u8; 32],
    s: &[u8; 32],
) -> Option<([u8; 32], [u8; 32])> {
    let [of_r, of_s] = [r, s].map(words::<W, N>);
    if [of_r, of_s]
        .iter()
        .any(|number| is_zero(number) || !is_below(number, &W::ORDER))
    {
        return None;
    }
    // In Montgomery's form. A fault in the inversion could refuse a good signature, but accept no bad one: it is checked.
    let inverse = product(&words(&inverse(s)), &W::R_SQUARED);
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

/// Montgomery's product modulo n, `a b / 2^256`: below n, if one of the factors is.
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
        // The multiple of n that makes the lowest word zero; which then is left out.
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

fn is_zero<W: Word, const N: usize>(words: &[W; N]) -> bool {
    words.iter().all(|word| *word == W::ZERO)
}

fn is_below<W: Word>(words: &[W], other: &[W]) -> bool {
    words.iter().rev().lt(other.iter().rev())
}
