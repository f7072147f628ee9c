//! The precomputed table of a signed comb (Lim and Lee, CRYPTO '94; Faz-Hernandez, Longa and
//! Sanchez, "Efficient and secure algorithms for GLV-based scalar multiplication", 2015).
//!
//! A factor is written in w rows of d digits, w d >= 258. The point of row j, 2^(j d) Q, is called
//! a tooth. Each digit of row 0 is 1 or -1. The other digits of the same column are 0 or have the
//! same sign. So a column selects the tooth Q plus some of the other teeth. Their sum is added or
//! subtracted, according to the sign. The table has the 2^(w - 1) possible sums: bit j - 1 of the
//! index selects the tooth of row j. A product with a factor takes d doublings and d additions.

use super::{
    field::Field,
    point::{Affine, Jacobian, Stored},
    scalar::Order,
    walk::Entries,
    word,
};

/// The smallest and the largest number of teeth. All digits fit into 33 bytes.
const TEETH: [usize; 2] = [5, 9];

/// Returns the number of teeth w of a table with 2^(w - 1) entries.
fn teeth(entries: usize) -> usize {
    let [fewest, most] = TEETH;
    let teeth = entries.trailing_zeros().saturating_add(1);
    // A table of another length is useless, but must not cause a panic.
    usize::try_from(teeth).map_or(fewest, |teeth| teeth.max(fewest).min(most))
}

/// Returns the number of columns d.
///
/// A factor plus n has 257 bits. With 258 digits or more, the last digit absorbs the carry: its
/// sign is positive, and the factor has no bit there.
fn columns(teeth: usize) -> usize {
    258usize.div_ceil(teeth)
}

/// A factor in the digits of a comb, with the table of its point.
pub(crate) struct Comb<'t> {
    table: &'t [Stored],
    teeth: usize,
    columns: usize,
    /// For row 0, the bits of the factor, which give the signs. For the other rows, one bit for
    /// each digit, set if the digit is not 0.
    bits: [u8; 33],
}

impl Comb<'_> {
    fn bit(&self, place: usize) -> bool {
        let byte = self.bits.get(place / 8);
        byte.is_some_and(|byte| byte.wrapping_shr(to_u32(place % 8)) & 1 == 1)
    }

    /// Returns whether the digits of a column are positive.
    ///
    /// An odd number with d bits is a sum of d digits 1 or -1. A digit is 1 if the next higher bit
    /// of the number is set. The top digit is always 1.
    fn is_positive(&self, column: usize) -> bool {
        let above = column.wrapping_add(1);
        above == self.columns || self.bit(above)
    }
}

impl<'t> Entries<'t> for Comb<'t> {
    fn new(table: &'t [Stored], factor: &[u8; 32]) -> Self {
        let teeth = teeth(table.len());
        let mut comb = Self {
            table,
            teeth,
            columns: columns(teeth),
            bits: odd(factor),
        };
        let mut carry = false;
        let mut place = comb.columns;
        for _ in 1..teeth {
            for column in 0..comb.columns {
                let bit = comb.bit(place);
                if carry && let Some(byte) = comb.bits.get_mut(place / 8) {
                    *byte ^= 1u8.wrapping_shl(to_u32(place % 8));
                }
                // If bit and carry are equal, the digit is 0 and the carry stays. Otherwise the
                // digit is 1 without a carry, or -1 with a carry of 1, as the sign of the column
                // demands.
                carry = if bit == carry {
                    bit
                } else {
                    !comb.is_positive(column)
                };
                place = place.wrapping_add(1);
            }
        }
        comb
    }

    fn places(&self) -> usize {
        self.columns
    }

    #[inline]
    fn at(&mut self, place: usize) -> Option<(&Stored, bool)> {
        if place >= self.columns {
            return None;
        }
        let column = (1..self.teeth).rev().fold(0, |column, tooth| {
            let bit = self.bit(tooth.wrapping_mul(self.columns).wrapping_add(place));
            column << 1 | usize::from(bit)
        });
        Some((self.table.get(column)?, !self.is_positive(place)))
    }
}

