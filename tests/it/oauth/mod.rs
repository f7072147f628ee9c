//! OAuth 2.0: access tokens, their scopes, how they come in and how they are refused.

mod access_token;
mod authorization;
mod challenge;
#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod confirmation;
#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod dpop;
mod scope;

use embedded_jwt::{Error, Policy, Time, Token, Verifier};

use crate::common::{alg, mint, verify};

/// What `read` makes of a token that the policy accepts.
fn read<T>(
    policy: &Policy<'_>,
    now: u64,
    header: &str,
    payload: &str,
    read: impl FnOnce(&Token<'_, '_>) -> T,
) -> Result<T, Error> {
    let token = mint(alg(), header, payload);
    let key = [alg().key()];
    // One verdict by every way, before the one that is read.
    verify(&key, policy, Time::Trusted(now), &token)?;
    let mut buffer = vec![0; token.len()];
    let token = Verifier::new(&key, policy).verify(&token, Time::Trusted(now), &mut buffer)?;
    Ok(read(&token))
}
