//! Wycheproof's ECDSA and HMAC: the back-ends without a token around them.

use std::path::Path;

use anyhow::{Context as _, Result};
use embedded_jwt::{Crypto, InvalidSignature, PublicKey, Software};
use serde_json::Value;

use super::{Case, expected, text, wycheproof};

pub(super) fn ecdsa(file: &Path) -> Result<Vec<Case>> {
    wycheproof(file, |group, test| {
        let point = hex(&group["publicKey"], "uncompressed")?;
        let (message, signature) = (hex(test, "msg")?, hex(test, "sig")?);
        let verdict = verify_ecdsa(&point, &message, &signature);
        Ok(Case::new(&test["tcId"], expected(test)?, &verdict))
    })
}

fn verify_ecdsa(point: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
    let key = PublicKey::from_sec1(point).map_err(|_| InvalidSignature)?;
    let signature = signature.try_into().map_err(|_| InvalidSignature)?;
    Software.es256(key, message, signature)
}

pub(super) fn hmac(file: &Path) -> Result<Vec<Case>> {
    wycheproof(file, |_, test| {
        let (key, message, tag) = (hex(test, "key")?, hex(test, "msg")?, hex(test, "tag")?);
        let mac = tag.as_slice().try_into().map_err(|_| InvalidSignature);
        let verdict = mac.and_then(|mac| Software.hs256(&key, &message, mac));
        Ok(Case::new(&test["tcId"], expected(test)?, &verdict))
    })
}

fn hex(value: &Value, name: &str) -> Result<Vec<u8>> {
    base16ct::mixed::decode_vec(text(value, name)?)
        .ok()
        .with_context(|| format!("{name} is no hex in {value}"))
}
