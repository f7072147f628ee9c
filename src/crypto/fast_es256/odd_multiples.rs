//! The odd multiples of a key, computed for one verification.

use super::{
    field::Field,
    point::{Affine, Jacobian, Stored},
};

/// Fills `multiples` with 1, 3, 5, ... times the point. Returns `None` only if the inversion is
/// wrong.
///
/// Each multiple is the one before plus 2Q. No point is added to itself or to its negative: the
/// multiples are far below n. So no z is 0, and one inversion serves all.
// Not inlined, like the next functions: their stack is free again before the walk.
#[inline(never)]
pub(crate) fn fill<F: Field, const N: usize>(
    multiples: &mut [Stored; N],
    point: &Affine<F>,
) -> Option<()> {
    // 2Q is kept in the place of 3Q, which is free until the first sum.
    if let Some(twice) = multiples.get_mut(1) {
        fill_double(twice, point);
    }
    let mut ratios = [F::zero(); N];
    let last = fill_jacobian(multiples, &mut ratios, point);
    let mut inverse = last.inverse()?;
    let (first, others) = multiples.split_first_mut()?;
    point.store(first);
    for (multiple, ratio) in others.iter_mut().zip(&ratios).rev() {
        let Affine { x, y } = Affine::load(multiple);
        let z = F::one();
        Jacobian { x, y, z }.affine(&inverse).store(multiple);
        inverse = inverse.mul(ratio);
    }
    Some(())
}

/// Computes x and y of the multiples from 3Q on, each with its own z. When it is called, 2Q is in
/// the place of 3Q. Returns the last z. Each ratio is a z divided by the z before it.
///
/// Two points with the same z are added with fewer products, and the sum comes with one of them
/// brought to its z (Meloni, "New point addition formulae for ECC applications", WAIFI 2007).
#[inline(never)]
fn fill_jacobian<F: Field, const N: usize>(
    multiples: &mut [Stored; N],
    ratios: &mut [F; N],
    point: &Affine<F>,
) -> F {
    // 2Q has z = y. With the same z, Q has the coordinates x y^2 and y y^3.
    let mut z = point.y;
    let square = z.square();
    let mut odd = Affine {
        x: point.x.mul(&square),
        y: square.square(),
    };
    let mut twice = match multiples.get(1) {
        Some(twice) => Affine::<F>::load(twice),
        None => return z,
    };
    for (multiple, ratio) in multiples.iter_mut().skip(1).zip(ratios) {
        let run = twice.x.sub(&odd.x);
        let rise = twice.y.sub(&odd.y);
        let square = run.square();
        let x_of_odd = odd.x.mul(&square);
        twice.x = twice.x.mul(&square);
        twice.y = twice.y.mul(&twice.x.sub(&x_of_odd));
        odd.x = rise.square().sub(&twice.x).sub(&x_of_odd);
        odd.y = rise.mul(&twice.x.sub(&odd.x)).sub(&twice.y);
        odd.store(multiple);
        z = z.mul(&run);
        *ratio = run;
    }
    z
}

/// Computes x and y of 2Q, with z = y.
#[inline(never)]
fn fill_double<F: Field>(double: &mut Stored, point: &Affine<F>) {
    let mut twice = Jacobian::of(point);
    twice.double();
    let Jacobian { x, y, .. } = twice;
    Affine { x, y }.store(double);
}
