//! Proof of possession at the application level: DPoP (RFC 9449), and the key that an access token is bound to
//! (RFC 7800 `cnf`).

use crate::{
    base64url::{self, LEN_OF_32_BYTES, encode_32_bytes},
    claims::Claims,
    compact::Compact,
    crypto::sha256,
    crypto::{Crypto, Software},
    error::Error,
    header::Header,
    json::{Text, Value},
    keys::{Thumbprint, published_jwk},
    oauth::access_token::not_empty,
    policy::Policy,
    time::Time,
};

/// The request that a proof has to be for.
///
/// ```
/// use embedded_jwt::DpopRequest;
/// let request = DpopRequest::new("POST", "https://pump-7.example/output", b"the access token").max_age(30);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct DpopRequest<'r> {
    method: &'r str,
    uri: &'r str,
    access_token: &'r [u8],
    nonce: Option<&'r str>,
    max_age: u64,
    leeway: u64,
}

impl<'r> DpopRequest<'r> {
    /// A request: its method, its target URI as the client has to see it (scheme, authority and path), and the access token
    /// that came with it under [`Scheme::Dpop`](crate::Scheme::Dpop).
    ///
    /// A proof may be a minute old, unless [`DpopRequest::max_age`] says otherwise.
    pub const fn new(method: &'r str, uri: &'r str, access_token: &'r [u8]) -> Self {
        Self {
            method,
            uri,
            access_token,
            nonce: None,
            max_age: 60,
            leeway: 0,
        }
    }

    /// Requires the nonce that the server gave to the client (RFC 9449 section 9). Without a clock it is what keeps
    /// old proofs out.
    pub const fn nonce(mut self, nonce: &'r str) -> Self {
        self.nonce = Some(nonce);
        self
    }

    /// Seconds that a proof may be old.
    pub const fn max_age(mut self, seconds: u64) -> Self {
        self.max_age = seconds;
        self
    }

    /// Seconds by which the client's clock may be ahead of or behind ours.
    pub const fn leeway(mut self, seconds: u64) -> Self {
        self.leeway = seconds;
        self
    }
}

/// A DPoP proof that is good for one request: whoever sent it has the private half of a key.
///
/// It is half of the check. The other half is that the access token is bound to the same key, which
/// [`DpopProof::proves`] tells; the policy for that token says by
/// [`Policy::accept_unproved_possession`] that somebody looks.
///
/// ```
/// use embedded_jwt::{DpopProof, DpopRequest, Error, Key, Policy, Time, Verifier};
/// static POLICY: Policy<'static> =
///     Policy::access_token("https://auth.example", "https://pump-7.example").accept_unproved_possession();
///
/// fn check(keys: &[Key<'_>], token: &[u8], proof: &[u8], now: u64) -> Result<(), Error> {
///     let (time, mut buffer, mut for_proof) = (Time::Trusted(now), [0; 1024], [0; 1024]);
///     let request = DpopRequest::new("POST", "https://pump-7.example/output", token);
///     let proof = DpopProof::verify(proof, &request, time, &mut for_proof)?;
///     let token = Verifier::new(keys, &POLICY).verify(token, time, &mut buffer)?;
///     proof.proves(token.claims())
///     // Then see that `proof.jti()` was not used before, and remember it for as long as a proof may be old.
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DpopProof<'b> {
    claims: Claims<'b>,
    jti: Text<'b>,
    thumbprint: Thumbprint,
}

impl<'b> DpopProof<'b> {
    /// Verifies the value of a `DPoP` header field in software (RFC 9449 section 4.3).
    ///
    /// The buffer needs the decoded length of header and payload: [`buffer_len`](crate::buffer_len) of the proof's length
    /// suffices. A request with two `DPoP` fields is for the caller to refuse.
    ///
    /// # Errors
    /// The first that is wrong, in this order: those of [`Compact::parse`], [`Error::BufferTooSmall`], those that are named
    /// after the header, [`Error::AlgMismatch`], [`Error::DpopInvalidJwk`], [`Error::SignatureLength`],
    /// [`Error::InvalidSignature`], those that are named after the payload or a registered claim, [`Error::MissingTyp`],
    /// [`Error::TypMismatch`], [`Error::MissingIat`], [`Error::IssuedInFuture`], [`Error::TooOld`], and, where no nonce
    /// stands in for the clock, [`Error::FreshnessUnproved`]; [`Error::MissingJti`], [`Error::InvalidJti`],
    /// [`Error::DpopHtmMismatch`], [`Error::DpopHtuMismatch`], [`Error::DpopAthMismatch`], [`Error::DpopNonceMismatch`].
    pub fn verify(
        proof: &[u8],
        request: &DpopRequest<'_>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<Self, Error> {
        Self::verify_with(&mut Software, proof, request, time, buffer)
    }

