//! A public JWK (RFC 7517), read by the compiler from a key file.
//!
//! [`Key::from_jwk`](crate::Key::from_jwk) reads every JWK, but is not `const`. This reader accepts
//! fewer texts: members are strings or lists of strings, without escapes, and each name occurs once.
//! It handles only public data.

use super::{pem::symbol, spki::after};
use crate::error::Error;

/// The members that this reader checks. An absent member is `None`.
struct Members<'t> {
    kty: Option<&'t [u8]>,
    crv: Option<&'t [u8]>,
    x: Option<&'t [u8]>,
    y: Option<&'t [u8]>,
    usage: Option<&'t [u8]>,
    alg: Option<&'t [u8]>,
    /// Whether `key_ops` allows verification.
    may_verify: Option<bool>,
}

/// Returns the coordinates of the key.
pub(super) const fn coordinates(text: &[u8]) -> Result<([u8; 32], [u8; 32]), Error> {
    let members = match read(text) {
        Ok(members) => members,
        Err(error) => return Err(error),
    };
    if !is(members.kty, b"EC") {
        return Err(Error::JwkUnsupportedKty);
    }
    if !is(members.crv, b"P-256") {
        return Err(Error::JwkUnsupportedCrv);
    }
    // SPIFFE bundles mark their keys for tokens with the `use` `jwt-svid`.
    if (members.usage.is_some() && !is(members.usage, b"sig") && !is(members.usage, b"jwt-svid"))
        || matches!(members.may_verify, Some(false))
    {
        return Err(Error::JwkNotForVerifying);
    }
    if members.alg.is_some() && !is(members.alg, b"ES256") {
        return Err(Error::JwkAlgMismatch);
    }
    match (coordinate(members.x), coordinate(members.y)) {
        (Some(x), Some(y)) => Ok((x, y)),
        _ => Err(Error::JwkInvalidMember),
    }
}

/// A value that this reader understands.
#[derive(Clone, Copy)]
enum Value<'t> {
    Text(&'t [u8]),
    /// A list of strings, and whether `verify` is one of them.
    List {
        has_verify: bool,
    },
}

const fn read(text: &[u8]) -> Result<Members<'_>, Error> {
    let mut members = Members {
        kty: None,
        crv: None,
        x: None,
        y: None,
        usage: None,
        alg: None,
        may_verify: None,
    };
    let Some(mut rest) = token(text, b'{') else {
        return Err(Error::JwkNotJson);
    };
    loop {
        let Some((name, value, after)) = member(rest) else {
            return Err(Error::JwkNotJson);
        };
        if equal(name, b"d") || equal(name, b"k") {
            return Err(Error::JwkNotPublic);
        }
        match (name, value) {
            (b"kty", Value::Text(text)) => members.kty = Some(text),
            (b"crv", Value::Text(text)) => members.crv = Some(text),
            (b"x", Value::Text(text)) => members.x = Some(text),
            (b"y", Value::Text(text)) => members.y = Some(text),
            (b"use", Value::Text(text)) => members.usage = Some(text),
            (b"alg", Value::Text(text)) => members.alg = Some(text),
            (b"key_ops", Value::List { has_verify }) => members.may_verify = Some(has_verify),
            (b"kid", Value::Text(_)) => {}
            (b"kty" | b"crv" | b"x" | b"y" | b"use" | b"alg" | b"kid" | b"key_ops", _) => {
                return Err(Error::JwkInvalidMember);
            }
            _ => {}
        }
        rest = match (token(after, b','), token(after, b'}')) {
            (Some(rest), _) => rest,
            (None, Some(rest)) if rest.trim_ascii_start().is_empty() => return Ok(members),
            _ => return Err(Error::JwkNotJson),
        };
        if has_member(rest, name) {
            return Err(Error::JwkNotJson);
        }
    }
}

/// Returns the name and the value of a member, and the text after it.
const fn member(text: &[u8]) -> Option<(&[u8], Value<'_>, &[u8])> {
    let Some((name, rest)) = string(text) else {
        return None;
    };
    let Some(rest) = token(rest, b':') else {
        return None;
    };
    match (string(rest), list(rest)) {
        (Some((text, rest)), _) => Some((name, Value::Text(text), rest)),
        (None, Some((has_verify, rest))) => Some((name, Value::List { has_verify }, rest)),
        (None, None) => None,
    }
}

/// Returns whether one of the next members has this name.
const fn has_member(mut text: &[u8], name: &[u8]) -> bool {
    while let Some((other, _, rest)) = member(text) {
        if equal(other, name) {
            return true;
        }
        match token(rest, b',') {
            Some(rest) => text = rest,
            None => return false,
        }
    }
    false
}

/// Returns the text after a structural character.
const fn token(text: &[u8], character: u8) -> Option<&[u8]> {
    after(text.trim_ascii_start(), &[character])
}

/// Returns a string and the text after it.
const fn string(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let Some(content) = token(text, b'"') else {
        return None;
    };
    let (mut len, mut rest) = (0usize, content);
    while let [byte, after @ ..] = rest {
        match *byte {
            b'"' => {
                let Some((content, _)) = content.split_at_checked(len) else {
                    return None;
                };
                return Some((content, after));
            }
            b'\\' | 0..=0x1f => return None,
            _ => (len, rest) = (len.saturating_add(1), after),
        }
    }
    None
}

/// Returns whether a list of strings holds `verify`, and the text after the list.
const fn list(text: &[u8]) -> Option<(bool, &[u8])> {
    let Some(mut rest) = token(text, b'[') else {
        return None;
    };
    let mut has_verify = false;
    loop {
        let Some((element, after)) = string(rest) else {
            return None;
        };
        has_verify |= equal(element, b"verify");
        rest = match (token(after, b','), token(after, b']')) {
            (Some(rest), _) => rest,
            (None, Some(rest)) => return Some((has_verify, rest)),
            (None, None) => return None,
        };
    }
}

const fn equal(text: &[u8], expected: &[u8]) -> bool {
    matches!(after(text, expected), Some([]))
}

const fn is(text: Option<&[u8]>, expected: &[u8]) -> bool {
    match text {
        Some(text) => equal(text, expected),
        None => false,
    }
}

/// Decodes 43 characters of canonical base64url.
const fn coordinate(text: Option<&[u8]>) -> Option<[u8; 32]> {
    let Some(mut text) = text else {
        return None;
    };
    let mut bytes = [0; 32];
    let mut place: &mut [u8] = &mut bytes;
    // Four characters decode to three bytes. The last three characters decode to two.
    while let [a, b, c, rest @ ..] = text {
        let (Some(a), Some(b), Some(c)) =
            (symbol(*a, *b"-_"), symbol(*b, *b"-_"), symbol(*c, *b"-_"))
        else {
            return None;
        };
        let (first, second) = (a << 2 | b >> 4, b << 4 | c >> 2);
        match (rest, { place }) {
            ([], [one, two]) if c << 6 == 0 => {
                (*one, *two) = (first, second);
                return Some(bytes);
            }
            ([d, rest @ ..], [one, two, three, others @ ..]) => {
                let Some(d) = symbol(*d, *b"-_") else {
                    return None;
                };
                (*one, *two, *three) = (first, second, c << 6 | d);
                (text, place) = (rest, others);
            }
            _ => return None,
        }
    }
    None
}
