//! The parts of the examples that speak HTTP: who issues a token, who asks for it, and who verifies it and acts.
//!
//! ```text
//! authorization_server   token endpoint, JWK Set, metadata (RFC 6749, 7523, 7517, 8414)
//!   -> client            asks for an access token, by the crate `oauth2`
//!   -> gateway           verifies it offline, by its scope acts or refuses (RFC 9068, 6750)
//!        issuer          fetches the issuer's keys
//!        device          hands commands on over a serial line
//! ```
#![deny(missing_docs)]
#![allow(
    clippy::missing_errors_doc,
    reason = "every error is told with its story"
)]

pub mod authorization_server;
pub mod client;
pub mod device;
pub mod forge;
pub mod gateway;
pub mod issuer;
mod key;
mod web;

pub use key::PrivateKey;
pub use web::{fetch, listen, now, send, serve};
