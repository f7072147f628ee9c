//! Parses and verifies compact JWS tokens (JWTs signed with HS256 or ES256) on microcontrollers:
//! strict, `no_std`, without an allocator and without panics.
//!
//! ```
//! use embedded_jwt::{Error, Key, Policy, Time, Verifier, const_key};
//!
//! // Both are in flash. A bad key does not compile.
//! static SECRET: [u8; 32] = *b"\x8a\x40 a demonstration secret, 32 by";
//! static KEYS: [Key<'static>; 1] = [const_key!(Key::hs256(&SECRET)).with_kid("gateway-2026")];
//! static POLICY: Policy<'static> = Policy::new().issuer("https://auth.example").audience("pump-7");
//!
//! #[derive(serde::Deserialize)]
//! struct Command<'a> {
//!     valve: &'a str,
//!     open: bool,
//! }
//!
//! fn act(received: &[u8], now: u64) -> Result<(), Error> {
//!     let mut buffer = [0; 512];
//!     let token = Verifier::new(&KEYS, &POLICY).verify(received, Time::Trusted(now), &mut buffer)?;
//!     let command: Command<'_> = token.claims().deserialize()?;
//!     println!("{} {}", command.valve, command.open);
//!     Ok(())
//! }
//! assert_eq!(act(b"garbage", 1_790_000_000), Err(Error::NotThreeSegments));
//! ```
//!
//! # The path of a token
//!
//! ```text
//! token bytes
//!   -> compact   three base64url segments and the signing input; slices, nothing decoded
//!   -> header    JOSE header decoded into the caller's buffer
//!   -> keys      candidates by kid and alg; each key knows its one algorithm
//!   -> crypto    HMAC or ECDSA over the signing input     => Verified: the only door to the payload
//!   -> claims    payload decoded into the same buffer, JSON checked and unescaped in place
//!   -> policy    typ, iss, sub, aud, exp, nbf, iat, scope ... at a given Time   => Token: what the caller may act on
//! ```
//!
//! [`Verifier`] takes all steps in one call. Each step is also public: [`Compact::parse`],
//! [`Compact::peek_header`], [`Compact::verify`], [`Verified::claims`], [`Policy::check`].
//!
//! # Features
//!
//! | feature | default | provides |
//! | --- | --- | --- |
//! | `hs256` | yes | HMAC with SHA-256 |
//! | `es256` | yes | ECDSA on P-256 with `p256`; JWK Sets of public keys, key ring, `DPoP` |
//! | `fast-es256` | no | what `es256` provides except signing, several times as fast, with the crate's own arithmetic; precomputed tables |
//! | `sign` | no | issues tokens: ES256 with `es256`, HS256 with `hs256` |
//! | `device` | no | the memory of a device: replay guard, counters, time floor, nonces |
//! | `std` | no | `Time::from(SystemTime)` only |
//! | `defmt` | no | `defmt::Format` for the public types |
//!
//! # Logs
//!
//! `Debug`, `Display` and `defmt::Format` of the public types show no byte of an access token, a
//! proof, a nonce, a secret or a key. They escape the characters that a sender could use to forge a
//! log line.
//!
//! The types of [`json`] show what the JSON holds. Print [`Claims::object`] and [`Header::object`]
//! only where it is safe to show a nonce or a key.

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

#[cfg(feature = "std")]
extern crate std;

#[cfg(target_pointer_width = "16")]
compile_error!("embedded-jwt needs pointers of 32 bits or more: base64url is decoded by words");
#[cfg(not(any(feature = "hs256", feature = "es256", feature = "fast-es256")))]
compile_error!(
    "embedded-jwt without an algorithm verifies nothing: enable the feature `hs256`, `es256` or `fast-es256`"
);
#[cfg(all(feature = "sign", not(any(feature = "hs256", feature = "es256"))))]
compile_error!(
    "to sign, embedded-jwt needs the feature `hs256` or `es256`: `fast-es256` only verifies"
);

pub mod crypto;
#[cfg(feature = "device")]
pub mod device;
pub mod json;
pub mod limits;
pub mod oauth;
#[cfg(feature = "sign")]
pub mod sign;

mod claims;
#[cfg(feature = "defmt")]
mod defmt_format;
mod encoding;
mod error;
mod jws;
#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod key_ring;
mod keys;
mod policy;
mod time;
mod token;
mod verifier;

pub use claims::{Audience, Claims};
pub use error::Error;
pub use jws::{Compact, Header, Verified, buffer_len};
pub use keys::Key;
pub use policy::{Freshness, Policy};
pub use time::Time;
pub use token::Token;
pub use verifier::Verifier;

/// Keys in JSON and PEM (RFC 7517, RFC 7468), and the keys of an issuer over time.
///
/// ```
/// use embedded_jwt::{Error, Key, jwk::JwkSet};
///
/// let text = br#"{"keys":[{"kty":"EC","crv":"P-256","kid":"2026",
///     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
/// let mut buffer = [0; 512];
/// let keys = JwkSet::parse(text, &mut buffer)?.keys::<4>()?;
/// assert_eq!(keys.first().and_then(Key::kid), Some("2026"));
/// # Ok::<(), Error>(())
/// ```
pub mod jwk {
    pub use crate::crypto::{owned_public_key::OwnedPublicKey, thumbprint::Thumbprint};
    #[cfg(feature = "fast-es256")]
    pub use crate::key_ring::RingTables;
    #[cfg(any(feature = "es256", feature = "fast-es256"))]
    pub use crate::key_ring::{KeyRing, RingKeys, RingUpdate, SetKeys};
    pub use crate::keys::{JwkSet, Keys, RejectedJwk};
}

/// Keys with a part of the verification precomputed.
///
/// ```
/// use embedded_jwt::{Error, Key, prepared::PreparedSecret};
///
/// let mut room = PreparedSecret::room();
/// let keys = [Key::hs256_prepared(room.prepare(b"32 bytes or more, kept in flash.")?)];
/// # let _ = keys;
/// # Ok::<(), Error>(())
/// ```
pub mod prepared {
    #[cfg(feature = "fast-es256")]
    pub use crate::crypto::fast_es256::key_table::{
        KeyTable, KeyTable16, KeyTable64, KeyTable256, PreparedKey, TableRoom,
    };
    #[cfg(feature = "hs256")]
    pub use crate::crypto::hs256::prepared_secret::{PreparedSecret, SecretRoom};
}

#[cfg(all(doctest, feature = "hs256", feature = "es256"))]
mod pages;
#[cfg(all(
    doctest,
    feature = "device",
    feature = "fast-es256",
    feature = "sign",
    feature = "std"
))]
mod pages_with_all_features;
