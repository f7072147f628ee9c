//! Keys: each knows its one algorithm, and none is made of bad material.

#[cfg(any(feature = "hs256", feature = "es256"))]
mod jwk;
#[cfg(feature = "es256")]
mod owned;
#[cfg(any(feature = "es256", feature = "prepared"))]
mod p256_numbers;
#[cfg(feature = "prepared")]
mod prepared;
#[cfg(feature = "hs256")]
mod prepared_secret;
#[cfg(feature = "es256")]
mod ring;
mod select;
#[cfg(any(feature = "hs256", feature = "es256"))]
mod set;
#[cfg(feature = "es256")]
mod spki;
#[cfg(feature = "es256")]
mod thumbprint;

use core::fmt;

#[cfg(feature = "hs256")]
use subtle::ConstantTimeEq as _;

#[cfg(feature = "es256")]
pub(crate) use jwk::published_jwk;

use crate::{claims::Claims, crypto::Crypto, error::Error, time::Time};

#[cfg(feature = "es256")]
pub use owned::OwnedPublicKey;
#[cfg(feature = "prepared")]
pub use prepared::{KeyTable, KeyTable4, KeyTable6, KeyTable8, PreparedKey, TableRoom};
#[cfg(feature = "hs256")]
pub use prepared_secret::{PreparedSecret, SecretRoom};
#[cfg(feature = "es256")]
pub use ring::{KeyRing, RingKeys, RingUpdate};
pub(crate) use select::{Candidates, Source, candidates};
#[cfg(any(feature = "hs256", feature = "es256"))]
pub use set::{JwkSet, RejectedJwk};
#[cfg(feature = "es256")]
pub use thumbprint::Thumbprint;

/// A signature algorithm of JWA (RFC 7518 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

impl Algorithm {
    /// Its `alg` value.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Es256 => "ES256",
        }
    }

    /// Length of its signatures in bytes.
    #[must_use]
    pub const fn signature_len(self) -> usize {
        match self {
            Self::Hs256 => 32,
            Self::Es256 => 64,
        }
    }
}

/// A key for one algorithm, with or without a `kid`, for the tokens of one issuer or of any.
///
/// It borrows its material, so that keys in flash stay there and no copy of a secret is left behind:
/// whoever holds a secret in RAM also wipes it. All constructors are `const` but the one for JWK.
/// With [`const_key!`](crate::const_key) a bad key does not compile:
///
/// ```
/// # #[cfg(feature = "hs256")]
/// # {
/// use embedded_jwt::{Key, const_key};
///
/// static SECRET: [u8; 32] = *b"32 bytes or more, kept in flash.";
/// static KEYS: [Key<'static>; 1] = [const_key!(Key::hs256(&SECRET)).kid("pump-2026")];
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Key<'k> {
    material: Material<'k>,
    kid: Option<&'k str>,
    issuer: Option<&'k str>,
    /// `None` while its issuer lists it; only the keys of a ring are ever withdrawn.
    #[cfg(feature = "es256")]
    withdrawal: Option<&'k Withdrawal>,
}

/// When an issuer stopped listing a key, in seconds since 1970.
#[cfg(feature = "es256")]
#[derive(Clone, Copy)]
struct Withdrawal {
    /// Tokens that were issued from here on are not accepted.
    at: u64,
    /// From here on no token is.
    end: u64,
}

