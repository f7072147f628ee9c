//! Keys from the command line: the forms of `--key`, and how each becomes a [`Key`].
//!
//! No message here quotes the content of a key, or an error that might quote it.

use std::{ffi::OsStr, path::Path};

use anyhow::{Context, anyhow, bail, ensure};
use embedded_jwt::{
    Error, Key,
    json::Value,
    jwk::JwkSet,
    limits::{MAX_JSON_LEN, MAX_JWK_SET_KEYS},
};

use crate::secret;

/// The algorithms that this build can verify.
const ALGORITHMS: &str = match (
    cfg!(feature = "hs256"),
    cfg!(any(feature = "es256", feature = "fast-es256")),
) {
    (true, true) => "HS256 and ES256",
    (true, false) => "HS256 only",
    (false, _) => "ES256 only",
};

/// What `--key` contains or names, and its name in messages.
pub(crate) struct KeySource {
    pub(crate) name: String,
    pub(crate) material: Material,
}

/// The material that a [`Key`] is made of and borrows from.
pub(crate) enum Material {
    Jwk { text: Vec<u8>, decoded: Vec<u8> },
    JwkSet { text: Vec<u8>, decoded: Vec<u8> },
    Spki(Vec<u8>),
    Secret(Vec<u8>),
}

impl KeySource {
    /// Reads the key that `--key` contains or names.
    pub(crate) fn read(argument: &OsStr, number: usize) -> anyhow::Result<Self> {
        let name = format!("key number {number}");
        let given = Material::recognize(argument.as_encoded_bytes());
        if let Some(material) = given.with_context(|| name.clone())? {
            return Ok(Self { name, material });
        }

        let path = Path::new(argument);
        // If there is no such file, it may be a secret whose prefix was forgotten.
        if !path.exists() && !is_called_like_a_key_file(path) {
            bail!(
                "{name} is no file (its name is not shown: it may be a secret). A secret begins with \
                 `hex:` or `base64url:`"
            );
        }
        let name = path.display().to_string();
        // The limit is one byte more than the crate's, so that the crate rejects a JWK that is too
        // long.
        let content = crate::input::file(path, MAX_JSON_LEN.saturating_add(1))
            .with_context(|| format!("the key file {name} cannot be read"))?;
        if path.extension().is_some_and(|it| it == "bin") {
            let material = Material::Secret(content);
            return Ok(Self { name, material });
        }
        let held = Material::recognize(&content);
        let material = held.with_context(|| name.clone())?.with_context(|| {
            format!(
                "{name} contains no key: neither a JWK, nor a JWK Set, nor PEM, nor DER, nor a secret that begins with \
                 `hex:` or `base64url:`. A file with the bytes of a secret has to be called `.bin`"
            )
        })?;
        Ok(Self { name, material })
    }
}

fn is_called_like_a_key_file(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    [
        "jwk", "jwks", "json", "pem", "der", "pub", "key", "txt", "bin",
    ]
    .iter()
    .any(|usual| usual.eq_ignore_ascii_case(extension))
}

impl Material {
    /// Recognizes a key by its first bytes. Returns `None` for a text that is not a key.
    fn recognize(text: &[u8]) -> anyhow::Result<Option<Self>> {
        // DER begins with a SEQUENCE, and has bytes that are not text.
        if text.starts_with(&[0x30]) && has_controls(text) {
            return Ok(Some(Self::Spki(text.to_vec())));
        }
        let text = text.trim_ascii();
        let material = if text.starts_with(b"{") {
            let (text, decoded) = (text.to_vec(), Vec::new());
            if is_jwk_set(&text) {
                Self::JwkSet { text, decoded }
            } else {
                Self::Jwk { text, decoded }
            }
        } else if let Some(secret) = secret::parse(text)? {
            Self::Secret(secret)
        } else if text.windows(11).any(|window| window == b"-----BEGIN ") {
            Self::Spki(public_key(text)?)
        } else {
            return Ok(None);
        };
        Ok(Some(material))
    }

    /// Returns the keys, which borrow from this material: the usable keys of a JWK Set, or the key.
    pub(crate) fn keys(&mut self) -> anyhow::Result<Vec<Key<'_>>> {
        let key = match self {
            Self::Jwk { text, decoded } => {
                decoded.resize(text.len(), 0);
                jwk(text, decoded)
            }
            Self::JwkSet { text, decoded } => {
                decoded.resize(text.len(), 0);
                return jwk_set(text, decoded);
            }
            Self::Spki(der) => spki(der),
            Self::Secret(secret) => hs256(secret),
        };
        key.map(|key| vec![key])
    }
}

