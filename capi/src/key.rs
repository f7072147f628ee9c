//! Keys, as constants in flash.

use core::ffi::{c_char, c_void};

use embedded_jwt::{Key, crypto::Algorithm};

use crate::{
    code::{EJWT_INVALID_VALUE, EJWT_NOT_BUILT, EJWT_TOO_MANY},
    jwk::ejwt_jwk,
    memory::{Memory, Refused, filled},
    verifier::ejwt_verifier,
};

/// The maximum number of keys of a verifier, keys from JWKs included.
pub const EJWT_MAX_KEYS: usize = 8;

/// HS256. The material is the secret: 32 bytes or more, not all equal (RFC 7518 section 3.2).
pub const EJWT_KEY_HS256: u32 = 1;
/// HS256 with a secret of any length except 0, for deployed systems that have one. An attacker who captures
/// one token can search for a short secret offline.
pub const EJWT_KEY_HS256_SHORT_LEGACY: u32 = 2;
/// ES256. The material is the public key: 65 bytes, `04`, x, y (SEC 1 section 2.3.4). Each verification
/// checks that the point is on the curve.
pub const EJWT_KEY_ES256: u32 = 3;
/// ES256 with a precomputed table of 16 points: 1,024 bytes, `const uint32_t table[16][16]`, as
/// `cargo xtask prepare-key --c` prints it. The table is trusted: an attacker who can change it can change
/// the key. Needs the feature `fast-es256`.
pub const EJWT_KEY_ES256_TABLE_16: u32 = 4;
/// ES256 with a precomputed table of 64 points, 4,096 bytes. Needs the feature `table-64`.
pub const EJWT_KEY_ES256_TABLE_64: u32 = 5;
/// HS256 with a secret that never leaves the hardware. `slot` is its number in `ejwt_crypto::slot`. The
/// material is NULL.
pub const EJWT_KEY_HS256_SLOT: u32 = 6;
/// ES256 with a public key that the hardware keeps. `slot` is its number in `ejwt_crypto::slot`. The
/// material is NULL.
pub const EJWT_KEY_ES256_SLOT: u32 = 7;

/// A flag of a key: the clock of its owner is right, so the `iat` of its tokens raises the time floor of an
/// `ejwt_guard`. Needs the feature `device`.
pub const EJWT_KEY_IS_TIME_SOURCE: u32 = 1;

/// A key for one algorithm. It borrows its material and its texts, which are typically in flash. A key
/// whose `kind` is 0 is an error.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ejwt_key {
    /// `EJWT_KEY_HS256`, `EJWT_KEY_ES256`, ...
    pub kind: u32,
    /// `EJWT_KEY_IS_TIME_SOURCE`, or 0.
    pub flags: u32,
    /// The secret, the public key or the table. NULL for a slot.
    pub material: *const c_void,
    /// The length of the material in bytes. 0 for a slot.
    pub material_len: usize,
    /// The number of a slot. 0 for other kinds.
    pub slot: u32,
    /// The `kid` of the key, or NULL. A token with a `kid` is verified with the keys that have this `kid`.
    /// If no key has it, the token is verified with the keys without a `kid`.
    pub kid: *const c_char,
    /// The only issuer whose tokens the key verifies, or NULL for any issuer. Set it if the verifier has
    /// keys of several issuers.
    pub issuer: *const c_char,
}

/// The maximum length of material in bytes, which is far more than any secret has.
const MAX_MATERIAL_LEN: usize = 64 * 1024;

