//! A private ES256 key with its `kid`.

use anyhow::{Context as _, Result};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use embedded_jwt::{Error, Key, sign::SigningKey};
use serde::Serialize;
use serde_json::{Value, json};

/// The longest token that is issued here.
const TOKEN_LIMIT: usize = 2048;

/// A private key of P-256. A product has it in a secure element or a key store.
pub struct PrivateKey {
    d: [u8; 32],
    kid: String,
}

impl PrivateKey {
    /// A new one, named by its thumbprint (RFC 7638).
    pub fn generate() -> Result<Self> {
        let mut d = [0; 32];
        getrandom::fill(&mut d)?;
        // One in four billion is no key.
        while SigningKey::es256(&d).is_err() {
            getrandom::fill(&mut d)?;
        }
        let point = point(&SigningKey::es256(&d)?)?;
        let thumbprint = Key::es256(&point)?.thumbprint().context("a public key")?;
        let kid = thumbprint.to_string();
        Ok(Self { d, kid })
    }

    /// From a private JWK with a `kid` (RFC 7517, RFC 7518 section 6.2.2).
    pub fn from_jwk(text: &[u8]) -> Result<Self> {
        let jwk: Value = serde_json::from_slice(text)?;
        let member = |name: &str| {
            let text = jwk.get(name).and_then(Value::as_str);
            text.with_context(|| format!("the JWK has no {name:?}"))
        };
        let d = BASE64_URL_SAFE_NO_PAD.decode(member("d")?)?;
        let d = d.try_into().ok().context("\"d\" has not 32 bytes")?;
        SigningKey::es256(&d)?;
        let kid = member("kid")?.to_owned();
        Ok(Self { d, kid })
    }

    /// Its name.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Its public half.
    pub fn public(&self) -> Result<[u8; 65]> {
        point(&SigningKey::es256(&self.d)?)
    }

    /// Its public half as a JWK for a JWK Set.
    pub fn public_jwk(&self) -> Result<Value> {
        let point = self.public()?;
        let (x, y) = point.split_at(33);
        let x = x.split_at(1).1;
        Ok(json!({
            "kty": "EC",
            "crv": "P-256",
            "alg": "ES256",
            "use": "sig",
            "kid": self.kid,
            "x": BASE64_URL_SAFE_NO_PAD.encode(x),
            "y": BASE64_URL_SAFE_NO_PAD.encode(y),
        }))
    }

    /// Signs a token of this `typ`.
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, Error> {
        let mut buffer = [0; TOKEN_LIMIT];
        let key = SigningKey::es256(&self.d)?.with_kid(&self.kid);
        key.sign(typ, claims, &mut buffer).map(str::to_owned)
    }
}

fn point(key: &SigningKey<'_>) -> Result<[u8; 65]> {
    key.public_key().context("an ES256 key has a public half")
}

/// 128 random bits, for identifiers that nobody guesses and that come once.
pub(crate) fn random_id() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
