//! The tokens: the same bytes at every run, so that every count is the same too.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::json;
use sha2::Sha256;

use crate::Result;

pub(crate) const ISSUER: &str = "https://auth.example";
pub(crate) const AUDIENCE: &str = "https://pump-7.example";
pub(crate) const KID: &str = "2026";
pub(crate) const SECRET: &[u8; 32] = b"a secret for benches of 32 bytes";
/// 2026-01-01 and 2100-01-01: the peers ask the system for the time.
const ISSUED_AT: u64 = 1_767_225_600;
const EXPIRES_AT: u64 = 4_102_444_800;
/// Published in RFC 6979, appendix A.2.5.
const PRIVATE_KEY: [u8; 32] = [
    0xC9, 0xAF, 0xA9, 0xD8, 0x45, 0xBA, 0x75, 0x16, 0x6B, 0x5C, 0x21, 0x57, 0x67, 0xB1, 0xD6, 0x93,
    0x4E, 0x50, 0xC3, 0xDB, 0x36, 0xE8, 0x9B, 0x12, 0x7B, 0x8A, 0x62, 0x2B, 0x12, 0x0F, 0x67, 0x21,
];

/// A token of each algorithm, with one set of claims, and the public key.
pub(crate) struct Tokens {
    pub(crate) hs256: String,
    pub(crate) es256: String,
    pub(crate) point: [u8; 65],
}

impl Tokens {
    pub(crate) fn new() -> Result<Self> {
        let claims = json!({
            "iss": ISSUER, "sub": "console-7", "aud": AUDIENCE, "exp": EXPIRES_AT, "iat": ISSUED_AT,
            "client_id": "console-7", "scope": "status:read pump:write", "jti": "8Xc2NwbFQ0e4s1vYhJ3kZA",
        })
        .to_string();
        let key = SigningKey::from_slice(&PRIVATE_KEY)?;
        let input = signing_input("ES256", &claims);
        // RFC 6979: no randomness, the same signature at every run.
        let signature: Signature = key.sign(input.as_bytes());
        Ok(Self {
            hs256: hs256(&claims)?,
            es256: joined(&input, &signature.to_bytes()),
            point: key
                .verifying_key()
                .to_sec1_point(false)
                .as_bytes()
                .try_into()?,
        })
    }

    /// The x and y coordinates of the public key.
    pub(crate) fn coordinates(&self) -> (&[u8], &[u8]) {
        let [_, coordinates @ ..] = &self.point;
        coordinates.split_at(32)
    }
}

/// A token of these claims, by the secret.
pub(crate) fn hs256(claims: &str) -> Result<String> {
    let input = signing_input("HS256", claims);
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET)?;
    mac.update(input.as_bytes());
    Ok(joined(&input, &mac.finalize().into_bytes()))
}

fn signing_input(algorithm: &str, claims: &str) -> String {
    let header = format!(r#"{{"typ":"JWT","alg":"{algorithm}","kid":"{KID}"}}"#);
    let segment = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}", segment(&header), segment(claims))
}

fn joined(input: &str, signature: &[u8]) -> String {
    format!("{input}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

/// Signing input and decoded signature.
pub(crate) fn parts(token: &str) -> Result<(&str, Vec<u8>)> {
    let (input, signature) = token.rsplit_once('.').ok_or("no token")?;
    Ok((input, BASE64_URL_SAFE_NO_PAD.decode(signature)?))
}

/// Whether the claims that came out are those that went in, by their lengths.
pub(crate) fn is_complete(client_id: &str, scope: &str, jti: &str) -> bool {
    client_id.len() == 9 && scope.len() == 22 && jti.len() == 22
}
