//! Wycheproof's older JSON web crypto: JWS under a key or a set, and JWE, which is not for a verifier.

use std::path::Path;

use anyhow::Result;
use embedded_jwt::buffer_len;

use super::{Case, expected, text, wycheproof};
use crate::probe::{JWK_SET, JWK_SET_WITH_SECRETS, JWS, question};

pub(super) fn cases(file: &Path) -> Result<Vec<Case>> {
    wycheproof(file, |group, test| {
        let is_public = !group["public"].is_null();
        let key = &group[if is_public { "public" } else { "private" }];
        // What is one key and what a set the corpus does not say otherwise.
        let subject = match (key["keys"].is_null(), is_public) {
            (true, _) => JWS,
            (false, true) => JWK_SET,
            (false, false) => JWK_SET_WITH_SECRETS,
        };
        let member = if test["jwe"].is_null() { "jws" } else { "jwe" };
        // A token in the JSON serialization stands in the file as an object, or as its text.
        let token = if test[member].is_object() {
            test[member].to_string()
        } else {
            text(test, member)?.to_owned()
        };
        let key = key.to_string();
        let room = vec![0; 2 * key.len() + buffer_len(token.len())];
        let question = question(subject, [key.as_bytes(), token.as_bytes(), &room]);
        Ok(Case::new(&test["tcId"], expected(test)?, question))
    })
}
