//! The verification of a token: one call, one verdict.

use core::{ffi::c_char, ptr, slice};

use embedded_jwt::{Claims, Error, Freshness, Key, Time, Token, Verifier, limits::MAX_TOKEN_LEN};

use crate::{
    code::{EJWT_INVALID_VALUE, ejwt_code, verdict},
    crypto::{Hook, ejwt_crypto},
    jwk::ejwt_jwk,
    key::{self, ejwt_key},
    memory::{Area, Memory, Opaque, Refused, fill, filled, put},
    policy::{self, Lists, ejwt_policy},
};

/// A flag of a verifier: rejects a token without a `kid` before any signature is verified. Otherwise such a
/// token may cost up to four signature verifications.
pub const EJWT_VERIFIER_REQUIRE_KID: u32 = 1;

/// Keys and a policy. It is typically a constant in flash. Several threads may use it at the same time.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ejwt_verifier {
    /// The keys, or NULL if there are only JWKs.
    pub keys: *const ejwt_key,
    /// The number of `keys`. `keys_len` plus `jwks_len` is at most `EJWT_MAX_KEYS`.
    pub keys_len: usize,
    /// The keys that were read from JWKs, or NULL.
    pub jwks: *const ejwt_jwk,
    /// The number of `jwks`.
    pub jwks_len: usize,
    /// The only issuer whose tokens the keys in `jwks` verify, or NULL for any issuer.
    pub jwks_issuer: *const c_char,
    /// The requirements for a token. Not NULL.
    pub policy: *const ejwt_policy,
    /// The functions that verify signatures in hardware, or NULL.
    pub crypto: *const ejwt_crypto,
    /// `EJWT_VERIFIER_REQUIRE_KID`, or 0.
    pub flags: u32,
}

/// Nothing is known about the present.
pub const EJWT_TIME_UNKNOWN: u32 = 0;
/// The present is `seconds` or later, such as the build time or the last known time. It can prove that a
/// token has expired, but never that a token is valid now.
pub const EJWT_TIME_AT_LEAST: u32 = 1;
/// The present is `seconds`, from a trusted clock.
pub const EJWT_TIME_TRUSTED: u32 = 2;

/// What is known about the present. In a struct of zeros, nothing is known.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ejwt_time {
    /// `EJWT_TIME_UNKNOWN`, `EJWT_TIME_AT_LEAST`, `EJWT_TIME_TRUSTED`.
    pub kind: u32,
    /// Seconds since 1970-01-01 00:00 UTC. Not used for `EJWT_TIME_UNKNOWN`.
    pub seconds: u64,
}

impl ejwt_time {
    pub(crate) fn read(self) -> Result<Time, Refused> {
        match self.kind {
            EJWT_TIME_UNKNOWN => Ok(Time::Unknown),
            EJWT_TIME_AT_LEAST => Ok(Time::AtLeast(self.seconds)),
            EJWT_TIME_TRUSTED => Ok(Time::Trusted(self.seconds)),
            _ => Err(Refused(EJWT_INVALID_VALUE)),
        }
    }
}

/// The number of 64-bit words in an `ejwt_token`.
pub const EJWT_TOKEN_WORDS: usize = 24;

/// The claims of an accepted token. Set it to zero and pass it to a verification, which fills it. It may be
/// copied. It borrows only the bytes into which the token was decoded. While the struct is used, these
/// bytes must stay in place, unchanged.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ejwt_token {
    private_words: [u64; EJWT_TOKEN_WORDS],
}

/// The content of an `ejwt_token`.
pub(crate) struct Accepted<'b> {
    pub(crate) claims: Claims<'b>,
    key: usize,
    freshness: Freshness,
}

