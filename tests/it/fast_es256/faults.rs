//! An inversion that errs: the factors of a verification and the inverse of an element are refused then. So a fault there can
//! refuse a good signature, and accept no bad one.

use core::cell::Cell;

use super::{
    arithmetic::{inverse, scalar},
    oracle::{ORDER, PRIME, bytes, fiat, minus, plus, words},
    random::{Random, Words, cases, power_of_two},
};

thread_local! {
    /// What takes the place of the inverse.
    static FAULT: Cell<Option<Words>> = const { Cell::new(None) };
}

/// The files as they are, on an inversion that errs when it is told to.
#[path = "../../../src/crypto/fast_es256"]
mod with_faults {
    pub(crate) use crate::fast_es256::arithmetic::{limb, word};

    pub(crate) mod inverse {
        pub(crate) use crate::fast_es256::arithmetic::inverse::{Modulus, ORDER, PRIME};

        /// 1 / `number`, or the fault.
        pub(crate) fn inverse(number: &[u32; 8], modulus: &Modulus) -> [u32; 8] {
            let right = crate::fast_es256::arithmetic::inverse::inverse;
            super::super::FAULT
                .get()
                .unwrap_or_else(|| right(number, modulus))
        }
    }

    #[allow(
        dead_code,
        clippy::duplicate_mod,
        reason = "as in `arithmetic`; there it stands on the inversion that the library has"
    )]
    pub(crate) mod scalar;

    #[allow(dead_code, clippy::duplicate_mod, reason = "the same")]
    pub(crate) mod field;

    #[allow(dead_code, clippy::duplicate_mod, reason = "the same")]
    pub(crate) mod field32;

    #[allow(dead_code, clippy::duplicate_mod, reason = "the same")]
    pub(crate) mod field64;
}

type Factors = Option<([u8; 32], [u8; 32])>;

/// Both widths, with this in place of the inverse of s.
fn factors(fault: Option<Words>, numbers: &[[u8; 32]; 3]) -> [Factors; 2] {
    let [digest, r, s] = numbers;
    FAULT.set(fault);
    [
        with_faults::scalar::factors::<u32, 8>(digest, r, s),
        with_faults::scalar::factors::<u64, 4>(digest, r, s),
    ]
}

#[test]
fn wrong_inverse_has_no_factors() {
    let mut random = Random::new(13);
    let one = [1, 0, 0, 0, 0, 0, 0, 0];
    let mut refused = 0;
    for _ in 0..cases().div_ceil(20) {
        let in_range = |number| number != [0; 8];
        let [r, s] = [(); 2].map(|()| {
            core::iter::repeat_with(|| random.number_below(ORDER))
                .find(|number| in_range(*number))
                .unwrap()
        });
        let numbers = [random.number(), r, s].map(bytes);
        let right = inverse::inverse(&words(&numbers[2]), &inverse::ORDER);
        let expected = scalar::factors::<u32, 8>(&numbers[0], &numbers[1], &numbers[2]);
        assert!(expected.is_some());
        // The inversion is asked, and what it gives is used.
        assert_eq!(factors(None, &numbers), [expected; 2]);
        assert_eq!(factors(Some(right), &numbers), [expected; 2]);

        let flipped = (0..256).map(|bit| {
            let bit = power_of_two(bit);
            core::array::from_fn(|at| right[at] ^ bit[at])
        });
        let others = [
            [0; 8],
            one,
            ORDER,
            minus(ORDER, one),
            [u32::MAX; 8],
            s,
            minus(ORDER, s),
            minus(ORDER, right),
            plus(right, right),
            plus(right, one),
            minus(right, one),
            random.number(),
        ];
        for wrong in flipped.chain(others) {
            // Its own inverse, or one with n added to it, is the right one yet.
            if wrong == right || minus(wrong, right) == ORDER || minus(right, wrong) == ORDER {
                continue;
            }
            assert_eq!(
                factors(Some(wrong), &numbers),
                [None; 2],
                "1 / {s:08x?} as {wrong:08x?}"
            );
            refused += 1;
        }
    }
    println!("{refused} wrong inverses: refused");
    assert!(refused > cases() * 12, "{refused}");
}

/// The inverse of an element, by both fields, with this in its place before it is brought into Montgomery's form.
fn inverse_of(fault: Option<Words>, element: Words) -> [Option<Words>; 2] {
    use with_faults::{field::Field, field32, field64};

    fn of<F: Field>(element: Words) -> Option<Words> {
        let inverse = F::from_montgomery(element).inverse();
        inverse.map(Field::montgomery)
    }
    FAULT.set(fault);
    [
        of::<field32::Element>(element),
        of::<field64::Element>(element),
    ]
}

#[test]
fn wrong_inverse_of_an_element_is_none() {
    let mut random = Random::new(14);
    let one = [1, 0, 0, 0, 0, 0, 0, 0];
    let mut refused = 0;
    for _ in 0..cases().div_ceil(20) {
        let element = plus(random.number_below(minus(PRIME, one)), one);
        let right = inverse::inverse(&element, &inverse::PRIME);
        let [expected, other] = inverse_of(None, element);
        assert_eq!(expected, other);
        let of_number = |number| fiat::mul(fiat::of_number(number), element);
        assert_eq!(
            expected.map(|inverse| fiat::mul(inverse, element)),
            Some(fiat::of_number(one))
        );
        assert_eq!(of_number(right), one);
        let flipped = (0..256).map(|bit| {
            let bit = power_of_two(bit);
            core::array::from_fn(|at| right[at] ^ bit[at])
        });
        let others = [
            [0; 8],
            one,
            element,
            minus(PRIME, right),
            plus(right, one),
            minus(right, one),
            random.number_below(PRIME),
        ];
        for wrong in flipped.chain(others) {
            let is_below_p = crate::fast_es256::oracle::is_below(wrong, PRIME);
            if wrong == right || !is_below_p {
                continue;
            }
            assert_eq!(
                inverse_of(Some(wrong), element),
                [None; 2],
                "1 / {element:08x?} as {wrong:08x?}"
            );
            refused += 1;
        }
    }
    assert!(refused > cases() * 12, "{refused}");
}
