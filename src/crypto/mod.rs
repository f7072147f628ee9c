//! Cryptography: what a back-end is handed, what it has to do, and the software that does it.

mod algorithm;
mod backend;
#[cfg(feature = "es256")]
mod es256;
#[cfg(feature = "hs256")]
pub(crate) mod hs256;
mod invalid_signature;
mod on_curve;
pub(crate) mod owned_public_key;
#[cfg(feature = "prepared")]
pub(crate) mod prepared;
#[cfg(feature = "hs256")]
pub(crate) mod prepared_secret;
mod public_key;
#[cfg(any(feature = "hs256", feature = "sign"))]
mod scrub;
pub(crate) mod sha256;
#[cfg(feature = "sign")]
pub(crate) mod sign;
mod spki;
pub(crate) mod thumbprint;

pub use algorithm::Algorithm;
pub use backend::{Crypto, Software};
pub use invalid_signature::InvalidSignature;
#[cfg(feature = "es256")]
pub(crate) use owned_public_key::OwnedPublicKey;
#[cfg(feature = "prepared")]
pub(crate) use prepared::key_table::PreparedKey;
#[cfg(feature = "hs256")]
pub(crate) use prepared_secret::PreparedSecret;
pub use public_key::PublicKey;
#[cfg(feature = "es256")]
pub(crate) use thumbprint::Thumbprint;
