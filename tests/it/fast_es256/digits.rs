//! Factors as digits: each sum of digits is the factor, and no digit is more than its table has.

use p256::Scalar;

use super::{
    arithmetic::{digits::Digits, point::Stored, walk::Entries as _},
    oracle::{ORDER, minus, scalar},
    random::{Random, Words, cases, power_of_two},
};

/// The digits of a factor with their places, the highest first, for so many multiples.
pub(super) fn digits(multiples: usize, factor: Words) -> Vec<(usize, i64)> {
    let mut little_endian = super::oracle::bytes(factor);
    little_endian.reverse();
    // In place of points, their numbers.
    let numbers: Vec<Stored> = (0..multiples)
        .map(|at| [u32::try_from(2 * at + 1).unwrap(); 16])
        .collect();
    let mut digits = Digits::new(&numbers, &little_endian);
    let at = |place| {
        let (entry, is_negative) = digits.at(place)?;
        let value = i64::from(entry[0]);
        Some((place, if is_negative { -value } else { value }))
    };
    (0..Digits::PLACES).rev().filter_map(at).collect()
}

/// The digit times 2^place, modulo n.
pub(super) fn worth((place, digit): &(usize, i64)) -> Scalar {
    let power = if *place == 256 {
        scalar(power_of_two(255)).double()
    } else {
        scalar(power_of_two(*place))
    };
    let size = power * Scalar::from(digit.unsigned_abs());
    if *digit < 0 { -size } else { size }
}

const ONE: Words = [1, 0, 0, 0, 0, 0, 0, 0];

/// Factors at the edges: runs of zeros and of ones, from each bit on.
fn factors() -> Vec<Words> {
    let mut factors = vec![
        [0; 8],
        [u32::MAX; 8],
        ORDER,
        minus(ORDER, ONE),
        [0x5555_5555; 8],
        [0xaaaa_aaaa; 8],
    ];
    factors.extend((0..256).flat_map(|bit| {
        let power = power_of_two(bit);
        [power, minus(power, ONE), minus([0; 8], power)]
    }));
    let mut random = Random::new(17);
    factors.extend((0..cases()).map(|_| random.number()));
    factors
}

#[test]
fn sum_is_the_factor() {
    for multiples in [1, 2, 4, 8, 16, 32, 64] {
        for factor in factors() {
            let digits = digits(multiples, factor);
            // Modulo n, which is near 2^256: a wrong sum would have to be wrong by exactly n.
            let sum: Scalar = digits.iter().map(worth).sum();
            assert_eq!(sum, scalar(factor), "{multiples} {factor:08x?}");
            let width = usize::try_from(multiples.trailing_zeros()).unwrap() + 2;
            for pair in digits.windows(2) {
                assert!(pair[0].0 > pair[1].0, "{multiples} {factor:08x?}");
            }
            // Windows do not overlap, so of any 256 places one in `width` has a digit, and one more.
            assert!(digits.len() <= 256 / width + 2, "{}", digits.len());
        }
    }
}

/// As few as it is for: one place in w + 1 has a digit.
#[test]
fn few() {
    let mut random = Random::new(18);
    for (multiples, width) in [(8, 5), (16, 6), (64, 8)] {
        let numbers = 400;
        let all: usize = (0..numbers)
            .map(|_| digits(multiples, random.uniform()).len())
            .sum();
        let expected = numbers * 257 / (width + 1);
        assert!(all < expected + expected / 20, "{all} {expected}");
    }
}
