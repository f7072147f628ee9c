//! What a token has to say to be accepted. Configured means required.

use crate::{
    claims::{AccessToken, Claims},
    error::Error,
    json::Value,
    jws::{Header, same_media_type},
    keys::Key,
    time::Time,
};

/// What the caller expects of a token, beyond a good signature.
///
/// An expectation that is set is a requirement: a token without that claim is refused. `exp` is required
/// unless [`Policy::allow_missing_exp`] says otherwise, and a token that is meant for some audience is
/// refused by a policy that names none (RFC 7519 section 4.1.3). One that was issued in the future is refused
/// too, so where clocks differ, [`Policy::leeway`] has to say by how much.
///
/// The checks, in this order; the first that fails decides:
/// 1. with several issuers, whether the key is bound to one: [`Error::KeyIssuerUnbound`]
/// 2. `typ`: [`Error::MissingTyp`], [`Error::TypMismatch`]
/// 3. `iss`: [`Error::MissingIss`], [`Error::IssMismatch`]
/// 4. the key: [`Error::MissingIss`], [`Error::KeyIssuerMismatch`] where it is bound to an issuer; [`Error::KeyWithdrawn`]
/// 5. `sub`: [`Error::MissingSub`], [`Error::SubMismatch`]
/// 6. `aud`: [`Error::MissingAud`], [`Error::AudMismatch`], [`Error::UnexpectedAud`]
/// 7. `exp`: [`Error::MissingExp`], [`Error::Expired`]
/// 8. `nbf`: [`Error::NotYetValid`]
/// 9. `iat`: [`Error::MissingIat`], [`Error::IssuedInFuture`], [`Error::TooOld`], [`Error::LifetimeTooLong`]
/// 10. the claims of an access token, where the policy is made by [`Policy::access_token`]: see [`AccessToken::new`]
/// 11. `cnf`: [`Error::PossessionUnproved`]
/// 12. other claims: [`Error::MissingClaim`]
/// 13. `scope`: [`Error::InvalidScope`], [`Error::MissingScope`], [`Error::InsufficientScope`]
/// 14. with a [`Time`] that is not trusted: [`Error::FreshnessUnproved`]
///
/// A token that is bound to a key by `cnf` (RFC 7800) is refused, since whoever stole it would get by without that key:
/// [`Verifier::verify_dpop`](crate::Verifier::verify_dpop) and [`Policy::accept_unproved_possession`] are the ways to take one.
///
/// ```
/// use embedded_jwt::Policy;
/// static POLICY: Policy<'static> = Policy::new()
///     .issuer("https://auth.example")
///     .audience("pump-7")
///     .typ("at+jwt")
///     .max_lifetime(3600)
///     .leeway(30);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[must_use]
pub struct Policy<'p> {
    typ: Option<&'p str>,
    iss: Option<Issuers<'p>>,
    sub: Option<&'p str>,
    aud: Audiences<'p>,
    required: &'p [&'p str],
    scope: Option<&'p str>,
    leeway: u64,
    max_age: Option<u64>,
    max_lifetime: Option<u64>,
    exp_required: bool,
    /// Whether the claims of an access token are required.
    is_access_token: bool,
    bound_tokens: BoundTokens,
    unproved_freshness_accepted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum Issuers<'p> {
    One(&'p str),
    AnyOf(&'p [&'p str]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum Audiences<'p> {
    /// The caller has no name: a token that names somebody is for another.
    Nobody,
    Named(&'p str),
    AnyOf(&'p [&'p str]),
    Ignored,
}

/// Whether an accepted token is known to be valid at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Freshness {
    /// The time that was given proves it, or the token has no limits in time.
    Proved,
    /// It may have expired, or not begun: the policy accepts that.
    Unproved,
}

/// What becomes of a token with a `cnf`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum BoundTokens {
    Refused,
    Accepted,
}

impl Policy<'_> {
    /// Requires `exp` and no `aud`, with no leeway, and expects nothing else.
    pub const fn new() -> Self {
        Self {
            typ: None,
            iss: None,
            sub: None,
            aud: Audiences::Nobody,
            required: &[],
            scope: None,
            leeway: 0,
            max_age: None,
            max_lifetime: None,
            exp_required: true,
            is_access_token: false,
            bound_tokens: BoundTokens::Refused,
            unproved_freshness_accepted: false,
        }
    }
}

