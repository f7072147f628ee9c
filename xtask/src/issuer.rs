//! Makes the tokens, by a library that shares no code with the verifier: the gateway and the bench that the firmware
//! trusts, and strangers.

use anyhow::{Context as _, Result, bail};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, crypto::sign, encode};
use serde_json::{Value, json};

/// `RELEASED_AT` of the firmware.
pub(crate) const RELEASED_AT: u64 = 1_767_225_600;

/// `kid` of the ES256 key.
pub(crate) const GATEWAY: &str = "gateway-2026";
/// `kid` of the HS256 key.
pub(crate) const BENCH: &str = "bench";

/// The firmware's HS256 secret.
pub(crate) const SECRET: &[u8] = b"demonstration secret of 32 bytes";

/// The firmware's ES256 key, public half, as an uncompressed point.
pub(crate) const PUBLIC_KEY: [u8; 65] = [
    0x04, 0x60, 0xFE, 0xD4, 0xBA, 0x25, 0x5A, 0x9D, 0x31, 0xC9, 0x61, 0xEB, 0x74, 0xC6, 0x35, 0x6D,
    0x68, 0xC0, 0x49, 0xB8, 0x92, 0x3B, 0x61, 0xFA, 0x6C, 0xE6, 0x69, 0x62, 0x2E, 0x60, 0xF2, 0x9F,
    0xB6, 0x79, 0x03, 0xFE, 0x10, 0x08, 0xB8, 0xBC, 0x99, 0xA4, 0x1A, 0xE9, 0xE9, 0x56, 0x28, 0xBC,
    0x64, 0xF2, 0xF1, 0xB2, 0x0C, 0x2D, 0x7E, 0x9F, 0x51, 0x77, 0xA3, 0xC2, 0x94, 0xD4, 0x46, 0x22,
    0x99,
];

/// Its private half, published in RFC 6979, appendix A.2.5.
const PRIVATE_KEY: [u8; 32] = [
    0xC9, 0xAF, 0xA9, 0xD8, 0x45, 0xBA, 0x75, 0x16, 0x6B, 0x5C, 0x21, 0x57, 0x67, 0xB1, 0xD6, 0x93,
    0x4E, 0x50, 0xC3, 0xDB, 0x36, 0xE8, 0x9B, 0x12, 0x7B, 0x8A, 0x62, 0x2B, 0x12, 0x0F, 0x67, 0x21,
];

/// What PKCS #8 (RFC 5208, RFC 5915) puts before a private key of P-256 that comes without its public half.
const PKCS8: &[u8] =
    b"\x30\x41\x02\x01\x00\x30\x13\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07\
      \x04\x27\x30\x25\x02\x01\x01\x04\x20";

/// The gateway's key as a private JWK.
pub(crate) fn gateway_jwk() -> Value {
    json!({
        "kty": "EC",
        "crv": "P-256",
        "kid": GATEWAY,
        "d": BASE64_URL_SAFE_NO_PAD.encode(PRIVATE_KEY),
    })
}

/// Who signs.
#[derive(Clone, Copy)]
pub(crate) enum Signer {
    /// The gateway, by ES256.
    Gateway,
    /// Its next key.
    NextGateway,
    /// The operator, who signs sets of keys.
    Operator,
    /// The bench, by HS256.
    Bench,
    /// Somebody else's ES256 key.
    StrangerEs256,
    /// Somebody else's HS256 secret.
    StrangerHs256,
    /// HS256 with the gateway's public key as the secret: what an attacker has, for a verifier that lets the token
    /// choose the algorithm (RFC 8725 section 2.1).
    PublicKeyAsSecret,
}

impl Signer {
    /// The one that the conversation calls so.
    pub(crate) fn named(name: &str) -> Result<Self> {
        Ok(match name {
            "gateway" => Self::Gateway,
            "next-gateway" => Self::NextGateway,
            "operator" => Self::Operator,
            "bench" => Self::Bench,
            "stranger-es256" => Self::StrangerEs256,
            "stranger-hs256" => Self::StrangerHs256,
            "public-key" => Self::PublicKeyAsSecret,
            _ => bail!("no signer {name}"),
        })
    }

    fn key(self) -> Result<(Algorithm, EncodingKey)> {
        Ok(match self {
            Self::Gateway => (Algorithm::ES256, es256(&PRIVATE_KEY)),
            Self::NextGateway => (Algorithm::ES256, es256(&[0x27; 32])),
            Self::Operator => (Algorithm::ES256, es256(&[0x53; 32])),
            Self::StrangerEs256 => (Algorithm::ES256, es256(&[0x42; 32])),
            Self::Bench => (Algorithm::HS256, EncodingKey::from_secret(SECRET)?),
            Self::StrangerHs256 => (Algorithm::HS256, EncodingKey::from_secret(&[0x42; 32])?),
            Self::PublicKeyAsSecret => (Algorithm::HS256, EncodingKey::from_secret(&PUBLIC_KEY)?),
        })
    }
}

