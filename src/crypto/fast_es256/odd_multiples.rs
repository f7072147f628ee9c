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
// Not inlined, like the next function: their stack is free again before the walk.
#[inline(never)]
pub(crate) fn fill<F: Field, const N: usize>(
    multiples: &mut [Stored; N],
    point: &Affine<F>,
) -> Option<()> {
    let mut ratios = [F::one(); N];
    let last = fill_jacobian(multiples, &mut ratios, point);
    let mut inverse = last.checked_inverse()?;
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

/// Computes x and y of the multiples from 3 on, each with its own z. Returns the z of the last. The
/// ratios are each z divided by the one before.
///
/// Two points with the same z are added with fewer products, and the sum comes with one of them
/// brought to its z (Meloni, "New point addition formulae for ECC applications", WAIFI 2007).
#[inline(never)]
fn fill_jacobian<F: Field, const N: usize>(
    multiples: &mut [Stored; N],
    ratios: &mut [F; N],
    point: &Affine<F>,
) -> F {
    // 2Q and Q, both with z = y: the doubling of `Jacobian::double`, for z = 1.
    let mut z = point.y;
    let gamma = point.y.square();
    let beta = point.x.mul(&gamma);
    let third = point.x.sub(&F::one()).mul(&point.x.add(&F::one()));
    let alpha = third.halved().add(&third);
    let x = alpha.square().sub(&beta.doubled());
    let gamma_squared = gamma.square();
    let y = alpha.mul(&beta.sub(&x)).sub(&gamma_squared);
    let mut twice = Affine { x, y };
    let mut odd = Affine {
        x: beta,
        y: gamma_squared,
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
