//! The token in an HTTP request, and the response to a rejected request (RFC 6750).

use core::{ffi::c_char, slice};

use embedded_jwt::{
    Error,
    limits::MAX_TOKEN_LEN,
    oauth::{Challenge, Refusal, Scheme},
};

use crate::{
    code::{
        EJWT_INVALID_VALUE, EJWT_NO_CHALLENGE, EJWT_NO_CREDENTIALS, EJWT_OK, ejwt_code, verdict,
    },
    memory::{Area, Memory, Refused, put},
};

/// The maximum length of a challenge in bytes.
const MAX_CHALLENGE_LEN: usize = 64 * 1024;

/// Finds the token in the value of an `Authorization` header field: `Bearer`, spaces, the token. The
/// token begins `*start` bytes into the value and is `*token_len` bytes long.
///
/// If the request does not have the field, pass NULL as `authorization`. The code is then
/// `EJWT_NO_CREDENTIALS`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_bearer_token(
    authorization: *const u8,
    authorization_len: usize,
    start: *mut usize,
    token_len: *mut usize,
) -> ejwt_code {
    let find = || {
        let written = [Area::of(start, 1)?, Area::of(token_len, 1)?];
        let memory = Memory::new(&written)?;
        if authorization.is_null() {
            return Err(Refused(EJWT_NO_CREDENTIALS));
        }
        Area::of(authorization, authorization_len)?;
        // Room for the longest token, the scheme and some spaces.
        if authorization_len > MAX_TOKEN_LEN.saturating_add(64) {
            return Err(Error::TokenTooLong.into());
        }
        // SAFETY: the caller keeps the rules of the header.
        let value = unsafe { memory.slice(authorization, authorization_len) }?;
        let token = Scheme::Bearer.token(value)?;
        let at = token.as_ptr().addr().wrapping_sub(value.as_ptr().addr());
        // SAFETY: checked above.
        unsafe { put(start, at) }
        // SAFETY: checked above.
        unsafe { put(token_len, token.len()) }
        Ok(())
    };
    verdict(find())
}

/// Returns the refusal that the client receives, or `None` for an error that the client did not cause.
fn refusal(code: ejwt_code) -> Option<Refusal> {
    if code == EJWT_NO_CREDENTIALS {
        return Some(Refusal::NoCredentials);
    }
    let error = Error::from_code(u16::try_from(code).ok()?)?;
    match Refusal::from(error) {
        Refusal::ServerError(_) => None,
        refusal => Some(refusal),
    }
}

/// Returns the HTTP status for a verdict (RFC 6750 section 3.1): 200 for `EJWT_OK`, 400, 401 or 403 for an
/// error that the client caused, and 500 for every other error.
#[unsafe(no_mangle)]
pub extern "C" fn ejwt_http_status(code: ejwt_code) -> u32 {
    match refusal(code) {
        _ if code == EJWT_OK => 200,
        Some(refusal) => refusal.status().into(),
        None => 500,
    }
}

unsafe fn challenge(
    realm: *const c_char,
    scope: *const c_char,
    code: ejwt_code,
    (out, out_len): (*mut c_char, usize),
    len: *mut usize,
) -> Result<(), Refused> {
    let written = [Area::of(out, out_len)?, Area::of_optional(len)?];
    let memory = Memory::new(&written)?;
    if code == EJWT_OK {
        return Err(Refused(EJWT_INVALID_VALUE));
    }
    let refusal = refusal(code).ok_or(Refused(EJWT_NO_CHALLENGE))?;
    // SAFETY: the caller keeps the rules of the header.
    let realm = unsafe { memory.some_text(realm) }?;
    // SAFETY: the caller keeps the rules of the header.
    let scope = unsafe { memory.text(scope) }?;
    let challenge = Challenge::new(realm);
    let challenge = scope.map_or(challenge, |scope| challenge.scope(scope));
    // One byte is for the NUL.
    let room = out_len.saturating_sub(1).min(MAX_CHALLENGE_LEN);
    // SAFETY: the first bytes of an area of this call, to which nothing else refers.
    let buffer = unsafe { slice::from_raw_parts_mut(out.cast::<u8>(), room) };
    let written = match challenge.write(refusal, buffer) {
        Ok(Some(text)) => text.len(),
        Ok(None) => return Err(Refused(EJWT_NO_CHALLENGE)),
        Err(error) => {
            if let Error::BufferTooSmall { needed } = error {
                // SAFETY: checked above.
                unsafe { put(len, needed) }
            }
            return Err(error.into());
        }
    };
    // SAFETY: `out_len` has room for the NUL after the text.
    unsafe { put(out.wrapping_add(written), 0) }
    // SAFETY: checked above.
    unsafe { put(len, written) }
    Ok(())
}

/// Writes the value of a `WWW-Authenticate` header field for a verdict (RFC 6750 section 3), followed by a
/// NUL. `realm` names the protected resource. `scope` has the scopes that the request needs, or is NULL.
/// The description is the text of the verdict and holds no part of a token.
///
/// `len`, if it is not NULL, receives the length without the NUL, even if `out` is too small. If the client
/// did not cause the error, the code is `EJWT_NO_CHALLENGE`: respond with the status alone.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_challenge(
    realm: *const c_char,
    scope: *const c_char,
    code: ejwt_code,
    out: *mut c_char,
    out_len: usize,
    len: *mut usize,
) -> ejwt_code {
    // SAFETY: the caller keeps the rules of the header.
    verdict(unsafe { challenge(realm, scope, code, (out, out_len), len) })
}
