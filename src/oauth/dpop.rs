//! Proof of possession at the application level: DPoP (RFC 9449), and the key that an access token
//! is bound to (RFC 7800 `cnf`).

use core::fmt;

use base64ct::{Base64UrlUnpadded, Encoding as _};

use super::{authorization::Scheme, challenge::Refusal};
pub use crate::claims::confirmation::Confirmation;
use crate::{
    claims::Claims,
    crypto::{Crypto, Software, sha256, thumbprint::Thumbprint},
    encoding::LEN_OF_32_BYTES,
    error::Error,
    json::{Text, Value},
    jws::{Compact, Header},
    key_ring::RingKeys,
    keys::published_jwk,
    policy::Policy,
    time::Time,
    token::Token,
    verifier::Verifier,
};

impl Refusal {
    /// Converts an error of a DPoP proof. `From` would convert the same error to `InvalidToken`.
    pub(crate) fn from_dpop(error: Error) -> Self {
        match Self::from(error) {
            Self::ServerError(error) => Self::ServerError(error),
            Self::UseDpopNonce => Self::UseDpopNonce,
            _ => Self::InvalidDpopProof(error),
        }
    }
}

/// A request with an access token that is bound to a key, and the rules for its DPoP proof.
///
/// ```
/// use embedded_jwt::oauth::DpopRequest;
/// let request = DpopRequest::new("POST", "https://pump-7.example/output", b"DPoP eyJ...", b"eyJ...").max_age(30);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct DpopRequest<'r> {
    pub(crate) method: &'r str,
    pub(crate) uri: &'r str,
    pub(crate) authorization: &'r [u8],
    pub(crate) proof: &'r [u8],
    /// The nonce, and the last second at which the server accepts it.
    pub(crate) nonce: Option<(&'r str, u64)>,
    pub(crate) max_age: u64,
    pub(crate) leeway: u64,
}

impl<'r> DpopRequest<'r> {
    /// Creates a request. `method` is its method, and `uri` its target URI as the client sees it
    /// (scheme, authority and path). `authorization` and `proof` are the values of its header
    /// fields `Authorization` and `DPoP`. `proof` is empty if the request has no `DPoP`.
    ///
    /// By default, a proof may be 60 seconds old ([`DpopRequest::max_age`]), and the clocks may
    /// differ by 5 seconds ([`DpopRequest::leeway`]). The caller must reject a request with more
    /// than one `DPoP` field.
    pub const fn new(
        method: &'r str,
        uri: &'r str,
        authorization: &'r [u8],
        proof: &'r [u8],
    ) -> Self {
        Self {
            method,
            uri,
            authorization,
            proof,
            nonce: None,
            max_age: 60,
            leeway: 5,
        }
    }

    /// Requires the nonce that the server gave to the client (RFC 9449 section 9). An empty nonce
    /// matches no proof.
    ///
    /// A proof with this nonce was made after the server issued the nonce. So its `iat` may have
    /// any age, even if the client's clock is wrong or the server has no clock.
    ///
    /// `valid_until` is the last second, since 1970, at which the server accepts this nonce. If the
    /// server has no clock, use `u64::MAX`. The `jti` of the proof has to be remembered until then.
    pub const fn nonce(mut self, nonce: &'r str, valid_until: u64) -> Self {
        self.nonce = Some((nonce, valid_until));
        self
    }

    /// Sets the maximum age of a proof in seconds. The default is 60.
    pub const fn max_age(mut self, seconds: u64) -> Self {
        self.max_age = seconds;
        self
    }

    /// Sets the number of seconds by which the client's clock may be ahead of or behind the
    /// server's (RFC 9449 section 11.1). The default is 5.
    pub const fn leeway(mut self, seconds: u64) -> Self {
        self.leeway = seconds;
        self
    }
}

/// Shows the method and the URI. For the token and the proof it shows only the lengths, and for the
/// nonce only whether there is one. A reader of a log could use their values.
impl fmt::Debug for DpopRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DpopRequest")
            .field("method", &self.method)
            .field("uri", &self.uri)
            .field("authorization_len", &self.authorization.len())
            .field("proof_len", &self.proof.len())
            .field("has_nonce", &self.nonce.is_some())
            .field("max_age", &self.max_age)
            .field("leeway", &self.leeway)
            .finish()
    }
}

