//! Factors spelled in entries of tables, in both ways: each sum is the factor.

use p256::Scalar;

use super::{
    arithmetic::{comb::Comb, digits::Digits, point::Stored, walk::Entries},
    oracle::{ORDER, bytes, minus, number, plus, scalar},
    random::{Random, Words, cases, power_of_two},
    table::columns,
};

const ONE: Words = [1, 0, 0, 0, 0, 0, 0, 0];

/// A table that holds, in place of points, by how much each is the multiple of a point.
pub(super) fn numbers(entries: &[Words]) -> Vec<Stored> {
    let stored = |number: &Words| [*number, [0; 8]].concat().try_into().unwrap();
    entries.iter().map(stored).collect()
}

/// The odd multiples of a point.
pub(super) fn odd(count: usize) -> Vec<Stored> {
    let numbers_of: Vec<Words> = (0..count)
        .map(|at| [u32::try_from(2 * at + 1).unwrap(), 0, 0, 0, 0, 0, 0, 0])
        .collect();
    numbers(&numbers_of)
}

/// The table of a comb.
pub(super) fn comb(count: usize) -> Vec<Stored> {
    let mut sums = vec![ONE];
    while sums.len() < count {
        let tooth = 1 + usize::try_from(sums.len().trailing_zeros()).unwrap();
        let tooth = power_of_two(tooth * columns(count));
        let with_tooth: Vec<_> = sums.iter().map(|sum| plus(*sum, tooth)).collect();
        sums.extend(with_tooth);
    }
    numbers(&sums)
}

/// The factor in entries of the table, the highest place first: as often as the point is to be taken there.
pub(super) fn spelled<'t, E: Entries<'t>>(
    table: &'t [Stored],
    factor: Words,
) -> Vec<(usize, Scalar)> {
    let mut little_endian = bytes(factor);
    little_endian.reverse();
    let mut spelling = E::new(table, &little_endian);
    let at = |place| {
        let (entry, is_negative) = spelling.at(place)?;
        let size = scalar(entry[..8].try_into().unwrap());
        Some((place, if is_negative { -size } else { size }))
    };
    // Places that there are not have nothing.
    (0..300).rev().filter_map(at).collect()
}

/// What is spelled there, modulo n.
fn sum(spelled: &[(usize, Scalar)]) -> Scalar {
    let two = Scalar::ONE.double();
    let (sum, below) = spelled
        .iter()
        .fold((Scalar::ZERO, 300), |(sum, last), (place, size)| {
            let up = (*place..last).fold(sum, |sum, _| sum * two);
            (up + size, *place)
        });
    (0..below).fold(sum, |sum, _| sum * two)
}

/// Factors at the edges, all below n: runs of zeros and of ones, from each bit on.
fn factors() -> Vec<Words> {
    let mut factors = vec![
        [0; 8],
        ONE,
        minus(ORDER, ONE),
        minus(ORDER, [2, 0, 0, 0, 0, 0, 0, 0]),
        [0x5555_5555; 8],
        [0xaaaa_aaaa; 8],
    ];
    factors.extend((0..256).flat_map(|bit| {
        let power = power_of_two(bit);
        [
            power,
            minus(power, ONE),
            plus(power, ONE),
            minus(ORDER, power),
        ]
    }));
    let mut random = Random::new(17);
    factors.extend((0..cases()).map(|_| number(&scalar(random.number()))));
    factors
}

#[test]
fn odd_digits() {
    for count in [1, 2, 4, 8, 16, 32, 64] {
        let table = odd(count);
        let mut all = factors();
        // They need not be below n.
        all.extend([ORDER, [u32::MAX; 8]]);
        for factor in all {
            let spelled = spelled::<Digits<'_>>(&table, factor);
            assert_eq!(sum(&spelled), scalar(factor), "{count} {factor:08x?}");
            let width = usize::try_from(count.trailing_zeros()).unwrap() + 2;
            // Windows do not overlap.
            assert!(spelled.len() <= 256 / width + 2, "{}", spelled.len());
            assert!(spelled.iter().all(|(place, _)| *place <= 256));
        }
    }
}

#[test]
fn columns_of_combs() {
    for count in [16, 64, 256] {
        let table = comb(count);
        for factor in factors() {
            let spelled = spelled::<Comb<'_>>(&table, factor);
            assert_eq!(sum(&spelled), scalar(factor), "{count} {factor:08x?}");
            // Each column has an entry.
            assert_eq!(spelled.len(), columns(count));
            assert_eq!(spelled[0].0, columns(count) - 1);
        }
    }
}

/// Digits are as few as they are for: one place in w + 1 has one.
#[test]
fn few_digits() {
    let mut random = Random::new(18);
    for (count, width) in [(8, 5), (16, 6), (64, 8)] {
        let table = odd(count);
        let numbers = 400;
        let all: usize = (0..numbers)
            .map(|_| spelled::<Digits<'_>>(&table, random.uniform()).len())
            .sum();
        let expected = numbers * 257 / (width + 1);
        assert!(all < expected + expected / 20, "{all} {expected}");
    }
}

/// No length of a table makes it panic.
#[test]
fn other_lengths() {
    for length in [0, 1, 2, 3, 5, 8, 15, 100, 512] {
        let table = vec![[0; 16]; length];
        for factor in [[0; 8], [u32::MAX; 8], [0x1234_5678; 8]] {
            let _ = spelled::<Digits<'_>>(&table, factor);
            let _ = spelled::<Comb<'_>>(&table, factor);
        }
    }
}
