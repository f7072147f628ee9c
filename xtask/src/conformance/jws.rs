//! Wycheproof's JWS: each token under the one key of its group.

use std::path::Path;

use anyhow::Result;
use embedded_jwt::{Compact, Error, Key, buffer_len};
use serde_json::Value;

use super::{Case, expected, wycheproof};

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
        Ok(Case::new(
            &test["tcId"],
            expected(test)?,
            &verify(key, token.as_bytes()),
        ))
    })
}

fn verify(jwk: &Value, token: &[u8]) -> Result<(), Error> {
    let jwk = jwk.to_string();
    let mut for_key = vec![0; 2 * jwk.len()];
    let keys = [Key::from_jwk(jwk.as_bytes(), &mut for_key)?];
    let mut buffer = vec![0; buffer_len(token.len())];
    Compact::parse(token)?.verify(&keys, &mut buffer).map(drop)
}