/// An access token with a proof that its sender holds the key of the token.
///
/// Only [`Verifier::verify_dpop`] and [`RingKeys::verify_dpop`] return it.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct DpopToken<'b, 'k> {
    token: Token<'b, 'k>,
    proof: DpopProof<'b>,
}

impl<'b, 'k> DpopToken<'b, 'k> {
    /// Returns the access token.
    #[must_use]
    pub const fn token(&self) -> &Token<'b, 'k> {
        &self.token
    }

    /// Returns the proof. A server that must not act twice on one request remembers its
    /// [`DpopProof::jti`].
    #[must_use]
    pub const fn proof(&self) -> &DpopProof<'b> {
        &self.proof
    }
}

impl<'v> Verifier<'v> {
    /// Verifies a request with an access token that is bound to a key, in software. Verifies the
    /// token and its proof, and checks that both belong together and to this request (RFC 9449
    /// section 4.3).
    ///
    /// 1. The scheme is `DPoP`, and a token follows it ([`Scheme::token`]).
    /// 2. The token is verified and checked, as [`Verifier::verify`] does.
    /// 3. The proof is a JWS that the key in its header verifies. Its payload is a claims set.
    /// 4. Its `nonce` is the one that the server gave, if [`DpopRequest::nonce`] requires one.
    /// 5. Its `typ` is `dpop+jwt`. Without a nonce, its `iat` is within [`DpopRequest::max_age`] of
    ///    the time.
    /// 6. Its `htm`, `htu` and `ath` are the method, the URI and the hash of the token.
    /// 7. The `cnf` of the token holds the key of the proof: its thumbprint (`jkt`, RFC 9449
    ///    section 6.1) or the key itself (`jwk`, RFC 7800 section 3.2).
    ///
    /// The caller must detect replays. Remember the [`DpopProof::jti`] until
    /// [`DpopProof::remember_until`].
    ///
    /// `buffer` holds the decoded token and the decoded proof. Its length must be the
    /// [`buffer_len`](crate::buffer_len) for the token, plus `buffer_len` for the proof.
    ///
    /// ```
    /// use embedded_jwt::{Key, Policy, Time, Verifier, oauth::{DpopRequest, Refusal}};
    /// static POLICY: Policy<'static> = Policy::access_token("https://auth.example", "https://pump-7.example");
    ///
    /// /// `authorization` and `dpop` are the values of the header fields with these names.
    /// fn check(keys: &[Key<'_>], authorization: &[u8], dpop: &[u8], now: u64) -> Result<(), Refusal> {
    ///     let mut buffer = [0; 2048];
    ///     let request = DpopRequest::new("POST", "https://pump-7.example/output", authorization, dpop);
    ///     let verified = Verifier::new(keys, &POLICY).verify_dpop(&request, Time::Trusted(now), &mut buffer)?;
    ///     println!("{}", verified.token().access_token()?.client_id());
    ///     // Then check that `verified.proof().jti()` was not used before, and remember it.
    ///     Ok(())
    /// }
    /// assert_eq!(check(&[], b"Bearer x", b"", 1_790_000_000), Err(Refusal::NoCredentials));
    /// ```
    ///
    /// # Errors
    /// The [`Refusal`] to answer with, for the first error in the order above:
    /// - [`Refusal::NoCredentials`] and [`Refusal::InvalidRequest`] for the `Authorization`
    /// - [`Refusal::InvalidToken`] for the token
    /// - [`Refusal::UseDpopNonce`] and [`Refusal::InvalidDpopProof`] for the proof
    /// - [`Refusal::ServerError`] for an error that the client did not cause
    ///
    /// The errors of a proof are those of [`Compact::parse`] and of the header,
    /// [`Error::AlgMismatch`], [`Error::DpopInvalidJwk`], [`Error::SignatureLength`],
    /// [`Error::InvalidSignature`], those of the payload and the registered claims,
    /// [`Error::MissingTyp`], [`Error::TypMismatch`], [`Error::Expired`], [`Error::NotYetValid`],
    /// [`Error::MissingIat`], [`Error::IssuedInFuture`], [`Error::TooOld`],
    /// [`Error::FreshnessUnproved`], [`Error::MissingJti`], [`Error::InvalidJti`],
    /// [`Error::DpopHtmMismatch`], [`Error::DpopHtuMismatch`] and [`Error::DpopAthMismatch`].
    ///
    /// [`Error::DpopKeyMismatch`] is an error of the token. The token is bound to another key, to
    /// no key, or by a `kid`.
    pub fn verify_dpop<'b>(
        &self,
        request: &DpopRequest<'_>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<DpopToken<'b, 'v>, Refusal> {
        self.verify_dpop_with(&mut Software, request, time, buffer)
    }

    /// Verifies as [`Verifier::verify_dpop`] does, with the caller's back-end.
    ///
    /// # Errors
    /// The errors of [`Verifier::verify_dpop`].
    pub fn verify_dpop_with<'b>(
        &self,
        crypto: &mut (impl Crypto + ?Sized),
        request: &DpopRequest<'_>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<DpopToken<'b, 'v>, Refusal> {
        let access_token = Scheme::Dpop.token(request.authorization)?;
        let token = Compact::parse(access_token)?;
        let needed = || {
            let proof = Compact::parse(request.proof).map_or(0, |proof| proof.buffer_len());
            let needed = token.buffer_len().saturating_add(proof);
            Error::BufferTooSmall { needed }
        };
        let (for_token, for_proof) = buffer
            .split_at_mut_checked(token.buffer_len())
            .ok_or_else(needed)?;

        // The proof of possession is checked below.
        let policy = self.policy.accept_unproved_possession();
        let judged = self.verify_by(crypto, &token, &policy, time, for_token)?;
        let proof = Compact::parse(request.proof).map_err(Refusal::from_dpop)?;
        if for_proof.len() < proof.buffer_len() {
            return Err(needed().into());
        }
        let proof = DpopProof::verify(crypto, &proof, access_token, request, time, for_proof)
            .map_err(Refusal::from_dpop)?;
        proof.proves(&judged)?;
        Ok(DpopToken {
            token: judged,
            proof,
        })
    }
}

