//! Sums of points, with every exception that there is: as p256 has them.

use p256::ProjectivePoint;

use super::{
    arithmetic::{
        field::Field,
        point::{Affine, Jacobian},
    },
    oracle::{PRIME, affine, inverse, inverse_in_field, scalar, stored, times_generator},
    random::{Random, Words},
};

under_both_fields! {
    sums
    doubles
    is_compares_points
}

/// Points that are small multiples of each other, their negatives, and some without a relation.
fn points() -> Vec<ProjectivePoint> {
    let g = ProjectivePoint::GENERATOR;
    let half = g * inverse(&scalar([2, 0, 0, 0, 0, 0, 0, 0]));
    let others = [[5; 8], [u32::MAX; 8]].map(|number: Words| times_generator(&scalar(number)));
    let points = [g, g + g, g + g + g, half, others[0], others[1]];
    points
        .into_iter()
        .flat_map(|point| [point, -point])
        .collect()
}

/// A point other than infinity by coordinates with this z.
fn jacobian<F: Field>(point: &ProjectivePoint, z: F) -> Jacobian<F> {
    let Affine::<F> { x, y } = affine(point);
    let square = z.square();
    Jacobian {
        x: x.mul(&square),
        y: y.mul(&square.mul(&z)),
        z,
    }
}

/// The ways to write a point: with z = 1, with a random z, and with z = p - 1.
fn ways<F: Field>(point: &ProjectivePoint) -> [Jacobian<F>; 3] {
    let mut random = Random::new(9);
    let any = F::from_montgomery(random.number_below(PRIME));
    let minus_one = F::zero().sub(&F::one());
    [F::one(), any, minus_one].map(|z| jacobian(point, z))
}

/// Ways to write infinity: only z = 0 counts.
fn infinities<F: Field>() -> [Jacobian<F>; 3] {
    let element = F::from_montgomery([3; 8]);
    let (zero, one) = (F::zero(), F::one());
    [
        Jacobian::infinity(),
        Jacobian {
            x: element,
            y: element,
            z: zero,
        },
        Jacobian {
            x: zero,
            y: one,
            z: zero,
        },
    ]
}

fn assert_is<F: Field>(ours: &Jacobian<F>, oracle: &ProjectivePoint, what: &str) {
    let is_infinity = *oracle == ProjectivePoint::IDENTITY;
    assert_eq!(ours.is_infinity(), is_infinity, "{what}");
    if !is_infinity {
        let mut words = [0; 16];
        ours.affine(&inverse_in_field(ours.z)).store(&mut words);
        assert_eq!(words, stored(oracle), "{what}");
    }
}

fn sums<F: Field>() {
    let points = points();
    let (mut doubled, mut cancelled) = (0, 0);
    for (at, a) in points.iter().enumerate() {
        for (other, b) in points.iter().enumerate() {
            for mut sum in ways::<F>(a) {
                sum.add(&affine(b));
                assert_is(&sum, &(a + b), &format!("{at} + {other}"));
            }
            doubled += usize::from(a == b);
            cancelled += usize::from(*a == -b);
        }
        for mut sum in infinities::<F>() {
            sum.add(&affine(a));
            assert_is(&sum, a, &format!("infinity + {at}"));
        }
    }
    assert_eq!((doubled, cancelled), (points.len(), points.len()));
}

fn doubles<F: Field>() {
    for (at, point) in points().iter().enumerate() {
        for mut double in ways::<F>(point) {
            double.double();
            assert_is(&double, &(point + point), &format!("twice {at}"));
        }
    }
    for mut double in infinities::<F>() {
        double.double();
        assert_is(&double, &ProjectivePoint::IDENTITY, "twice infinity");
    }
}

fn is_compares_points<F: Field>() {
    let points = points();
    for a in &points {
        for b in &points {
            for jacobian in ways::<F>(a) {
                assert_eq!(jacobian.is(&affine(b)), a == b);
            }
        }
    }
}