/// Returns whether `text` has control characters other than those of a text file.
fn has_controls(text: &[u8]) -> bool {
    text.iter()
        .any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace())
}

fn is_jwk_set(text: &[u8]) -> bool {
    let mut text = text.to_vec();
    matches!(Value::parse(&mut text), Ok(Value::Object(object)) if object.get("keys").is_some())
}

fn jwk<'k>(text: &[u8], decoded: &'k mut [u8]) -> anyhow::Result<Key<'k>> {
    Key::from_jwk(text, decoded).map_err(refused)
}

/// Returns the usable keys of a JWK Set.
fn jwk_set<'k>(text: &[u8], decoded: &'k mut [u8]) -> anyhow::Result<Vec<Key<'k>>> {
    let set = JwkSet::parse_with_secrets(text, decoded).map_err(refused)?;
    let keys = set.keys::<MAX_JWK_SET_KEYS>().map_err(refused)?;
    ensure!(
        !keys.is_empty(),
        "the JWK Set holds no key for {ALGORITHMS}{}",
        keys.rejected()
            .map(|jwk| format!("; number {} is broken: {}", jwk.index, jwk.reason))
            .unwrap_or_default()
    );
    Ok(keys.to_vec())
}

#[cfg(any(feature = "es256", feature = "fast-es256"))]
fn spki(der: &[u8]) -> anyhow::Result<Key<'_>> {
    Key::es256_spki(der).map_err(refused)
}

#[cfg(not(any(feature = "es256", feature = "fast-es256")))]
fn spki(_: &[u8]) -> anyhow::Result<Key<'_>> {
    bail!("a PEM file is for ES256, and this build verifies {ALGORITHMS}")
}

#[cfg(feature = "hs256")]
fn hs256(secret: &[u8]) -> anyhow::Result<Key<'_>> {
    Key::hs256(secret).map_err(refused)
}

#[cfg(not(feature = "hs256"))]
fn hs256(_: &[u8]) -> anyhow::Result<Key<'_>> {
    bail!("a secret is for HS256, and this build verifies {ALGORITHMS}")
}

/// Returns the DER in a PEM file.
fn public_key(text: &[u8]) -> anyhow::Result<Vec<u8>> {
    let pem = pem::parse(text).map_err(|_| anyhow!("the PEM in it is damaged"))?;
    let tag = pem.tag();
    ensure!(
        !tag.ends_with("PRIVATE KEY"),
        "it is a private key, which only the issuer may have; `openssl pkey -pubout` writes the public key"
    );
    ensure!(
        tag == "PUBLIC KEY",
        "its PEM is {tag:?}, not \"PUBLIC KEY\"{}",
        if tag == "CERTIFICATE" {
            "; `openssl x509 -pubkey -noout` extracts the key"
        } else {
            ""
        }
    );
    Ok(pem.into_contents())
}

/// Returns the message for a key that the crate rejects, with a hint.
#[cfg_attr(
    not(any(feature = "hs256", any(feature = "es256", feature = "fast-es256"))),
    allow(dead_code, reason = "such a build reads no key")
)]
fn refused(error: Error) -> anyhow::Error {
    let hint = match error {
        Error::KeyTooShort => {
            "; it needs 32 bytes: 64 hexadecimal digits or 43 characters of base64url".to_owned()
        }
        Error::JwkUnsupportedKty => {
            format!("; `kty` EC is for ES256, oct for HS256, and this build verifies {ALGORITHMS}")
        }
        Error::KeyNotUncompressed => {
            "; `openssl ec -pubin -conv_form uncompressed` writes the other form".to_owned()
        }
        Error::KeyRsa | Error::KeyOtherCurve => {
            "; `alg` RS256, ES384 and the others are not supported".to_owned()
        }
        Error::KeyPrivate => "; `openssl pkey -pubout` extracts the public key".to_owned(),
        _ => String::new(),
    };
    let (code, name, section) = (error.code(), error.name(), error.reference());
    anyhow!("refused: {code} {name}: {error} ({section}){hint}")
}
