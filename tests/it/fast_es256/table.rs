//! Tables: every entry as p256 computes it.

use p256::{ProjectivePoint, elliptic_curve::Group as _};

use super::{
    arithmetic::{comb, comb16, comb64, comb256, field::Field, point::Stored},
    oracle::{
        PRIME, affine, fiat, inverse, is_below, minus, plus, point_at, scalar, stored,
        times_generator,
    },
    random::{Random, Words, cases},
};

under_both_fields! {
    generator
    keys
    every_word_counts
    numbers_of_p_and_more
    leaves_no_trace
    without_entries
}

/// The sizes of tables.
const ENTRIES: [usize; 3] = [16, 64, 256];

fn filled<F: Field>(point: &ProjectivePoint, entries: usize) -> Vec<Stored> {
    let mut table = vec![[0; 16]; entries];
    comb::fill(&mut table, &affine::<F>(point));
    table
}

/// How many columns a comb with this table has.
pub(super) fn columns(entries: usize) -> usize {
    match entries {
        16 => 52,
        64 => 37,
        _ => 29,
    }
}

/// Entry i is the sum of the point and of the further teeth whose bits i has.
fn by_p256(point: &ProjectivePoint, entries: usize) -> Vec<Stored> {
    let mut sums = vec![*point];
    let mut tooth = *point;
    while sums.len() < entries {
        tooth = (0..columns(entries)).fold(tooth, |tooth, _| tooth.double());
        let with_tooth: Vec<_> = sums.iter().map(|sum| sum + &tooth).collect();
        sums.extend(with_tooth);
    }
    sums.iter().map(stored).collect()
}

/// The tables that stand in the source.
fn generator<F: Field>() {
    for table in [&comb16::TABLE[..], &comb64::TABLE, &comb256::TABLE] {
        let entries = table.len();
        assert_eq!(table, by_p256(&ProjectivePoint::GENERATOR, entries));
        assert_eq!(table, filled::<F>(&ProjectivePoint::GENERATOR, entries));
        assert!(comb::is_of::<F>(
            table,
            &affine(&ProjectivePoint::GENERATOR)
        ));
    }
}

/// Keys whose multiples meet each other or those of the base point, and others.
fn points() -> Vec<ProjectivePoint> {
    let mut random = Random::new(10);
    let small = |low| scalar([low, 0, 0, 0, 0, 0, 0, 0]);
    let mut scalars = vec![small(1), small(2), small(3), small(5), inverse(&small(2))];
    for exponent in [29, 37, 52, 64, 128, 255] {
        let power = scalar(crate::fast_es256::random::power_of_two(exponent));
        scalars.extend([power, inverse(&power)]);
    }
    scalars.extend((0..=cases() / 1_000).map(|_| scalar(random.uniform())));
    let points = scalars.iter().map(times_generator);
    points.flat_map(|point| [point, -point]).collect()
}

fn keys<F: Field>() {
    for point in points() {
        for entries in ENTRIES {
            let table = filled::<F>(&point, entries);
            assert_eq!(table, by_p256(&point, entries));
        }
        let table = filled::<F>(&point, 16);
        assert!(comb::is_of::<F>(&table, &affine(&point)));
        assert!(!comb::is_of::<F>(&table, &affine(&-point)));
        assert!(!comb::is_of::<F>(&table, &affine(&point.double())));
    }
}

fn every_word_counts<F: Field>() {
    let point = times_generator(&scalar([3, 1, 4, 1, 5, 9, 2, 6]));
    // Each word of the small table; of the others one word of each entry, and each word in turn.
    for (entries, step) in [(16, 1), (64, 7), (256, 33)] {
        let good = filled::<F>(&point, entries);
        assert!(comb::is_of::<F>(&good, &affine(&point)));
        for at in (0..entries * 16).step_by(step) {
            let mut bad = good.clone();
            bad[at / 16][at % 16] ^= 1 << (at % 32);
            assert!(!comb::is_of::<F>(&bad, &affine(&point)), "{entries}: {at}");
        }
        for at in 0..entries - 1 {
            let mut bad = good.clone();
            bad.swap(at, at + 1);
            assert!(!comb::is_of::<F>(&bad, &affine(&point)), "{entries}: {at}");
            if at > 20 {
                break;
            }
        }
    }
}

/// A coordinate has one spelling in a table too: x + p, where it fits, is none.
fn numbers_of_p_and_more<F: Field>() {
    // A key with a small x in Montgomery's form, and one whose y is small is one of those with a few tries more.
    let mut keys = (1..100).filter_map(|low| {
        let x: Words = [low, 0, 0, 0, 0, 0, 0, 0];
        point_at(fiat::number(x))
    });
    let point = keys.next().unwrap();
    let good = filled::<F>(&point, 16);
    let x: Words = good[0][..8].try_into().unwrap();
    assert!(is_below(x, minus([0; 8], PRIME)), "x + p is below 2^256");
    let mut bad = good.clone();
    bad[0][..8].copy_from_slice(&plus(x, PRIME));
    assert!(comb::is_of::<F>(&good, &affine(&point)));
    assert!(!comb::is_of::<F>(&bad, &affine(&point)));

    // And one where it is in an entry that nothing else is computed from: the last.
    let last = scalar(all_teeth_of_16());
    let key = point * inverse(&last);
    let good = filled::<F>(&key, 16);
    assert_eq!(good[15], stored(&point));
    let mut bad = good.clone();
    bad[15][..8].copy_from_slice(&plus(x, PRIME));
    assert!(comb::is_of::<F>(&good, &affine(&key)));
    assert!(!comb::is_of::<F>(&bad, &affine(&key)));
}

/// 1 + 2^52 + 2^104 + 2^156 + 2^208.
fn all_teeth_of_16() -> Words {
    [1, 1 << 20, 0, 1 << 8, 1 << 28, 0, 1 << 16, 0]
}

/// Memory that held anything becomes the table of the key, and only that.
fn leaves_no_trace<F: Field>() {
    let [one, other] = [7, 9].map(|low| times_generator(&scalar([low; 8])));
    for entries in ENTRIES {
        let mut table = filled::<F>(&one, entries);
        comb::fill(&mut table, &affine::<F>(&other));
        assert_eq!(table, filled::<F>(&other, entries));
        let mut table = vec![[u32::MAX; 16]; entries];
        comb::fill(&mut table, &affine::<F>(&other));
        assert_eq!(table, filled::<F>(&other, entries));
    }
}

/// No size that the public types allow, and no panic either.
fn without_entries<F: Field>() {
    let point = affine::<F>(&ProjectivePoint::GENERATOR);
    comb::fill(&mut [], &point);
    assert!(!comb::is_of::<F>(&[], &point));
    for entries in [1, 2, 3, 8, 15, 100] {
        let mut table = vec![[0; 16]; entries];
        comb::fill(&mut table, &point);
        let _ = comb::is_of(&table, &point);
    }
}
