//! OAuth 2.0, as a resource server sees it: the access token comes in an `Authorization` header field, says by its
//! `scope` what its bearer may do, and a refusal goes back as a status and a challenge.
//!
//! Nothing here asks an authorization server: what a token is worth is in the token.

mod authorization;
mod challenge;
#[cfg(feature = "sign")]
mod client_assertion;
#[cfg(feature = "es256")]
mod dpop;

pub use authorization::Scheme;
pub use challenge::{Challenge, Refusal};
#[cfg(feature = "sign")]
pub use client_assertion::ClientAssertion;
#[cfg(feature = "es256")]
pub use dpop::{DpopProof, DpopRequest, DpopToken};

#[cfg(feature = "es256")]
pub use crate::claims::Confirmation;
pub use crate::claims::{AccessToken, InsufficientScope, Scope, ScopeMap};
