//! Wycheproof's ECDSA signatures in DER. JWS has r and s side by side (RFC 7518 section 3.4), so a signature takes part if it
//! is strict DER of two numbers that 32 bytes hold. Of the others there is nothing to ask: the corpus has to refuse each.

use std::path::Path;

use anyhow::{Result, ensure};

use super::{Case, expected, raw::hex, wycheproof};
use crate::probe::{ECDSA, question};

/// The cases, and how many signatures are none.
pub(super) fn cases(file: &Path) -> Result<(Vec<Case>, usize)> {
    let tests = wycheproof(file, |group, test| {
        let expected = expected(test)?;
        let Some(signature) = side_by_side(&hex(test, "sig")?) else {
            ensure!(expected == "refuse", "a valid signature is no DER");
            return Ok(None);
        };
        let point = hex(&group["publicKey"], "uncompressed")?;
        let question = question(ECDSA, [&point, &hex(test, "msg")?, &signature]);
        Ok(Some(Case::new(&test["tcId"], expected, question)))
    })?;
    let all = tests.len();
    let cases: Vec<Case> = tests.into_iter().flatten().collect();
    let left_out = all - cases.len();
    Ok((cases, left_out))
}

/// r and s, 32 bytes each, of `SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279 section 2.2.3) in DER.
fn side_by_side(der: &[u8]) -> Option<[u8; 64]> {
    let (numbers, rest) = element(0x30, der)?;
    let (r, numbers) = element(0x02, numbers)?;
    let (s, numbers) = element(0x02, numbers)?;
    if !rest.is_empty() || !numbers.is_empty() {
        return None;
    }
    let mut signature = [0; 64];
    for (number, place) in [r, s].into_iter().zip(signature.chunks_mut(32)) {
        let digits = match number {
            // Negative, empty, or with a zero more than it takes.
            [0x80..=0xff, ..] | [] | [0, 0..0x80, ..] => return None,
            [0, digits @ ..] | digits => digits,
        };
        let start = place.len().checked_sub(digits.len())?;
        place.get_mut(start..)?.copy_from_slice(digits);
    }
    Some(signature)
}

/// The content of an element with this tag and a length in one byte, as all of them have that fit; and what follows it.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    match der {
        [its_tag, length @ 0..0x80, rest @ ..] if *its_tag == tag => {
            rest.split_at_checked(usize::from(*length))
        }
        _ => None,
    }
}
