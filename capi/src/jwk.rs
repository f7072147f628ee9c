//! Keys in JSON (RFC 7517).

use core::slice;

use embedded_jwt::{Error, Key, jwk::JwkSet, limits::MAX_JSON_LEN};

use crate::{
    code::{EJWT_TOO_LONG, ejwt_code, verdict},
    key::EJWT_MAX_KEYS,
    memory::{Area, Memory, Opaque, Refused, fill, put},
};

/// The number of 64-bit words in an `ejwt_jwk`.
pub const EJWT_JWK_WORDS: usize = 13;

/// A key that was read from a JWK, for `ejwt_verifier::jwks`. Set it to zero and pass it to a parser, which
/// fills it. It borrows the buffer of the parser. While the key is used, this buffer must stay in place,
/// unchanged.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ejwt_jwk {
    private_words: [u64; EJWT_JWK_WORDS],
}

impl Opaque for ejwt_jwk {
    type Value<'a> = Key<'a>;
    const MARK: u32 = 0x6a77_7434;
}

/// A report on a JWK Set.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ejwt_jwk_set_report {
    /// The number of usable keys, which are at the start of `out`.
    pub keys: usize,
    /// The number of JWKs that were skipped, because this library does not support them or because they are
    /// for another use.
    pub skipped: usize,
    /// The error of the first broken JWK, or 0. A broken JWK looks like a key for this library, but has an
    /// error. A JWK that publishes a secret or a private key takes precedence over all others.
    pub rejected: ejwt_code,
    /// The index of the JWK with the error `rejected` in the set.
    pub rejected_index: usize,
}

/// Returns the text, and the part of the buffer that is as long as the text.
///
/// # Safety
/// Text and buffer keep the rules of the header. `buffer` is an area of `memory`.
unsafe fn text_and_buffer<'a>(
    memory: &Memory<'_>,
    (text, text_len): (*const u8, usize),
    (buffer, buffer_len): (*mut u8, usize),
) -> Result<(&'a [u8], &'a mut [u8]), Refused> {
    Area::of(text, text_len)?;
    if text_len > MAX_JSON_LEN {
        return Err(Refused(EJWT_TOO_LONG));
    }
    // SAFETY: the caller's promise.
    let text = unsafe { memory.slice(text, text_len) }?;
    // SAFETY: an area of `memory`, so checked and apart from everything else.
    let buffer = unsafe { slice::from_raw_parts_mut(buffer, buffer_len.min(text_len)) };
    Ok((text, buffer))
}

/// Reads one JWK (RFC 7517): `kty` `oct` for HS256, `EC` with `crv` `P-256` for ES256. The key has the
/// `kid` of the JWK.
///
/// `buffer` must be as long as the text. It holds every secret of the JWK, even after an error. Wipe it
/// when the key is no longer used. A rejected JWK leaves `*out` unchanged.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_jwk_parse(
    text: *const u8,
    text_len: usize,
    buffer: *mut u8,
    buffer_len: usize,
    out: *mut ejwt_jwk,
) -> ejwt_code {
    let parse = || {
        let written = [Area::of(buffer, buffer_len)?, Area::of(out, 1)?];
        let memory = Memory::new(&written)?;
        let (text, buffer) = ((text, text_len), (buffer, buffer_len));
        // SAFETY: the caller keeps the rules of the header.
        let (text, buffer) = unsafe { text_and_buffer(&memory, text, buffer) }?;
        let key = Key::from_jwk(text, buffer)?;
        // SAFETY: checked above.
        unsafe { fill(out, key) }
        Ok(())
    };
    verdict(parse())
}

/// Reads a published JWK Set (RFC 7517 section 5): the public keys that this library can use.
///
/// Unsupported keys are skipped. A secret or a private key in the set is rejected, and so is the public
/// half of such a private key. `buffer` must be as long as the text. The keys are written to `out`, which
/// has room for `out_len` keys. With more usable keys than `out_len` or `EJWT_MAX_KEYS`, the set is
/// rejected (`EJWT_ERROR_JWK_SET_NO_ROOM`). A rejected set leaves `out` and `*report` unchanged.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_jwk_set_parse(
    text: *const u8,
    text_len: usize,
    buffer: *mut u8,
    buffer_len: usize,
    out: *mut ejwt_jwk,
    out_len: usize,
    report: *mut ejwt_jwk_set_report,
) -> ejwt_code {
    let parse = || {
        let written = [
            Area::of(buffer, buffer_len)?,
            Area::of(out, out_len)?,
            Area::of(report, 1)?,
        ];
        let memory = Memory::new(&written)?;
        let (text, buffer) = ((text, text_len), (buffer, buffer_len));
        // SAFETY: the caller keeps the rules of the header.
        let (text, buffer) = unsafe { text_and_buffer(&memory, text, buffer) }?;
        let keys = JwkSet::parse(text, buffer)?.keys::<EJWT_MAX_KEYS>()?;
        if keys.len() > out_len {
            return Err(Error::JwkSetNoRoom.into());
        }
        for (at, key) in keys.iter().enumerate() {
            // SAFETY: checked above, and `at` is less than `out_len`.
            unsafe { fill(out.wrapping_add(at), *key) }
        }
        let rejected = keys.rejected();
        let told = ejwt_jwk_set_report {
            keys: keys.len(),
            skipped: keys.skipped(),
            rejected: rejected.map_or(0, |jwk| jwk.reason.code().into()),
            rejected_index: rejected.map_or(0, |jwk| jwk.index),
        };
        // SAFETY: checked above.
        unsafe { put(report, told) }
        Ok(())
    };
    verdict(parse())
}