#[derive(Clone, Copy)]
enum Material<'k> {
    #[cfg(feature = "hs256")]
    Hs256(&'k [u8]),
    #[cfg(feature = "hs256")]
    Hs256Prepared(&'k PreparedSecret),
    #[cfg(feature = "es256")]
    Es256(PublicKey<'k>),
    #[cfg(feature = "prepared")]
    Es256Prepared(PreparedKey<'k>),
    Slot(Algorithm, u32),
}

impl<'k> Key<'k> {
    /// An HS256 key of at least 32 bytes (RFC 7518 section 3.2).
    ///
    /// A secret whose bytes are all equal is rejected. HMAC pads a secret with zeros, so one of zeros is the same key as the
    /// empty secret. Erased flash reads as `0xff`, so a device that was not provisioned makes no key.
    ///
    /// ```
    /// # use embedded_jwt::{Error, Key};
    /// assert_eq!(Key::hs256(&[7; 31]).unwrap_err(), Error::KeyTooShort);
    /// assert_eq!(Key::hs256(&[0xff; 32]).unwrap_err(), Error::WeakSecret);
    /// ```
    ///
    /// # Errors
    /// [`Error::KeyTooShort`], [`Error::WeakSecret`]
    #[cfg(feature = "hs256")]
    pub const fn hs256(secret: &'k [u8]) -> Result<Self, Error> {
        if secret.len() < crate::limits::MIN_HMAC_SECRET_LEN {
            return Err(Error::KeyTooShort);
        }
        if is_uniform(secret) {
            return Err(Error::WeakSecret);
        }
        Ok(Self::new(Material::Hs256(secret)))
    }

    /// An HS256 key shorter than RFC 7518 section 3.2 allows, for systems in the field that have one. Its bytes may be equal.
    ///
    /// Who catches one token of a short key can try secrets until one fits, unseen and at leisure.
    ///
    /// # Errors
    /// [`Error::KeyTooShort`] for an empty secret.
    #[cfg(feature = "hs256")]
    pub const fn hs256_short_legacy(secret: &'k [u8]) -> Result<Self, Error> {
        if secret.is_empty() {
            return Err(Error::KeyTooShort);
        }
        Ok(Self::new(Material::Hs256(secret)))
    }

    /// An HS256 key whose share of every MAC is computed: two blocks of SHA-256 less for each token.
    #[cfg(feature = "hs256")]
    #[must_use]
    pub const fn hs256_prepared(secret: &'k PreparedSecret) -> Self {
        Self::new(Material::Hs256Prepared(secret))
    }

    /// An ES256 key from a point in the uncompressed form: 65 bytes, `04`, x, y (SEC 1 section 2.3.4).
    ///
    /// ```
    /// # use embedded_jwt::{Error, Key};
    /// assert_eq!(Key::es256(&[2; 33]).unwrap_err(), Error::KeyNotUncompressed);
    /// assert_eq!(Key::es256(&[4; 65]).unwrap_err(), Error::KeyNotOnCurve);
    /// ```
    ///
    /// # Errors
    /// [`Error::KeyNotUncompressed`], [`Error::KeyLength`], [`Error::KeyNotOnCurve`]
    #[cfg(feature = "es256")]
    pub const fn es256(point: &'k [u8]) -> Result<Self, Error> {
        match PublicKey::from_sec1(point) {
            Ok(key) => Ok(Self::new(Material::Es256(key))),
            Err(error) => Err(error),
        }
    }

    /// An ES256 key from its coordinates, big-endian, 32 bytes each.
    ///
    /// # Errors
    /// [`Error::KeyNotOnCurve`]
    #[cfg(feature = "es256")]
    pub const fn es256_coordinates(x: &'k [u8; 32], y: &'k [u8; 32]) -> Result<Self, Error> {
        match PublicKey::from_coordinates(x, y) {
            Ok(key) => Ok(Self::new(Material::Es256(key))),
            Err(error) => Err(error),
        }
    }

    /// An ES256 key from a `SubjectPublicKeyInfo` in DER with a named curve and an uncompressed point
    /// (RFC 5480 section 2): the content of a PEM file that begins with `BEGIN PUBLIC KEY`.
    ///
    /// # Errors
    /// [`Error::KeyNotSpki`], [`Error::KeyNotUncompressed`], [`Error::KeyNotOnCurve`]
    #[cfg(feature = "es256")]
    pub const fn es256_spki(der: &'k [u8]) -> Result<Self, Error> {
        match spki::point(der) {
            Ok(point) => Self::es256(point),
            Err(error) => Err(error),
        }
    }

    /// An ES256 key whose table stands ready: several times as fast as the plain one, with the same verdict.
    #[cfg(feature = "prepared")]
    #[must_use]
    pub const fn es256_prepared(key: PreparedKey<'k>) -> Self {
        Self::new(Material::Es256Prepared(key))
    }

    /// A key that never leaves the back-end: `slot` is its number there. It verifies only with a
    /// [`Crypto`] that implements [`Crypto::slot`].
    #[must_use]
    pub const fn slot(algorithm: Algorithm, slot: u32) -> Self {
        Self::new(Material::Slot(algorithm, slot))
    }

    const fn new(material: Material<'k>) -> Self {
        Self {
            material,
            kid: None,
            issuer: None,
            #[cfg(feature = "es256")]
            withdrawal: None,
        }
    }

    /// The same key with a `kid` (RFC 7515 section 4.1.4).
    #[must_use]
    pub const fn kid(mut self, kid: &'k str) -> Self {
        self.kid = Some(kid);
        self
    }

    /// Its `kid`, where it has one.
    #[must_use]
    pub const fn key_id(&self) -> Option<&'k str> {
        self.kid
    }

    /// The same key, bound to an issuer: [`Verifier::verify`](crate::Verifier::verify), [`Verified::judge`](crate::Verified::judge)
    /// and [`Policy::check`](crate::Policy::check) accept it only for tokens with this `iss` (RFC 8725 section 3.8).
    ///
    /// Keys of several issuers in one slice need it, since otherwise each issuer could sign in the name of the others.
    /// [`Policy::issuers`](crate::Policy::issuers) accepts bound keys only. A key is bound to one issuer: where two issuers share a
    /// key, each has a [`Verifier`](crate::Verifier) of its own.
    ///
    /// ```
    /// # #[cfg(feature = "hs256")]
    /// # {
    /// # use embedded_jwt::{Key, const_key};
    /// # static ONE: [u8; 32] = *b"32 bytes or more, kept in flash.";
    /// # static TWO: [u8; 32] = *b"another 32 bytes, kept in flash.";
    /// static KEYS: [Key<'static>; 2] = [
    ///     const_key!(Key::hs256(&ONE)).kid("2026").issuer("https://auth.example"),
    ///     const_key!(Key::hs256(&TWO)).kid("1").issuer("https://auth2.example"),
    /// ];
    /// assert_eq!(KEYS[0].bound_issuer(), Some("https://auth.example"));
    /// # }
    /// ```
    #[must_use]
    pub const fn issuer(mut self, issuer: &'k str) -> Self {
        self.issuer = Some(issuer);
        self
    }

    /// The issuer that the key is bound to, where it is.
    #[must_use]
    pub const fn bound_issuer(&self) -> Option<&'k str> {
        self.issuer
    }

    /// Checks the claims of a token that this key verified: `iss` against the issuer that the key is bound to, `iat` and the
    /// time against the withdrawal of the key.
    pub(crate) fn check(&self, claims: &Claims<'_>, time: Time) -> Result<(), Error> {
        if let Some(issuer) = self.issuer
            && claims.iss().ok_or(Error::MissingIss)? != *issuer
        {
            return Err(Error::KeyIssuerMismatch);
        }
        #[cfg(feature = "es256")]
        if let Some(withdrawal) = self.withdrawal {
            // Without a clock nothing tells that the end has not come.
            let is_before_end = time.upper_bound() < withdrawal.end;
            if !is_before_end || claims.iat().is_none_or(|iat| iat >= withdrawal.at) {
                return Err(Error::KeyWithdrawn);
            }
        }
        #[cfg(not(feature = "es256"))]
        let _ = time;
        Ok(())
    }

    /// Whether its issuer no longer lists it.
    #[cfg(feature = "es256")]
    const fn is_withdrawn(&self) -> bool {
        self.withdrawal.is_some()
    }

    /// Never: no key of this build comes from a ring.
    #[cfg(not(feature = "es256"))]
    #[allow(clippy::unused_self, reason = "with rings it is used")]
    const fn is_withdrawn(&self) -> bool {
        false
    }

    /// Its algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match self.material {
            #[cfg(feature = "hs256")]
            Material::Hs256(_) | Material::Hs256Prepared(_) => Algorithm::Hs256,
            #[cfg(feature = "es256")]
            Material::Es256(_) => Algorithm::Es256,
            #[cfg(feature = "prepared")]
            Material::Es256Prepared(_) => Algorithm::Es256,
            Material::Slot(algorithm, _) => algorithm,
        }
    }

    /// The thumbprint of its public key; `None` for a secret, whose hash is nothing to hand around, and for a slot.
    #[cfg(feature = "es256")]
    #[must_use]
    pub fn thumbprint(&self) -> Option<Thumbprint> {
        match self.material {
            #[cfg(feature = "prepared")]
            Material::Es256Prepared(key) => {
                let (x, y) = key.coordinates();
                Some(Thumbprint::of(PublicKey { x: &x, y: &y }))
            }
            _ => self.public_key().map(|key| key.thumbprint()),
        }
    }

    /// The public key of an ES256 key that is not prepared.
    #[cfg(feature = "es256")]
    #[must_use]
    pub const fn public_key(&self) -> Option<PublicKey<'k>> {
        let Material::Es256(key) = self.material else {
            return None;
        };
        Some(key)
    }

    /// Whether it is the same key under the same `kid`.
    #[cfg(any(feature = "hs256", feature = "es256"))]
    fn is(&self, other: &Key<'_>) -> bool {
        let has_same_material = match (self.material, other.material) {
            #[cfg(feature = "hs256")]
            (Material::Hs256(one), Material::Hs256(other)) => one.ct_eq(other).into(),
            #[cfg(feature = "es256")]
            (Material::Es256(one), Material::Es256(other)) => one == other,
            _ => false,
        };
        self.kid == other.kid && has_same_material
    }

    /// Whether a token could mean either: both have one `kid` and one algorithm.
    #[cfg(any(feature = "hs256", feature = "es256"))]
    fn has_name_of(&self, other: &Key<'_>) -> bool {
        self.kid.is_some() && self.kid == other.kid && self.algorithm() == other.algorithm()
    }

    /// Verifies `signature` with this key. The key, never the signature's length, selects the algorithm.
    pub(crate) fn verify(
        &self,
        crypto: &mut impl Crypto,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        if signature.len() != self.algorithm().signature_len() {
            return Err(Error::SignatureLength);
        }
        if self.algorithm() == Algorithm::Es256 && !signature.chunks(32).all(is_in_range) {
            return Err(Error::InvalidSignature);
        }
        let verdict = match self.material {
            #[cfg(feature = "hs256")]
            Material::Hs256(secret) => {
                let mac = signature.try_into().map_err(|_| Error::SignatureLength)?;
                crypto.hs256(secret, signing_input, mac)
            }
            #[cfg(feature = "hs256")]
            Material::Hs256Prepared(secret) => {
                let mac = signature.try_into().map_err(|_| Error::SignatureLength)?;
                crypto.hs256_prepared(secret, signing_input, mac)
            }
            #[cfg(feature = "es256")]
            Material::Es256(key) => {
                let signature = signature.try_into().map_err(|_| Error::SignatureLength)?;
                crypto.es256(key, signing_input, signature)
            }
            #[cfg(feature = "prepared")]
            Material::Es256Prepared(key) => {
                let signature = signature.try_into().map_err(|_| Error::SignatureLength)?;
                crypto.es256_prepared(key, signing_input, signature)
            }
            Material::Slot(algorithm, slot) => {
                crypto.slot(slot, algorithm, signing_input, signature)
            }
        };
        verdict.map_err(|_| Error::InvalidSignature)
    }
}

