//! Points of P-256 and their sums. All points are public: time may depend on them.

use super::field::Field;

/// A point other than infinity, in the form of the tables in RAM and flash, for cores of any width.
/// It consists of x and y in Montgomery's form, in words of 32 bits, least significant first.
pub(crate) type Stored = [u32; 16];

/// A point other than infinity.
#[derive(Clone, Copy)]
pub(crate) struct Affine<F> {
    pub(crate) x: F,
    pub(crate) y: F,
}

impl<F: Field> Affine<F> {
    /// Returns the negative.
    pub(crate) fn negative(&self) -> Self {
        Self {
            x: self.x,
            y: F::zero().sub(&self.y),
        }
    }

    // Not inlined: it is called from many places, and its body is larger than a call.
    #[inline(never)]
    pub(crate) fn load(stored: &Stored) -> Self {
        let [
            x0,
            x1,
            x2,
            x3,
            x4,
            x5,
            x6,
            x7,
            y0,
            y1,
            y2,
            y3,
            y4,
            y5,
            y6,
            y7,
        ] = *stored;
        Self {
            x: F::from_montgomery([x0, x1, x2, x3, x4, x5, x6, x7]),
            y: F::from_montgomery([y0, y1, y2, y3, y4, y5, y6, y7]),
        }
    }

    #[inline(never)]
    pub(crate) fn store(&self, stored: &mut Stored) {
        let (x, y) = stored.split_at_mut(8);
        x.copy_from_slice(&self.x.montgomery());
        y.copy_from_slice(&self.y.montgomery());
    }
}

/// A point with the coordinates x / z^2 and y / z^3. It is infinity if z is zero.
#[derive(Clone, Copy)]
pub(crate) struct Jacobian<F> {
    pub(crate) x: F,
    pub(crate) y: F,
    pub(crate) z: F,
}

impl<F: Field> Jacobian<F> {
    pub(crate) fn infinity() -> Self {
        Self {
            x: F::zero(),
            y: F::zero(),
            z: F::zero(),
        }
    }

    pub(crate) fn of(point: &Affine<F>) -> Self {
        Self {
            x: point.x,
            y: point.y,
            z: F::one(),
        }
    }

    pub(crate) fn is_infinity(&self) -> bool {
        self.z.is_zero()
    }

    /// Returns whether this is `point`, whose words need not be reduced. Neither may be infinity.
    pub(crate) fn is(&self, point: &Affine<F>) -> bool {
        let zz = self.z.square();
        let is_point = point.x.mul(&zz) == self.x && point.y.mul(&zz.mul(&self.z)) == self.y;
        is_point && point.x.is_reduced() && point.y.is_reduced()
    }

    /// Returns the affine point, for `inverse` = 1 / z.
    pub(crate) fn affine(&self, inverse: &F) -> Affine<F> {
        let square = inverse.square();
        Affine {
            x: self.x.mul(&square),
            y: self.y.mul(&square.mul(inverse)),
        }
    }

    /// Doubles the point in place. The curve has a = -3. Infinity stays infinity, and no point has
    /// order two.
    ///
    /// The result has half the z of the usual formulas. So one half replaces five doublings of
    /// elements.
    #[inline(never)]
    pub(crate) fn double(&mut self) {
        let delta = self.z.square();
        let gamma = self.y.square();
        self.z = self.y.mul(&self.z);
        let beta = self.x.mul(&gamma);
        let third = self.x.sub(&delta).mul(&self.x.add(&delta));
        let alpha = third.halved().add(&third);
        self.x = alpha.square().sub(&beta.doubled());
        self.y = alpha.mul(&beta.sub(&self.x)).sub(&gamma.square());
    }

    /// Adds `point` in place. Correct for any two points.
    #[inline(never)]
    pub(crate) fn add(&mut self, point: &Affine<F>) {
        if self.is_infinity() {
            *self = Self::of(point);
            return;
        }
        let zz = self.z.square();
        let h = point.x.mul(&zz).sub(&self.x);
        let r = point.y.mul(&zz.mul(&self.z)).sub(&self.y);
        if h.is_zero() {
            if r.is_zero() {
                self.double();
            } else {
                *self = Self::infinity();
            }
            return;
        }
        self.z = self.z.mul(&h);
        let hh = h.square();
        let v = self.x.mul(&hh);
        let hhh = hh.mul(&h);
        self.x = r.square().sub(&hhh).sub(&v.doubled());
        self.y = r.mul(&v.sub(&self.x)).sub(&self.y.mul(&hhh));
    }
}