/// Reads a key.
///
/// # Safety
/// The members keep the rules of the header.
unsafe fn key<'a>(memory: &Memory<'_>, key: &ejwt_key) -> Result<Key<'a>, Refused> {
    let material = || {
        // Longer material is rejected: it has the wrong length for a key, or it is a mistake.
        if key.material_len > MAX_MATERIAL_LEN {
            return Err(Refused(crate::code::EJWT_TOO_LONG));
        }
        // SAFETY: the caller's promise.
        unsafe { memory.slice(key.material.cast::<u8>(), key.material_len) }
    };
    let made = match key.kind {
        #[cfg(feature = "hs256")]
        EJWT_KEY_HS256 => Key::hs256(material()?)?,
        #[cfg(feature = "hs256")]
        EJWT_KEY_HS256_SHORT_LEGACY => Key::hs256_short_legacy(material()?)?,
        #[cfg(any(feature = "es256", feature = "fast-es256"))]
        EJWT_KEY_ES256 => Key::es256(material()?)?,
        #[cfg(feature = "fast-es256")]
        // SAFETY: the caller's promise.
        EJWT_KEY_ES256_TABLE_16 => unsafe { prepared::<16>(memory, key) }?,
        #[cfg(feature = "table-64")]
        // SAFETY: the caller's promise.
        EJWT_KEY_ES256_TABLE_64 => unsafe { prepared::<64>(memory, key) }?,
        #[cfg(feature = "hs256")]
        EJWT_KEY_HS256_SLOT => slot(memory, key, Algorithm::Hs256)?,
        #[cfg(any(feature = "es256", feature = "fast-es256"))]
        EJWT_KEY_ES256_SLOT => slot(memory, key, Algorithm::Es256)?,
        #[allow(unreachable_patterns, reason = "a build may have every kind")]
        EJWT_KEY_HS256..=EJWT_KEY_ES256_SLOT => {
            _ = (material, slot);
            return Err(Refused(EJWT_NOT_BUILT));
        }
        _ => return Err(Refused(EJWT_INVALID_VALUE)),
    };
    let made = match key.flags {
        0 => made,
        #[cfg(feature = "device")]
        EJWT_KEY_IS_TIME_SOURCE => made.as_time_source(),
        #[cfg(not(feature = "device"))]
        EJWT_KEY_IS_TIME_SOURCE => return Err(Refused(EJWT_NOT_BUILT)),
        _ => return Err(Refused(EJWT_INVALID_VALUE)),
    };
    // SAFETY: the caller's promise.
    let kid = unsafe { memory.text(key.kid) }?;
    let made = kid.map_or(made, |kid| made.with_kid(kid));
    // SAFETY: the caller's promise.
    let issuer = unsafe { memory.text(key.issuer) }?;
    Ok(issuer.map_or(made, |issuer| made.with_issuer(issuer)))
}

/// Returns a key in a slot. Material is an error, because the caller then means another kind of key.
fn slot<'a>(_: &Memory<'_>, key: &ejwt_key, algorithm: Algorithm) -> Result<Key<'a>, Refused> {
    if !key.material.is_null() || key.material_len != 0 {
        return Err(Refused(EJWT_INVALID_VALUE));
    }
    Ok(Key::slot(algorithm, key.slot))
}

#[cfg(feature = "fast-es256")]
unsafe fn prepared<'a, const POINTS: usize>(
    memory: &Memory<'_>,
    key: &ejwt_key,
) -> Result<Key<'a>, Refused> {
    use embedded_jwt::{Error, prepared::KeyTable};

    if key.material_len != size_of::<KeyTable<POINTS>>() {
        return Err(Error::KeyLength.into());
    }
    // SAFETY: the caller's promise. A table consists of its words, without padding (`repr(transparent)`).
    // All values of the words are valid for the type. A wrong table only rejects signatures.
    let table = unsafe { memory.one(key.material.cast::<KeyTable<POINTS>>()) }?;
    Ok(Key::es256_prepared(table.key()))
}

/// Memory for the keys of a verifier, on the stack.
pub(crate) type Keys<'a> = [Key<'a>; EJWT_MAX_KEYS];

/// Returns memory for keys. Until [`read`] fills it, it holds keys in slots, with which no software
/// verifies.
pub(crate) const fn room<'a>() -> Keys<'a> {
    [Key::slot(Algorithm::Hs256, u32::MAX); EJWT_MAX_KEYS]
}

/// Reads the keys of a verifier: those in flash, then those from JWKs.
///
/// # Safety
/// The members keep the rules of the header.
#[inline(never)]
pub(crate) unsafe fn read<'r, 'a>(
    memory: &Memory<'_>,
    verifier: &'a ejwt_verifier,
    room: &'r mut Keys<'a>,
) -> Result<&'r [Key<'a>], Refused> {
    // SAFETY: the caller's promise.
    let keys = unsafe { memory.list(verifier.keys, verifier.keys_len) }?;
    // SAFETY: the caller's promise.
    let jwks: &[ejwt_jwk] = unsafe { memory.list(verifier.jwks, verifier.jwks_len) }?;
    // SAFETY: the caller's promise.
    let issuer = unsafe { memory.text(verifier.jwks_issuer) }?;
    // Both are the lengths of slices, so their sum does not wrap.
    let len = keys.len().wrapping_add(jwks.len());
    let places = room.get_mut(..len).ok_or(Refused(EJWT_TOO_MANY))?;
    let (for_keys, for_jwks) = places
        .split_at_mut_checked(keys.len())
        .ok_or(Refused(EJWT_TOO_MANY))?;
    for (place, one) in for_keys.iter_mut().zip(keys) {
        // SAFETY: the caller's promise.
        *place = unsafe { key(memory, one) }?;
    }
    for (place, jwk) in for_jwks.iter_mut().zip(jwks) {
        // SAFETY: the caller's promise.
        let jwk = unsafe { filled(memory, jwk) }?;
        *place = issuer.map_or(*jwk, |issuer| jwk.with_issuer(issuer));
    }
    Ok(places)
}
