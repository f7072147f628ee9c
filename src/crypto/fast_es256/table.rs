//! The precomputed table of a comb with w teeth (Lim and Lee, CRYPTO '94).
//!
//! The 256 bits of a factor are arranged in w rows of d = 256 / w bits, rounded up. A column of w
//! bits selects one of 2^w - 1 sums of the points Q, 2^d Q, 2^2d Q, ... These points are the teeth.
//! Entry i - 1 holds the sum for column i. So d doublings and d additions replace 256 and 128.

use super::{
    field::Field,
    point::{Affine, Jacobian, Stored},
};

/// Returns the number of teeth w of a table with 2^w - 1 entries.
pub(crate) fn teeth(entries: usize) -> usize {
    // One tooth or none is useless, but must not fail.
    usize::try_from(entries.trailing_ones()).map_or(1, |ones| ones.max(1))
}

/// Returns the number of columns for this number of teeth.
pub(crate) fn columns(teeth: usize) -> usize {
    256usize.div_ceil(teeth)
}

/// Returns column `place` of `factor`, a number in little-endian bytes.
#[inline]
pub(crate) fn column(factor: &[u8; 32], place: usize, teeth: usize) -> usize {
    let columns = columns(teeth);
    (0..teeth).rev().fold(0, |column, tooth| {
        let bit = tooth.wrapping_mul(columns).wrapping_add(place);
        let byte = factor.get(bit / 8).copied().unwrap_or(0);
        column << 1 | usize::from(byte >> (bit % 8) & 1)
    })
}

/// Fills `entries`, which has length 2^w - 1, with the table of `point`. It needs no other memory,
/// and takes w inversions.
///
/// It never adds a point to itself or to its negative. That would make a number below 2^256 with at
/// most w bits set a multiple of n.
pub(crate) fn fill<F: Field>(entries: &mut [Stored], point: &Affine<F>) {
    if let Some(first) = entries.first_mut() {
        point.store(first);
    }
    fill_teeth(entries, point);
    for number in 1..teeth(entries.len()) {
        let (below, rest) = entries.split_at_mut(first_with(number));
        if let [tooth, sums @ ..] = rest {
            add_to_each::<F>(below, &Affine::load(tooth), sums);
        }
    }
}

/// Computes the entries that are a single tooth.
// Not inlined, like the next function: their stack frames do not exist at the same time.
#[inline(never)]
fn fill_teeth<F: Field>(entries: &mut [Stored], point: &Affine<F>) {
    let teeth = teeth(entries.len());
    // The teeth are Jacobian points. The next entry, still free, holds z and the product of the z
    // before it.
    let mut tooth = Jacobian::of(point);
    let mut product = F::one();
    for number in 1..teeth {
        raise(&mut tooth, teeth);
        if let Some([own, behind, ..]) = from_tooth(entries, number) {
            let (x, y, z) = (tooth.x, tooth.y, tooth.z);
            Affine { x, y }.store(own);
            Affine { x: z, y: product }.store(behind);
            product = product.mul(&z);
        }
    }
    // One inversion for all teeth (Montgomery's trick): invert the product, then split it up.
    let mut inverse = product.inverse();
    for number in (1..teeth).rev() {
        if let Some([own, behind, ..]) = from_tooth(entries, number) {
            let (Affine { x, y }, kept) = (Affine::load(own), Affine::<F>::load(behind));
            let (z, product) = (kept.x, kept.y);
            let tooth = Jacobian { x, y, z };
            tooth.affine(&inverse.mul(&product)).store(own);
            inverse = inverse.mul(&z);
        }
    }
}

/// Adds `tooth` to each point of `below`, with one inversion for all sums.
#[inline(never)]
fn add_to_each<F: Field>(below: &[Stored], tooth: &Affine<F>, sums: &mut [Stored]) {
    let mut product = F::one();
    for (point, sum) in below.iter().zip(&mut *sums) {
        let point = Affine::<F>::load(point);
        let run = tooth.x.sub(&point.x);
        Affine { x: product, y: run }.store(sum);
        product = product.mul(&run);
    }
    let mut inverse = product.inverse();
    for (point, sum) in below.iter().zip(sums).rev() {
        let point = Affine::<F>::load(point);
        let kept = Affine::<F>::load(sum);
        let (product, run) = (kept.x, kept.y);
        let rise = tooth.y.sub(&point.y);
        let slope = rise.mul(&inverse.mul(&product));
        inverse = inverse.mul(&run);
        let x = slope.square().sub(&point.x).sub(&tooth.x);
        let y = slope.mul(&point.x.sub(&x)).sub(&point.y);
        Affine { x, y }.store(sum);
    }
}

/// Returns whether `entries` is the table of `point`. It recomputes every entry, with no other
/// memory.
pub(crate) fn is_of<F: Field>(entries: &[Stored], point: &Affine<F>) -> bool {
    let teeth = teeth(entries.len());
    let mut tooth = Jacobian::of(point);
    (0..teeth).all(|number| {
        if number > 0 {
            raise(&mut tooth, teeth);
        }
        let Some((below, [own, sums @ ..])) = entries.split_at_checked(first_with(number)) else {
            return false;
        };
        let own = Affine::load(own);
        tooth.is(&own)
            && below.iter().zip(sums).all(|(point, sum)| {
                let mut computed = Jacobian::of(&Affine::<F>::load(point));
                computed.add(&own);
                computed.is(&Affine::load(sum))
            })
    })
}

/// Moves from one tooth to the next.
fn raise<F: Field>(tooth: &mut Jacobian<F>, teeth: usize) {
    (0..columns(teeth)).for_each(|_| tooth.double());
}

/// Returns the index of the first entry with this tooth in it, which is the tooth alone.
fn first_with(tooth: usize) -> usize {
    u32::try_from(tooth)
        .ok()
        .and_then(|tooth| 1usize.checked_shl(tooth))
        .map_or(usize::MAX, |entry| entry.wrapping_sub(1))
}

fn from_tooth(entries: &mut [Stored], tooth: usize) -> Option<&mut [Stored]> {
    entries.get_mut(first_with(tooth)..)
}
