//! Keys from the command line: the forms of `--key`, and how each becomes a [`Key`].
//!
//! No message here quotes the content of a key, or an error that might quote it.

use std::{ffi::OsStr, path::Path};

use anyhow::{Context, anyhow, bail, ensure};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use embedded_jwt::{Error, Key, limits::MAX_JSON_LEN};

/// The algorithms that this build can verify.
const ALGORITHMS: &str = match (
    cfg!(feature = "hs256"),
    cfg!(any(feature = "es256", feature = "fast-es256")),
) {
    (true, true) => "HS256 and ES256",
    (true, false) => "HS256 only",
    (false, _) => "ES256 only",
};

/// A key that was read, and its name in messages.
pub(crate) struct KeySource {
    pub(crate) name: String,
    pub(crate) material: Material,
}

/// The material that a [`Key`] is made of and borrows from.
pub(crate) enum Material {
    Jwk { text: Vec<u8>, decoded: Vec<u8> },
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
        let held = Material::recognize(&content);
        let material = held.with_context(|| name.clone())?.with_context(|| {
            format!(
                "{name} contains no key: neither a JWK, nor PEM, nor a secret that begins with `hex:` or `base64url:`"
            )
        })?;
        Ok(Self { name, material })
    }
}

fn is_called_like_a_key_file(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    ["jwk", "json", "pem", "pub", "key", "txt"]
        .iter()
        .any(|usual| usual.eq_ignore_ascii_case(extension))
}

impl Material {
    /// Recognizes a key by its first bytes. Returns `None` for a text that is not a key.
    fn recognize(text: &[u8]) -> anyhow::Result<Option<Self>> {
        let text = text.trim_ascii();
        let material = if text.starts_with(b"{") {
            Self::Jwk {
                text: text.to_vec(),
                decoded: Vec::new(),
            }
        } else if let Some(digits) = text.strip_prefix(b"hex:") {
            let secret = base16ct::mixed::decode_vec(digits);
            Self::Secret(
                secret.map_err(|_| anyhow!("the secret is not pairs of hexadecimal digits"))?,
            )
        } else if let Some(encoded) = text.strip_prefix(b"base64url:") {
            let secret = BASE64_URL_SAFE_NO_PAD.decode(encoded);
            Self::Secret(
                secret.map_err(|_| anyhow!("the secret is not base64url without padding"))?,
            )
        } else if text.windows(11).any(|window| window == b"-----BEGIN ") {
            Self::Spki(public_key(text)?)
        } else {
            return Ok(None);
        };
        Ok(Some(material))
    }

    /// Returns the key, which borrows from this material.
    pub(crate) fn key(&mut self) -> anyhow::Result<Key<'_>> {
        match self {
            Self::Jwk { text, decoded } => {
                decoded.resize(text.len().saturating_mul(2), 0);
                jwk(text, decoded)
            }
            Self::Spki(der) => spki(der),
            Self::Secret(secret) => hs256(secret),
        }
    }
}

fn jwk<'k>(text: &[u8], decoded: &'k mut [u8]) -> anyhow::Result<Key<'k>> {
    Key::from_jwk(text, decoded).map_err(refused)
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
        Error::JwkUnsupportedKty => format!(
            "; `kty` EC is for ES256, oct for HS256, and this build verifies {ALGORITHMS}; give each key of a JWK Set \
             separately"
        ),
        Error::KeyNotSpki => {
            "; the key has to be P-256, uncompressed (`openssl ec -pubin -conv_form uncompressed`)"
                .to_owned()
        }
        _ => String::new(),
    };
    let (code, name, section) = (error.code(), error.name(), error.reference());
    anyhow!("refused: {code} {name}: {error} ({section}){hint}")
}