impl<const N: usize> RingKeys<'_, N> {
    /// Verifies a request with an access token that is bound to a key, as [`Verifier::verify_dpop`]
    /// does.
    ///
    /// # Errors
    /// [`Refusal::ServerError`] with [`Error::KeyRingOutdated`], and the errors of
    /// [`Verifier::verify_dpop`].
    pub fn verify_dpop<'b>(
        &self,
        request: &DpopRequest<'_>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<DpopToken<'b, '_>, Refusal> {
        self.verify_dpop_with(&mut Software, request, time, buffer)
    }

    /// Verifies as [`RingKeys::verify_dpop`] does, with the caller's back-end.
    ///
    /// # Errors
    /// The errors of [`RingKeys::verify_dpop`].
    pub fn verify_dpop_with<'b>(
        &self,
        crypto: &mut (impl Crypto + ?Sized),
        request: &DpopRequest<'_>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<DpopToken<'b, '_>, Refusal> {
        self.verifier(time)?
            .verify_dpop_with(crypto, request, time, buffer)
    }
}

/// A DPoP proof that is valid for one request. Its sender has the private key that the access token
/// is bound to.
#[derive(Clone, Copy)]
pub struct DpopProof<'b> {
    claims: Claims<'b>,
    jti: Text<'b>,
    thumbprint: Thumbprint,
    remember_until: u64,
}

impl<'b> DpopProof<'b> {
    fn verify(
        crypto: &mut (impl Crypto + ?Sized),
        proof: &Compact<'_>,
        access_token: &[u8],
        request: &DpopRequest<'_>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<Self, Error> {
        let (header, thumbprint, payload) =
            proof.open(buffer, |header| signed_by(crypto, proof, header))?;
        let claims = Claims::parse(payload)?;
        let policy = Policy::new()
            .typ("dpop+jwt")
            .ignore_audience()
            .allow_missing_exp()
            .accept_unproved_possession()
            .leeway(request.leeway);
        match request.nonce {
            // The server issued the nonce recently, so the proof's age by the client's clock does
            // not matter.
            Some((nonce, valid_until))
                if !nonce.is_empty()
                    && text(&claims, "nonce") == Some(nonce)
                    && time.lower_bound() <= valid_until =>
            {
                policy.accept_unproved_freshness().check_without_key(
                    &header,
                    &claims.without_iat(),
                    time,
                )?
            }
            // This check comes before the other checks of the claims: a client without a nonce must
            // get one, even if its clock is wrong.
            Some(_) => return Err(Error::DpopNonceMismatch),
            None => policy
                .max_age(request.max_age)
                .check_without_key(&header, &claims, time)?,
        };
        let iat = claims.iat().ok_or(Error::MissingIat)?;
        let jti = claims.required_jti()?;
        request.check(&claims, access_token)?;
        let last = match request.nonce {
            Some((_, valid_until)) => valid_until,
            None => iat
                .saturating_add(request.max_age)
                .saturating_add(request.leeway),
        };
        Ok(Self {
            claims,
            jti,
            thumbprint,
            remember_until: last.saturating_add(1),
        })
    }

