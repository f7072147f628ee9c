//! The public keys of Wycheproof's ECDH sets: as JWKs, as points, and as PEM. Nothing is agreed on with them here; each has to be
//! accepted exactly when it is a key, and refused with the error of its kind.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::{Case, list, raw, text, wycheproof};
use crate::probe::{KEY_JWK, KEY_POINT, KEY_SPKI, question};

/// A flag of the corpus, and what becomes of a key that has it. The first that fits decides.
type Kind = (&'static str, &'static str);

/// A point is refused for its form before anybody looks for the curve that it may be on.
const POINTS: [Kind; 3] = [
    // Of these the corpus leaves it to the reader whether a good one is accepted.
    ("CompressedPoint", "refuse KeyNotUncompressed"),
    ("InvalidCurveAttack", "refuse KeyNotOnCurve"),
    // No byte at all.
    ("InvalidEncoding", "refuse KeyLength"),
];

const JWKS: [Kind; 4] = [
    ("InvalidCurveAttack", "refuse KeyNotOnCurve"),
    ("ModifiedPublicPoint", "refuse KeyNotOnCurve"),
    ("ModifiedGroup", "refuse JwkUnsupportedCrv"),
    ("WrongCurve", "refuse JwkUnsupportedCrv"),
];

/// The key of a named curve has one encoding in DER (RFC 5480 section 2). Everything else is refused before the point is
/// looked at, also where the corpus leaves that to the reader: parameters in place of the curve's name, and BER.
const PEMS: [Kind; 8] = [
    ("InvalidCurveAttack", "refuse KeyNotOnCurve"),
    ("ModifiedPublicPoint", "refuse KeyNotOnCurve"),
    ("CompressedPoint", "refuse KeyNotUncompressed"),
    ("UnnamedCurve", "refuse KeyNotSpki"),
    ("ModifiedGroup", "refuse KeyOtherCurve"),
    ("WrongCurve", "refuse KeyOtherCurve"),
    ("InvalidEncoding", "refuse KeyNotSpki"),
    ("InvalidPem", "refuse KeyNotSpki"),
];

pub(super) fn jwks(file: &Path) -> Result<Vec<Case>> {
    wycheproof(file, |_, test| {
        let jwk = test["public"].to_string();
        let question = question(KEY_JWK, [jwk.as_bytes(), b"", b""]);
        Ok(Case::new(&test["tcId"], expected(test, &JWKS)?, question))
    })
}

pub(super) fn points(file: &Path) -> Result<Vec<Case>> {
    wycheproof(file, |_, test| {
        let question = question(KEY_POINT, [&raw::hex(test, "public")?, b"", b""]);
        Ok(Case::new(&test["tcId"], expected(test, &POINTS)?, question))
    })
}

pub(super) fn pems(file: &Path) -> Result<Vec<Case>> {
    wycheproof(file, |_, test| {
        // To read PEM is the host's task; the crate is given what is in it.
        let pem = pem::parse(text(test, "public")?).context("reading PEM")?;
        let question = question(KEY_SPKI, [pem.contents(), b"", b""]);
        Ok(Case::new(&test["tcId"], expected(test, &PEMS)?, question))
    })
}

/// `accept` for a valid key; for another the verdict on its kind.
fn expected(test: &Value, kinds: &[Kind]) -> Result<&'static str> {
    match text(test, "result")? {
        "valid" => Ok("accept"),
        "invalid" | "acceptable" => {
            let flags = list(test, "flags")?;
            let kind = kinds
                .iter()
                .find(|(kind, _)| flags.iter().any(|flag| flag == kind));
            let (_, verdict) = kind.context("a key of an unknown kind")?;
            Ok(verdict)
        }
        other => bail!("a result {other:?}"),
    }
}
