//! The interface between tokens and cryptography: the trait of a back-end, and the software
//! back-end.

use super::{algorithm::Algorithm, invalid_signature::InvalidSignature};

/// A back-end that verifies signatures, in software or in the hardware of a device.
///
/// By default, each method calls the software. So a back-end implements only what its hardware
/// does. The replaced software is not linked. If the hardware fails or is busy, the back-end
/// rejects the signature and keeps the cause, so that its owner can ask for it.
///
/// The repository has complete back-ends. `examples/pka` drives an accelerator that can fail. It
/// either waits with a limit, or splits the verification around an `await` for an executor.
/// `examples/firmware/src/bin/p256_cm4.rs` uses assembly for the Cortex-M4.
///
/// ```
/// use embedded_jwt::crypto::{Crypto, InvalidSignature, PublicKey};
///
/// /// A public-key accelerator without a hash unit.
/// struct Pka;
///
/// impl Crypto for Pka {
///     fn es256_digest(
///         &mut self,
///         key: PublicKey<'_>,
///         digest: &[u8; 32],
///         signature: &[u8; 64],
///     ) -> Result<(), InvalidSignature> {
///         // write key.x(), key.y(), digest and signature to the peripheral, start it, wait, read the verdict
///         # let _ = (key, digest, signature);
///         Err(InvalidSignature)
///     }
/// }
/// ```
pub trait Crypto {
    /// Verifies that `mac` is the HMAC-SHA-256 of `signing_input` under `secret` (RFC 7518 section
    /// 3.2).
    ///
    /// An implementation has to compare the MACs in constant time.
    ///
    /// # Errors
    /// [`InvalidSignature`] if it does not match, or if the hardware fails.
    #[cfg(feature = "hs256")]
    fn hs256(
        &mut self,
        secret: &[u8],
        signing_input: &[u8],
        mac: &[u8; 32],
    ) -> Result<(), InvalidSignature> {
        super::hs256::verify(secret, signing_input, mac)
    }

    /// Verifies that `mac` is the HMAC-SHA-256 of `signing_input` under a prepared secret, as
    /// [`Crypto::hs256`] does.
    ///
    /// # Errors
    /// [`InvalidSignature`] if it does not match, or if the hardware fails.
    #[cfg(feature = "hs256")]
    fn hs256_prepared(
        &mut self,
        secret: &super::hs256::prepared_secret::PreparedSecret,
        signing_input: &[u8],
        mac: &[u8; 32],
    ) -> Result<(), InvalidSignature> {
        secret.verify(signing_input, mac)
    }

    /// Verifies `signature`, r and s, over `signing_input` with `key` (RFC 7518 section 3.4).
    ///
    /// Implement this for hardware that hashes too. The default hashes, and passes the digest to
    /// [`Crypto::es256_digest`]. r and s are between 1 and n - 1 when this is called.
    ///
    /// # Errors
    /// [`InvalidSignature`] if it does not match, or if the hardware fails.
    #[cfg(any(feature = "es256", feature = "fast-es256"))]
    fn es256(
        &mut self,
        key: super::PublicKey<'_>,
        signing_input: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        self.es256_digest(key, &super::sha256::digest(signing_input), signature)
    }

    /// Verifies `signature`, r and s, with `key` over the message with this SHA-256 `digest`.
    ///
    /// # Errors
    /// [`InvalidSignature`] if it does not match, or if the hardware fails.
    #[cfg(any(feature = "es256", feature = "fast-es256"))]
    fn es256_digest(
        &mut self,
        key: super::PublicKey<'_>,
        digest: &[u8; 32],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        key.verify_digest(digest, signature)
    }

    /// Verifies `signature`, r and s, over `signing_input` with a prepared key, as
    /// [`Crypto::es256`] does.
    ///
    /// For hardware that only hashes, there is [`PreparedKey::verify_digest`](crate::prepared::PreparedKey::verify_digest).
    ///
    /// # Errors
    /// [`InvalidSignature`] if it does not match, or if the hardware fails.
    #[cfg(feature = "fast-es256")]
    fn es256_prepared(
        &mut self,
        key: super::fast_es256::key_table::PreparedKey<'_>,
        signing_input: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        key.verify_digest(&super::sha256::digest(signing_input), signature)
    }

    /// Verifies `signature` with the key that the back-end keeps in `slot`
    /// ([`Key::slot`](crate::Key::slot)). The software has no slots and rejects every signature.
    ///
    /// # Errors
    /// [`InvalidSignature`] if it does not match, if the slot has no key, or if the hardware fails.
    fn slot(
        &mut self,
        slot: u32,
        algorithm: Algorithm,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let _ = (slot, algorithm, signing_input, signature);
        Err(InvalidSignature)
    }
}

/// The default back-end: `hmac`, and for ES256 `p256` or, with the feature `fast-es256`, the crate's
/// own arithmetic.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Software;

impl Crypto for Software {}
