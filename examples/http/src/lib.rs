//! The HTTP parts of the examples: issuing, requesting and verifying tokens.
//!
//! ```text
//! authorization_server   token endpoint, JWK Set, metadata (RFC 6749, 7523, 7517, 8414)
//!   -> client            requests an access token with the crate `oauth2`
//!   -> gateway           verifies it offline, and acts or rejects by its scope (RFC 9068, 6750)
//!        issuer          fetches the issuer's keys
//!        device          sends commands over a serial line
//! ```
#![deny(missing_docs)]
#![allow(
    clippy::missing_errors_doc,
    reason = "every error has its context as text"
)]

pub mod authorization_server;
mod caller;
pub mod client;
pub mod device;
pub mod forge;
pub mod gateway;
pub mod issuer;
mod key;
mod keys;
mod log;
mod retry;
mod web;

pub use key::PrivateKey;
pub use log::Log;
pub use web::{fetch, is_temporary, listen, now, send, serve};
