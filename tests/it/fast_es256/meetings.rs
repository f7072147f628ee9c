//! Plain keys whose multiples meet those of the base point: on the walk, the sum equals the entry that is added next, or its
//! negative. Whether it does is seen on a walk in p256's arithmetic.

use p256::{
    ProjectivePoint, Scalar,
    elliptic_curve::{Field as _, Group as _},
};

use super::{
    digits::digits,
    oracle::{
        ORDER, accepts, inverse, minus, number, scalar, signed_with_factors, times_generator, x,
    },
    random::{Random, Words, cases, power_of_two},
    verdict::plain_key_agrees,
};

const ONE: Words = [1, 0, 0, 0, 0, 0, 0, 0];

/// How often the sum met the entry, and its negative, with so many multiples of the base point.
fn met(d: &Scalar, multiples: usize, u1: &Scalar, u2: &Scalar) -> (usize, usize) {
    let key = times_generator(d);
    let odd_multiples = |point: ProjectivePoint| {
        let next = move |odd: &ProjectivePoint| Some(odd + &point.double());
        let all = core::iter::successors(Some(point), next);
        all.take(64).collect::<Vec<_>>()
    };
    let factors = [
        (odd_multiples(key), digits(8, number(u2))),
        (
            odd_multiples(ProjectivePoint::GENERATOR),
            digits(multiples, number(u1)),
        ),
    ];
    let (mut itself, mut negative) = (0, 0);
    let mut sum = ProjectivePoint::IDENTITY;
    for place in (0..=256).rev() {
        sum = sum.double();
        for (odd_multiples, digits) in &factors {
            let Some((_, digit)) = digits.iter().find(|(at, _)| *at == place) else {
                continue;
            };
            let entry = odd_multiples[usize::try_from(digit.unsigned_abs() / 2).unwrap()];
            let entry = if *digit < 0 { -entry } else { entry };
            itself += usize::from(sum == entry);
            negative += usize::from(sum == -entry);
            sum += entry;
        }
    }
    assert_eq!(
        sum,
        key * u2 + times_generator(u1),
        "the digits are those of the factors"
    );
    (itself, negative)
}

fn small(number: usize) -> Scalar {
    Scalar::from(u64::try_from(number).unwrap())
}

fn power(exponent: usize) -> Scalar {
    scalar(power_of_two(exponent))
}

/// A number with few digits.
fn sparse(random: &mut Random) -> Scalar {
    (0..=random.below(3)).fold(Scalar::ZERO, |number, _| {
        let digit = small(1 + random.below(40)) * power(random.below(250));
        if random.below(2) == 0 {
            number + digit
        } else {
            number - digit
        }
    })
}

/// A key that is a quotient of small numbers times the base point.
fn near(random: &mut Random) -> Scalar {
    let odd = |random: &mut Random| small(2 * random.below(16) + 1);
    let mut d = odd(random) * inverse(&odd(random));
    if random.below(2) == 0 {
        d *= power(random.below(8));
    }
    if random.below(2) == 0 {
        d *= inverse(&power(random.below(8)));
    }
    if random.below(2) == 0 { -d } else { d }
}

/// Two factors with few digits, for which sums meet entries.
fn factors(random: &mut Random, d: &Scalar) -> (Scalar, Scalar) {
    let place = power(random.below(240));
    let odd = small(2 * random.below(16) + 1);
    let rest = |random: &mut Random| match random.below(2) {
        0 => sparse(random),
        _ => Scalar::ZERO,
    };
    match random.below(4) {
        // They cancel each other.
        0 => (odd * place, -(odd * inverse(d)) * place),
        // They are equal.
        1 => (odd * place, odd * inverse(d) * place),
        2 => {
            let u2 = odd * place;
            (u2 * d + rest(random), u2)
        }
        _ => (sparse(random), sparse(random)),
    }
}

#[test]
fn points_that_meet() {
    let mut random = Random::new(20);
    let (mut itself, mut negative, mut accepted, mut refused) = (0, 0, 0, 0);
    for _ in 0..cases() {
        let d = near(&mut random);
        let (u1, u2) = factors(&mut random, &d);
        if bool::from(u2.is_zero()) {
            continue;
        }
        // What the 32-bit machines have, and the 64-bit ones.
        for multiples in [16, 64] {
            let (on_itself, on_negative) = met(&d, multiples, &u1, &u2);
            itself += on_itself;
            negative += on_negative;
        }
        let signed = signed_with_factors(&d, &u1, &u2, ONE);
        let key = times_generator(&d);
        let verdict = accepts(&key, &signed);
        plain_key_agrees(&key, &signed, verdict);
        *if verdict { &mut accepted } else { &mut refused } += 1;
    }
    println!(
        "met itself {itself}, its negative {negative}; accepted {accepted}, refused {refused}"
    );
    for count in [itself, negative, accepted, refused] {
        assert!(count >= cases() / 50, "{count}");
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

/// Sums that are infinity in the end: no r is right.
#[test]
fn infinity_has_no_x() {
    let any = scalar([0x1234_5678; 8]);
    for d in [Scalar::ONE, -Scalar::ONE, power(64), any] {
        let key = times_generator(&d);
        for u2 in [Scalar::ONE, -Scalar::ONE, power(64), any, inverse(&any)] {
            let generator = x(&ProjectivePoint::GENERATOR);
            for r in [ONE, generator, minus(ORDER, ONE), x(&key)] {
                let signed = signed_with_factors(&d, &-(u2 * d), &u2, r);
                plain_key_agrees(&key, &signed, false);
            }
        }
    }
}
