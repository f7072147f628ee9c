//! x modulo n: the x coordinate of the sum is r or r + n, which only a number below p - n has room for. Keys are made for
//! points with an x at these edges.

use p256::ProjectivePoint;

use super::{
    arithmetic::{field32, field64},
    oracle::{ORDER, PRIME, Signed, is_below, key_for, minus, plus, point_at},
    random::{Random, Words},
    verdict::Prepared,
};

const ONE: Words = [1, 0, 0, 0, 0, 0, 0, 0];

/// The first points from `x` on, upwards or downwards.
fn points(
    x: Words,
    step: fn(Words, Words) -> Words,
    count: usize,
) -> Vec<(Words, ProjectivePoint)> {
    let numbers = core::iter::successors(Some(x), |x| Some(step(*x, ONE)));
    let points = numbers.filter_map(|x| Some((x, point_at(x)?)));
    points.take(count).collect()
}

/// The verdict on `r` for a sum with this x, under each table; with the rest of the signature at its edges too.
fn verdicts(sum: &ProjectivePoint, r: Words) -> bool {
    let mut random = Random::new(11);
    let last = minus(ORDER, ONE);
    let verdicts = [
        ([0; 8], ONE),
        (ORDER, last),
        ([u32::MAX; 8], random.number_below(ORDER)),
        (random.uniform(), random.number_below(ORDER)),
        (random.uniform(), random.number_below(ORDER)),
    ]
    .map(|(digest, s)| {
        let signed = Signed { digest, r, s };
        Prepared::new::<field32::Element>(key_for(sum, &signed)).verdict_of_all(&signed)
    });
    assert_eq!(verdicts, [verdicts[0]; 5]);
    verdicts[0]
}

/// x is from n to p - 1: r is x - n.
#[test]
fn x_of_n_and_more() {
    let room = minus(PRIME, ORDER);
    let middle = plus(ORDER, room.map(|word| word & 0x5555_5555));
    let mut met = 0;
    for (x, point) in [
        points(plus(ORDER, ONE), plus, 4),
        points(middle, plus, 4),
        points(minus(PRIME, ONE), minus, 4),
    ]
    .concat()
    {
        let r = minus(x, ORDER);
        assert!(is_below(r, room));
        assert!(verdicts(&point, r));
        assert!(verdicts(&-point, r));
        assert!(!verdicts(&point, plus(r, ONE)));
        met += 1;
    }
    assert_eq!(met, 12);
}

/// x is below p - n: r is x, and not x + p - n, which plus n is x modulo p.
#[test]
fn x_that_is_no_r_and_n() {
    let room = minus(PRIME, ORDER);
    for (x, point) in [
        points([0; 8], plus, 4),
        points(room.map(|word| word & 0x3333_3333), plus, 2),
        points(minus(room, ONE), minus, 2),
        points(room, plus, 2),
    ]
    .concat()
    {
        if x != [0; 8] {
            assert!(verdicts(&point, x), "{x:08x?}");
        }
        // From x = 0 on: p - n itself is the first that is no r of an x above n.
        assert!(!verdicts(&point, plus(x, room)), "{x:08x?}");
    }
}

/// r at the end of its range, and next to an x that would fit.
#[test]
fn r_at_its_ends() {
    for (x, point) in [points(ONE, plus, 3), points(minus(ORDER, ONE), minus, 3)].concat() {
        assert!(verdicts(&point, x), "{x:08x?}");
        assert!(verdicts(&-point, x), "{x:08x?}");
        for other in [plus(x, ONE), minus(x, ONE)] {
            if other != [0; 8] && is_below(other, ORDER) {
                assert!(!verdicts(&point, other), "{x:08x?}");
            }
        }
    }
}

/// What is no number from 1 to n - 1 is refused, though modulo n it is the right one.
#[test]
fn out_of_range() {
    let mut refused = 0;
    for (x, point) in [points(ONE, plus, 3), points(plus(ORDER, ONE), plus, 3)].concat() {
        let r = if is_below(x, ORDER) {
            x
        } else {
            minus(x, ORDER)
        };
        let good = Signed {
            digest: [3; 8],
            r,
            s: [77, 0, 0, 0, 0, 0, 0, 0],
        };
        let prepared = Prepared::new::<field64::Element>(key_for(&point, &good));
        assert!(prepared.verdict_of_all(&good));
        let Signed { digest, r, s } = good;
        for bad in [
            Signed {
                r: plus(r, ORDER),
                ..good
            },
            Signed {
                s: plus(s, ORDER),
                ..good
            },
            Signed { r: [0; 8], ..good },
            Signed { r: ORDER, ..good },
            Signed { s: [0; 8], ..good },
            Signed { s: ORDER, ..good },
            Signed {
                r: [u32::MAX; 8],
                ..good
            },
            Signed {
                s: [u32::MAX; 8],
                ..good
            },
            Signed { r: s, s: r, digest },
        ] {
            assert!(!prepared.verdict_of_all(&bad), "{bad:08x?}");
            refused += 1;
        }
        // s and n - s are twins, and a digest counts modulo n.
        let twin = Signed {
            s: minus(ORDER, s),
            ..good
        };
        assert!(prepared.verdict_of_all(&twin));
    }
    assert_eq!(refused, 54);
}

/// A digest of n and more is what it is modulo n, and one of 0 or n leaves the base point out.
#[test]
fn digests_modulo_n() {
    let (_, point) = points([9; 8], plus, 1)[0];
    let r = crate::fast_es256::oracle::x(&point);
    for small in [[0; 8], ONE, [u32::MAX, 7, 0, 0, 0, 0, 0, 0]] {
        let good = Signed {
            digest: small,
            r,
            s: [6; 8],
        };
        let prepared = Prepared::new::<field64::Element>(key_for(&point, &good));
        assert!(prepared.verdict_of_all(&good));
        assert!(prepared.verdict_of_all(&Signed {
            digest: plus(small, ORDER),
            ..good
        }));
        assert!(!prepared.verdict_of_all(&Signed {
            digest: plus(small, PRIME),
            ..good
        }));
        assert!(!prepared.verdict_of_all(&Signed {
            digest: plus(small, ONE),
            ..good
        }));
    }
}
