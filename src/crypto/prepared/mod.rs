//! ECDSA on P-256 with a precomputed table of the key (FIPS 186-5 section 6.4.2).
//!
//! ```text
//! verify     the walk over two tables at once
//! table      the comb of a key, and how it is filled
//! generator  the tables of the base point: generator, generator8
//! point      sums of points, over any field
//! scalar     the two factors modulo n, with inverse
//! field      the operations that the formulas need: field32, field64
//! limb       the operations that fields need of words: word (those of a processor), halves
//! key_table  the types of the public API around a table
//! ```
//!
//! All data here is public, so time may depend on it. The only risk is a wrong result. All files
//! except `key_table` depend only on `core` and each other. So tests and the prover can include
//! them unchanged, for both widths of words.

pub(crate) mod field;
#[cfg(not(target_pointer_width = "64"))]
pub(crate) mod field32;
#[cfg(target_pointer_width = "64")]
pub(crate) mod field64;
pub(crate) mod generator;
pub(crate) mod generator8;
#[cfg(all(target_arch = "arm", not(target_has_atomic = "32")))]
pub(crate) mod halves;
pub(crate) mod inverse;
pub(crate) mod key_table;
pub(crate) mod limb;
pub(crate) mod point;
pub(crate) mod scalar;
pub(crate) mod table;
pub(crate) mod verify;
pub(crate) mod word;

/// The field element for the word width of the target.
#[cfg(not(target_pointer_width = "64"))]
pub(crate) use field32::Element;
/// The field element for the word width of the target.
#[cfg(target_pointer_width = "64")]
pub(crate) use field64::Element;
