//! What is proved: the library's own files, in both widths.
#![allow(
    dead_code,
    reason = "they hold what the rest of the library needs of them, too"
)]

#[path = "../../../src/crypto/fast_es256/field.rs"]
pub(crate) mod field;
#[path = "../../../src/crypto/fast_es256/field32.rs"]
pub(crate) mod field32;
#[path = "../../../src/crypto/fast_es256/field64.rs"]
pub(crate) mod field64;
#[path = "../../../src/crypto/fast_es256/halves.rs"]
pub(crate) mod halves;
#[path = "../../../src/crypto/fast_es256/inverse.rs"]
pub(crate) mod inverse;
#[path = "../../../src/crypto/fast_es256/limb.rs"]
pub(crate) mod limb;
#[path = "../../../src/crypto/fast_es256/scalar.rs"]
mod scalar;
#[path = "../../../src/crypto/fast_es256/word.rs"]
pub(crate) mod word;