impl Default for Policy<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'p> Policy<'p> {
    /// Expects a JWT access token (RFC 9068 section 4): the `typ` `at+jwt`, this issuer, this audience, and the claims
    /// `exp`, `sub`, `client_id`, `iat` and `jti`.
    ///
    /// What is set further is required too. Of an authorization server that sends another `typ`, say so by
    /// [`Policy::typ`]; the claims stay required.
    ///
    /// ```
    /// use embedded_jwt::Policy;
    /// static POLICY: Policy<'static> =
    ///     Policy::access_token("https://auth.example", "https://pump-7.example").scope("pump:write");
    /// ```
    pub const fn access_token(issuer: &'p str, audience: &'p str) -> Self {
        let mut policy = Policy::new()
            .typ("at+jwt")
            .issuer(issuer)
            .audience(audience);
        policy.is_access_token = true;
        policy
    }

    /// Requires this `typ` in the header, without regard to case and to a leading `application/`
    /// (RFC 7515 section 4.1.9, RFC 8725 section 3.11).
    pub const fn typ(mut self, typ: &'p str) -> Self {
        self.typ = Some(typ);
        self
    }

    /// Requires this `iss`. Of several calls of one setter, the last counts.
    pub const fn issuer(mut self, issuer: &'p str) -> Self {
        self.iss = Some(Issuers::One(issuer));
        self
    }

