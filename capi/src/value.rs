//! Claims and their values.

use core::ffi::c_char;

use embedded_jwt::{
    Error,
    json::{Elements, Text, Value},
};

use crate::{
    code::{
        EJWT_ABSENT, EJWT_END, EJWT_NULL_VALUE, EJWT_STRING_WITH_NUL, EJWT_WRONG_TYPE, ejwt_code,
        verdict,
    },
    memory::{Area, Memory, Opaque, Refused, fill, filled, filled_mut, put},
    verifier::ejwt_token,
};

/// The number of 64-bit words in an `ejwt_value`.
pub const EJWT_VALUE_WORDS: usize = 5;
/// The number of 64-bit words in an `ejwt_array`.
pub const EJWT_ARRAY_WORDS: usize = 4;

/// The value is `null`.
pub const EJWT_TYPE_NULL: u32 = 1;
/// The value is `true` or `false`.
pub const EJWT_TYPE_BOOL: u32 = 2;
/// The value is a number.
pub const EJWT_TYPE_NUMBER: u32 = 3;
/// The value is a string.
pub const EJWT_TYPE_STRING: u32 = 4;
/// The value is an array.
pub const EJWT_TYPE_ARRAY: u32 = 5;
/// The value is an object.
pub const EJWT_TYPE_OBJECT: u32 = 6;

/// A value in the claims of a token. It borrows the same bytes as the token.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ejwt_value {
    private_words: [u64; EJWT_VALUE_WORDS],
}

/// An iterator over an array. It borrows the same bytes as the token.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ejwt_array {
    private_words: [u64; EJWT_ARRAY_WORDS],
}

impl Opaque for ejwt_value {
    type Value<'a> = Value<'a>;
    const MARK: u32 = 0x6a77_7432;
}

impl Opaque for ejwt_array {
    type Value<'a> = Elements<'a>;
    const MARK: u32 = 0x6a77_7433;
}

/// The place of a value to read.
#[derive(Clone, Copy)]
enum From {
    /// The claim of a token with this name.
    Claim(*const ejwt_token, *const c_char),
    Value(*const ejwt_value),
}

/// Finds a value.
///
/// # Safety
/// The pointers keep the rules of the header.
#[inline(never)]
unsafe fn find<'a>(memory: &Memory<'_>, from: From) -> Result<Value<'a>, Refused> {
    match from {
        From::Claim(token, name) => {
            // SAFETY: the caller's promise.
            let token = unsafe { filled(memory, token) }?;
            // SAFETY: the caller's promise.
            let name = unsafe { memory.some_text(name) }?;
            token.claims.get(name).ok_or(Refused(EJWT_ABSENT))
        }
        // SAFETY: the caller's promise.
        From::Value(value) => unsafe { filled(memory, value) }.copied(),
    }
}

/// Reads a value with `read`. A value of another type is an error.
fn typed<'a, T>(value: Value<'a>, read: impl FnOnce(Value<'a>) -> Option<T>) -> Result<T, Refused> {
    match value {
        Value::Null => Err(Refused(EJWT_NULL_VALUE)),
        value => read(value).ok_or(Refused(EJWT_WRONG_TYPE)),
    }
}

/// Finds a value, reads it with `read`, and writes the result to `out`.
unsafe fn get<'a, T>(
    from: From,
    out: *mut T,
    read: impl FnOnce(Value<'a>) -> Option<T>,
) -> Result<(), Refused> {
    let written = [Area::of(out, 1)?];
    let memory = Memory::new(&written)?;
    // SAFETY: the caller keeps the rules of the header.
    let value = unsafe { find(&memory, from) }?;
    let value = typed(value, read)?;
    // SAFETY: checked above.
    unsafe { put(out, value) }
    Ok(())
}

unsafe fn string(
    from: From,
    out: *mut c_char,
    out_len: usize,
    len: *mut usize,
) -> Result<(), Refused> {
    let written = [Area::of(out, out_len)?, Area::of_optional(len)?];
    let memory = Memory::new(&written)?;
    // SAFETY: the caller keeps the rules of the header.
    let value = unsafe { find(&memory, from) }?;
    let text = typed(value, Value::as_text)?.as_bytes();
    memory.check(Area::of(text.as_ptr(), text.len())?)?;
    if text.contains(&0) {
        return Err(Refused(EJWT_STRING_WITH_NUL));
    }
    // SAFETY: both were checked above.
    unsafe { write_string(text.iter().copied(), text.len(), out, out_len, len) }
}

