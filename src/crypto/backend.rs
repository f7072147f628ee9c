//! The seam between tokens and cryptography: what a back-end has to do, and the software that does it.

#[cfg(feature = "es256")]
use super::es256;
#[cfg(feature = "hs256")]
use super::hs256;
#[cfg(feature = "prepared")]
use super::prepared::key_table::PreparedKey;
#[cfg(feature = "hs256")]
use super::prepared_secret::PreparedSecret;
#[cfg(feature = "es256")]
use super::public_key::PublicKey;
#[cfg(any(feature = "es256", feature = "prepared"))]
use super::sha256;
use super::{algorithm::Algorithm, invalid_signature::InvalidSignature};

/// Where signatures are verified: in software, or in the hardware that a firmware plugs in here.
///
/// Each method has the software as its default, so a back-end implements what its hardware does. What
/// it replaces is not linked. One that fails or is busy refuses, and keeps the cause where its owner finds it.
///
/// Whole ones, in the repository: `examples/pka` drives an accelerator with its faults, by waiting within a limit and, for an
/// executor, by a verification that is split around an `await`; `examples/firmware/src/bin/p256_cm4.rs` has assembly for the
/// Cortex-M4.
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
    /// Whether `mac` is the HMAC-SHA-256 of `signing_input` under `secret` (RFC 7518 section 3.2).
    ///
    /// The comparison has to take the same time wherever the MACs differ.
    ///
    /// # Errors
    /// [`InvalidSignature`] where it is not, or where the hardware fails.
    #[cfg(feature = "hs256")]
    fn hs256(
        &mut self,
        secret: &[u8],
        signing_input: &[u8],
        mac: &[u8; 32],
    ) -> Result<(), InvalidSignature> {
        hs256::verify(secret, signing_input, mac)
    }

    /// Whether `mac` is the HMAC-SHA-256 of `signing_input` under `secret`, as [`Crypto::hs256`].
    ///
    /// # Errors
    /// [`InvalidSignature`] where it is not, or where the hardware fails.
    #[cfg(feature = "hs256")]
    fn hs256_prepared(
        &mut self,
        secret: &PreparedSecret,
        signing_input: &[u8],
        mac: &[u8; 32],
    ) -> Result<(), InvalidSignature> {
        secret.verify(signing_input, mac)
    }

    /// Whether `signature`, r and s, is by `key` over `signing_input` (RFC 7518 section 3.4).
    ///
    /// For hardware that hashes too; the default hashes and hands the digest to [`Crypto::es256_digest`].
    /// r and s are between 1 and n - 1 when this is called.
    ///
    /// # Errors
    /// [`InvalidSignature`] where it is not, or where the hardware fails.
    #[cfg(feature = "es256")]
    fn es256(
        &mut self,
        key: PublicKey<'_>,
        signing_input: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        self.es256_digest(key, &sha256::digest(signing_input), signature)
    }

    /// Whether `signature`, r and s, is by `key` over the message with this SHA-256 `digest`.
    ///
    /// # Errors
    /// [`InvalidSignature`] where it is not, or where the hardware fails.
    #[cfg(feature = "es256")]
    fn es256_digest(
        &mut self,
        key: PublicKey<'_>,
        digest: &[u8; 32],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        es256::verify(key, digest, signature)
    }

    /// Whether `signature`, r and s, is by `key` over `signing_input`, as [`Crypto::es256`].
    ///
    /// [`PreparedKey::verify_digest`] is for hardware that hashes.
    ///
    /// # Errors
    /// [`InvalidSignature`] where it is not, or where the hardware fails.
    #[cfg(feature = "prepared")]
    fn es256_prepared(
        &mut self,
        key: PreparedKey<'_>,
        signing_input: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        key.verify_digest(&sha256::digest(signing_input), signature)
    }

    /// Whether `signature` is by the key that the back-end keeps in `slot`
    /// ([`Key::slot`](crate::Key::slot)). The software keeps none.
    ///
    /// # Errors
    /// [`InvalidSignature`] where it is not, where there is no such key, or where the hardware fails.
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

/// The default back-end: HMAC upon sha2, p256, and the crate's own arithmetic for prepared keys.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Software;

impl Crypto for Software {}
