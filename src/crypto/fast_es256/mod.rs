//! ECDSA on P-256 by the crate's own arithmetic (FIPS 186-5 section 6.4.2).
//!
//! ```text
//! any_key         verification with any public key
//! key_table       the types of the public API around a precomputed table
//! verify          verification of a signature, with and without a table of the key
//! walk            the sum of two points, each times its factor
//! digits          a factor as signed odd digits, which select odd multiples of a point
//! odd_multiples   the odd multiples of a key
//! odd16, odd64    the odd multiples of the base point
//! comb            a factor as the digits of a comb, and the table of a key
//! comb16, 64, 256 the tables of the base point
//! point           sums of points, over any field
//! scalar          the two factors modulo n
//! inverse         the inverse modulo n and p
//! field           the operations of a field: field32 and field64 implement them
//! limb            the operations on words: word and halves implement them
//! ```
//!
//! All data here is public, so time may depend on it. The only risk is a wrong result. All files
//! except `any_key` and `key_table` depend only on `core` and each other. So tests and the prover
//! can include them unchanged, for both widths of words.

pub(crate) mod any_key;
pub(crate) mod comb;
pub(crate) mod comb16;
pub(crate) mod comb256;
pub(crate) mod comb64;
pub(crate) mod digits;
pub(crate) mod field;
#[cfg(not(target_pointer_width = "64"))]
pub(crate) mod field32;
#[cfg(target_pointer_width = "64")]
pub(crate) mod field64;
#[cfg(all(target_arch = "arm", not(target_has_atomic = "32")))]
pub(crate) mod halves;
pub(crate) mod inverse;
pub(crate) mod key_table;
pub(crate) mod limb;
#[cfg(not(target_pointer_width = "64"))]
pub(crate) mod odd16;
#[cfg(target_pointer_width = "64")]
pub(crate) mod odd64;
pub(crate) mod odd_multiples;
pub(crate) mod point;
pub(crate) mod scalar;
pub(crate) mod verify;
pub(crate) mod walk;
pub(crate) mod word;

/// The field element for the word width of the target.
#[cfg(not(target_pointer_width = "64"))]
pub(crate) use field32::Element;
/// The field element for the word width of the target.
#[cfg(target_pointer_width = "64")]
pub(crate) use field64::Element;
/// The odd multiples of the base point for a microcontroller.
#[cfg(not(target_pointer_width = "64"))]
pub(crate) use odd16::MULTIPLES as MULTIPLES_OF_GENERATOR;
/// The odd multiples of the base point for a host, where flash does not matter.
#[cfg(target_pointer_width = "64")]
pub(crate) use odd64::MULTIPLES as MULTIPLES_OF_GENERATOR;
