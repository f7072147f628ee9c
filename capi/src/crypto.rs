//! Hardware that verifies signatures.

use core::{ffi::c_void, fmt};

#[cfg(any(feature = "es256", feature = "fast-es256"))]
use embedded_jwt::crypto::PublicKey;
use embedded_jwt::crypto::{Algorithm, Crypto, InvalidSignature, Software};

/// The number that a function of `ejwt_crypto` returns for a valid signature. Every other number rejects
/// the signature. So an error code of a driver, a 0, a 1 or a -1 never accepts one.
pub const EJWT_SIGNATURE_VALID: u32 = 0x9A3C_65C3;

/// The algorithm of a slot: HS256, with a MAC of 32 bytes.
pub const EJWT_ALGORITHM_HS256: u32 = 1;
/// The algorithm of a slot: ES256, with a signature of 64 bytes, r and s, big-endian.
pub const EJWT_ALGORITHM_ES256: u32 = 2;

/// Functions that verify signatures in hardware. If one is NULL, the software of the library is used
/// instead. If `slot` is NULL, keys in slots verify nothing. The software stays linked in any case.
///
/// The library calls the functions during a verification, with pointers that are valid during the call.
/// A function returns `EJWT_SIGNATURE_VALID`, or another number to reject. It must not call the library
/// with the same structs. It must not change memory that was passed to the verification. It must return:
/// no `longjmp`, no C++ exception. If the hardware fails or is busy, the function rejects and keeps the
/// reason in `context`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ejwt_crypto {
    /// The first argument of each function. May be NULL.
    pub context: *mut c_void,
    /// Compares `mac`, 32 bytes, with the HMAC-SHA-256 of `message` under `secret`, in constant time.
    pub hs256: Option<
        unsafe extern "C" fn(
            context: *mut c_void,
            secret: *const u8,
            secret_len: usize,
            message: *const u8,
            message_len: usize,
            mac: *const u8,
        ) -> u32,
    >,
    /// Verifies `signature`, 64 bytes (r, s), with the public key `x`, `y` (32 bytes each, big-endian)
    /// over the message with this SHA-256 `digest`, 32 bytes. r and s are between 1 and n - 1, and the
    /// point is on the curve. It is not called for keys with a table.
    pub es256_digest: Option<
        unsafe extern "C" fn(
            context: *mut c_void,
            x: *const u8,
            y: *const u8,
            digest: *const u8,
            signature: *const u8,
        ) -> u32,
    >,
    /// Verifies `signature` over `message` with the key in `slot`. `algorithm` is
    /// `EJWT_ALGORITHM_HS256` or `EJWT_ALGORITHM_ES256`. MACs must be compared in constant time.
    pub slot: Option<
        unsafe extern "C" fn(
            context: *mut c_void,
            slot: u32,
            algorithm: u32,
            message: *const u8,
            message_len: usize,
            signature: *const u8,
            signature_len: usize,
        ) -> u32,
    >,
}

impl fmt::Debug for ejwt_crypto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ejwt_crypto").finish_non_exhaustive()
    }
}

/// The back-end of a verifier. It calls the functions of the caller. For a function that is NULL, it uses
/// the software.
pub(crate) struct Hook<'a>(pub(crate) Option<&'a ejwt_crypto>);

fn answer(number: u32) -> Result<(), InvalidSignature> {
    if number == EJWT_SIGNATURE_VALID {
        Ok(())
    } else {
        Err(InvalidSignature)
    }
}

impl Crypto for Hook<'_> {
    #[cfg(feature = "hs256")]
    fn hs256(
        &mut self,
        secret: &[u8],
        signing_input: &[u8],
        mac: &[u8; 32],
    ) -> Result<(), InvalidSignature> {
        let Some((functions, function)) = self.0.and_then(|it| it.hs256.map(|f| (it, f))) else {
            return Software.hs256(secret, signing_input, mac);
        };
        // SAFETY: the pointers and lengths are those of slices, and the function has to keep the rules of
        // the header.
        answer(unsafe {
            function(
                functions.context,
                secret.as_ptr(),
                secret.len(),
                signing_input.as_ptr(),
                signing_input.len(),
                mac.as_ptr(),
            )
        })
    }

    #[cfg(any(feature = "es256", feature = "fast-es256"))]
    fn es256_digest(
        &mut self,
        key: PublicKey<'_>,
        digest: &[u8; 32],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        let found = self.0.and_then(|it| it.es256_digest.map(|f| (it, f)));
        let Some((functions, function)) = found else {
            return Software.es256_digest(key, digest, signature);
        };
        // SAFETY: the pointers are those of arrays of the documented lengths, and the function has to
        // keep the rules of the header.
        answer(unsafe {
            function(
                functions.context,
                key.x().as_ptr(),
                key.y().as_ptr(),
                digest.as_ptr(),
                signature.as_ptr(),
            )
        })
    }

    fn slot(
        &mut self,
        slot: u32,
        algorithm: Algorithm,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let Some((functions, function)) = self.0.and_then(|it| it.slot.map(|f| (it, f))) else {
            return Err(InvalidSignature);
        };
        let algorithm = match algorithm {
            Algorithm::Hs256 => EJWT_ALGORITHM_HS256,
            Algorithm::Es256 => EJWT_ALGORITHM_ES256,
            // A later version of the core may have more algorithms.
            _ => return Err(InvalidSignature),
        };
        // SAFETY: the pointers and lengths are those of slices, and the function has to keep the rules of
        // the header.
        answer(unsafe {
            function(
                functions.context,
                slot,
                algorithm,
                signing_input.as_ptr(),
                signing_input.len(),
                signature.as_ptr(),
                signature.len(),
            )
        })
    }
}
