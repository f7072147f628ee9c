//! An inversion that errs: the factors of a verification are refused then. So a fault there can refuse a good signature, and
//! accept no bad one.

use core::cell::Cell;

use super::{
    arithmetic::scalar,
    oracle::{ORDER, bytes, minus, plus, words},
    random::{Random, cases, power_of_two},
};

thread_local! {
    /// What takes the place of the inverse.
    static FAULT: Cell<Option<[u8; 32]>> = const { Cell::new(None) };
}

/// `scalar.rs` as it is, on an inversion that errs when it is told to.
#[path = "../../../src/crypto/prepared"]
mod with_faults {
    pub(crate) use crate::comb::arithmetic::{limb, word};

    pub(crate) mod inverse {
        /// 1 / `number`, or the fault.
        pub(crate) fn inverse(number: &[u8; 32]) -> [u8; 32] {
            super::super::FAULT
                .get()
                .unwrap_or_else(|| crate::comb::arithmetic::inverse::inverse(number))
        }
    }

    #[allow(
        dead_code,
        clippy::duplicate_mod,
        reason = "as in `arithmetic`; there it stands on the inversion that the library has"
    )]
    pub(crate) mod scalar;
}

type Factors = Option<([u8; 32], [u8; 32])>;

/// Both widths, with this in place of the inverse of s.
fn factors(fault: Option<[u8; 32]>, numbers: &[[u8; 32]; 3]) -> [Factors; 2] {
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
        let right = words(&crate::comb::arithmetic::inverse::inverse(&numbers[2]));
        let expected = scalar::factors::<u32, 8>(&numbers[0], &numbers[1], &numbers[2]);
        assert!(expected.is_some());
        // The inversion is asked, and what it gives is used.
        assert_eq!(factors(None, &numbers), [expected; 2]);
        assert_eq!(factors(Some(bytes(right)), &numbers), [expected; 2]);

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
                factors(Some(bytes(wrong)), &numbers),
                [None; 2],
                "1 / {s:08x?} as {wrong:08x?}"
            );
            refused += 1;
        }
    }
    println!("{refused} wrong inverses: refused");
    assert!(refused > cases() * 12, "{refused}");
}
