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
#[cfg(feature = "prepared")]
mod comb;
#[path = "../common/mod.rs"]
mod common;
#[cfg(all(feature = "hs256", feature = "es256"))]
mod crypto_seam;
mod deserialize;
mod error_codes;
mod forgeries;
#[cfg(all(feature = "hs256", feature = "es256"))]
mod fuzz_replay;
#[cfg(any(feature = "hs256", feature = "es256"))]
mod issued_by_jsonwebtoken;
mod json;
mod keys;
#[cfg(all(feature = "hs256", feature = "es256"))]
mod logs;
mod misfits;
mod oauth;
mod policy;
#[cfg(any(feature = "hs256", feature = "es256"))]
mod rfc;
mod round_trip;
#[cfg(feature = "sign")]
mod sign;
mod source;
mod time;
#[cfg(any(feature = "hs256", feature = "es256"))]
mod verify_cli;
mod wycheproof;
