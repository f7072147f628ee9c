//! An owned public key, which outlives the text that it was read from.

use core::fmt;

use super::{const_jwk, pem, public_key::PublicKey};
use crate::error::Error;

/// An ES256 public key that owns its 64 bytes.
///
/// ```
/// use embedded_jwt::{Key, jwk::OwnedPublicKey};
/// let jwk = br#"{"kty":"EC","crv":"P-256",
///     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
/// let owned = {
///     let mut buffer = [0; 512];
///     Key::from_jwk(jwk, &mut buffer)?.public_key().map(OwnedPublicKey::from)
/// };
/// let keys = owned.as_ref().map(|owned| Key::from(owned.as_public_key()));
/// assert!(keys.is_some());
/// # Ok::<(), embedded_jwt::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OwnedPublicKey {
    x: [u8; 32],
    y: [u8; 32],
}

/// Hides the coordinates.
impl fmt::Debug for OwnedPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedPublicKey").finish_non_exhaustive()
    }
}

impl From<PublicKey<'_>> for OwnedPublicKey {
    fn from(key: PublicKey<'_>) -> Self {
        Self {
            x: *key.x(),
            y: *key.y(),
        }
    }
}

impl OwnedPublicKey {
    /// Parses a public key in PEM, `BEGIN PUBLIC KEY` (RFC 7468 section 13), as
    /// `openssl pkey -in key.pem -pubout` writes it.
    ///
    /// It is `const`. So a key file becomes a key in flash, and a rejected file does not compile:
    ///
    /// ```
    /// use embedded_jwt::{Key, const_key, jwk::OwnedPublicKey};
    /// # macro_rules! include_bytes { ($file:literal) => { PEM } }
    /// # const PEM: &[u8] = b"-----BEGIN PUBLIC KEY-----\n\
    /// #     MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n\
    /// #     6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n\
    /// #     -----END PUBLIC KEY-----\n";
    /// static GATEWAY: OwnedPublicKey = const_key!(OwnedPublicKey::from_pem(include_bytes!("gateway.pem")));
    /// static KEYS: [Key<'static>; 1] =
    ///     [Key::from_public_key(GATEWAY.as_public_key()).with_kid("gateway-2026")];
    /// # assert_eq!(KEYS[0].thumbprint().unwrap(), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
    /// ```
    ///
    /// # Errors
    /// [`Error::KeyNotPem`], [`Error::KeyNotSpki`], [`Error::KeyNotUncompressed`], [`Error::KeyNotOnCurve`]
    pub const fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        let der = match pem::spki(pem) {
            Ok(der) => der,
            Err(error) => return Err(error),
        };
        match PublicKey::from_spki(&der) {
            Ok(key) => Ok(Self {
                x: *key.x(),
                y: *key.y(),
            }),
            Err(error) => Err(error),
        }
    }

    /// Parses a public JWK for ES256. It is `const`, as [`OwnedPublicKey::from_pem`] is.
    ///
    /// Every member must be a string or a list of strings, without escapes, as in the key files
    /// that tools write. Any other text is rejected with [`Error::JwkNotJson`]. The `kid` is not
    /// kept. At run time, [`Key::from_jwk`](crate::Key::from_jwk) reads every JWK, with its `kid`.
    ///
    /// ```
    /// use embedded_jwt::{Key, const_key, jwk::OwnedPublicKey};
    /// # macro_rules! include_bytes { ($file:literal) => { JWK } }
    /// # const JWK: &[u8] = br#"{"kty":"EC","crv":"P-256","kid":"2026","use":"sig",
    /// #     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    /// #     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    /// static GATEWAY: OwnedPublicKey = const_key!(OwnedPublicKey::from_jwk(include_bytes!("gateway.jwk")));
    /// # assert_eq!(GATEWAY.as_public_key().thumbprint(), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
    /// ```
    ///
    /// # Errors
    /// [`Error::JwkNotJson`], [`Error::JwkNotPublic`], [`Error::JwkUnsupportedKty`],
    /// [`Error::JwkUnsupportedCrv`], [`Error::JwkNotForVerifying`], [`Error::JwkAlgMismatch`],
    /// [`Error::JwkInvalidMember`], [`Error::KeyNotOnCurve`]
    pub const fn from_jwk(jwk: &[u8]) -> Result<Self, Error> {
        match const_jwk::coordinates(jwk) {
            Ok((x, y)) => match PublicKey::from_coordinates(&x, &y) {
                Ok(_) => Ok(Self { x, y }),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// Returns the borrowed form of the key, without checking it again.
    #[must_use]
    pub const fn as_public_key(&self) -> PublicKey<'_> {
        PublicKey::trusted(&self.x, &self.y)
    }
}
