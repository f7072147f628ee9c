//! Odd multiples of keys and of the base point, as p256 computes them.

use p256::{ProjectivePoint, Scalar};

use super::{
    arithmetic::{field::Field, odd_multiples, odd16, odd64, point::Stored},
    oracle::{affine, inverse, scalar, stored, times_generator},
    random::{Random, Words, cases, power_of_two},
};

under_both_fields! {
    of_keys
}

fn small(number: usize) -> Scalar {
    let low = u32::try_from(number).unwrap();
    scalar([low, 0, 0, 0, 0, 0, 0, 0])
}

fn by_p256(point: &ProjectivePoint, count: usize) -> Vec<Stored> {
    let twice = *point + point;
    core::iter::successors(Some(*point), |odd| Some(odd + &twice))
        .take(count)
        .map(|odd| stored(&odd))
        .collect()
}

/// Those that stand in the source.
#[test]
fn of_the_base_point() {
    let generator = ProjectivePoint::GENERATOR;
    assert_eq!(odd16::MULTIPLES[..], by_p256(&generator, 16));
    assert_eq!(odd64::MULTIPLES[..], by_p256(&generator, 64));
}

fn of_keys<F: Field>() {
    fn agree<F: Field, const N: usize>(point: &ProjectivePoint) {
        // What was in the memory before does not matter.
        let mut multiples: [Stored; N] = [[u32::MAX; 16]; N];
        odd_multiples::fill(&mut multiples, &affine::<F>(point)).unwrap();
        assert_eq!(multiples[..], by_p256(point, N));
    }
    let mut random = Random::new(19);
    let mut numbers: Vec<Scalar> = (1..20).map(small).collect();
    numbers.extend((2..20).map(|number| inverse(&small(number))));
    numbers.extend([8, 32, 64, 128, 255].map(|bit| scalar(power_of_two(bit))));
    numbers.extend((0..cases() / 10).map(|_| {
        let number: Words = random.uniform();
        scalar(number)
    }));
    for number in numbers {
        for number in [number, -number] {
            let point = times_generator(&number);
            agree::<F, 1>(&point);
            agree::<F, 2>(&point);
            agree::<F, 4>(&point);
            agree::<F, 8>(&point);
            agree::<F, 16>(&point);
        }
    }
}
