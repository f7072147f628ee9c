//! The files of `src/crypto/fast_es256` as they are, those for other machines too.

#[allow(
    dead_code,
    clippy::arithmetic_side_effects,
    reason = "this crate uses its part of them; what they may do is for the lints of the library"
)]
#[path = "../../../src/crypto/fast_es256"]
mod files {
    pub(crate) mod comb;
    pub(crate) mod comb16;
    pub(crate) mod comb256;
    pub(crate) mod comb64;
    pub(crate) mod digits;
    pub(crate) mod field;
    pub(crate) mod field32;
    pub(crate) mod field64;
    pub(crate) mod halves;
    pub(crate) mod inverse;
    pub(crate) mod limb;
    pub(crate) mod odd16;
    pub(crate) mod odd64;
    pub(crate) mod odd_multiples;
    pub(crate) mod point;
    pub(crate) mod scalar;
    pub(crate) mod verify;
    pub(crate) mod walk;
    pub(crate) mod word;
}

pub(crate) use files::*;
