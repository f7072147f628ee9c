//! Files of `src` as they are: modules that the library keeps to itself, and texts that hold a list. The arithmetic is in
//! `comb/arithmetic.rs`, which the fuzz targets have too, and in `comb/faults.rs`.

#![allow(dead_code, reason = "the library uses all of it")]

#[path = "../../src/encoding/base64url.rs"]
pub(crate) mod base64url;
#[path = "../../src/encoding/words.rs"]
pub(crate) mod words;

pub(crate) const CRYPTO: &str = include_str!("../../src/crypto/mod.rs");
#[cfg(feature = "device")]
pub(crate) const DEVICE: &str = include_str!("../../src/device/mod.rs");
pub(crate) const ERROR: &str = include_str!("../../src/error.rs");
pub(crate) const JSON: &str = include_str!("../../src/json/mod.rs");
pub(crate) const OAUTH: &str = include_str!("../../src/oauth/mod.rs");
pub(crate) const LIB: &str = include_str!("../../src/lib.rs");
