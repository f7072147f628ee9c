//! OAuth 2.0, as a resource server sees it: the access token comes in an `Authorization` header field, says by its
//! `scope` what its bearer may do, and a refusal goes back as a status and a challenge.
//!
//! Nothing here asks an authorization server: what a token is worth is in the token.

mod access_token;
mod authorization;
mod challenge;
#[cfg(feature = "sign")]
mod client_assertion;
#[cfg(feature = "es256")]
mod confirmation;
#[cfg(feature = "es256")]
mod dpop;
mod scope;

pub use access_token::AccessToken;
pub use authorization::Scheme;
pub use challenge::{Challenge, Refusal};
#[cfg(feature = "sign")]
pub use client_assertion::ClientAssertion;
#[cfg(feature = "es256")]
pub use confirmation::Confirmation;
#[cfg(feature = "es256")]
pub use dpop::{DpopProof, DpopRequest, DpopToken};
pub use scope::{InsufficientScope, Scope, ScopeMap};
