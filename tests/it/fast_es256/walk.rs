//! Points that meet: keys and factors for which the sum equals the entry that is added next, or its negative, somewhere on the
//! walk. All points there are multiples of the base point, so their numbers tell.

use p256::{ProjectivePoint, Scalar, elliptic_curve::Field as _};

use super::{
    arithmetic::{
        comb::Comb, comb16, comb64, comb256, digits::Digits, field32, field64, point::Stored,
    },
    digits::{comb, odd, spelled},
    oracle::{accepts, inverse, minus, number, scalar, signed_with_factors, times_generator},
    random::{Random, Words, cases, power_of_two},
    verdict::{Prepared, agrees, plain_key_agrees, table_of},
};

const ONE: Words = [1, 0, 0, 0, 0, 0, 0, 0];

/// 2^`exponent` modulo n.
fn power(exponent: usize) -> Scalar {
    scalar(power_of_two(exponent))
}

fn small(number: usize) -> Scalar {
    Scalar::from(u64::try_from(number).unwrap())
}

/// What is added at a place: a multiple of the base point, and one of the key.
type Added = (usize, [Scalar; 2]);

/// All that is added on a walk, in this order, for the factors of the key and of the base point.
fn added(of_key: &[(usize, Scalar)], of_generator: &[(usize, Scalar)]) -> Vec<Added> {
    let key = of_key
        .iter()
        .map(|(place, size)| (*place, [Scalar::ZERO, *size]));
    let generator = of_generator
        .iter()
        .map(|(place, size)| (*place, [*size, Scalar::ZERO]));
    let mut added: Vec<Added> = key.chain(generator).collect();
    // Stable: at each place the key comes first.
    added.sort_by_key(|(place, _)| core::cmp::Reverse(*place));
    added
}

/// The sum before each addition, as multiples of the base point and of the key.
fn sums(added: &[Added]) -> Vec<[Scalar; 2]> {
    let mut sum = [Scalar::ZERO; 2];
    let mut last = 0;
    let step = |(place, entry): &Added| {
        for _ in *place..last {
            sum = sum.map(|number| number.double());
        }
        last = *place;
        let before = sum;
        sum = [sum[0] + entry[0], sum[1] + entry[1]];
        before
    };
    added.iter().map(step).collect()
}

/// A key for which the sum is the entry, or its negative, at that addition; `None` where there is none.
fn meeting_key(sum: [Scalar; 2], entry: [Scalar; 2]) -> Option<Scalar> {
    // sum[0] + sum[1] d = entry[0] + entry[1] d
    let (number, of_key) = (entry[0] - sum[0], sum[1] - entry[1]);
    let d = number * Option::<Scalar>::from(of_key.invert())?;
    (!bool::from(d.is_zero())).then_some(d)
}

/// How often the sum meets the entry, and its negative.
fn met(added: &[Added], sums: &[[Scalar; 2]], d: &Scalar) -> [usize; 2] {
    let number = |of: &[Scalar; 2]| of[0] + of[1] * d;
    let mut met = [0, 0];
    for ((_, entry), sum) in added.iter().zip(sums) {
        let (entry, sum) = (number(entry), number(sum));
        met[0] += usize::from(sum == entry);
        met[1] += usize::from(sum == -entry);
    }
    met
}

/// Checks keys that meet, for walks as `spelled` has them, by `agrees`.
fn points_meet(
    seed: u64,
    cases: usize,
    spelled: impl Fn([Words; 2]) -> [Vec<(usize, Scalar)>; 2],
    agrees: impl Fn(&ProjectivePoint, &super::oracle::Signed, bool),
) {
    let mut random = Random::new(seed);
    let (mut both, mut accepted) = ([0, 0], 0);
    for case in 0..cases {
        let [u1, u2] = [(); 2].map(|()| scalar(random.number()));
        if bool::from(u2.is_zero()) {
            continue;
        }
        let [of_key, of_generator] = spelled([u2, u1].map(|factor| number(&factor)));
        let added = added(&of_key, &of_generator);
        let sums = sums(&added);
        // The first additions, the last, and any. Small factors need one addition alone.
        let last = added.len() - 1;
        let at = match case % 4 {
            0 => last.min(1),
            1 => last,
            _ => random.below(added.len()),
        };
        let entry = added[at].1;
        let entry = if random.below(2) == 0 {
            entry
        } else {
            entry.map(|number| -number)
        };
        let Some(d) = meeting_key(sums[at], entry) else {
            continue;
        };
        let met = met(&added, &sums, &d);
        assert!(met[0] + met[1] > 0);
        both = [both[0] + met[0], both[1] + met[1]];
        let key = times_generator(&d);
        let signed = signed_with_factors(&d, &u1, &u2, ONE);
        let verdict = accepts(&key, &signed);
        agrees(&key, &signed, verdict);
        accepted += usize::from(verdict);
    }
    println!(
        "met itself {}, its negative {}; accepted {accepted}",
        both[0], both[1]
    );
    assert!(both[0] >= cases / 8 && both[1] >= cases / 8 && accepted >= cases / 3);
}

#[test]
fn points_that_meet() {
    for of_generator in [16, 64] {
        let tables = [odd(8), odd(of_generator)];
        points_meet(
            20,
            cases().div_ceil(4),
            |factors| [0, 1].map(|at| spelled::<Digits<'_>>(&tables[at], factors[at])),
            plain_key_agrees,
        );
    }
}

#[test]
fn points_that_meet_under_tables() {
    let pairs: [(usize, &[Stored]); 5] = [
        (16, &comb16::TABLE),
        (64, &comb64::TABLE),
        (256, &comb256::TABLE),
        (16, &comb256::TABLE),
        (64, &comb256::TABLE),
    ];
    for (of_key, generator) in pairs {
        let tables = [comb(of_key), comb(generator.len())];
        points_meet(
            22,
            cases().div_ceil(10),
            |factors| [0, 1].map(|at| spelled::<Comb<'_>>(&tables[at], factors[at])),
            |key, signed, verdict| {
                let table = table_of::<field64::Element>(key, of_key);
                agrees::<field32::Element>(&table, generator, signed, verdict);
                agrees::<field64::Element>(&table, generator, signed, verdict);
            },
        );
    }
}

/// Small factors under keys that are small multiples of the base point: u1 = 0, u2 = 1, sums that are infinity on the way and in
/// the end, and entries that the sum meets at once.
#[test]
fn small_factors() {
    let mut random = Random::new(21);
    let numbers: Vec<Scalar> = (0..20)
        .map(small)
        .chain([-Scalar::ONE, -small(2), -small(15), power(255), power(128)])
        .collect();
    let (mut accepted, mut refused) = (0, 0);
    for case in 0..cases() {
        let d = small(random.one_of(&[1, 1, 2, 3, 5, 15, 31]));
        let d = match random.below(3) {
            0 => d,
            1 => -d,
            _ => inverse(&d),
        };
        let u2 = numbers[1 + random.below(numbers.len() - 1)];
        let u1 = match case % 8 {
            0 => Scalar::ZERO,
            1 => -(u2 * d),
            _ => random.one_of(&numbers),
        };
        let signed = signed_with_factors(&d, &u1, &u2, ONE);
        let is_infinity = bool::from((u1 + u2 * d).is_zero());
        plain_key_agrees(&times_generator(&d), &signed, !is_infinity);
        *if is_infinity {
            &mut refused
        } else {
            &mut accepted
        } += 1;
    }
    assert!(accepted > cases() / 2 && refused >= cases() / 10);
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
