//! Verdicts: one number for each outcome, its name and its text.

use core::{ffi::c_char, ptr};

use embedded_jwt::Error;

use crate::memory::Refused;

/// A verdict. `EJWT_OK` is the only success. A number below 1000 is an error of embedded-jwt, the same
/// in every release (`EJWT_ERROR_...`). A number from 2000 on is a result of the C API, such as a wrong
/// call or a claim that is absent.
pub type ejwt_code = u32;

/// The token is accepted, or the call succeeded.
pub const EJWT_OK: ejwt_code = 0;
/// A pointer is NULL that must not be NULL.
pub const EJWT_NULL_POINTER: ejwt_code = 2000;
/// A pointer is not aligned for its type.
pub const EJWT_MISALIGNED: ejwt_code = 2001;
/// A length is larger than the address space, or a text has no NUL within its limit.
pub const EJWT_TOO_LONG: ejwt_code = 2002;
/// Memory that the call would change overlaps with other memory of the call.
pub const EJWT_OVERLAP: ejwt_code = 2003;
/// A text is not UTF-8.
pub const EJWT_NOT_UTF8: ejwt_code = 2004;
/// A number is not a kind, a flag or a time kind that this version knows.
pub const EJWT_INVALID_VALUE: ejwt_code = 2005;
/// The library was built without a feature that the call needs.
pub const EJWT_NOT_BUILT: ejwt_code = 2006;
/// There are more keys or more names than the library has room for.
pub const EJWT_TOO_MANY: ejwt_code = 2007;
/// Two members of the policy contradict each other, or a member is missing that another one requires.
pub const EJWT_CONFLICT: ejwt_code = 2008;
/// The struct was not filled by the library, or it is of another type.
pub const EJWT_NOT_FILLED: ejwt_code = 2009;
/// The token has no claim of this name, or the object has no member of this name.
pub const EJWT_ABSENT: ejwt_code = 2010;
/// The claim is `null`.
pub const EJWT_NULL_VALUE: ejwt_code = 2011;
/// The claim has the wrong type, or is a number out of range.
pub const EJWT_WRONG_TYPE: ejwt_code = 2012;
/// The string contains a NUL, so C would read another string.
pub const EJWT_STRING_WITH_NUL: ejwt_code = 2013;
/// The array has no further element.
pub const EJWT_END: ejwt_code = 2014;
/// The request has no `Authorization` header field.
pub const EJWT_NO_CREDENTIALS: ejwt_code = 2015;
/// This verdict has no challenge, because the client did not cause it.
pub const EJWT_NO_CHALLENGE: ejwt_code = 2016;
/// The store failed. The token is not accepted.
pub const EJWT_STORE_FAILED: ejwt_code = 2017;
/// The store holds no facts: the memory was lost, or the device is new. The guard is closed.
pub const EJWT_STORE_EMPTY: ejwt_code = 2018;
/// The store holds more facts than the guard has room for. The guard is closed.
pub const EJWT_STORE_TOO_FULL: ejwt_code = 2019;

/// Name and text of each code of this package.
const OWN: [(ejwt_code, &str, &str); 21] = [
    (EJWT_OK, "Ok", "the token is accepted"),
    (EJWT_NULL_POINTER, "NullPointer", "a pointer is NULL"),
    (EJWT_MISALIGNED, "Misaligned", "a pointer is not aligned"),
    (
        EJWT_TOO_LONG,
        "TooLong",
        "a length is larger than the address space, or a text has no NUL within its limit",
    ),
    (
        EJWT_OVERLAP,
        "Overlap",
        "memory that the call would change overlaps with other memory of the call",
    ),
    (EJWT_NOT_UTF8, "NotUtf8", "a text is not UTF-8"),
    (
        EJWT_INVALID_VALUE,
        "InvalidValue",
        "a number is not a kind, a flag or a time kind that this version knows",
    ),
    (
        EJWT_NOT_BUILT,
        "NotBuilt",
        "the library was built without this feature",
    ),
    (
        EJWT_TOO_MANY,
        "TooMany",
        "there are more keys or names than the library has room for",
    ),
    (
        EJWT_CONFLICT,
        "Conflict",
        "two members of the policy contradict each other, or a member is missing that another one requires",
    ),
    (
        EJWT_NOT_FILLED,
        "NotFilled",
        "the struct was not filled by the library",
    ),
    (
        EJWT_ABSENT,
        "Absent",
        "there is no such claim and no such member",
    ),
    (EJWT_NULL_VALUE, "NullValue", "the claim is null"),
    (EJWT_WRONG_TYPE, "WrongType", "the claim has another type"),
    (
        EJWT_STRING_WITH_NUL,
        "StringWithNul",
        "the string contains a NUL",
    ),
    (EJWT_END, "End", "the array has no further element"),
    (
        EJWT_NO_CREDENTIALS,
        "NoCredentials",
        "the request has no `Authorization`",
    ),
    (
        EJWT_NO_CHALLENGE,
        "NoChallenge",
        "there is no challenge for this verdict",
    ),
    (EJWT_STORE_FAILED, "StoreFailed", "the store failed"),
    (EJWT_STORE_EMPTY, "StoreEmpty", "the store holds nothing"),
    (
        EJWT_STORE_TOO_FULL,
        "StoreTooFull",
        "the store holds more than the guard has room for",
    ),
];

