//! Random signatures, good and bad: the verdict of p256, under plain keys and under every table.

use core::num::NonZero;
use std::thread::{self, ScopedJoinHandle, available_parallelism};

use p256::{Scalar, elliptic_curve::Field as _};

use super::{
    arithmetic::{field32, field64},
    oracle::{
        ORDER, PRIME, Signed, accepts, inverse, key_for, minus, plus, point_at, scalar,
        signed_with_factors, signed_with_nonce, times_generator,
    },
    random::{Random, Words, cases, power_of_two},
    verdict::{Prepared, plain_key_agrees},
};

/// How many signatures were accepted and refused.
#[derive(Clone, Copy, Default)]
struct Counts {
    accepted: usize,
    refused: usize,
}

/// Signatures under one key: to make its tables takes longer than to verify under them.
const OF_A_KEY: usize = 25;

/// With tables, and without.
#[test]
fn verdicts_under_tables_are_those_of_p256() {
    verdicts_are_those_of_p256(check);
}

/// A key for each few signatures, as there is no table to make.
#[test]
fn verdicts_under_plain_keys_are_those_of_p256() {
    verdicts_are_those_of_p256(check_plain_keys);
}

fn verdicts_are_those_of_p256(check: fn(&mut Random, usize) -> Counts) {
    let cases = cases();
    // Each thread has its share, and its own random numbers.
    let threads = available_parallelism().map_or(1, NonZero::get).min(cases);
    let counts: Vec<Counts> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                let share = (cases + thread) / threads;
                let seed = 1_000 + u64::try_from(thread).unwrap();
                scope.spawn(move || check(&mut Random::new(seed), share))
            })
            .collect();
        let counts = running.into_iter().map(ScopedJoinHandle::join);
        counts.map(Result::unwrap).collect()
    });
    let accepted: usize = counts.iter().map(|counts| counts.accepted).sum();
    let refused: usize = counts.iter().map(|counts| counts.refused).sum();
    println!("{cases} signatures: {accepted} accepted and {refused} refused, as p256 has it");
    assert!(accepted + refused >= cases);
    assert!(
        accepted > cases / 8 && refused > cases / 4,
        "{accepted} {refused}"
    );
}

fn check(random: &mut Random, cases: usize) -> Counts {
    let mut counts = Counts::default();
    while counts.accepted + counts.refused < cases {
        if random.below(8) == 0 {
            let (prepared, good) = made_for_an_x(random);
            for _ in 0..OF_A_KEY / 5 {
                count(random, &prepared, good, &mut counts, cases);
            }
            continue;
        }
        let d = private_key(random);
        let prepared = prepared(random, times_generator(&d));
        for _ in 0..OF_A_KEY {
            let good = signed(random, &d);
            count(random, &prepared, good, &mut counts, cases);
        }
    }
    counts
}

fn check_plain_keys(random: &mut Random, cases: usize) -> Counts {
    let mut counts = Counts::default();
    while counts.accepted + counts.refused < cases {
        let (key, good) = if random.below(4) == 0 {
            point_made_for_an_x(random)
        } else {
            let d = private_key(random);
            (times_generator(&d), signed(random, &d))
        };
        let bad = changed(random, good);
        for signed in [good, bad, changed(random, bad)] {
            let verdict = accepts(&key, &signed);
            plain_key_agrees(&key, &signed, verdict);
            *if verdict {
                &mut counts.accepted
            } else {
                &mut counts.refused
            } += 1;
        }
    }
    counts
}

fn count(
    random: &mut Random,
    prepared: &Prepared,
    good: Signed,
    counts: &mut Counts,
    cases: usize,
) {
    if counts.accepted + counts.refused == cases {
        return;
    }
    let signed = if random.below(2) == 0 {
        good
    } else {
        changed(random, good)
    };
    *if prepared.verdict(&signed) {
        &mut counts.accepted
    } else {
        &mut counts.refused
    } += 1;
}

fn prepared(random: &mut Random, key: p256::ProjectivePoint) -> Prepared {
    if random.below(2) == 0 {
        Prepared::new::<field32::Element>(key)
    } else {
        Prepared::new::<field64::Element>(key)
    }
}

