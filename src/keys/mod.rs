//! Keys with a `kid` and an issuer, and JSON Web Keys.
//!
//! Each algorithm has a file. If an algorithm is not built in, another file takes its place. There,
//! the material of the algorithm is a type without values. So few other lines name a feature.

#[cfg_attr(
    not(any(feature = "es256", feature = "fast-es256")),
    path = "without_es256.rs"
)]
mod es256;
#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod es256_key;
#[cfg_attr(not(feature = "hs256"), path = "without_hs256.rs")]
mod hs256;
#[cfg(feature = "hs256")]
mod hs256_key;
mod jwk;
mod jwk_set;
mod key;

#[cfg(any(feature = "es256", feature = "fast-es256"))]
pub(crate) use self::{
    es256::Withdrawal,
    es256_key::{gives_away, published_jwk},
    jwk_set::Unusable,
};
pub use jwk_set::{JwkSet, Keys, RejectedJwk};
pub use key::Key;
