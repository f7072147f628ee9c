//! The crate's own arithmetic gives what others' gives: the field as fiat-crypto has it, which is proved, and all above
//! it as p256 has it. Its files stand on nothing but `core`, so that the fields of both widths run here, whatever this machine has.
//!
//! How many random cases each test takes is [`random::cases`].

/// Tests that are generic over the field: each runs under both.
macro_rules! under_both_fields {
    ($($name:ident)*) => {
        mod words_of_32_bits {
            $(#[test]
            fn $name() {
                super::$name::<$crate::fast_es256::arithmetic::field32::Element>();
            })*
        }

        mod words_of_64_bits {
            $(#[test]
            fn $name() {
                super::$name::<$crate::fast_es256::arithmetic::field64::Element>();
            })*
        }
    };
}

pub(crate) mod arithmetic;
mod curve;
mod differential;
mod digits;
mod factors;
mod faults;
mod field;
mod odd_multiples;
mod oracle;
mod overflow;
mod point;
mod products;
mod random;
mod table;
mod verdict;
mod walk;
