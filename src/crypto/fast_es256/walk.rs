//! The walk: the sum of two points, each times its factor. Both share the doublings.

use super::{
    field::Field,
    point::{Affine, Jacobian, Stored},
};

/// A factor, written as a sum of entries of a table of its point.
pub(crate) trait Entries<'t> {
    /// Writes `factor` as a sum of entries of this table. It is a number below n in little-endian
    /// bytes.
    fn new(table: &'t [Stored], factor: &[u8; 32]) -> Self;
    /// Returns the number of places.
    fn places(&self) -> usize;

    /// Returns the entry at this place, and whether it has to be subtracted. Returns `None` if the
    /// place has no entry. It must be called once for each place, from the top down.
    fn at(&mut self, place: usize) -> Option<(&Stored, bool)>;
}

/// Returns the sum of two points, each times its factor. Each point is given as a table, with its
/// factor.
// Not inlined: its stack is free again before the result is compared.
#[inline(never)]
pub(crate) fn sum<'t, F: Field, E: Entries<'t>>(
    factors: [(&'t [Stored], &[u8; 32]); 2],
) -> Jacobian<F> {
    // Not a `map` of the array, which would copy both.
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
