//! Proof of possession at the application level: DPoP (RFC 9449), and the key that an access token is bound to
//! (RFC 7800 `cnf`).

use core::fmt;

use super::{authorization::Scheme, challenge::Refusal};
use crate::{
    claims::Claims,
    crypto::{Crypto, Software, Thumbprint, sha256},
    encoding::base64url::{LEN_OF_32_BYTES, encode_32_bytes},
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

/// A request with an access token that is bound to a key: what of it a DPoP proof has to be for.
///
/// ```
/// use embedded_jwt::oauth::DpopRequest;
/// let request = DpopRequest::new("POST", "https://pump-7.example/output", b"DPoP eyJ...", b"eyJ...").max_age(30);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct DpopRequest<'r> {
    method: &'r str,
    uri: &'r str,
    authorization: &'r [u8],
    proof: &'r [u8],
    /// And until when it is accepted.
    nonce: Option<(&'r str, u64)>,
    max_age: u64,
    leeway: u64,
}

impl<'r> DpopRequest<'r> {
    /// A request: its method, its target URI as the client has to see it (scheme, authority and path), and the values of its
    /// header fields `Authorization` and `DPoP`, which is empty where the request has none.
    ///
    /// A proof may be a minute old, and the clocks may differ by 5 seconds, unless [`DpopRequest::max_age`] and
    /// [`DpopRequest::leeway`] say otherwise. A request with two `DPoP` fields is for the caller to refuse.
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

    /// Requires the nonce that the server gave to the client (RFC 9449 section 9); no proof matches an empty one.
    ///
    /// A proof with this nonce was made after the server gave it out. So it may be of any age by its `iat`, also where the
    /// client's clock is wrong or the server has none. `valid_until` is the last second, since 1970, at which the server accepts
    /// this nonce, or `u64::MAX` where it has no clock: as long, the `jti` of the proof has to be remembered.
    pub const fn nonce(mut self, nonce: &'r str, valid_until: u64) -> Self {
        self.nonce = Some((nonce, valid_until));
        self
    }

    /// Seconds that a proof may be old; 60 unless set.
    pub const fn max_age(mut self, seconds: u64) -> Self {
        self.max_age = seconds;
        self
    }

    /// Seconds by which the client's clock may be ahead of or behind ours; 5 unless set (RFC 9449 section 11.1).
    pub const fn leeway(mut self, seconds: u64) -> Self {
        self.leeway = seconds;
        self
    }
}

/// Method and URI; of the token and the proof the lengths, of the nonce whether there is one: whoever reads them in a log could
/// use them.
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

/// As `Debug`.
#[cfg(feature = "defmt")]
impl defmt::Format for DpopRequest<'_> {
    fn format(&self, fmt: defmt::Formatter<'_>) {
        defmt::write!(
            fmt,
            "DpopRequest {{ method: {}, uri: {}, authorization_len: {=usize}, proof_len: {=usize}, \
             has_nonce: {=bool}, max_age: {=u64}, leeway: {=u64} }}",
            crate::json::Quoted(self.method),
            crate::json::Quoted(self.uri),
            self.authorization.len(),
            self.proof.len(),
            self.nonce.is_some(),
            self.max_age,
            self.leeway
        );
    }
}

/// An access token that its holder has proved to be his own: the token, and the proof that came with it.
///
/// It comes out of [`Verifier::verify_dpop`] and [`RingKeys::verify_dpop`] alone.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct DpopToken<'b> {
    token: Token<'b>,
    proof: DpopProof<'b>,
}

impl<'b> DpopToken<'b> {
    /// The access token.
    #[must_use]
    pub const fn token(&self) -> &Token<'b> {
        &self.token
    }

    /// The proof. A server that must not act twice on one request remembers its [`DpopProof::jti`].
    #[must_use]
    pub const fn proof(&self) -> &DpopProof<'b> {
        &self.proof
    }
}

