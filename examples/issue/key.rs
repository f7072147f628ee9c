//! Private keys from the command line. No message here quotes the content of a key.

use std::{ffi::OsStr, fs, path::Path};

use anyhow::{Context as _, Result, anyhow, bail};
use embedded_jwt::sign::SigningKey;
use p256::{SecretKey, pkcs8::DecodePrivateKey as _};

use crate::secret;

/// A private key or a secret that signs.
pub(crate) enum Private {
    Es256([u8; 32]),
    Hs256(Vec<u8>),
}

impl Private {
    /// Returns the published private key of RFC 6979 appendix A.2.5.
    pub(crate) fn demonstration() -> Self {
        Self::Es256(
            *b"\xc9\xaf\xa9\xd8\x45\xba\x75\x16\x6b\x5c\x21\x57\x67\xb1\xd6\x93\
                       \x4e\x50\xc3\xdb\x36\xe8\x9b\x12\x7b\x8a\x62\x2b\x12\x0f\x67\x21",
        )
    }

    /// Reads the key that `--key` contains or names.
    pub(crate) fn read(argument: &OsStr) -> Result<Self> {
        if let Some(secret) = secret::parse(argument.as_encoded_bytes())? {
            return Ok(Self::Hs256(secret));
        }
        let path = Path::new(argument);
        if !path.exists() {
            bail!(
                "the key is no file (its name is not shown: it may be a secret). A secret begins \
                 with `hex:` or `base64url:`"
            );
        }
        let name = path.display();
        let content = fs::read(path).with_context(|| format!("{name} cannot be read"))?;
        if path.extension().is_some_and(|it| it == "bin") {
            return Ok(Self::Hs256(content));
        }
        if let Some(secret) = secret::parse(content.trim_ascii())? {
            return Ok(Self::Hs256(secret));
        }
        let pem = str::from_utf8(&content)
            .ok()
            // `openssl ecparam -genkey` writes the parameters of the curve before the key.
            .and_then(|text| {
                text.find("-----BEGIN EC PRIVATE")
                    .or_else(|| text.find("-----BEGIN PRIVATE"))
                    .and_then(|at| text.get(at..))
            })
            .with_context(|| format!("{name} holds no private key in PEM"))?;
        SecretKey::from_sec1_pem(pem)
            .ok()
            .or_else(|| SecretKey::from_pkcs8_pem(pem).ok())
            .map(|key| Self::Es256(key.to_bytes().into()))
            .with_context(|| format!("{name} holds no private key of P-256"))
    }

    pub(crate) fn signing_key(&self) -> Result<SigningKey<'_>> {
        match self {
            Self::Es256(key) => SigningKey::es256(key),
            Self::Hs256(secret) => SigningKey::hs256(secret),
        }
        .map_err(|error| anyhow!("{} {}: {error}", error.code(), error.name()))
    }
}
