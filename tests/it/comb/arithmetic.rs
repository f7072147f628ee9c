//! The files of `src/crypto/prepared` as they are, those for other machines too.

#[allow(
    dead_code,
    clippy::arithmetic_side_effects,
    reason = "this crate uses its part of them; what they may do is for the lints of the library"
)]
#[path = "../../../src/crypto/prepared"]
mod comb {
    pub(crate) mod field;
    pub(crate) mod field32;
    pub(crate) mod field64;
    pub(crate) mod generator;
    pub(crate) mod generator8;
    pub(crate) mod halves;
    pub(crate) mod inverse;
    pub(crate) mod limb;
    pub(crate) mod point;
    pub(crate) mod scalar;
    pub(crate) mod table;
    pub(crate) mod verify;
    pub(crate) mod word;
}

pub(crate) use comb::*;
