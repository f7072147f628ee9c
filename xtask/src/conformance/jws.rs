//! Wycheproof's JWS: each token under the one key of its group.

use std::path::Path;

use anyhow::Result;
use embedded_jwt::buffer_len;

use super::{Case, expected, wycheproof};
use crate::probe::{JWS, question};

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
        let question = question(JWS, [key.to_string().as_bytes(), token.as_bytes(), &room]);
        Ok(Case::new(&test["tcId"], expected(test)?, question))
    })
}
