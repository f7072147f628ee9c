//! The verification of a signature, with a precomputed table of the key and without one (FIPS 186-5
//! section 6.4.2).

use super::{
    comb::Comb,
    digits::Digits,
    field::Field,
    odd_multiples,
    point::{Affine, Jacobian, Stored},
    walk,
    word::words,
};

/// n in Montgomery's form.
const ORDER: [u32; 8] = [
    0x3335_f568,
    0x9ad1_6948,
    0x63fe_9931,
    0x89b1_0544,
    0x652e_96b7,
    0x9c01_66ce,
    0x0fe3_0feb,
    0x9864_8c20,
];

/// p - n: r + n is below p only if r is below this. Words, most significant first.
const P_LESS_ORDER: [u32; 8] = [
    0,
    0,
    0,
    0,
    0x4319_0553,
    0x58e8_617b,
    0x0c46_353d,
    0x039c_daae,
];

/// The number of odd multiples of a key, in 512 bytes of stack. Half as many take 2 % more
/// instructions and 0.3 to 0.4 KB less stack. Twice as many take more of both.
const MULTIPLES_OF_KEY: usize = 8;

/// Returns whether r and s are a valid signature of the message with this `digest` under `key`, a
/// point of the curve.
///
/// `generator` holds 1, 3, 5, ... times the base point. The number of these multiples is a power of
/// two. The digest, r and s are big-endian.
pub(crate) fn is_signature<F: Field>(
    key: &Affine<F>,
    generator: &[Stored],
    digest: &[u8; 32],
    r: &[u8; 32],
    s: &[u8; 32],
) -> bool {
    let Some((of_generator, of_key)) = F::factors(digest, r, s) else {
        return false;
    };
    let mut multiples = [[0; 16]; MULTIPLES_OF_KEY];
    if odd_multiples::fill(&mut multiples, key).is_none() {
        return false;
    }
    let factors = [(&multiples[..], &of_key), (generator, &of_generator)];
    has_x::<F>(&walk::sum::<F, Digits<'_>>(factors), r)
}

/// Returns whether r and s are a valid signature of the message with this `digest` under the key
/// with this table.
///
/// `generator` is the table of the base point. The digest, r and s are big-endian.
// Not inlined: tables of every size share it.
#[inline(never)]
pub(crate) fn is_signature_by_table<F: Field>(
    key: &[Stored],
    generator: &[Stored],
    digest: &[u8; 32],
    r: &[u8; 32],
    s: &[u8; 32],
) -> bool {
    let Some((of_generator, of_key)) = F::factors(digest, r, s) else {
        return false;
    };
    let factors = [(key, &of_key), (generator, &of_generator)];
    has_x::<F>(&walk::sum::<F, Comb<'_>>(factors), r)
}

/// Returns whether the x coordinate of `sum` is r modulo n. It takes no inversion.
fn has_x<F: Field>(sum: &Jacobian<F>, r: &[u8; 32]) -> bool {
    if sum.is_infinity() {
        return false;
    }
    // x is sum.x / z^2, and r must be x modulo n. So x is r, or r + n if that is below p.
    let zz = sum.z.square();
    let words = words(r);
    let r = F::from_number(words);
    let is_x = |r: &F| r.mul(&zz) == sum.x;
    is_x(&r)
        || (words.iter().rev().lt(P_LESS_ORDER.iter()) && is_x(&r.add(&F::from_montgomery(ORDER))))
}
