//! Parses and verifies compact JWS tokens (JWTs signed with HS256 or ES256) on microcontrollers: `no_std`, no
//! allocator, no panic, and strict.
//!
//! ```
//! # #[cfg(feature = "hs256")]
//! # {
//! use embedded_jwt::{Error, Key, Policy, Time, Verifier, const_key};
//!
//! // Both sit in flash; a bad key does not compile.
//! static SECRET: [u8; 32] = *b"\x8a\x40 a demonstration secret, 32 by";
//! static KEYS: [Key<'static>; 1] = [const_key!(Key::hs256(&SECRET)).kid("gateway-2026")];
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
//! # }
//! ```
//!
//! # The way of the data
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
//! [`Verifier`] goes the whole way in one call. The steps are public for those who need one of them:
//! [`Compact::parse`], [`Compact::peek_header`], [`Compact::verify`], [`Verified::claims`], [`Policy::check`].
//!
//! # OAuth 2.0
//!
//! A resource server has [`Scheme::token`] before the way and [`Policy::access_token`] on it; then [`Token::access_token`],
//! [`Scope`] and [`ScopeMap`] tell what the token allows, [`Refusal`] and [`Challenge`] how to refuse it.
//!
//! # Features
//!
//! | feature | default | brings |
//! | --- | --- | --- |
//! | `hs256` | yes | HMAC with SHA-256 in software |
//! | `es256` | yes | ECDSA on P-256 with SHA-256 in software, by `p256` |
//! | `prepared` | no | ES256 under keys with a precomputed table; alone, without `p256` |
//! | `sign` | no | issues tokens |
//! | `defmt` | no | `defmt::Format` for the public types |
//!
//! There is no `std` and no `alloc` feature.
//!
//! # Logs
//!
//! `Debug`, `Display` and `defmt::Format` of the public types show no byte of an access token, a proof, a nonce, a secret or
//! a key, and escape the characters by which a sender could forge a line of the log. What JSON holds is what [`json`] shows:
//! print [`Claims::object`] and [`Header::object`] only where a nonce or a key in them may be read.

#![no_std]
#![forbid(unsafe_code)]

#[cfg(target_pointer_width = "16")]
compile_error!("embedded-jwt needs pointers of 32 bits or more: base64url is decoded by words");
#[cfg(not(any(feature = "hs256", feature = "es256", feature = "prepared")))]
compile_error!(
    "embedded-jwt without an algorithm verifies nothing: enable the feature `hs256`, `es256` or `prepared`"
);
#[cfg(all(feature = "sign", not(any(feature = "hs256", feature = "es256"))))]
compile_error!(
    "to sign, embedded-jwt needs the feature `hs256` or `es256`: a prepared key only verifies"
);

pub mod json;
pub mod limits;

mod base64url;
mod bytewise;
mod claims;
mod compact;
mod crypto;
mod error;
mod header;
mod keys;
mod oauth;
mod policy;
#[cfg(feature = "sign")]
mod sign;
mod time;
mod token;
mod verified;
mod verifier;

pub use claims::{Audience, Claims};
pub use compact::{Compact, buffer_len};
pub use crypto::{Crypto, InvalidSignature, Software};
pub use error::Error;
pub use header::Header;
#[cfg(any(feature = "es256", feature = "prepared"))]
pub use keys::PublicKey;
pub use keys::{Algorithm, Key};
#[cfg(any(feature = "hs256", feature = "es256"))]
pub use keys::{JwkSet, RejectedJwk};
#[cfg(feature = "es256")]
pub use keys::{KeyRing, OwnedPublicKey, RingKeys, RingUpdate, Thumbprint};
#[cfg(feature = "prepared")]
pub use keys::{KeyTable, KeyTable4, KeyTable6, KeyTable8, PreparedKey, TableRoom};
#[cfg(feature = "hs256")]
pub use keys::{PreparedSecret, SecretRoom};
#[cfg(feature = "sign")]
pub use oauth::ClientAssertion;
pub use oauth::{AccessToken, Challenge, InsufficientScope, Refusal, Scheme, Scope, ScopeMap};
#[cfg(feature = "es256")]
pub use oauth::{Confirmation, DpopProof, DpopRequest, DpopToken};
pub use policy::{Freshness, Policy};
#[cfg(feature = "sign")]
pub use sign::SigningKey;
pub use time::Time;
pub use token::Token;
pub use verified::Verified;
pub use verifier::Verifier;

/// The README's example is a test.
#[cfg(all(doctest, feature = "es256", feature = "prepared"))]
#[doc = include_str!("../README.md")]
struct Readme;
