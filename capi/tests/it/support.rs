//! Structs of C, and tokens for them.

use core::{
    ffi::{CStr, c_char, c_void},
    mem, ptr,
};

use embedded_jwt_c::{
    code::{EJWT_OK, ejwt_code},
    key::{EJWT_KEY_ES256, EJWT_KEY_HS256, ejwt_key},
    policy::ejwt_policy,
    verifier::{
        EJWT_TIME_TRUSTED, ejwt_time, ejwt_token, ejwt_verifier, ejwt_verify, ejwt_verify_in_place,
    },
};

use crate::core_common::{Alg, ISSUER_POINT, NOW, SECRET, mint};

/// Any struct of the header, set to zero, as C sets it.
pub(crate) fn zeroed<T>() -> T {
    // SAFETY: the structs of the header have only numbers, pointers that may be NULL and functions that
    // may be NULL.
    unsafe { mem::zeroed() }
}

pub(crate) const TRUSTED: ejwt_time = ejwt_time {
    kind: EJWT_TIME_TRUSTED,
    seconds: NOW,
};

pub(crate) fn hs256_key(secret: &[u8], kid: Option<&CStr>) -> ejwt_key {
    ejwt_key {
        kind: EJWT_KEY_HS256,
        material: secret.as_ptr().cast(),
        material_len: secret.len(),
        kid: kid.map_or(ptr::null(), CStr::as_ptr),
        ..zeroed()
    }
}

pub(crate) fn es256_key(point: &[u8], kid: Option<&CStr>) -> ejwt_key {
    ejwt_key {
        kind: EJWT_KEY_ES256,
        ..hs256_key(point, kid)
    }
}

/// The issuer's keys, as `core_common::keys` has them.
pub(crate) fn keys() -> Vec<ejwt_key> {
    vec![hs256_key(&SECRET, None), es256_key(&ISSUER_POINT, None)]
}

/// The bytes of a struct, to see whether it was written to.
pub(crate) fn bytes_of<T>(place: &T) -> &[u8] {
    // SAFETY: called for structs of words alone, which have no padding.
    unsafe { core::slice::from_raw_parts(ptr::from_ref(place).cast(), size_of::<T>()) }
}

pub(crate) fn verifier(keys: &[ejwt_key], policy: &ejwt_policy) -> ejwt_verifier {
    ejwt_verifier {
        keys: keys.as_ptr(),
        keys_len: keys.len(),
        policy,
        ..zeroed()
    }
}

/// Verifies in place, and says with which verdict. Sees that a rejected token leaves the output alone.
pub(crate) fn in_place(
    verifier: &ejwt_verifier,
    time: ejwt_time,
    token: &mut [u8],
) -> Result<ejwt_token, ejwt_code> {
    let mut out: ejwt_token = zeroed();
    // SAFETY: as C does.
    let code = unsafe {
        ejwt_verify_in_place(
            verifier,
            time,
            token.as_mut_ptr(),
            token.len(),
            &raw mut out,
        )
    };
    outcome(code, out)
}

/// The same with a buffer.
pub(crate) fn with_buffer(
    verifier: &ejwt_verifier,
    time: ejwt_time,
    token: &[u8],
    buffer: &mut [u8],
) -> Result<ejwt_token, ejwt_code> {
    let mut out: ejwt_token = zeroed();
    // SAFETY: as C does.
    let code = unsafe {
        ejwt_verify(
            verifier,
            time,
            token.as_ptr(),
            token.len(),
            buffer.as_mut_ptr(),
            buffer.len(),
            &raw mut out,
        )
    };
    outcome(code, out)
}

fn outcome(code: ejwt_code, out: ejwt_token) -> Result<ejwt_token, ejwt_code> {
    if code == EJWT_OK {
        return Ok(out);
    }
    assert!(
        bytes_of(&out).iter().all(|byte| *byte == 0),
        "a rejected token wrote to the output"
    );
    Err(code)
}

/// What reads claims needs: a verified token and the bytes that it borrows.
pub(crate) struct Verified {
    pub(crate) bytes: Vec<u8>,
    pub(crate) token: ejwt_token,
}

/// A token with these claims, verified.
pub(crate) fn verified(claims: &str) -> Verified {
    let secret = [hs256_key(&SECRET, None)];
    let policy = ejwt_policy {
        flags: embedded_jwt_c::policy::EJWT_POLICY_ALLOW_MISSING_EXP
            | embedded_jwt_c::policy::EJWT_POLICY_IGNORE_AUDIENCE,
        ..zeroed()
    };
    let mut bytes = mint(Alg::Hs256, r#"{"alg":"HS256"}"#, claims);
    let token = in_place(&verifier(&secret, &policy), TRUSTED, &mut bytes).unwrap();
    Verified { bytes, token }
}

/// A text of the library.
pub(crate) fn text<'a>(pointer: *const c_char) -> &'a str {
    // SAFETY: a string of C, which the functions of the library return.
    unsafe { CStr::from_ptr(pointer) }.to_str().unwrap()
}

/// For a context of a callback.
pub(crate) fn context<T>(place: &mut T) -> *mut c_void {
    ptr::from_mut(place).cast()
}