/// Whether all bytes are equal. Nothing but this verdict depends on the secret: the loop reads every byte and branches on none.
#[cfg(feature = "hs256")]
const fn is_uniform(secret: &[u8]) -> bool {
    let Some((first, mut rest)) = secret.split_first() else {
        return true;
    };
    let mut difference = 0;
    while let Some((byte, others)) = rest.split_first() {
        difference |= *byte ^ *first;
        rest = others;
    }
    difference == 0
}

/// The order n of the group of P-256, big-endian.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// Whether r or s, big-endian, is between 1 and n - 1 (FIPS 186-5 section 6.4.2). Broken back-ends have
/// accepted others for any message, so none gets to see them.
fn is_in_range(number: &[u8]) -> bool {
    number < ORDER.as_slice() && number.iter().any(|byte| *byte != 0)
}

/// Algorithm and `kid`; never the material.
impl fmt::Debug for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("algorithm", &self.algorithm())
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// Algorithm and `kid`; never the material.
#[cfg(feature = "defmt")]
impl defmt::Format for Key<'_> {
    fn format(&self, fmt: defmt::Formatter<'_>) {
        defmt::write!(
            fmt,
            "Key {{ algorithm: {}, kid: {}, .. }}",
            self.algorithm(),
            self.kid.map(crate::json::Quoted)
        );
    }
}

