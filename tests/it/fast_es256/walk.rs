//! Points that meet: keys and factors for which the sum equals the entry that is added next, or its negative, somewhere on the
//! walk. Whether they do is seen on a walk in p256's arithmetic.

use p256::{
    ProjectivePoint, Scalar,
    elliptic_curve::{Field as _, Group as _, PrimeField as _},
};

use super::{
    arithmetic::{
        field32, field64,
        generator::{FOUR, SIX},
        generator8::EIGHT,
    },
    oracle::{accepts, inverse, minus, scalar, signed_with_factors, times_generator},
    random::{Words, power_of_two},
    verdict::{Prepared, agrees, table_of},
};

/// What happened on a walk.
#[derive(Default)]
struct Met {
    /// The sum was added to itself.
    itself: usize,
    /// The sum was added to its negative.
    negative: usize,
}

/// The comb's walk: the sums of a table's teeth are added column by column.
fn walk(tables: [(&ProjectivePoint, &Scalar, usize); 2]) -> (ProjectivePoint, Met) {
    let columns = |teeth| 256usize.div_ceil(teeth);
    let teeth = tables.map(|(point, _, teeth)| {
        let first = Some(*point);
        let raise = |point: &ProjectivePoint| {
            Some((0..columns(teeth)).fold(*point, |point, _| point.double()))
        };
        core::iter::successors(first, raise)
            .take(teeth)
            .collect::<Vec<_>>()
    });
    let mut met = Met::default();
    let mut sum = ProjectivePoint::IDENTITY;
    for place in (0..tables
        .map(|(_, _, teeth)| columns(teeth))
        .into_iter()
        .max()
        .unwrap())
        .rev()
    {
        sum = sum.double();
        for ((_, factor, number_of_teeth), teeth) in tables.iter().zip(&teeth) {
            let columns = columns(*number_of_teeth);
            if place >= columns {
                continue;
            }
            let factor = factor.to_repr();
            let bit = |bit: usize| bit < 256 && factor[31 - bit / 8] >> (bit % 8) & 1 == 1;
            let entry = (0..*number_of_teeth)
                .filter(|tooth| bit(tooth * columns + place))
                .fold(ProjectivePoint::IDENTITY, |entry, tooth| {
                    entry + teeth[tooth]
                });
            if entry != ProjectivePoint::IDENTITY {
                met.itself += usize::from(sum == entry);
                met.negative += usize::from(sum == -entry);
                sum += entry;
            }
        }
    }
    (sum, met)
}

const ONE: Words = [1, 0, 0, 0, 0, 0, 0, 0];

/// 2^`exponent` modulo n.
fn power(exponent: usize) -> Scalar {
    scalar(power_of_two(exponent))
}

/// A key and two factors.
struct Case {
    d: Scalar,
    u1: Scalar,
    u2: Scalar,
}

/// Cases in which the sum has come to a multiple of one point when the entry that is added at `place` is the same multiple of
/// the other, or its negative.
fn cases(of_key: usize, of_generator: usize, place: usize) -> Vec<Case> {
    // Some teeth of a table, as the number whose column 0 has them.
    let entry = |teeth: usize, chosen: &[usize]| {
        let columns = 256usize.div_ceil(teeth);
        chosen
            .iter()
            .map(|tooth| power(tooth * columns))
            .sum::<Scalar>()
    };
    let mut cases = Vec::new();
    for sign in [Scalar::ONE, -Scalar::ONE] {
        for chosen in [&[0][..], &[0, 1], &[1, 2, 3], &[0, 1, 2, 3], &[3]] {
            // Bits further down, so that the walk goes on from there.
            for rest in [Scalar::ZERO, power(place) - Scalar::ONE] {
                for above in [0, 1, 3] {
                    // Of the key there is 2^above Q, and the base point's entry comes.
                    let other = entry(of_generator, chosen);
                    let (u1, u2) = (other * power(place) + rest, power(place + above) + rest);
                    let d = sign * other * inverse(&power(above));
                    cases.push(Case { d, u1, u2 });
                }
                for above in [1, 3] {
                    // Of the base point there is 2^above G, and the key's entry comes.
                    let other = entry(of_key, chosen);
                    let (u1, u2) = (power(place + above) + rest, other * power(place) + rest);
                    let d = sign * power(above) * inverse(&other);
                    cases.push(Case { d, u1, u2 });
                }
            }
        }
    }
    cases
}

