//! Cryptography: the trait of a back-end, the keys that a back-end receives, and the software.
//!
//! ```
//! use embedded_jwt::{Error, Key, crypto::PublicKey};
//!
//! // RFC 7515 appendix A.3
//! # const X: [u8; 32] = *b"\x7f\xcd\xce\x27\x70\xf6\xc4\x5d\x41\x83\xcb\xee\x6f\xdb\x4b\x7b\x58\x07\x33\x35\x7b\xe9\xef\x13\xba\xcf\x6e\x3c\x7b\xd1\x54\x45";
//! # const Y: [u8; 32] = *b"\xc7\xf1\x44\xcd\x1b\xbd\x9b\x7e\x87\x2c\xdf\xed\xb9\xee\xb9\xf4\xb3\x69\x5d\x6e\xa9\x0b\x24\xad\x8a\x46\x23\x28\x85\x88\xe5\xad";
//! let key = PublicKey::from_coordinates(&X, &Y)?;
//! let keys = [Key::from(key)];
//! # let _ = keys;
//! # Ok::<(), Error>(())
//! ```
//!
//! [`Crypto`] is the trait of a back-end. By default, each method calls the software.

mod algorithm;
mod backend;
mod const_jwk;
#[cfg(not(feature = "fast-es256"))]
#[cfg_attr(not(feature = "es256"), path = "without_es256.rs")]
mod es256;
#[cfg(feature = "fast-es256")]
pub(crate) mod fast_es256;
#[cfg(feature = "fast-es256")]
use fast_es256::any_key as es256;
#[cfg(feature = "hs256")]
pub(crate) mod hs256;
mod invalid_signature;
mod on_curve;
pub(crate) mod owned_public_key;
mod pem;
mod public_key;
#[cfg(any(feature = "hs256", all(feature = "sign", feature = "es256")))]
mod scrub;
pub(crate) mod sha256;
#[cfg(all(feature = "sign", feature = "es256"))]
pub(crate) mod sign;
mod spki;
pub(crate) mod thumbprint;

pub use algorithm::Algorithm;
pub use backend::{Crypto, Software};
pub use invalid_signature::InvalidSignature;
pub use public_key::PublicKey;