/// A point of P-256 other than infinity: what an ES256 back-end verifies under.
#[cfg(any(feature = "es256", feature = "prepared"))]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey<'k> {
    x: &'k [u8; 32],
    y: &'k [u8; 32],
}

/// Not the coordinates: [`PublicKey::thumbprint`] names a key in a log.
#[cfg(any(feature = "es256", feature = "prepared"))]
impl fmt::Debug for PublicKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey").finish_non_exhaustive()
    }
}

/// Not the coordinates.
#[cfg(all(feature = "defmt", any(feature = "es256", feature = "prepared")))]
impl defmt::Format for PublicKey<'_> {
    fn format(&self, fmt: defmt::Formatter<'_>) {
        defmt::write!(fmt, "PublicKey {{ .. }}");
    }
}

#[cfg(any(feature = "es256", feature = "prepared"))]
impl<'k> PublicKey<'k> {
    /// From a point in the uncompressed form: 65 bytes, `04`, x, y (SEC 1 section 2.3.4).
    ///
    /// # Errors
    /// [`Error::KeyNotUncompressed`], [`Error::KeyLength`], [`Error::KeyNotOnCurve`]
    pub const fn from_sec1(point: &'k [u8]) -> Result<Self, Error> {
        let coordinates = match point {
            [4, coordinates @ ..] => coordinates,
            [0 | 2 | 3 | 6 | 7, ..] => return Err(Error::KeyNotUncompressed),
            _ => return Err(Error::KeyLength),
        };
        match coordinates.split_first_chunk() {
            Some((x, y)) if y.len() == x.len() => match y.first_chunk() {
                Some(y) => Self::from_coordinates(x, y),
                None => Err(Error::KeyLength),
            },
            _ => Err(Error::KeyLength),
        }
    }

