//! The tests of the crate, in one program: it links once. What needs a program of its own is beside this folder: `no_alloc.rs`
//! counts allocations, `defmt.rs` brings a logger.
//!
//! `cargo test --test it forgeries::` runs one module.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
#![allow(
    clippy::panic_in_result_fn,
    reason = "a verdict is a result, and two that differ are a failure"
)]
#![allow(
    clippy::format_collect,
    clippy::naive_bytecount,
    reason = "a test need not be fast"
)]

mod auto_traits;
mod base64url;
#[path = "../common/mod.rs"]
mod common;
#[cfg(all(feature = "hs256", any(feature = "es256", feature = "fast-es256")))]
mod crypto_seam;
mod deserialize;
#[cfg(all(feature = "hs256", feature = "device"))]
mod device;
mod error_codes;
#[cfg(feature = "fast-es256")]
mod fast_es256;
mod forgeries;
#[cfg(feature = "hs256")]
mod from_jsonwebtoken;
#[cfg(all(feature = "hs256", any(feature = "es256", feature = "fast-es256")))]
mod fuzz_replay;
#[cfg(all(feature = "hs256", feature = "es256", feature = "sign"))]
mod issue_cli;
mod issued_by_jsonwebtoken;
mod json;
mod keys;
#[cfg(all(feature = "hs256", any(feature = "es256", feature = "fast-es256")))]
mod logs;
mod misfits;
mod oauth;
mod policy;
mod providers;
mod rfc;
mod round_trip;
#[cfg(feature = "sign")]
mod sign;
mod source;
mod time;
mod verify_cli;
mod wycheproof;
