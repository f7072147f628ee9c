//! ECDSA on P-256 under a key whose multiples stand in a table (FIPS 186-5 section 6.4.2).
//!
//! ```text
//! verify   the walk over two tables at once
//! table    the comb of a key, and how it is filled      generator   those of the base point
//! point    sums of points, over any field               scalar      the two factors, modulo n: inverse
//! field    what the formulas need: field32, field64     limb        what they ask of words; word: those of a processor
//! key_table  the types of the public API around a table
//! ```
//!
//! All that comes in here is public, so time may depend on it; the one risk is a wrong result. The files but `key_table`
//! stand on nothing but `core` and each other: tests and the prover include them as they are, for either width of words.

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

/// The field in the width of this machine.
#[cfg(not(target_pointer_width = "64"))]
pub(crate) use field32::Element;
/// The field in the width of this machine.
#[cfg(target_pointer_width = "64")]
pub(crate) use field64::Element;