impl<'b> Accepted<'b> {
    pub(crate) fn new(token: &Token<'b, '_>, keys: &[Key<'_>]) -> Self {
        // The key is an element of the slice. The caller receives its index.
        let place = keys.iter().position(|key| ptr::eq(key, token.key()));
        Self {
            claims: *token.claims(),
            key: place.unwrap_or(usize::MAX),
            freshness: token.freshness(),
        }
    }
}

impl Opaque for ejwt_token {
    type Value<'a> = Accepted<'a>;
    const MARK: u32 = 0x6a77_7431;
}

/// Reads a verifier, and calls a function with its keys, its policy and its back-end.
///
/// # Safety
/// The pointers keep the rules of the header.
pub(crate) unsafe fn with<R>(
    memory: &Memory<'_>,
    verifier: *const ejwt_verifier,
    judge: impl FnOnce(&Verifier<'_>, &[Key<'_>], &mut Hook<'_>) -> Result<R, Refused>,
) -> Result<R, Refused> {
    // SAFETY: the caller's promise.
    let c: &ejwt_verifier = unsafe { memory.one(verifier) }?;
    if c.flags & !EJWT_VERIFIER_REQUIRE_KID != 0 {
        return Err(Refused(EJWT_INVALID_VALUE));
    }
    let hook = if c.crypto.is_null() {
        None
    } else {
        // SAFETY: the caller's promise.
        Some(unsafe { memory.one(c.crypto) }?)
    };
    let mut room = key::room();
    // SAFETY: the caller's promise.
    let keys = unsafe { key::read(memory, c, &mut room) }?;
    // SAFETY: the caller's promise.
    let policy: &ejwt_policy = unsafe { memory.one(c.policy) }?;
    let mut lists = Lists::default();
    // SAFETY: the caller's promise.
    let policy = unsafe { policy::read(memory, policy, &mut lists) }?;
    let mut verifier = Verifier::new(keys, &policy);
    if c.flags & EJWT_VERIFIER_REQUIRE_KID != 0 {
        verifier = verifier.require_kid();
    }
    judge(&verifier, keys, &mut Hook(hook))
}

/// Returns the area of a token. A length beyond the limit is an error.
pub(crate) fn token_area(token: *const u8, len: usize) -> Result<Area, Refused> {
    let area = Area::of(token, len)?;
    if len > MAX_TOKEN_LEN {
        return Err(Error::TokenTooLong.into());
    }
    Ok(area)
}

unsafe fn verify_in_place(
    verifier: *const ejwt_verifier,
    time: ejwt_time,
    token: *mut u8,
    token_len: usize,
    out: *mut ejwt_token,
) -> Result<(), Refused> {
    let written = [token_area(token, token_len)?, Area::of(out, 1)?];
    let memory = Memory::new(&written)?;
    let time = time.read()?;
    // SAFETY: an area of this call; that it can be written is the caller's promise.
    let token = unsafe { slice::from_raw_parts_mut(token, token_len) };
    // SAFETY: the caller's promise.
    let accepted = unsafe {
        with(&memory, verifier, |verifier, keys, hook| {
            let token = verifier.verify_in_place_with(hook, token, time)?;
            Ok(Accepted::new(&token, keys))
        })
    }?;
    // SAFETY: checked above.
    unsafe { fill(out, accepted) }
    Ok(())
}

unsafe fn verify(
    verifier: *const ejwt_verifier,
    time: ejwt_time,
    token: *const u8,
    token_len: usize,
    [buffer, out]: [Area; 2],
    (buffer_start, out_place): (*mut u8, *mut ejwt_token),
) -> Result<(), Refused> {
    let written = [buffer, out];
    let memory = Memory::new(&written)?;
    let time = time.read()?;
    token_area(token, token_len)?;
    // SAFETY: the caller's promise.
    let token: &[u8] = unsafe { memory.slice(token, token_len) }?;
    // The part of the buffer that no token of this length needs is not used.
    let len = buffer.len().min(embedded_jwt::buffer_len(token_len));
    // SAFETY: checked by the caller; that it can be written is the promise of its caller.
    let buffer = unsafe { slice::from_raw_parts_mut(buffer_start, len) };
    // SAFETY: the caller's promise.
    let accepted = unsafe {
        with(&memory, verifier, |verifier, keys, hook| {
            let token = verifier.verify_with(hook, token, time, buffer)?;
            Ok(Accepted::new(&token, keys))
        })
    }?;
    // SAFETY: checked by the caller.
    unsafe { fill(out_place, accepted) }
    Ok(())
}

/// Verifies a token and checks its claims, in place: after the signature was verified, header and payload
/// are decoded over the token. The decoded header may have up to 512 bytes.
///
/// `EJWT_OK` accepts the token and fills `*out`, which borrows the bytes of the token. Every other code
/// rejects the token and leaves `*out` unchanged. The token may have been overwritten even then.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_verify_in_place(
    verifier: *const ejwt_verifier,
    time: ejwt_time,
    token: *mut u8,
    token_len: usize,
    out: *mut ejwt_token,
) -> ejwt_code {
    // SAFETY: the caller keeps the rules of the header.
    verdict(unsafe { verify_in_place(verifier, time, token, token_len, out) })
}

/// Verifies a token and checks its claims. Header and payload are decoded into `buffer`. `ejwt_buffer_len`
/// returns a length that is enough. The token is not changed.
///
/// `EJWT_OK` accepts the token and fills `*out`, which borrows `buffer`. Every other code rejects the token
/// and leaves `*out` unchanged.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_verify(
    verifier: *const ejwt_verifier,
    time: ejwt_time,
    token: *const u8,
    token_len: usize,
    buffer: *mut u8,
    buffer_len: usize,
    out: *mut ejwt_token,
) -> ejwt_code {
    let areas = Area::of(buffer, buffer_len).and_then(|buffer| Ok([buffer, Area::of(out, 1)?]));
    verdict(areas.and_then(|areas| {
        // SAFETY: the caller keeps the rules of the header, and both places were checked just now.
        unsafe { verify(verifier, time, token, token_len, areas, (buffer, out)) }
    }))
}

/// Returns the length in bytes of a buffer that is long enough for every token of at most `token_len`
/// bytes.
#[unsafe(no_mangle)]
pub extern "C" fn ejwt_buffer_len(token_len: usize) -> usize {
    embedded_jwt::buffer_len(token_len)
}

/// Writes the index of the key that verified the token to `*index`. Indices below `keys_len` are for
/// `ejwt_verifier::keys`. The indices from `keys_len` on are for `ejwt_verifier::jwks`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_token_key(token: *const ejwt_token, index: *mut usize) -> ejwt_code {
    let read = || {
        let written = [Area::of(index, 1)?];
        let memory = Memory::new(&written)?;
        // SAFETY: the caller keeps the rules of the header.
        let token = unsafe { filled(&memory, token) }?;
        // SAFETY: checked above.
        unsafe { put(index, token.key) }
        Ok(())
    };
    verdict(read())
}

/// Returns whether the token is known to be valid at present. The result is false only for a token that was
/// accepted under `EJWT_POLICY_ACCEPT_UNPROVED_FRESHNESS`, and for a struct that is not filled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ejwt_token_is_fresh(token: *const ejwt_token) -> bool {
    let memory = Memory::new(&[]);
    // SAFETY: the caller keeps the rules of the header.
    let token = memory.and_then(|memory| unsafe { filled(&memory, token) });
    token.is_ok_and(|token| token.freshness == Freshness::Proved)
}
