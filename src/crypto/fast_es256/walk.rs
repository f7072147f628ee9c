//! The walk: the sum of two points, each times its factor. Both share the doublings.

use super::{
    field::Field,
    point::{Affine, Jacobian, Stored},
};

/// A factor, spelled in entries of a table of its point.
pub(crate) trait Entries {
    /// The number of places.
    const PLACES: usize;

    /// Returns the entry at this place, and whether it is to be subtracted. Each place is asked for
    /// once, from the top down.
    fn at(&mut self, place: usize) -> Option<(&Stored, bool)>;
}

/// Returns the sum of the two points times their factors.
// Not inlined: its stack is free again before the result is compared.
#[inline(never)]
pub(crate) fn sum<F: Field, E: Entries>(mut factors: [E; 2]) -> Jacobian<F> {
    let mut sum = Jacobian::infinity();
    let mut has_begun = false;
    for place in (0..E::PLACES).rev() {
        if has_begun {
            sum.double();
        }
        for factor in &mut factors {
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
