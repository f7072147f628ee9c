//! The C API, called as C calls it.
//!
//! - `pointers`: each pointer and each length that is wrong, in a table
//! - `policy`, `claims`, `jwk`, `oauth`, `hardware`, `device`, `codes`: what each function does
//! - `forgeries`, `seeds`, `wycheproof`: the core's tests, stored inputs and vectors; the verdict of the C API has
//!   to be that of the core

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::panic_in_result_fn,
    clippy::similar_names,
    clippy::too_many_lines,
    clippy::unreachable,
    clippy::as_ptr_cast_mut,
    clippy::format_collect,
    clippy::naive_bytecount,
    clippy::string_slice,
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and every unsafe block here is a call as C makes it"
)]

mod claims;
mod codes;
mod common;
mod device;
mod hardware;
mod jwk;
mod oauth;
mod pointers;
mod policy;
mod seeds;
mod support;
mod wycheproof;

/// How the core's own tests make and judge tokens.
#[path = "../../../tests/common/mod.rs"]
mod core_common;
/// The core's table of attacks.
#[path = "../../../tests/it/forgeries/mod.rs"]
mod forgeries;