impl<'v> Verifier<'v> {
    /// Verifies a request with an access token that is bound to a key, in software: the token, the proof that came with it,
    /// and that both belong together and to this request (RFC 9449 section 4.3).
    ///
    /// 1. the scheme is `DPoP`, and a token follows it ([`Scheme::token`]);
    /// 2. the token is verified and checked, as by [`Verifier::verify`];
    /// 3. the proof is a JWS by the key in its header, its payload a claims set;
    /// 4. its `nonce` is the one that the server gave, where [`DpopRequest::nonce`] requires one;
    /// 5. its `typ` is `dpop+jwt`, and without a nonce, its `iat` is within [`DpopRequest::max_age`] of the time;
    /// 6. its `htm`, `htu` and `ath` are the method, the URI and the hash of the token;
    /// 7. the token is bound to the key of the proof by `cnf`: by its thumbprint (`jkt`, RFC 9449 section 6.1) or as it is (`jwk`,
    ///    RFC 7800 section 3.2).
    ///
    /// What is left to the caller is replay: to remember the [`DpopProof::jti`] until [`DpopProof::remember_until`].
    ///
    /// `buffer` takes both, decoded: [`buffer_len`](crate::buffer_len) of the length of the token, and of that of the proof.
    ///
    /// ```
    /// use embedded_jwt::{Key, Policy, Time, Verifier, oauth::{DpopRequest, Refusal}};
    /// static POLICY: Policy<'static> = Policy::access_token("https://auth.example", "https://pump-7.example");
    ///
    /// /// `authorization` and `dpop` are the values of the header fields of these names.
    /// fn check(keys: &[Key<'_>], authorization: &[u8], dpop: &[u8], now: u64) -> Result<(), Refusal> {
    ///     let mut buffer = [0; 2048];
    ///     let request = DpopRequest::new("POST", "https://pump-7.example/output", authorization, dpop);
    ///     let verified = Verifier::new(keys, &POLICY).verify_dpop(&request, Time::Trusted(now), &mut buffer)?;
    ///     println!("{}", verified.token().access_token()?.client_id());
    ///     // Then see that `verified.proof().jti()` was not used before, and remember it.
    ///     Ok(())
    /// }
    /// assert_eq!(check(&[], b"Bearer x", b"", 1_790_000_000), Err(Refusal::NoCredentials));
    /// ```
    ///
    /// # Errors
    /// What to answer, with the first error in the order above: [`Refusal::NoCredentials`] and [`Refusal::InvalidRequest`] for the
    /// `Authorization`, [`Refusal::InvalidToken`] for the token, [`Refusal::UseDpopNonce`] and [`Refusal::InvalidDpopProof`] for
    /// the proof, [`Refusal::ServerError`] where it is not the client's fault. The errors of a proof are those of
    /// [`Compact::parse`] and of the header, [`Error::AlgMismatch`], [`Error::DpopInvalidJwk`], [`Error::SignatureLength`],
    /// [`Error::InvalidSignature`], those of the payload and the registered claims, [`Error::MissingTyp`], [`Error::TypMismatch`],
    /// [`Error::Expired`], [`Error::NotYetValid`], [`Error::MissingIat`], [`Error::IssuedInFuture`], [`Error::TooOld`],
    /// [`Error::FreshnessUnproved`], [`Error::MissingJti`], [`Error::InvalidJti`], [`Error::DpopHtmMismatch`],
    /// [`Error::DpopHtuMismatch`] and [`Error::DpopAthMismatch`]. [`Error::DpopKeyMismatch`] is an error of the token: it is bound
    /// to another key, to none, or by a `kid`.
    pub fn verify_dpop<'b>(
        &self,
        request: &DpopRequest<'_>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<DpopToken<'b>, Refusal>
    where
        'v: 'b,
    {
        self.verify_dpop_with(&mut Software, request, time, buffer)
    }

