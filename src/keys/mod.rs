//! Keys with a `kid` and an issuer, and JSON Web Keys.

#[cfg(feature = "es256")]
mod es256;
#[cfg(feature = "hs256")]
mod hs256;
#[cfg(any(feature = "hs256", feature = "es256"))]
mod jwk;
#[cfg(any(feature = "hs256", feature = "es256"))]
mod jwk_set;
mod key;
#[cfg(feature = "es256")]
mod withdrawal;

#[cfg(feature = "es256")]
pub(crate) use jwk::{gives_away, published_jwk};
#[cfg(feature = "es256")]
pub(crate) use jwk_set::Unusable;
#[cfg(any(feature = "hs256", feature = "es256"))]
pub use jwk_set::{JwkSet, Keys, RejectedJwk};
pub use key::Key;
#[cfg(feature = "es256")]
pub(crate) use withdrawal::Withdrawal;
