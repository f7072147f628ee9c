//! The issuer's keys: where they are (RFC 8414), and what they are (RFC 7517).

use anyhow::{Context as _, Result, ensure};
use oauth2::HttpResponse;
use serde::Deserialize;

use crate::{fetch, now};

/// What is needed of the metadata of an authorization server (RFC 8414 section 2).
#[derive(Deserialize)]
pub struct Metadata {
    issuer: String,
    /// Where its JWK Set is.
    pub jwks_uri: String,
}

impl Metadata {
    /// Asks the issuer for it, as an authorization server and then as an `OpenID` provider.
    pub fn discover(issuer: &str) -> Result<Self> {
        let first = Self::fetch(issuer, &oauth_url(issuer)?);
        let metadata = first.or_else(|first| {
            let url = format!(
                "{}/.well-known/openid-configuration",
                issuer.trim_end_matches('/')
            );
            // The first failure tells more, since it is about the address that RFC 8414 has.
            Self::fetch(issuer, &url).map_err(|_| first)
        });
        metadata.with_context(|| format!("discovering the issuer {issuer}"))
    }

    fn fetch(issuer: &str, url: &str) -> Result<Self> {
        let response = fetch(url)?;
        let metadata: Self = serde_json::from_slice(response.body())
            .with_context(|| format!("the metadata at {url}"))?;
        // Else a server could speak for another (RFC 8414 section 3.3).
        ensure!(
            metadata.issuer == issuer,
            "{url} says that the issuer is {:?}",
            metadata.issuer
        );
        Ok(metadata)
    }
}

/// The well-known path comes before that of the issuer (RFC 8414 section 3.1).
fn oauth_url(issuer: &str) -> Result<String> {
    let (scheme, rest) = issuer
        .split_once("://")
        .with_context(|| format!("the issuer {issuer:?} is no URL"))?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let url = format!("{scheme}://{authority}/.well-known/oauth-authorization-server/{path}");
    Ok(url.trim_end_matches('/').to_owned())
}

/// A JWK Set, and from when it is, in seconds since 1970.
pub struct FetchedKeys {
    /// The text.
    pub text: Vec<u8>,
    /// The time before it was asked for, less what it spent in caches: it is not newer than it says.
    pub fetched_at: u64,
}

impl FetchedKeys {
    /// Fetches the set.
    pub fn fetch(jwks_uri: &str) -> Result<Self> {
        let asked_at = now();
        let response = fetch(jwks_uri)?;
        let age = age(&response);
        Ok(Self {
            text: response.into_body(),
            fetched_at: asked_at.saturating_sub(age),
        })
    }
}

/// Seconds in caches (RFC 9111 section 5.1).
fn age(response: &HttpResponse) -> u64 {
    let age = response.headers().get("Age");
    age.and_then(|age| age.to_str().ok()?.parse().ok())
        .unwrap_or(0)
}
