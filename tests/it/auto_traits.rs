//! Every public type can be sent, shared, and kept over a caught panic, whatever features are on: one that took such a
//! trait away would break a server that never asked for it.

use core::panic::{RefUnwindSafe, UnwindSafe};

use embedded_jwt::{
    Audience, Claims, Compact, Error, Freshness, Header, Key, Policy, Time, Token, Verified,
    Verifier,
    crypto::{Algorithm, InvalidSignature, Software},
    json,
    oauth::{AccessToken, Challenge, InsufficientScope, Refusal, Scheme, Scope, ScopeMap},
};

fn has_all<T: Send + Sync + UnwindSafe + RefUnwindSafe>() {}

/// For a type that writes into a buffer of the caller's: what holds a `&mut` is never `UnwindSafe`.
fn writes<T: Send + Sync + RefUnwindSafe>() {}

/// It compiles, which is the test.
#[test]
fn auto_traits() {
    has_all::<AccessToken<'_>>();
    has_all::<Algorithm>();
    has_all::<Audience<'_>>();
    has_all::<Challenge<'_>>();
    has_all::<Claims<'_>>();
    has_all::<Compact<'_>>();
    has_all::<Error>();
    has_all::<Freshness>();
    has_all::<Header<'_>>();
    has_all::<InsufficientScope<'_>>();
    has_all::<InvalidSignature>();
    has_all::<Key<'_>>();
    has_all::<Policy<'_>>();
    has_all::<Refusal>();
    has_all::<Scheme>();
    has_all::<Scope<'_>>();
    has_all::<ScopeMap<'_, u8>>();
    has_all::<Software>();
    has_all::<Time>();
    has_all::<Token<'_, '_>>();
    writes::<Verified<'_, '_>>();
    has_all::<Verifier<'_>>();
    has_all::<json::Array<'_>>();
    has_all::<json::JsonError>();
    has_all::<json::Elements<'_>>();
    has_all::<json::Members<'_>>();
    has_all::<json::Misfit>();
    has_all::<json::Object<'_>>();
    has_all::<json::Text<'_>>();
    has_all::<json::Value<'_>>();
}

#[cfg(feature = "hs256")]
#[test]
fn auto_traits_of_secrets() {
    has_all::<embedded_jwt::prepared::PreparedSecret>();
    has_all::<embedded_jwt::prepared::SecretRoom>();
}

#[test]
fn auto_traits_of_key_sets() {
    writes::<embedded_jwt::jwk::JwkSet<'_>>();
}

#[cfg(any(feature = "es256", feature = "fast-es256"))]
#[test]
fn auto_traits_of_public_keys() {
    has_all::<embedded_jwt::crypto::PublicKey<'_>>();
}

#[cfg(any(feature = "es256", feature = "fast-es256"))]
#[test]
fn auto_traits_of_what_owns_public_keys() {
    has_all::<embedded_jwt::oauth::Confirmation<'_>>();
    has_all::<embedded_jwt::oauth::DpopProof<'_>>();
    has_all::<embedded_jwt::oauth::DpopRequest<'_>>();
    has_all::<embedded_jwt::jwk::KeyRing<'_, 4>>();
    has_all::<embedded_jwt::jwk::OwnedPublicKey>();
    has_all::<embedded_jwt::jwk::RingKeys<'_, 4>>();
    has_all::<embedded_jwt::jwk::SetKeys<'_>>();
    #[cfg(feature = "fast-es256")]
    has_all::<embedded_jwt::jwk::RingTables<4, 16>>();
    has_all::<embedded_jwt::jwk::Thumbprint>();
}

#[cfg(feature = "fast-es256")]
#[test]
fn auto_traits_of_tables() {
    has_all::<embedded_jwt::prepared::KeyTable16>();
    has_all::<embedded_jwt::prepared::PreparedKey<'_>>();
    has_all::<embedded_jwt::prepared::TableRoom<16>>();
}

#[cfg(feature = "sign")]
#[test]
fn auto_traits_of_what_signs() {
    has_all::<embedded_jwt::oauth::ClientAssertion<'_>>();
    has_all::<embedded_jwt::sign::SigningKey<'_>>();
}
