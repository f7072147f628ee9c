//! Wycheproof's JWK Sets: each token under the one set of its group.

use std::path::Path;

use anyhow::Result;
use embedded_jwt::buffer_len;

use super::{Case, expected, wycheproof};
use crate::probe::{JWK_SET, JWK_SET_WITH_SECRETS, question};

pub(super) fn cases(file: &Path) -> Result<Vec<Case>> {
    wycheproof(file, |group, test| {
        // Without a public set, the one that the verifier keeps to itself.
        let (subject, set) = if group["public"].is_null() {
            (JWK_SET_WITH_SECRETS, &group["private"])
        } else {
            (JWK_SET, &group["public"])
        };
        let (set, token) = (set.to_string(), super::text(test, "jws")?);
        let room = vec![0; 2 * set.len() + buffer_len(token.len())];
        let question = question(subject, [set.as_bytes(), token.as_bytes(), &room]);
        Ok(Case::new(&test["tcId"], expected(test)?, question))
    })
}
