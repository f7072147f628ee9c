//! The walk: the sum of two points, each times its factor. Both share the doublings.

use super::{
    field::Field,
    point::{Affine, Jacobian, Stored},
};

/// A factor, spelled in entries of a table of its point.
pub(crate) trait Entries<'t> {
    /// Spells `factor`, a number below n in little-endian bytes, in entries of this table.
    fn new(table: &'t [Stored], factor: &[u8; 32]) -> Self;
    /// Returns the number of places.
    fn places(&self) -> usize;

    /// Returns the entry at this place, and whether it is to be subtracted. Returns `None` at places
    /// above the factor. Each place is asked for once, from the top down.
    fn at(&mut self, place: usize) -> Option<(&Stored, bool)>;
}

/// Returns the sum of two points times their factors. Each is a table and a factor.
// Not inlined: its stack is free again before the result is compared.
#[inline(never)]
pub(crate) fn sum<'t, F: Field, E: Entries<'t>>(
    factors: [(&'t [Stored], &[u8; 32]); 2],
) -> Jacobian<F> {
    // One by one: a map of the array would copy both.
    let [(first, of_first), (second, of_second)] = factors;
    let (mut first, mut second) = (E::new(first, of_first), E::new(second, of_second));
    let mut sum = Jacobian::infinity();
    let mut has_begun = false;
    let places = first.places().max(second.places());
    for place in (0..places).rev() {
        if has_begun {
            sum.double();
        }
        for factor in [&mut first, &mut second] {
            if let Some((entry, is_negative)) = factor.at(place) {
                let mut point = Affine::load(entry);
                if is_negative {
                    point = point.negative();
                }
                sum.add(&point);
                has_begun = true;
            }
        }
    }
    sum
}