    /// From its coordinates, big-endian.
    ///
    /// # Errors
    /// [`Error::KeyNotOnCurve`]
    pub const fn from_coordinates(x: &'k [u8; 32], y: &'k [u8; 32]) -> Result<Self, Error> {
        if !p256_numbers::is_on_curve(x, y) {
            return Err(Error::KeyNotOnCurve);
        }
        Ok(Self { x, y })
    }

    /// Its x coordinate, big-endian.
    #[must_use]
    pub const fn x(&self) -> &'k [u8; 32] {
        self.x
    }

    /// Its y coordinate, big-endian.
    #[must_use]
    pub const fn y(&self) -> &'k [u8; 32] {
        self.y
    }

    /// Its thumbprint (RFC 7638).
    #[cfg(feature = "es256")]
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint::of(*self)
    }
}

/// Unwraps a key in a `const`: a bad one is an error of the compiler, not of the device.
///
/// ```
/// # #[cfg(feature = "hs256")]
/// # {
/// use embedded_jwt::{Key, const_key};
/// static KEY: Key<'static> = const_key!(Key::hs256(b"32 bytes or more, kept in flash."));
/// # }
/// ```
///
/// ```compile_fail
/// # use embedded_jwt::{Key, const_key};
/// static KEY: Key<'static> = const_key!(Key::hs256(b"too short"));
/// ```
#[macro_export]
macro_rules! const_key {
    ($key:expr) => {
        const {
            match $key {
                ::core::result::Result::Ok(key) => key,
                ::core::result::Result::Err(error) => ::core::panic!("{}", error.name()),
            }
        }
    };
}
