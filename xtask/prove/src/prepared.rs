//! What is proved: the library's own files, in both widths.
#![allow(
    dead_code,
    reason = "they hold what the rest of the library needs of them, too"
)]

#[path = "../../../src/crypto/prepared/field.rs"]
pub(crate) mod field;
#[path = "../../../src/crypto/prepared/field32.rs"]
pub(crate) mod field32;
#[path = "../../../src/crypto/prepared/field64.rs"]
pub(crate) mod field64;
#[path = "../../../src/crypto/prepared/halves.rs"]
pub(crate) mod halves;
#[path = "../../../src/crypto/prepared/inverse.rs"]
pub(crate) mod inverse;
#[path = "../../../src/crypto/prepared/limb.rs"]
pub(crate) mod limb;
#[path = "../../../src/crypto/prepared/scalar.rs"]
mod scalar;
#[path = "../../../src/crypto/prepared/word.rs"]
pub(crate) mod word;