/// Returns the factor if it is odd, otherwise the factor plus n.
fn odd(factor: &[u8; 32]) -> [u8; 33] {
    let mut odd = [0; 33];
    let order = word::bytes(&<u32 as Order<8>>::ORDER);
    let is_even = factor.first().is_some_and(|lowest| lowest % 2 == 0);
    let mut carry = 0u16;
    let mut bytes = factor.iter().zip(&order);
    for place in &mut odd {
        if let Some((byte, order)) = bytes.next() {
            let order = if is_even { *order } else { 0 };
            carry = carry
                .wrapping_add(u16::from(*byte))
                .wrapping_add(u16::from(order));
        }
        let [low, high] = carry.to_le_bytes();
        *place = low;
        carry = u16::from(high);
    }
    odd
}

fn to_u32(bits: usize) -> u32 {
    u32::try_from(bits).unwrap_or(0)
}

/// Fills `entries`, which has length 2^(w - 1), with the table of `point`. It needs no other memory,
/// and takes 2 (w - 1) inversions.
///
/// It never adds a point to itself or to its negative. Otherwise a number below 2^256, other than
/// 0, would have to be a multiple of n.
pub(crate) fn fill<F: Field>(entries: &mut [Stored], point: &Affine<F>) {
    if let Some(first) = entries.first_mut() {
        point.store(first);
    }
    let teeth = teeth(entries.len());
    let mut tooth = Jacobian::of(point);
    for number in 1..teeth {
        raise(&mut tooth, teeth);
        if let Some((below, sums)) = entries.split_at_mut_checked(first_with(number)) {
            add_to_each::<F>(below, &tooth.affine(&inverse(&tooth.z)), sums);
        }
    }
}

/// Returns the inverse of an element other than 0. If the inversion had a bug, the table would hold
/// zeros, and reject every signature.
fn inverse<F: Field>(element: &F) -> F {
    element.inverse().unwrap_or_else(F::zero)
}

/// Adds `tooth` to each point of `below`. One inversion serves all sums (Montgomery's trick): the
/// product of all denominators is inverted, and the single inverses are computed from the result.
#[inline(never)]
fn add_to_each<F: Field>(below: &[Stored], tooth: &Affine<F>, sums: &mut [Stored]) {
    let mut product = F::one();
    for (point, sum) in below.iter().zip(&mut *sums) {
        let point = Affine::<F>::load(point);
        let run = tooth.x.sub(&point.x);
        Affine { x: product, y: run }.store(sum);
        product = product.mul(&run);
    }
    let mut inverse = inverse(&product);
    // The inverses follow from the last point to the first. `sums` may be longer than `below`.
    let sums = sums.get_mut(..below.len()).unwrap_or_default();
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

/// Returns whether `entries` is the table of `point`. It recomputes every entry, without memory for
/// a second table.
pub(crate) fn is_of<F: Field>(entries: &[Stored], point: &Affine<F>) -> bool {
    let teeth = teeth(entries.len());
    let mut tooth = Jacobian::of(point);
    let Some(first) = entries.first() else {
        return false;
    };
    tooth.is(&Affine::load(first))
        && (1..teeth).all(|number| {
            raise(&mut tooth, teeth);
            let Some((below, sums)) = entries.split_at_checked(first_with(number)) else {
                return false;
            };
            let sums = sums.get(..below.len()).unwrap_or_default();
            sums.len() == below.len()
                && below.iter().zip(sums).all(|(point, sum)| {
                    let mut computed = tooth;
                    computed.add(&Affine::load(point));
                    computed.is(&Affine::load(sum))
                })
        })
}

/// Computes the next tooth: doubles the tooth as often as there are columns.
fn raise<F: Field>(tooth: &mut Jacobian<F>, teeth: usize) {
    (0..columns(teeth)).for_each(|_| tooth.double());
}

/// Returns the index of the first entry that contains this tooth. Teeth are counted from 0. Tooth 0
/// is in every entry and is never asked for.
fn first_with(tooth: usize) -> usize {
    to_u32(tooth)
        .checked_sub(1)
        .and_then(|tooth| 1usize.checked_shl(tooth))
        .unwrap_or(usize::MAX)
}
