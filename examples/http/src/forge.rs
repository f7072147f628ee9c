//! Forged variants of a token. All of them must be rejected.

use anyhow::{Context as _, Result};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use embedded_jwt::sign::SigningKey;
use serde_json::{Value, json};

/// The private key of an attacker.
const STRANGER: [u8; 32] = [0x42; 32];

/// A genuine token, split into its parts.
pub struct Forger<'t> {
    header: Value,
    claims: Value,
    payload: &'t str,
    signature: &'t str,
}

impl<'t> Forger<'t> {
    /// Splits a token into its parts.
    pub fn new(token: &'t str) -> Result<Self> {
        let mut segments = token.split('.');
        let mut segment = || segments.next().context("not three segments");
        let (header, payload, signature) = (segment()?, segment()?, segment()?);
        let decode = |text| -> Result<Value> {
            Ok(serde_json::from_slice(
                &BASE64_URL_SAFE_NO_PAD.decode(text)?,
            )?)
        };
        Ok(Self {
            header: decode(header)?,
            claims: decode(payload)?,
            payload,
            signature,
        })
    }

    /// Adds scopes and keeps the old signature.
    #[must_use]
    pub fn with_scope(&self, scope: &str) -> String {
        let mut claims = self.claims.clone();
        if let Some(claims) = claims.as_object_mut() {
            claims.insert("scope".to_owned(), scope.into());
        }
        format!(
            "{}.{}.{}",
            encode(&self.header),
            encode(&claims),
            self.signature
        )
    }

    /// Removes the signature, and sets `alg` to `none` (RFC 8725 section 2.1).
    #[must_use]
    pub fn unsigned(&self) -> String {
        let header = json!({ "alg": "none", "typ": "at+jwt" });
        format!("{}.{}.", encode(&header), self.payload)
    }

    /// Signs with HS256 and the public key as the secret (RFC 8725 section 2.1).
    pub fn signed_with_public_key(&self, public_key: &[u8]) -> Result<String> {
        self.sign(SigningKey::hs256(public_key)?, self.kid()?)
    }

    /// Signs with the attacker's key, with the `kid` of the genuine key.
    pub fn signed_by_stranger(&self) -> Result<String> {
        self.sign(SigningKey::es256(&STRANGER)?, self.kid()?)
    }

    /// Signs with the attacker's key, with a `kid` of the attacker's choice.
    pub fn signed_under(&self, kid: &str) -> Result<String> {
        self.sign(SigningKey::es256(&STRANGER)?, kid)
    }

    fn kid(&self) -> Result<&str> {
        let kid = self.header.get("kid").and_then(Value::as_str);
        kid.context("the token names no key")
    }

    fn sign(&self, key: SigningKey<'_>, kid: &str) -> Result<String> {
        let mut buffer = [0; 2048];
        let token = key
            .with_kid(kid)
            .sign("at+jwt", &self.claims, &mut buffer)?;
        Ok(token.to_owned())
    }
}

fn encode(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}