    /// Returns the identifier of the proof. A second proof with the same identifier is a replay
    /// (RFC 9449 section 11.1).
    #[must_use]
    pub const fn jti(&self) -> Text<'b> {
        self.jti
    }

    /// Returns the first second, since 1970, at which the rules of the request no longer accept
    /// this proof. Its `jti` has to be remembered until then (RFC 9449 section 11.1).
    ///
    /// With a nonce, the nonce's `valid_until` decides. Without one, `iat`, the maximum age and the
    /// leeway decide.
    #[must_use]
    pub const fn remember_until(&self) -> u64 {
        self.remember_until
    }

    /// Returns the thumbprint of the key that verified the proof.
    #[must_use]
    pub const fn thumbprint(&self) -> &Thumbprint {
        &self.thumbprint
    }

    /// Returns the claims of the proof.
    #[must_use]
    pub const fn claims(&self) -> &Claims<'b> {
        &self.claims
    }

    /// Checks that the access token is bound to the key of the proof.
    fn proves(&self, access_token: &Token<'_, '_>) -> Result<(), Error> {
        match access_token.claims().confirmation()? {
            Some(confirmation) if confirmation.is(&self.thumbprint) => Ok(()),
            _ => Err(Error::DpopKeyMismatch),
        }
    }
}

/// Shows the thumbprint of the key, and how long the proof must be remembered. It does not show the
/// claims, which hold the nonce.
impl fmt::Debug for DpopProof<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DpopProof")
            .field("thumbprint", &self.thumbprint)
            .field("remember_until", &self.remember_until)
            .finish_non_exhaustive()
    }
}

/// Verifies the signature of a proof with the key in its header, and returns the key's thumbprint.
/// No other code uses a key from a header.
fn signed_by(
    crypto: &mut (impl Crypto + ?Sized),
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
    fn check(&self, claims: &Claims<'_>, access_token: &[u8]) -> Result<(), Error> {
        if text(claims, "htm") != Some(self.method) {
            return Err(Error::DpopHtmMismatch);
        }
        let uri = text(claims, "htu").ok_or(Error::DpopHtuMismatch)?;
        if !is_same_target(uri, self.uri) {
            return Err(Error::DpopHtuMismatch);
        }
        let digest = sha256::digest(access_token);
        let mut ath = [0; LEN_OF_32_BYTES];
        match (
            Base64UrlUnpadded::encode(&digest, &mut ath),
            text(claims, "ath"),
        ) {
            (Ok(ath), Some(claim)) if ath == claim => Ok(()),
            _ => Err(Error::DpopAthMismatch),
        }
    }
}

/// Returns a claim if it is a string.
fn text<'b>(claims: &Claims<'b>, name: &str) -> Option<&'b str> {
    claims.get(name)?.as_str()
}

/// Returns whether two URIs are the same, except for query and fragment (RFC 9449 section 4.3).
/// Scheme and authority are compared without regard to case. The default port of `http` and `https`
/// may be omitted, and so may the path `/` (RFC 3986 section 6.2). Percent-encoded characters are
/// compared as written.
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
        let port = match scheme {
            _ if scheme.eq_ignore_ascii_case("https") => ":443",
            _ if scheme.eq_ignore_ascii_case("http") => ":80",
            _ => "",
        };
        let authority = authority.strip_suffix(port).unwrap_or(authority);
        (!authority.is_empty()).then_some(Self {
            scheme,
            authority,
            path,
        })
    }
}

#[cfg(test)]
#[path = "../../tests/it/oauth/rfc9449.rs"]
mod rfc9449;