#[test]
fn points_that_meet() {
    for (of_key, of_generator) in [(4, 4), (6, 6), (8, 8), (4, 8), (6, 8), (8, 4), (8, 6)] {
        let base = match of_generator {
            4 => &FOUR[..],
            6 => &SIX,
            _ => &EIGHT,
        };
        let (mut on_itself, mut on_its_negative, mut accepted, mut refused) = (0, 0, 0, 0);
        for place in [0, 27] {
            for Case { d, u1, u2 } in cases(of_key, of_generator, place) {
                let key = times_generator(&d);
                let (sum, met) = walk([
                    (&key, &u2, of_key),
                    (&ProjectivePoint::GENERATOR, &u1, of_generator),
                ]);
                assert_eq!(sum, times_generator(&(u1 + u2 * d)), "the walk is right");
                assert!(
                    met.itself + met.negative > 0,
                    "{of_key} {of_generator} {place}"
                );
                on_itself += met.itself;
                on_its_negative += met.negative;
                let signed = signed_with_factors(&d, &u1, &u2, ONE);
                let verdict = accepts(&key, &signed);
                assert_eq!(verdict, sum != ProjectivePoint::IDENTITY);
                let table = table_of::<field64::Element>(&key, of_key);
                agrees::<field32::Element>(&table, base, &signed, verdict);
                agrees::<field64::Element>(&table, base, &signed, verdict);
                *if verdict { &mut accepted } else { &mut refused } += 1;
            }
        }
        for count in [on_itself, on_its_negative, accepted, refused] {
            assert!(count >= 20, "{of_key} {of_generator}: {count}");
        }
    }
}

/// Sums that are infinity in the end, for keys of all kinds: no r is right then, 0 and the x of any point on the way neither.
#[test]
fn infinity_has_no_x() {
    let random = scalar([0x1234_5678; 8]);
    let mut refused = 0;
    for d in [Scalar::ONE, -Scalar::ONE, power(64), -power(32), random] {
        let key = times_generator(&d);
        let prepared = Prepared::new::<field32::Element>(key);
        for u2 in [
            Scalar::ONE,
            -Scalar::ONE,
            power(64),
            random,
            inverse(&random),
        ] {
            let generator = crate::fast_es256::oracle::x(&ProjectivePoint::GENERATOR);
            for r in [
                ONE,
                generator,
                minus(crate::fast_es256::oracle::ORDER, ONE),
                [7; 8],
            ] {
                let signed = signed_with_factors(&d, &-(u2 * d), &u2, r);
                assert!(!prepared.verdict_of_all(&signed));
                refused += 1;
            }
        }
    }
    assert_eq!(refused, 100);
}

/// The base point as a key, and its negative: each sum of the one table is one of the other.
#[test]
fn base_point_as_a_key() {
    let random = scalar([0x89ab_cdef; 8]);
    let numbers = [
        Scalar::ZERO,
        Scalar::ONE,
        Scalar::ONE.double(),
        -Scalar::ONE,
        power(32),
        power(32) + power(64),
        power(255),
        random,
        -random,
    ];
    let (mut accepted, mut refused) = (0, 0);
    for d in [
        Scalar::ONE,
        -Scalar::ONE,
        Scalar::ONE.double(),
        inverse(&power(1)),
    ] {
        let prepared = Prepared::new::<field64::Element>(times_generator(&d));
        for u1 in numbers {
            for u2 in numbers.into_iter().filter(|u2| !bool::from(u2.is_zero())) {
                let signed = signed_with_factors(&d, &u1, &u2, ONE);
                *if prepared.verdict(&signed) {
                    &mut accepted
                } else {
                    &mut refused
                } += 1;
            }
        }
    }
    assert!(accepted > 200 && refused > 10, "{accepted} {refused}");
}