/// Writes a string and a NUL to `out`, if there is room. Writes the length of the string to `len` in any
/// case.
///
/// # Safety
/// `out` was checked for `out_len` bytes and can be written, and so can `len` if it is not NULL. The bytes
/// of the string overlap with neither.
pub(crate) unsafe fn write_string(
    bytes: impl Iterator<Item = u8>,
    bytes_len: usize,
    out: *mut c_char,
    out_len: usize,
    len: *mut usize,
) -> Result<(), Refused> {
    // SAFETY: the caller's promise.
    unsafe { put(len, bytes_len) }
    if bytes_len >= out_len {
        let needed = bytes_len.saturating_add(1);
        return Err(Error::BufferTooSmall { needed }.into());
    }
    let out = out.cast::<u8>();
    for (at, byte) in bytes.chain([0]).take(out_len).enumerate() {
        // SAFETY: `at` is less than `out_len`.
        unsafe { out.wrapping_add(at).write(byte) }
    }
    Ok(())
}

unsafe fn is(from: From, expected: *const c_char) -> Result<bool, Refused> {
    let memory = Memory::new(&[])?;
    // SAFETY: the caller keeps the rules of the header.
    let expected = unsafe { memory.some_text(expected) }?;
    // SAFETY: the caller keeps the rules of the header.
    let value = unsafe { find(&memory, from) }?;
    Ok(value
        .as_text()
        .is_some_and(|text: Text<'_>| text == *expected))
}

/// Finds a value, reads it with `read`, and fills a struct with the result.
unsafe fn get_opaque<'a, P: Opaque>(
    from: From,
    out: *mut P,
    read: impl FnOnce(Value<'a>) -> Result<P::Value<'a>, Refused>,
) -> Result<(), Refused> {
    let written = [Area::of(out, 1)?];
    let memory = Memory::new(&written)?;
    // SAFETY: the caller keeps the rules of the header.
    let value = unsafe { find(&memory, from) }?;
    let value = read(value)?;
    // SAFETY: checked above.
    unsafe { fill(out, value) }
    Ok(())
}

/// Returns an iterator over the elements of an array.
fn elements(value: Value<'_>) -> Result<Elements<'_>, Refused> {
    typed(value, |value| Some(value.as_array()?.elements()))
}

/// Reads a claim that is a whole number from 0 to 2^64 - 1, written without fraction and exponent.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_claim_u64(
    token: *const ejwt_token,
    name: *const c_char,
    out: *mut u64,
) -> ejwt_code {
    // SAFETY: the caller keeps the rules of the header.
    verdict(unsafe { get(From::Claim(token, name), out, Value::as_u64) })
}

/// Reads a claim that is `true` or `false`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_claim_bool(
    token: *const ejwt_token,
    name: *const c_char,
    out: *mut bool,
) -> ejwt_code {
    // SAFETY: the caller keeps the rules of the header.
    verdict(unsafe { get(From::Claim(token, name), out, Value::as_bool) })
}

/// Copies a claim that is a string to `out`, followed by a NUL. `out_len` is the length of `out` in bytes.
///
/// `len`, if it is not NULL, receives the length of the string without the NUL, even if `out` is too small
/// (`EJWT_ERROR_BUFFER_TOO_SMALL`). A string that contains a NUL is rejected, because C would read another
/// string.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_claim_string(
    token: *const ejwt_token,
    name: *const c_char,
    out: *mut c_char,
    out_len: usize,
    len: *mut usize,
) -> ejwt_code {
    // SAFETY: the caller keeps the rules of the header.
    verdict(unsafe { string(From::Claim(token, name), out, out_len, len) })
}

/// Returns whether a claim is exactly this string. The result is false for every other value, and for a
/// wrong call.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_claim_is(
    token: *const ejwt_token,
    name: *const c_char,
    expected: *const c_char,
) -> bool {
    // SAFETY: the caller keeps the rules of the header.
    unsafe { is(From::Claim(token, name), expected) }.unwrap_or(false)
}

/// Fills `*out` with an iterator over a claim that is an array. `ejwt_array_next` returns the elements.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_claim_array(
    token: *const ejwt_token,
    name: *const c_char,
    out: *mut ejwt_array,
) -> ejwt_code {
    // SAFETY: the caller keeps the rules of the header.
    verdict(unsafe { get_opaque(From::Claim(token, name), out, elements) })
}

