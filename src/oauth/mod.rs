//! OAuth 2.0 for a resource server: reads the access token from an `Authorization` header field,
//! reads its scopes, verifies proofs of possession (`DPoP`), and writes the response to a rejected
//! request.
//!
//! ```
//! use embedded_jwt::{Key, Policy, Time, Verifier, oauth::{Refusal, Scheme}};
//!
//! static POLICY: Policy<'static> =
//!     Policy::access_token("https://auth.example", "https://pump-7.example").scope("pump:write");
//!
//! /// `authorization` is the value of the header field.
//! fn allow(keys: &[Key<'_>], authorization: &[u8], now: u64) -> Result<(), Refusal> {
//!     let mut buffer = [0; 1024];
//!     let token = Scheme::Bearer.token(authorization)?;
//!     Verifier::new(keys, &POLICY).verify(token, Time::Trusted(now), &mut buffer)?;
//!     Ok(())
//! }
//! assert_eq!(allow(&[], b"Basic cHVtcDo3", 1_790_000_000), Err(Refusal::NoCredentials));
//! ```
//!
//! No request goes to the authorization server, because the token itself says what it grants.

mod authorization;
mod challenge;
#[cfg(feature = "sign")]
mod client_assertion;
#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod dpop;

pub use authorization::Scheme;
pub use challenge::{Challenge, Refusal};
#[cfg(feature = "sign")]
pub use client_assertion::ClientAssertion;
#[cfg(any(feature = "es256", feature = "fast-es256"))]
pub use dpop::{Confirmation, DpopProof, DpopRequest, DpopToken};

pub use crate::claims::{AccessToken, InsufficientScope, Scope, ScopeMap};
