//! Wycheproof's JWS: each token under the one key of its group.

use std::path::Path;

use anyhow::Result;
use embedded_jwt::buffer_len;
use serde_json::Value;

use super::{Case, expected, wycheproof};
use crate::probe::{JWS, JWS_LEGACY, question};

pub(super) fn cases(file: &Path) -> Result<Vec<Case>> {
    wycheproof(file, |group, test| {
        let key = if group["public"].is_null() {
            &group["private"]
        } else {
            &group["public"]
        };
        // A JWS in the JSON serialization stands in the file as an object.
        let token = test["jws"]
            .as_str()
            .map_or_else(|| test["jws"].to_string(), str::to_owned);
        let room = vec![0; buffer_len(token.len())];
        let question = match zeros(&key["k"]) {
            // One group has the secret of zeros, which is no key but by the constructor for legacy secrets.
            Some(secret) => question(JWS_LEGACY, [&secret, token.as_bytes(), &room]),
            None => question(JWS, [key.to_string().as_bytes(), token.as_bytes(), &room]),
        };
        Ok(Case::new(&test["tcId"], expected(test)?, question))
    })
}

/// The bytes of a `k` that is zeros all through.
fn zeros(k: &Value) -> Option<Vec<u8>> {
    let text = k.as_str()?;
    let is_zeros = !text.is_empty() && text.bytes().all(|symbol| symbol == b'A');
    is_zeros.then(|| vec![0; buffer_len(text.len())])
}