/// Finds a claim of any type. A claim that is `null` is found, with the type `EJWT_TYPE_NULL`. If the token
/// does not have the claim, the code is `EJWT_ABSENT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_claim(
    token: *const ejwt_token,
    name: *const c_char,
    out: *mut ejwt_value,
) -> ejwt_code {
    // SAFETY: the caller keeps the rules of the header.
    verdict(unsafe { get_opaque(From::Claim(token, name), out, Ok) })
}

/// Returns the type of a value, `EJWT_TYPE_...`, or 0 for a struct that is not filled.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_value_type(value: *const ejwt_value) -> u32 {
    // SAFETY: the caller keeps the rules of the header.
    match Memory::new(&[]).and_then(|memory| unsafe { find(&memory, From::Value(value)) }) {
        Ok(Value::Null) => EJWT_TYPE_NULL,
        Ok(Value::Bool(_)) => EJWT_TYPE_BOOL,
        Ok(Value::Number(_)) => EJWT_TYPE_NUMBER,
        Ok(Value::String(_)) => EJWT_TYPE_STRING,
        Ok(Value::Array(_)) => EJWT_TYPE_ARRAY,
        Ok(Value::Object(_)) => EJWT_TYPE_OBJECT,
        Err(_) => 0,
    }
}

/// Reads a value as `ejwt_claim_u64` does.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_value_u64(value: *const ejwt_value, out: *mut u64) -> ejwt_code {
    // SAFETY: the caller keeps the rules of the header.
    verdict(unsafe { get(From::Value(value), out, Value::as_u64) })
}

/// Reads a value as `ejwt_claim_bool` does.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_value_bool(value: *const ejwt_value, out: *mut bool) -> ejwt_code {
    // SAFETY: the caller keeps the rules of the header.
    verdict(unsafe { get(From::Value(value), out, Value::as_bool) })
}

/// Copies a value as `ejwt_claim_string` does.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_value_string(
    value: *const ejwt_value,
    out: *mut c_char,
    out_len: usize,
    len: *mut usize,
) -> ejwt_code {
    // SAFETY: the caller keeps the rules of the header.
    verdict(unsafe { string(From::Value(value), out, out_len, len) })
}

/// Returns whether a value is exactly this string, as `ejwt_claim_is` does.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_value_is(value: *const ejwt_value, expected: *const c_char) -> bool {
    // SAFETY: the caller keeps the rules of the header.
    unsafe { is(From::Value(value), expected) }.unwrap_or(false)
}

/// Fills `*out` with an iterator over a value that is an array. `ejwt_array_next` returns the elements.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_value_array(
    value: *const ejwt_value,
    out: *mut ejwt_array,
) -> ejwt_code {
    // SAFETY: the caller keeps the rules of the header.
    verdict(unsafe { get_opaque(From::Value(value), out, elements) })
}

/// Finds a member of a value that is an object. If the object does not have the member, the code is
/// `EJWT_ABSENT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_value_member(
    value: *const ejwt_value,
    name: *const c_char,
    out: *mut ejwt_value,
) -> ejwt_code {
    let member = || {
        let written = [Area::of(out, 1)?];
        let memory = Memory::new(&written)?;
        // SAFETY: the caller keeps the rules of the header.
        let object = unsafe { find(&memory, From::Value(value)) }?;
        // SAFETY: the caller keeps the rules of the header.
        let name = unsafe { memory.some_text(name) }?;
        let member = typed(object, Value::as_object)?.get(name);
        // SAFETY: checked above.
        unsafe { fill(out, member.ok_or(Refused(EJWT_ABSENT))?) }
        Ok(())
    };
    verdict(member())
}

/// Fills `*out` with the next element of an array. After the last element, the code is `EJWT_END`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_array_next(
    array: *mut ejwt_array,
    out: *mut ejwt_value,
) -> ejwt_code {
    let next = || {
        let written = [Area::of(array, 1)?, Area::of(out, 1)?];
        Memory::new(&written)?;
        // SAFETY: the caller keeps the rules of the header, and the area is one of the call's.
        let elements = unsafe { filled_mut(array) }?;
        let element = elements.next().ok_or(Refused(EJWT_END))?;
        // SAFETY: checked above.
        unsafe { fill(out, element) }
        Ok(())
    };
    verdict(next())
}
