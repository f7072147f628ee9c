//! Formats a token, an error and a time for printing.

use core::{cmp::Ordering, fmt::Write};

use embedded_jwt::{Error, Token, Verified, json::Object};
use jiff::{Span, SpanRound, Timestamp, Unit};

/// Reports an accepted token.
pub(crate) fn token(token: &Token<'_, '_>, key: &str, now: u64) -> String {
    let claims = token.claims();
    let times = [
        ("issued", claims.iat()),
        ("not before", claims.nbf()),
        ("expires", claims.exp()),
    ];
    let mut text = format!(
        "header {}\nclaims {}\nverified by {key}\nchecked at {}\n",
        object(token.header().object()),
        object(claims.object()),
        moment(now)
    );
    for (label, time) in times {
        if let Some(time) = time {
            let _ = writeln!(text, "{label} {}, {}", moment(time), distance(time, now));
        }
    }
    text + "accepted\n"
}

/// Reports a JWS of which only the signature was verified.
pub(crate) fn jws(jws: &Verified<'_, '_>, key: &str) -> String {
    let payload = jws.payload();
    let (len, shown) = match str::from_utf8(payload) {
        Ok(text) => (payload.len(), text.to_owned()),
        Err(_) => (payload.len(), payload.escape_ascii().to_string()),
    };
    format!(
        "header {}\npayload of {len} bytes:\n{shown}\nverified by {key}\naccepted: the signature is valid, and nothing else \
         was judged\n",
        object(jws.header().object())
    )
}

/// Reports why a token was rejected, and what to do.
pub(crate) fn refusal(error: Error, hint: Option<&str>) -> String {
    let (code, name, section) = (error.code(), error.name(), error.reference());
    let mut text = format!("refused: {code} {name}\n{error}\nsource: {section}\n");
    if let Some(hint) = hint {
        let _ = writeln!(text, "hint: {hint}");
    }
    text
}

/// Formats a JSON object with one member per line. It keeps names, numbers and order of the token;
/// a tree of values would not.
pub(crate) fn object(object: Object<'_>) -> String {
    let members: Vec<String> = object
        .members()
        .map(|(name, member)| format!("\n  {name:?}: {member}"))
        .collect();
    match members.as_slice() {
        [] => "{}".to_owned(),
        members => format!("{{{}\n}}", members.join(",")),
    }
}

/// Formats a time as a `NumericDate` and in readable form.
pub(crate) fn moment(seconds: u64) -> String {
    let timestamp = i64::try_from(seconds).ok().map(Timestamp::from_second);
    match timestamp {
        Some(Ok(timestamp)) => format!("{seconds} ({timestamp})"),
        _ => format!("{seconds} (beyond the year 9999)"),
    }
}

/// Formats the distance of a time from now.
pub(crate) fn distance(moment: u64, now: u64) -> String {
    let length = duration(moment.abs_diff(now));
    match moment.cmp(&now) {
        Ordering::Less => format!("{length} ago"),
        Ordering::Equal => "this second".to_owned(),
        Ordering::Greater => format!("in {length}"),
    }
}

/// Formats a number of seconds as days, hours, minutes and seconds.
pub(crate) fn duration(seconds: u64) -> String {
    let in_days = SpanRound::new().largest(Unit::Day).days_are_24_hours();
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| Span::new().try_seconds(seconds).ok()?.round(in_days).ok())
        .map_or_else(|| format!("{seconds}s"), |span| format!("{span:#}"))
}

/// Escapes characters that move the cursor, change colours or reorder text, because a token may
/// come from anywhere. A string in JSON text keeps its meaning.
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        let is_bidi = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if (character.is_control() && character != '\n') || is_bidi {
            let _ = write!(printable, "\\u{:04x}", u32::from(character));
        } else {
            printable.push(character);
        }
    }
    printable
}
