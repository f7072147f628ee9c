//! The verification itself.

use super::{
    field::Field,
    point::{Affine, Jacobian, Stored},
    scalar,
    table::{column, columns, teeth},
    word::words,
};

/// n, in words.
const ORDER: [u32; 8] = <u32 as scalar::Order<8>>::ORDER;

/// p - n: what an x coordinate may exceed n by. Words, the highest first.
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

/// Whether r and s are a signature of the message with this `digest` under the point that `key` is the table of.
/// `generator` is the table of the base point, and not longer. The numbers are big-endian.
pub(crate) fn is_signature<F: Field>(
    key: &[Stored],
    generator: &[Stored],
    digest: &[u8; 32],
    r: &[u8; 32],
    s: &[u8; 32],
) -> bool {
    let Some((of_generator, of_key)) = F::factors(digest, r, s) else {
        return false;
    };
    let sum = combined::<F>(&[(key, &of_key), (generator, &of_generator)]);
    if sum.is_infinity() {
        return false;
    }
    // x is sum.x / z^2, and r is x modulo n: so x is r, or r + n where that is below p.
    let zz = sum.z.square();
    let words = words(r);
    let r = F::from_number(words);
    let is_x = |r: &F| r.mul(&zz) == sum.x;
    is_x(&r) || (words.iter().rev().lt(P_LESS_ORDER.iter()) && is_x(&r.add(&F::from_number(ORDER))))
}

/// The sum of the points of these tables, times their factors: one walk for all, which doubles for all.
fn combined<F: Field>(tables: &[(&[Stored], &[u8; 32]); 2]) -> Jacobian<F> {
    let places = tables.map(|(table, _)| columns(teeth(table.len())));
    let places = places.into_iter().max().unwrap_or(0);
    let mut sum = Jacobian::infinity();
    for place in (0..places).rev() {
        sum.double();
        for (table, factor) in tables {
            let teeth = teeth(table.len());
            if place >= columns(teeth) {
                continue;
            }
            // Column 0 adds nothing.
            let entry = column(factor, place, teeth).checked_sub(1);
            if let Some(entry) = entry.and_then(|entry| table.get(entry)) {
                sum.add(&Affine::load(entry));
            }
        }
    }
    sum
}