    /// As [`Verifier::verify_dpop`], with a back-end of the caller's.
    ///
    /// # Errors
    /// As [`Verifier::verify_dpop`].
    pub fn verify_dpop_with<'b>(
        &self,
        crypto: &mut (impl Crypto + ?Sized),
        request: &DpopRequest<'_>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<DpopToken<'b>, Refusal>
    where
        'v: 'b,
    {
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

        // The proof of possession is what follows.
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
    /// Verifies a request with an access token that is bound to a key: as [`Verifier::verify_dpop`].
    ///
    /// # Errors
    /// [`Refusal::ServerError`] with [`Error::KeyRingOutdated`]; those of [`Verifier::verify_dpop`].
    pub fn verify_dpop<'b>(
        &'b self,
        request: &DpopRequest<'_>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<DpopToken<'b>, Refusal> {
        self.verify_dpop_with(&mut Software, request, time, buffer)
    }

    /// As [`RingKeys::verify_dpop`], with a back-end of the caller's.
    ///
    /// # Errors
    /// As [`RingKeys::verify_dpop`].
    pub fn verify_dpop_with<'b>(
        &'b self,
        crypto: &mut (impl Crypto + ?Sized),
        request: &DpopRequest<'_>,
        time: Time,
        buffer: &'b mut [u8],
    ) -> Result<DpopToken<'b>, Refusal> {
        self.verifier(time)?
            .verify_dpop_with(crypto, request, time, buffer)
    }
}

/// A DPoP proof that is good for one request: whoever sent it has the private half of the key that the access token is bound to.
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
            // The server has given it out lately, so the age by the client's clock is no matter.
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
            // Before all else: who has no nonce yet has to get one, whatever his clock says.
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

    /// The identifier of the proof. One that was used before is a replay (RFC 9449 section 11.1).
    #[must_use]
    pub const fn jti(&self) -> Text<'b> {
        self.jti
    }

    /// The first second, since 1970, at which this proof is no longer accepted by the rules of its request: how long its `jti`
    /// has to be remembered (RFC 9449 section 11.1). It includes the leeway, and follows the nonce where that stood for the age.
    #[must_use]
    pub const fn remember_until(&self) -> u64 {
        self.remember_until
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

    /// Checks that the access token is bound to the key of the proof.
    fn proves(&self, access_token: &Token<'_>) -> Result<(), Error> {
        match access_token.claims().confirmation()? {
            Some(confirmation) if confirmation.is(&self.thumbprint) => Ok(()),
            _ => Err(Error::DpopKeyMismatch),
        }
    }
}

/// The thumbprint of the key and the date: the claims hold the nonce.
impl fmt::Debug for DpopProof<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DpopProof")
            .field("thumbprint", &self.thumbprint)
            .field("remember_until", &self.remember_until)
            .finish_non_exhaustive()
    }
}

/// As `Debug`.
#[cfg(feature = "defmt")]
impl defmt::Format for DpopProof<'_> {
    fn format(&self, fmt: defmt::Formatter<'_>) {
        defmt::write!(
            fmt,
            "DpopProof {{ thumbprint: {}, remember_until: {}, .. }}",
            self.thumbprint,
            self.remember_until
        );
    }
}

/// The key in the header of a proof, which its signature is by. Nowhere else is a key in a header looked at.
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
        let mut buffer = [0; LEN_OF_32_BYTES];
        if text(claims, "ath") != Some(encode_32_bytes(&digest, &mut buffer)) {
            return Err(Error::DpopAthMismatch);
        }
        Ok(())
    }
}

/// A claim that is a string without escapes.
fn text<'b>(claims: &Claims<'b>, name: &str) -> Option<&'b str> {
    match claims.get(name) {
        Some(Value::String(text)) => text.as_str(),
        _ => None,
    }
}

/// Whether two URIs are the same but for query and fragment (RFC 9449 section 4.3): scheme and authority are compared
/// without regard to case, the port of `http` and of `https` may be left out, and so may the path where it is `/`
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
