//! The check that a point is on the curve, which is an arithmetic of its own: as p256 has it.

use embedded_jwt::crypto::PublicKey;
use p256::elliptic_curve::{ops::Neg as _, point::AffineCoordinates as _};

use super::{
    oracle::{PRIME, bytes, is_below, minus, plus, point_at, words},
    random::{Random, Words, cases, edges, power_of_two},
};

const ONE: Words = [1, 0, 0, 0, 0, 0, 0, 0];

fn is_on_curve(x: Words, y: Words) -> bool {
    PublicKey::from_coordinates(&bytes(x), &bytes(y)).is_ok()
}

/// The coordinates of the points with this x: none or two.
fn points(x: Words) -> Option<[Words; 2]> {
    let point = point_at(x)?;
    Some([point, point.neg()].map(|point| words(&point.to_affine().y().into())))
}

#[test]
fn points_and_no_points() {
    let mut random = Random::new(23);
    let mut numbers = edges();
    numbers.extend((0..cases()).map(|_| random.number()));
    let (mut on, mut off) = (0, 0);
    for x in numbers {
        let Some(ys) = points(x).filter(|_| is_below(x, PRIME)) else {
            for y in [[0; 8], ONE, x, random.number()] {
                assert!(!is_on_curve(x, y), "{x:08x?} {y:08x?}");
            }
            off += 1;
            continue;
        };
        for y in ys {
            assert!(is_on_curve(x, y), "{x:08x?} {y:08x?}");
            let bit = power_of_two(random.below(256));
            for wrong in [
                plus(y, ONE),
                minus(y, ONE),
                core::array::from_fn(|at| y[at] ^ bit[at]),
                random.number(),
            ] {
                assert!(!is_on_curve(x, wrong) || ys.contains(&wrong), "{x:08x?}");
            }
            // Another spelling of the same element.
            let more = plus(y, PRIME);
            assert!(is_below(more, y) || !is_on_curve(x, more));
            let more = plus(x, PRIME);
            assert!(is_below(more, x) || !is_on_curve(more, y));
        }
        on += 1;
    }
    assert!(on > cases() / 4 && off > cases() / 4, "{on} {off}");
}
