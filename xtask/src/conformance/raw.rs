//! Wycheproof's ECDSA and HMAC: the back-ends without a token around them.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Case, expected, text, wycheproof};
use crate::probe::{HMAC, question};

/// `subject` says under which kind of key.
pub(super) fn ecdsa(file: &Path, subject: u8) -> Result<Vec<Case>> {
    wycheproof(file, |group, test| {
        let point = hex(&group["publicKey"], "uncompressed")?;
        let (message, signature) = (hex(test, "msg")?, hex(test, "sig")?);
        let question = question(subject, [&point, &message, &signature]);
        Ok(Case::new(&test["tcId"], expected(test)?, question))
    })
}

pub(super) fn hmac(file: &Path) -> Result<Vec<Case>> {
    wycheproof(file, |_, test| {
        let (key, message, tag) = (hex(test, "key")?, hex(test, "msg")?, hex(test, "tag")?);
        let question = question(HMAC, [&key, &message, &tag]);
        Ok(Case::new(&test["tcId"], expected(test)?, question))
    })
}

/// The bytes of a member in hexadecimal.
pub(super) fn hex(value: &Value, name: &str) -> Result<Vec<u8>> {
    base16ct::mixed::decode_vec(text(value, name)?)
        .ok()
        .with_context(|| format!("{name} is no hex in {value}"))
}