/// Modulo n, other than 0.
fn nonzero(random: &mut Random) -> Scalar {
    let scalar = scalar(random.number());
    if bool::from(scalar.is_zero()) {
        Scalar::ONE
    } else {
        scalar
    }
}

/// Any, or one whose multiples meet those of the base point.
fn private_key(random: &mut Random) -> Scalar {
    let power = scalar(power_of_two(random.below(256)));
    let small = scalar([
        1 + u32::try_from(random.below(20)).unwrap(),
        0,
        0,
        0,
        0,
        0,
        0,
        0,
    ]);
    let d = match random.below(6) {
        0 | 1 => nonzero(random),
        2 => power,
        3 => inverse(&power),
        4 => small,
        _ => small * inverse(&power),
    };
    if random.below(2) == 0 { d } else { -d }
}

/// A good signature, or what would be one, were the sum not infinity.
fn signed(random: &mut Random, d: &Scalar) -> Signed {
    match random.below(8) {
        0..=2 => signed_with_nonce(d, &nonzero(random), random.number()),
        // u1 G = -u2 Q
        3 if random.below(4) == 0 => {
            let u2 = nonzero(random);
            signed_with_factors(d, &-(u2 * d), &u2, random.number())
        }
        _ => signed_with_factors(
            d,
            &scalar(random.number()),
            &nonzero(random),
            random.number(),
        ),
    }
}

/// A key for which the sum has an x near n, p, 0 or p - n.
fn made_for_an_x(random: &mut Random) -> (Prepared, Signed) {
    let (key, wanted) = point_made_for_an_x(random);
    (prepared(random, key), wanted)
}

fn point_made_for_an_x(random: &mut Random) -> (p256::ProjectivePoint, Signed) {
    let room = minus(PRIME, ORDER);
    let base = random.one_of(&[[0; 8], room, ORDER, PRIME]);
    loop {
        let distance = u32::try_from(random.below(60)).unwrap();
        let distance: Words = match random.below(4) {
            0 => [distance, 0, 0, 0, 0, 0, 0, 0],
            // As far as p - n is wide.
            _ => random.number().map(|word| word & 0x3333_3333),
        };
        let distance = [
            distance[0],
            distance[1],
            distance[2],
            distance[3],
            0,
            0,
            0,
            0,
        ];
        let x = if random.below(2) == 0 {
            plus(base, distance)
        } else {
            minus(base, distance)
        };
        let Some(point) = point_at(x) else { continue };
        let r = crate::fast_es256::oracle::number(&scalar(x));
        let good = Signed {
            digest: random.number(),
            r,
            s: crate::fast_es256::oracle::number(&nonzero(random)),
        };
        // Sometimes one that only looks like it.
        let r = match random.below(4) {
            0 => plus(x, room),
            1 => minus(x, room),
            _ => r,
        };
        let wanted = Signed { r, ..good };
        if r == [0; 8] || !crate::fast_es256::oracle::is_below(r, ORDER) {
            continue;
        }
        let key = key_for(&point, &wanted);
        if key == p256::ProjectivePoint::IDENTITY {
            continue;
        }
        return (key, wanted);
    }
}

/// With one thing done to it; some of that leaves it good.
fn changed(random: &mut Random, good: Signed) -> Signed {
    let Signed { digest, r, s } = good;
    let one: Words = [1, 0, 0, 0, 0, 0, 0, 0];
    let mut bad = good;
    let which = random.below(3);
    let number = match which {
        0 => &mut bad.digest,
        1 => &mut bad.r,
        _ => &mut bad.s,
    };
    let flipped = power_of_two(random.below(256));
    *number = match random.below(8) {
        0 | 1 => core::array::from_fn(|at| number[at] ^ flipped[at]),
        2 => plus(*number, one),
        3 => minus(*number, one),
        4 => minus(ORDER, *number),
        5 => plus(*number, ORDER),
        6 => random.number(),
        _ => return Signed { digest, r: s, s: r },
    };
    bad
}