/// Name and text of a number that is not a code.
const UNKNOWN: (&str, &str) = ("Unknown", "no verdict has this number");

/// All codes of embedded-jwt are below this number.
const END_OF_ERRORS: u16 = 1000;

/// Selects the name or the text of a code.
#[derive(Clone, Copy)]
enum Part {
    Name,
    Text,
}

// Strings of Rust do not end with a NUL. So names and texts are copied at build time into a layout of
// their own: for each code two bytes for the code, the string, and a NUL. A layout is linked only if a
// function uses it.
static NAMES: [u8; blob_len(Part::Name)] = blob(Part::Name);
static TEXTS: [u8; blob_len(Part::Text)] = blob(Part::Text);

const fn part_of(error: Error, part: Part) -> &'static [u8] {
    match part {
        Part::Name => error.name().as_bytes(),
        Part::Text => error.text().as_bytes(),
    }
}

const fn own(entry: (ejwt_code, &'static str, &'static str), part: Part) -> &'static [u8] {
    match part {
        Part::Name => entry.1.as_bytes(),
        Part::Text => entry.2.as_bytes(),
    }
}

const fn unknown(part: Part) -> &'static [u8] {
    match part {
        Part::Name => UNKNOWN.0.as_bytes(),
        Part::Text => UNKNOWN.1.as_bytes(),
    }
}

/// Returns the length of the whole layout in bytes.
const fn blob_len(part: Part) -> usize {
    // Two bytes for the code and one for the NUL.
    let mut len = unknown(part).len().wrapping_add(3);
    let mut code = 0;
    while code < END_OF_ERRORS {
        if let Some(error) = Error::from_code(code) {
            len = len.wrapping_add(part_of(error, part).len()).wrapping_add(3);
        }
        code = code.wrapping_add(1);
    }
    let mut rest = OWN.as_slice();
    while let Some((entry, others)) = rest.split_first() {
        len = len.wrapping_add(own(*entry, part).len()).wrapping_add(3);
        rest = others;
    }
    len
}

#[allow(
    clippy::indexing_slicing,
    reason = "evaluated at build time: an index beyond the end does not compile"
)]
const fn append<const N: usize>(
    blob: &mut [u8; N],
    mut at: usize,
    code: [u8; 2],
    string: &[u8],
) -> usize {
    blob[at] = code[0];
    blob[at.wrapping_add(1)] = code[1];
    at = at.wrapping_add(2);
    let mut rest = string;
    while let Some((byte, others)) = rest.split_first() {
        blob[at] = *byte;
        at = at.wrapping_add(1);
        rest = others;
    }
    at.wrapping_add(1)
}

const fn blob<const N: usize>(part: Part) -> [u8; N] {
    let mut blob = [0; N];
    let mut at = 0;
    let mut code = 0;
    while code < END_OF_ERRORS {
        if let Some(error) = Error::from_code(code) {
            at = append(&mut blob, at, code.to_le_bytes(), part_of(error, part));
        }
        code = code.wrapping_add(1);
    }
    let mut rest = OWN.as_slice();
    while let Some((entry, others)) = rest.split_first() {
        let [low, high, ..] = entry.0.to_le_bytes();
        at = append(&mut blob, at, [low, high], own(*entry, part));
        rest = others;
    }
    // The last entry is for every other number.
    append(&mut blob, at, [0xff, 0xff], unknown(part));
    blob
}

/// Returns the string of `code` in a layout.
fn find(blob: &'static [u8], code: ejwt_code) -> *const c_char {
    let mut rest = blob;
    while let Some((found, string)) = rest.split_first_chunk() {
        let end = string.iter().position(|byte| *byte == 0);
        let others = end.and_then(|end| string.get(end.wrapping_add(1)..));
        let others = others.unwrap_or_default();
        if ejwt_code::from(u16::from_le_bytes(*found)) == code || others.is_empty() {
            return string.as_ptr().cast();
        }
        rest = others;
    }
    // Unreachable: the last entry serves every number.
    ptr::null()
}

/// Converts a result into a verdict.
pub(crate) fn verdict(result: Result<(), Refused>) -> ejwt_code {
    match result {
        Ok(()) => EJWT_OK,
        Err(Refused(code)) => code,
    }
}

/// Returns the name of a verdict, such as `Expired`, for a log. The result is a NUL-terminated constant,
/// never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn ejwt_code_name(code: ejwt_code) -> *const c_char {
    find(&NAMES, code)
}

/// Returns the text of a verdict, such as `the token has expired`. The result is a NUL-terminated
/// constant, never NULL. It holds no part of a token.
#[unsafe(no_mangle)]
pub extern "C" fn ejwt_code_text(code: ejwt_code) -> *const c_char {
    find(&TEXTS, code)
}

/// The version of the structs in this header.
pub const EJWT_ABI: u32 = 1;

/// Returns the `EJWT_ABI` that the library was built with. If it differs from the `EJWT_ABI` of the
/// header, the structs differ too.
#[unsafe(no_mangle)]
pub extern "C" fn ejwt_abi() -> u32 {
    EJWT_ABI
}
