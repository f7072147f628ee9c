//! What is proved: the library's own files, in both widths.
#![allow(
    dead_code,
    reason = "they hold what the rest of the library needs of them, too"
)]

#[path = "../../../src/crypto/comb/field.rs"]
pub(crate) mod field;
#[path = "../../../src/crypto/comb/field32.rs"]
pub(crate) mod field32;
#[path = "../../../src/crypto/comb/field64.rs"]
pub(crate) mod field64;
#[path = "../../../src/crypto/comb/halves.rs"]
pub(crate) mod halves;
#[path = "../../../src/crypto/comb/inverse.rs"]
pub(crate) mod inverse;
#[path = "../../../src/crypto/comb/limb.rs"]
pub(crate) mod limb;
#[path = "../../../src/crypto/comb/scalar.rs"]
mod scalar;