    /// As [`DpopProof::verify`], with a back-end of the caller's.
    ///
    /// # Errors
    /// As [`DpopProof::verify`].
    pub fn verify_with(
        crypto: &mut impl Crypto,
        proof: &[u8],
        request: &DpopRequest<'_>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<Self, Error> {
        let compact = Compact::parse(proof)?;
        let (for_header, for_payload) = compact.split_buffer(buffer)?;
        let header = Header::decode(&compact, for_header)?;
        let thumbprint = signed_by(crypto, &compact, &header)?;

        let payload = base64url::decode_canonical(compact.payload_segment(), for_payload)
            .ok_or(Error::PayloadNotBase64url)?;
        let claims = Claims::parse(payload)?;
        let policy = Policy::new()
            .typ("dpop+jwt")
            .ignore_audience()
            .allow_missing_exp()
            .max_age(request.max_age)
            .leeway(request.leeway);
        let policy = match request.nonce {
            // The server has made it up lately: that is a proof of freshness, too.
            Some(_) => policy.accept_unproved_freshness(),
            None => policy,
        };
        policy.check(&header, &claims, time)?;
        let jti = not_empty(claims.jti().ok_or(Error::MissingJti)?, Error::InvalidJti)?;
        request.check(&claims)?;
        Ok(Self {
            claims,
            jti,
            thumbprint,
        })
    }

    /// Sees that the access token with these claims is bound to the key of the proof, by its thumbprint (`cnf` with `jkt`,
    /// RFC 9449 section 6.1) or as it is (`jwk`, RFC 7800 section 3.2).
    ///
    /// # Errors
    /// [`Error::DpopKeyMismatch`]: also where the token is bound to no key, or to one by a `kid`. The errors of
    /// [`Claims::confirmation`].
    pub fn proves(&self, access_token: &Claims<'_>) -> Result<(), Error> {
        match access_token.confirmation()? {
            Some(confirmation) if confirmation.is(&self.thumbprint) => Ok(()),
            _ => Err(Error::DpopKeyMismatch),
        }
    }

    /// The identifier of the proof. One that was used before is a replay (RFC 9449 section 11.1).
    #[must_use]
    pub const fn jti(&self) -> Text<'b> {
        self.jti
    }

    /// The thumbprint of the key.
    #[must_use]
    pub const fn thumbprint(&self) -> &Thumbprint {
        &self.thumbprint
    }

    /// Its claims.
    #[must_use]
    pub const fn claims(&self) -> &Claims<'b> {
        &self.claims
    }
}

/// The key in the header of a proof, which its signature is by. Nowhere else is a key in a header looked at.
fn signed_by(
    crypto: &mut impl Crypto,
    compact: &Compact<'_>,
    header: &Header<'_>,
) -> Result<Thumbprint, Error> {
    if header.alg() != "ES256" {
        return Err(Error::AlgMismatch);
    }
    let Some(Value::Object(jwk)) = header.get("jwk") else {
        return Err(Error::DpopInvalidJwk);
    };
    let mut room = [0; 64];
    let key = published_jwk(jwk, &mut room).map_err(|_| Error::DpopInvalidJwk)?;
    let thumbprint = key.thumbprint().ok_or(Error::DpopInvalidJwk)?;
    let mut buffer = [0; 64];
    let signature = compact.decode_signature(&mut buffer)?;
    key.verify(crypto, compact.signing_input(), signature)?;
    Ok(thumbprint)
}

impl DpopRequest<'_> {
    fn check(&self, claims: &Claims<'_>) -> Result<(), Error> {
        let text = |name, otherwise| match claims.get(name) {
            Some(Value::String(text)) => text.as_str().ok_or(otherwise),
            _ => Err(otherwise),
        };
        if text("htm", Error::DpopHtmMismatch)? != self.method {
            return Err(Error::DpopHtmMismatch);
        }
        let uri = text("htu", Error::DpopHtuMismatch)?;
        if !is_same_target(uri, self.uri) {
            return Err(Error::DpopHtuMismatch);
        }
        let digest = sha256::digest(self.access_token);
        let mut buffer = [0; LEN_OF_32_BYTES];
        if text("ath", Error::DpopAthMismatch)? != encode_32_bytes(&digest, &mut buffer) {
            return Err(Error::DpopAthMismatch);
        }
        match self.nonce {
            Some(nonce) if text("nonce", Error::DpopNonceMismatch)? != nonce => {
                Err(Error::DpopNonceMismatch)
            }
            _ => Ok(()),
        }
    }
}

/// Whether two URIs are the same but for query and fragment (RFC 9449 section 4.3): scheme and authority are compared
/// without regard to case, a port that is the scheme's own may be left out, and so may the path where it is `/`
/// (RFC 3986 section 6.2). What is percent-encoded is compared as it is written.
fn is_same_target(one: &str, other: &str) -> bool {
    match (Target::of(one), Target::of(other)) {
        (Some(one), Some(other)) => {
            one.scheme.eq_ignore_ascii_case(other.scheme)
                && one.authority.eq_ignore_ascii_case(other.authority)
                && one.path == other.path
        }
        _ => false,
    }
}

struct Target<'u> {
    scheme: &'u str,
    authority: &'u str,
    path: &'u str,
}

impl<'u> Target<'u> {
    fn of(uri: &'u str) -> Option<Self> {
        let end = uri.find(['?', '#']).unwrap_or(uri.len());
        let (scheme, rest) = uri.get(..end)?.split_once("://")?;
        let (authority, path) = rest
            .find('/')
            .and_then(|at| rest.split_at_checked(at))
            .unwrap_or((rest, "/"));
        let port = if scheme.eq_ignore_ascii_case("https") {
            ":443"
        } else {
            ":80"
        };
        let authority = authority.strip_suffix(port).unwrap_or(authority);
        (!authority.is_empty()).then_some(Self {
            scheme,
            authority,
            path,
        })
    }
}
