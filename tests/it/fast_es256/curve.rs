//! The check that a point is on the curve, which is an arithmetic of its own: as p256 has it.

use embedded_jwt::crypto::PublicKey;
use p256::elliptic_curve::{ops::Neg as _, point::AffineCoordinates as _};

use super::{
    oracle::{PRIME, bytes, fiat, is_below, minus, plus, point_at, scalar, times_generator, words},
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

/// The two sides of the equation are compared in every word. The points are beside the curve by a difference of few words,
/// as whoever knows the form of the elements can make them.
#[test]
fn sides_that_differ_in_few_words() {
    let quarter = [(254, true), (222, false), (190, true), (94, true)]
        .into_iter()
        .fold([0; 8], |sum, (exponent, is_plus)| {
            let power = power_of_two(exponent);
            if is_plus {
                plus(sum, power)
            } else {
                minus(sum, power)
            }
        });
    // p is 3 modulo 4, so a power of a square is its root.
    let root = |square| fiat::power(square, quarter);
    let three = fiat::of_number([3, 0, 0, 0, 0, 0, 0, 0]);
    let without_b = |x| fiat::mul(fiat::sub(fiat::square(x), three), x);
    let generator = times_generator(&scalar(ONE)).to_affine();
    let [x, y] =
        [generator.x(), generator.y()].map(|number| fiat::of_number(words(&number.into())));
    let b = fiat::sub(fiat::square(y), without_b(x));

    let mut random = Random::new(24);
    for mask in 1..16 {
        let difference: Words =
            core::array::from_fn(|at| u32::from(at % 2 == 0 && mask >> (at / 2) & 1 == 1));
        let mut found = 0;
        while found < 2 {
            let x = fiat::of_number(random.number_below(PRIME));
            let right = fiat::add(without_b(x), b);
            let left = fiat::add(right, difference);
            for (square, is_point) in [(right, true), (left, false)] {
                let y = root(square);
                if fiat::square(y) == square {
                    let verdict = is_on_curve(fiat::number(x), fiat::number(y));
                    assert_eq!(verdict, is_point, "{mask:04b}");
                    found += u32::from(!is_point);
                }
            }
        }
    }
}
