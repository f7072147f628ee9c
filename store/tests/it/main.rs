//! The tests of the log, in one program. `flash` is the simulated flash, `life` the device on it.
//!
//! `EMBEDDED_JWT_CASES=20000 cargo test -p embedded-jwt-store -- --nocapture cuts` tries more power cuts.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
#![allow(
    clippy::panic_in_result_fn,
    reason = "a misuse of the simulated flash is a failure"
)]

mod bugs;
mod commands;
mod cuts;
mod damage;
mod device;
mod errors;
mod flash;
mod life;
mod random;
mod value;
mod wear;
