//! Finds the issuer's keys (RFC 8414) and fetches them (RFC 7517).

use anyhow::{Context as _, Result, ensure};
use oauth2::HttpResponse;
use serde::Deserialize;

use crate::{fetch, is_temporary, now};

/// The part of an authorization server's metadata that is used (RFC 8414 section 2).
#[derive(Deserialize)]
pub struct Metadata {
    issuer: String,
    /// The URL of the JWK Set.
    pub jwks_uri: String,
}

impl Metadata {
    /// Fetches the metadata of an issuer, as an authorization server and then as an `OpenID`
    /// provider.
    pub fn discover(issuer: &str) -> Result<Self> {
        let first = Self::fetch(issuer, &oauth_url(issuer)?);
        let metadata = first.or_else(|first| {
            let url = format!(
                "{}/.well-known/openid-configuration",
                issuer.trim_end_matches('/')
            );
            Self::fetch(issuer, &url).map_err(|second| {
                // An OpenID provider does not know the first address. If the second failure is
                // temporary, the provider may be down. Otherwise the first failure is reported,
                // because its address is the one of RFC 8414.
                if is_temporary(&second) { second } else { first }
            })
        });
        metadata.with_context(|| format!("discovering the issuer {issuer}"))
    }

    fn fetch(issuer: &str, url: &str) -> Result<Self> {
        let response = fetch(url)?;
        let metadata: Self = serde_json::from_slice(response.body())
            .with_context(|| format!("the metadata at {url}"))?;
        // Otherwise a server could claim to be another issuer (RFC 8414 section 3.3).
        ensure!(
            metadata.issuer == issuer,
            "{url} says that the issuer is {:?}",
            metadata.issuer
        );
        Ok(metadata)
    }
}

/// Returns the URL of the metadata. The well-known path precedes the issuer's path (RFC 8414
/// section 3.1).
fn oauth_url(issuer: &str) -> Result<String> {
    let (scheme, rest) = issuer
        .split_once("://")
        .with_context(|| format!("the issuer {issuer:?} is no URL"))?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let url = format!("{scheme}://{authority}/.well-known/oauth-authorization-server/{path}");
    Ok(url.trim_end_matches('/').to_owned())
}

/// A JWK Set and its time, in seconds since 1970.
pub struct FetchedKeys {
    /// The text of the JWK Set.
    pub text: Vec<u8>,
    /// The time before the request, minus the time that the answer spent in caches. The set may be
    /// newer, but not older.
    pub fetched_at: u64,
}

impl FetchedKeys {
    /// Fetches a JWK Set.
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

/// Returns the seconds that an answer spent in caches (RFC 9111 section 5.1).
fn age(response: &HttpResponse) -> u64 {
    let age = response.headers().get("Age");
    age.and_then(|age| age.to_str().ok()?.parse().ok())
        .unwrap_or(0)
}