    /// Requires one of these as `iss`; an empty list rejects every token.
    ///
    /// Each key has to be bound to its issuer by [`Key::with_issuer`], since otherwise each of these issuers could sign in the name
    /// of the others (RFC 8725 section 3.8). A token under a key that is bound to none is rejected with
    /// [`Error::KeyIssuerUnbound`].
    ///
    /// ```
    /// use embedded_jwt::{Key, Policy, Verifier, const_key};
    /// # static ONE: [u8; 32] = *b"32 bytes or more, kept in flash.";
    /// # static TWO: [u8; 32] = *b"another 32 bytes, kept in flash.";
    /// static KEYS: [Key<'static>; 2] = [
    ///     const_key!(Key::hs256(&ONE)).with_issuer("https://auth.example"),
    ///     const_key!(Key::hs256(&TWO)).with_issuer("https://auth2.example"),
    /// ];
    /// static POLICY: Policy<'static> =
    ///     Policy::new().issuers(&["https://auth.example", "https://auth2.example"]).audience("pump-7");
    /// let verifier = Verifier::new(&KEYS, &POLICY);
    /// # let _ = verifier;
    /// ```
    pub const fn issuers(mut self, issuers: &'p [&'p str]) -> Self {
        self.iss = Some(Issuers::AnyOf(issuers));
        self
    }

    /// Requires this `sub`.
    pub const fn subject(mut self, subject: &'p str) -> Self {
        self.sub = Some(subject);
        self
    }

    /// Requires this name in `aud`.
    pub const fn audience(mut self, audience: &'p str) -> Self {
        self.aud = Audiences::Named(audience);
        self
    }

    /// Requires one of these names in `aud`: for a recipient that has several. An empty list rejects every token.
    ///
    /// ```
    /// use embedded_jwt::Policy;
    /// static POLICY: Policy<'static> = Policy::new().audiences(&["https://pump-7.example", "pump-7"]);
    /// ```
    pub const fn audiences(mut self, audiences: &'p [&'p str]) -> Self {
        self.aud = Audiences::AnyOf(audiences);
        self
    }

    /// Accepts any `aud`, and none. RFC 7519 section 4.1.3 has a recipient refuse a token that is for
    /// others: this is for one who looks at [`Claims::aud`] itself.
    pub const fn ignore_audience(mut self) -> Self {
        self.aud = Audiences::Ignored;
        self
    }

    /// Requires these claims to be there, with any value but `null`.
    pub const fn require_claims(mut self, names: &'p [&'p str]) -> Self {
        self.required = names;
        self
    }

    /// Requires this scope in `scope`; of several, separated by single spaces, each one.
    ///
    /// What a token may be asked to do besides is a matter of [`Claims::scope`].
    pub const fn scope(mut self, scope: &'p str) -> Self {
        self.scope = Some(scope);
        self
    }

    /// Accepts a token that is bound to a key by `cnf` (RFC 7800) as one that is not: for a caller who checks the
    /// proof of possession by other means, such as mutual TLS (RFC 8705) or a signed challenge. DPoP does not need it:
    /// [`Verifier::verify_dpop`](crate::Verifier::verify_dpop) checks the proof.
    pub const fn accept_unproved_possession(mut self) -> Self {
        self.bound_tokens = BoundTokens::Accepted;
        self
    }

    /// Seconds by which the clocks of issuer and recipient may differ; 0 unless set.
    pub const fn leeway(mut self, seconds: u64) -> Self {
        self.leeway = seconds;
        self
    }

    /// Requires `iat`, and refuses a token that was issued more than this many seconds ago.
    pub const fn max_age(mut self, seconds: u64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// Requires `iat` and `exp`, and refuses a token with more than this many seconds between them. It
    /// needs no clock: it bounds what an issuer may hand out.
    pub const fn max_lifetime(mut self, seconds: u64) -> Self {
        self.max_lifetime = Some(seconds);
        self
    }

    /// Accepts tokens without `exp`, which never expire. An `exp` that is there still counts.
    pub const fn allow_missing_exp(mut self) -> Self {
        self.exp_required = false;
        self
    }

    /// Accepts tokens of which [`Time::AtLeast`] or [`Time::Unknown`] cannot prove that they are valid at
    /// present. Those that the time proves invalid are refused all the same.
    ///
    /// For devices without a clock, which need another defence against old tokens: a counter or a nonce.
    pub const fn accept_unproved_freshness(mut self) -> Self {
        self.unproved_freshness_accepted = true;
        self
    }

    /// Checks key, header and claims of one verified token at a given time. That the three belong together is for the caller
    /// to see to: [`Verified::check`](crate::Verified::check) is the step that leaves nothing to see to.
    ///
    /// # Errors
    /// The first check that fails, in the order above.
    pub fn check(
        &self,
        key: &Key<'_>,
        header: &Header<'_>,
        claims: &Claims<'_>,
        time: Time,
    ) -> Result<Freshness, Error> {
        if matches!(self.iss, Some(Issuers::AnyOf(_))) && key.issuer().is_none() {
            return Err(Error::KeyIssuerUnbound);
        }
        self.check_typ(header)?;
        self.check_issuer(claims)?;
        check_key(key, claims, time)?;
        self.check_rest(claims, time)
    }

    /// The checks of a token by a key that belongs to nobody else: the one in its header.
    #[cfg(feature = "es256")]
    pub(crate) fn check_without_key(
        &self,
        header: &Header<'_>,
        claims: &Claims<'_>,
        time: Time,
    ) -> Result<Freshness, Error> {
        self.check_typ(header)?;
        self.check_issuer(claims)?;
        self.check_rest(claims, time)
    }

    fn check_rest(&self, claims: &Claims<'_>, time: Time) -> Result<Freshness, Error> {
        self.check_parties(claims)?;
        let freshness = self.check_time(claims, time)?;
        if self.is_access_token {
            AccessToken::new(claims)?;
        }
        if claims.is_bound() && self.bound_tokens == BoundTokens::Refused {
            return Err(Error::PossessionUnproved);
        }
        for (index, name) in self.required.iter().enumerate() {
            if claims.get(name).is_none_or(|value| value == Value::Null) {
                return Err(Error::MissingClaim { index });
            }
        }
        if let Some(scope) = self.scope {
            claims.require_scope(scope)?;
        }
        match freshness {
            Freshness::Unproved if !self.unproved_freshness_accepted => {
                Err(Error::FreshnessUnproved)
            }
            _ => Ok(freshness),
        }
    }

    fn check_typ(&self, header: &Header<'_>) -> Result<(), Error> {
        let Some(expected) = self.typ else {
            return Ok(());
        };
        let typ = header.typ().ok_or(Error::MissingTyp)?;
        if same_media_type(typ, expected) {
            Ok(())
        } else {
            Err(Error::TypMismatch)
        }
    }

    fn check_issuer(&self, claims: &Claims<'_>) -> Result<(), Error> {
        if let Some(issuers) = self.iss {
            let iss = claims.iss().ok_or(Error::MissingIss)?;
            let is_expected = match issuers {
                Issuers::One(issuer) => iss == issuer,
                Issuers::AnyOf(issuers) => issuers.iter().any(|issuer| iss == *issuer),
            };
            if !is_expected {
                return Err(Error::IssMismatch);
            }
        }
        Ok(())
    }

    fn check_parties(&self, claims: &Claims<'_>) -> Result<(), Error> {
        if let Some(subject) = self.sub {
            let sub = claims.sub().ok_or(Error::MissingSub)?;
            if sub != subject {
                return Err(Error::SubMismatch);
            }
        }
        match (self.aud, claims.aud()) {
            (Audiences::Named(name), Some(aud)) if aud.contains(name) => Ok(()),
            (Audiences::AnyOf(names), Some(aud)) if names.iter().any(|name| aud.contains(name)) => {
                Ok(())
            }
            (Audiences::Named(_) | Audiences::AnyOf(_), Some(_)) => Err(Error::AudMismatch),
            (Audiences::Named(_) | Audiences::AnyOf(_), None) => Err(Error::MissingAud),
            (Audiences::Nobody, Some(_)) => Err(Error::UnexpectedAud),
            (Audiences::Nobody, None) | (Audiences::Ignored, _) => Ok(()),
        }
    }

    /// The present lies somewhere between two bounds. What is wrong at both refuses the token; what is
    /// wrong at one of them leaves it unproved.
    fn check_time(&self, claims: &Claims<'_>, time: Time) -> Result<Freshness, Error> {
        let earliest = time.lower_bound();
        let mut latest = time.upper_bound();
        let with_leeway = |seconds: u64| seconds.saturating_add(self.leeway);
        let mut freshness = Freshness::Proved;
        let mut check = |surely_wrong: bool, maybe_wrong: bool, error: Error| {
            if maybe_wrong {
                freshness = Freshness::Unproved;
            }
            if surely_wrong { Err(error) } else { Ok(()) }
        };

        match claims.exp() {
            None if self.exp_required || self.max_lifetime.is_some() => {
                return Err(Error::MissingExp);
            }
            None => {}
            Some(exp) => {
                let end = with_leeway(exp);
                check(earliest >= end, latest >= end, Error::Expired)?;
                // If it has not expired, the present is before that: a token that begins after its end is
                // refused whatever is known of the time.
                latest = latest.min(end.saturating_sub(1));
            }
        }
        if let Some(nbf) = claims.nbf() {
            check(
                with_leeway(latest) < nbf,
                with_leeway(earliest) < nbf,
                Error::NotYetValid,
            )?;
        }
        let Some(iat) = claims.iat() else {
            let needed = self.max_age.is_some() || self.max_lifetime.is_some();
            return if needed {
                Err(Error::MissingIat)
            } else {
                Ok(freshness)
            };
        };
        check(
            with_leeway(latest) < iat,
            with_leeway(earliest) < iat,
            Error::IssuedInFuture,
        )?;
        if let Some(max_age) = self.max_age {
            let limit = with_leeway(max_age);
            check(
                earliest.saturating_sub(iat) > limit,
                latest.saturating_sub(iat) > limit,
                Error::TooOld,
            )?;
        }
        if let (Some(max_lifetime), Some(exp)) = (self.max_lifetime, claims.exp())
            && exp.saturating_sub(iat) > max_lifetime
        {
            return Err(Error::LifetimeTooLong);
        }
        Ok(freshness)
    }
}

/// Checks the claims of a token that `key` verified: `iss` against the issuer that the key is bound to, `iat` and the time
/// against the withdrawal of the key.
fn check_key(key: &Key<'_>, claims: &Claims<'_>, time: Time) -> Result<(), Error> {
    if let Some(issuer) = key.issuer()
        && claims.iss().ok_or(Error::MissingIss)? != issuer
    {
        return Err(Error::KeyIssuerMismatch);
    }
    #[cfg(feature = "es256")]
    if let Some(withdrawal) = key.withdrawal() {
        // Without a clock, the end may have come.
        let is_before_end = time.upper_bound() < withdrawal.end;
        if !is_before_end || claims.iat().is_none_or(|iat| iat >= withdrawal.at) {
            return Err(Error::KeyWithdrawn);
        }
    }
    #[cfg(not(feature = "es256"))]
    let _ = time;
    Ok(())
}