fn es256(private_key: &[u8; 32]) -> EncodingKey {
    EncodingKey::from_ec_der(&[PKCS8, private_key].concat())
}

/// The claims of a command that the firmware accepts, changed as [`with`] says.
pub(crate) fn command(changes: &Value) -> Value {
    let output = changes["output"].as_str().unwrap_or_default();
    let claims = json!({
        "iss": "https://auth.example",
        "aud": "pump-7",
        "iat": RELEASED_AT + 3600,
        "exp": RELEASED_AT + 7200,
        "scope": format!("{output}:write"),
    });
    with(claims, changes)
}

/// The claims of a set of keys that the firmware accepts, changed as [`with`] says. `keys` names the keys,
/// separated by spaces.
pub(crate) fn key_set(changes: &Value) -> Value {
    let names = changes["keys"].as_str().unwrap_or_default().split(' ');
    let jwks: Vec<Value> = names.filter_map(public_jwk).collect();
    let claims = json!({"iss": "https://auth.example", "sub": "https://auth.example"});
    with(with(claims, changes), &json!({ "keys": jwks }))
}

/// The public JWK of a gateway key.
fn public_jwk(kid: &str) -> Option<Value> {
    let (x, y) = match kid {
        GATEWAY => (
            "YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y",
            "eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk",
        ),
        "gateway-2027" => (
            "-hCcZXTKYnLT32l2Lh2qJ4iWPQ-vBucE0Kxkq9OPCgM",
            "ZUx_LH99qFfjYyE60NSf8qqF74ZJOv0IxavnFbWkRpc",
        ),
        _ => return None,
    };
    Some(json!({"kty": "EC", "crv": "P-256", "kid": kid, "x": x, "y": y}))
}

/// A signed set of keys.
pub(crate) fn set_token(signer: Signer, kid: Option<&str>, claims: &Value) -> Result<String> {
    let (algorithm, key) = signer.key()?;
    let mut header = Header::new(algorithm);
    header.typ = Some("jwk-set+jwt".to_owned());
    header.kid = kid.map(str::to_owned);
    Ok(encode(&header, claims, &key)?)
}

/// `claims` with members changed, added, or (by `null`) taken away, as RFC 7396 does at the top.
pub(crate) fn with(mut claims: Value, changes: &Value) -> Value {
    if let (Some(members), Some(changes)) = (claims.as_object_mut(), changes.as_object()) {
        members.extend(changes.clone());
        members.retain(|_, value| !value.is_null());
    }
    claims
}

/// A signed token.
pub(crate) fn token(signer: Signer, kid: Option<&str>, claims: &Value) -> Result<String> {
    let (algorithm, key) = signer.key()?;
    let mut header = Header::new(algorithm);
    header.kid = kid.map(str::to_owned);
    Ok(encode(&header, claims, &key)?)
}

/// A signed token from the texts of its header and its payload, which need not be what a library writes.
pub(crate) fn signed(signer: Signer, header: &str, payload: &str) -> Result<String> {
    let (algorithm, key) = signer.key()?;
    let [header, payload] = [header, payload].map(|text| BASE64_URL_SAFE_NO_PAD.encode(text));
    let signing_input = format!("{header}.{payload}");
    let signature = sign(signing_input.as_bytes(), &key, algorithm)?;
    Ok(format!("{signing_input}.{signature}"))
}

/// The bench's MAC of a message.
pub(crate) fn mac(message: &[u8]) -> Result<[u8; 32]> {
    let (algorithm, key) = Signer::Bench.key()?;
    let mut mac = [0; 32];
    BASE64_URL_SAFE_NO_PAD.decode_slice(sign(message, &key, algorithm)?, &mut mac)?;
    Ok(mac)
}

/// A signed token of exactly `length` bytes, good until `exp`, with further `members` in its header, each
/// with a comma before it. None is shorter than some 100 bytes.
pub(crate) fn token_of_length(
    signer: Signer,
    members: &str,
    length: usize,
    exp: u64,
) -> Result<String> {
    let (algorithm, _) = signer.key()?;
    let payload = |padding: usize| format!(r#"{{"exp":{exp},"pad":"{}"}}"#, "x".repeat(padding));
    // Base64url cannot give every length; with up to two spaces in the header the sum can be any.
    for spaces in 0..3 {
        let header = format!(
            r#"{{"alg":"{algorithm:?}"{members}{}}}"#,
            " ".repeat(spaces)
        );
        let missing = length.checked_sub(signed(signer, &header, &payload(0))?.len());
        // Three bytes become four symbols.
        let missing = missing.with_context(|| format!("no good token has {length} bytes"))? * 3 / 4;
        for padding in missing.saturating_sub(1)..missing + 2 {
            let token = signed(signer, &header, &payload(padding))?;
            if token.len() == length {
                return Ok(token);
            }
        }
    }
    bail!("no good token has {length} bytes")
}
