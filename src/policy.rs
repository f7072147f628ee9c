//! The requirements that a token must meet to be accepted. Every configured value is required.

use crate::{
    claims::{AccessToken, Claims},
    error::Error,
    json::Value,
    jws::{Header, same_media_type},
    keys::Key,
    time::Time,
};

/// The requirements of the caller for a token, beyond a valid signature.
///
/// Every value that is set is required: a token without that claim is rejected. `exp` is required
/// unless [`Policy::allow_missing_exp`] is set. A policy without an audience rejects a token that
/// has one (RFC 7519 section 4.1.3). A token that was issued in the future is rejected too. If
/// clocks differ, set [`Policy::leeway`] to the difference.
///
/// The checks run in this order, and the first that fails decides:
/// 1. whether the key is bound to an issuer, if the policy has several: [`Error::KeyIssuerUnbound`]
/// 2. `typ`: [`Error::MissingTyp`], [`Error::TypMismatch`]
/// 3. `iss`: [`Error::MissingIss`], [`Error::IssMismatch`]
/// 4. the key: [`Error::MissingIss`], [`Error::KeyIssuerMismatch`] if it is bound to an issuer;
///    [`Error::KeyWithdrawn`]
/// 5. `sub`: [`Error::MissingSub`], [`Error::SubMismatch`]
/// 6. `aud`: [`Error::MissingAud`], [`Error::AudMismatch`], [`Error::UnexpectedAud`]
/// 7. `exp`: [`Error::MissingExp`], [`Error::Expired`]
/// 8. `nbf`: [`Error::NotYetValid`]
/// 9. `iat`: [`Error::MissingIat`], [`Error::IssuedInFuture`], [`Error::TooOld`], [`Error::LifetimeTooLong`]
/// 10. the claims of an access token, if [`Policy::access_token`] made the policy: see
///     [`AccessToken::new`]
/// 11. `cnf`: [`Error::PossessionUnproved`]
/// 12. other claims: [`Error::MissingClaim`]
/// 13. `scope`, or the claim of [`Policy::scope_claim`]: [`Error::InvalidScope`], [`Error::MissingScope`], [`Error::InsufficientScope`]
/// 14. with a [`Time`] that is not trusted: [`Error::FreshnessUnproved`]
///
/// A token that is bound to a key by `cnf` (RFC 7800) is rejected. Otherwise a thief could use the
/// token without that key. To accept such a token, use
/// [`Verifier::verify_dpop`](crate::Verifier::verify_dpop) or
/// [`Policy::accept_unproved_possession`].
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
    /// The claim that holds the scopes of a token.
    scope_claim: &'p str,
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
    /// The policy has no audience. A token with an `aud` is for another recipient and is rejected.
    Nobody,
    Named(&'p str),
    AnyOf(&'p [&'p str]),
    Ignored,
}

/// Tells whether an accepted token is known to be valid at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Freshness {
    /// The given time proves that the token is valid now, or the token has no time limits.
    Proved,
    /// The token may have expired, or may not be valid yet. The policy accepts that.
    Unproved,
}

/// Tells what to do with a token that has a `cnf`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum BoundTokens {
    Refused,
    Accepted,
}

impl Policy<'_> {
    /// Creates a policy that requires `exp` and no `aud`. It has no leeway and no other
    /// requirement.
    pub const fn new() -> Self {
        Self {
            typ: None,
            iss: None,
            sub: None,
            aud: Audiences::Nobody,
            required: &[],
            scope: None,
            scope_claim: "scope",
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
    /// Creates a policy for JWT access tokens (RFC 9068 section 4). It requires the `typ` `at+jwt`,
    /// this issuer, this audience, and the claims `exp`, `sub`, `client_id`, `iat` and `jti`.
    ///
    /// Further setters add requirements. If the authorization server sends another `typ`, set it
    /// with [`Policy::typ`]. The claims stay required.
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

    /// Requires this `typ` in the header. Case and a leading `application/` are ignored (RFC 7515
    /// section 4.1.9, RFC 8725 section 3.11).
    pub const fn typ(mut self, typ: &'p str) -> Self {
        self.typ = Some(typ);
        self
    }

    /// Requires this `iss`. If a setter is called several times, the last call counts.
    pub const fn issuer(mut self, issuer: &'p str) -> Self {
        self.iss = Some(Issuers::One(issuer));
        self
    }

    /// Requires `iss` to be one of these. An empty list rejects every token.
    ///
    /// Bind each key to its issuer with [`Key::with_issuer`]. Otherwise each issuer could sign in
    /// the name of the others (RFC 8725 section 3.8). A token under a key that is bound to no
    /// issuer is rejected with [`Error::KeyIssuerUnbound`].
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

    /// Requires this name to be in `aud`.
    pub const fn audience(mut self, audience: &'p str) -> Self {
        self.aud = Audiences::Named(audience);
        self
    }

    /// Requires `aud` to contain one of these names, for a recipient that has several. An empty
    /// list rejects every token.
    ///
    /// ```
    /// use embedded_jwt::Policy;
    /// static POLICY: Policy<'static> = Policy::new().audiences(&["https://pump-7.example", "pump-7"]);
    /// ```
    pub const fn audiences(mut self, audiences: &'p [&'p str]) -> Self {
        self.aud = Audiences::AnyOf(audiences);
        self
    }

    /// Accepts any `aud`, and a token without `aud`. RFC 7519 section 4.1.3 requires a recipient to
    /// reject a token for other recipients. Use this only if the caller checks [`Claims::aud`]
    /// itself.
    pub const fn ignore_audience(mut self) -> Self {
        self.aud = Audiences::Ignored;
        self
    }

    /// Requires these claims to be present, with any value except `null`.
    pub const fn require_claims(mut self, names: &'p [&'p str]) -> Self {
        self.required = names;
        self
    }

    /// Requires every scope in `scope`, one or more words separated by single spaces.
    ///
    /// The claim is a string of such words or an array of words, as [`Scope::from_value`] reads it.
    /// A token without the claim is rejected. To read the other scopes of a token, use
    /// [`Claims::scope`].
    ///
    /// [`Scope::from_value`]: crate::oauth::Scope::from_value
    pub const fn scope(mut self, scope: &'p str) -> Self {
        self.scope = Some(scope);
        self
    }

    /// Sets the claim that holds the scopes of a token, for [`Policy::scope`]. The default is
    /// `scope` (RFC 8693 section 4.2). Some servers send `scp`. Only this claim counts: a token
    /// with the other one alone has no scope.
    ///
    /// Alone, this setter requires nothing.
    ///
    /// ```
    /// use embedded_jwt::Policy;
    /// static POLICY: Policy<'static> = Policy::new()
    ///     .issuer("https://auth.example")
    ///     .audience("pump-7")
    ///     .scope("pump:write")
    ///     .scope_claim("scp");
    /// ```
    pub const fn scope_claim(mut self, claim: &'p str) -> Self {
        self.scope_claim = claim;
        self
    }

    /// Accepts a token that is bound to a key by `cnf` (RFC 7800) like a token that is not bound.
    /// Use this only if the caller checks the proof of possession by other means, such as mutual
    /// TLS (RFC 8705) or a signed challenge. DPoP does not need it, because
    /// [`Verifier::verify_dpop`](crate::Verifier::verify_dpop) checks the proof.
    pub const fn accept_unproved_possession(mut self) -> Self {
        self.bound_tokens = BoundTokens::Accepted;
        self
    }

    /// Sets the number of seconds by which the clocks of issuer and recipient may differ. The
    /// default is 0.
    pub const fn leeway(mut self, seconds: u64) -> Self {
        self.leeway = seconds;
        self
    }

    /// Requires `iat`, and rejects a token that was issued more than this many seconds ago.
    pub const fn max_age(mut self, seconds: u64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// Requires `iat` and `exp`, and rejects a token with more than this many seconds between them.
    /// The check needs no clock. It limits the lifetime of the tokens that an issuer may issue.
    pub const fn max_lifetime(mut self, seconds: u64) -> Self {
        self.max_lifetime = Some(seconds);
        self
    }

    /// Accepts tokens without `exp`, which never expire. An `exp` that is present is still checked.
    pub const fn allow_missing_exp(mut self) -> Self {
        self.exp_required = false;
        self
    }

    /// Accepts tokens that [`Time::AtLeast`] or [`Time::Unknown`] cannot prove to be valid at
    /// present. Tokens that the time proves invalid are still rejected.
    ///
    /// It is for devices without a clock. They need another defence against old tokens, such as a
    /// counter or a nonce.
    pub const fn accept_unproved_freshness(mut self) -> Self {
        self.unproved_freshness_accepted = true;
        self
    }

    /// Checks the key, the header and the claims of one verified token at a given time. The caller
    /// must make sure that the three belong together. [`Verified::check`](crate::Verified::check)
    /// guarantees that.
    ///
    /// # Errors
    /// The first check that fails, in the order that [`Policy`] lists.
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

    /// Checks a token that was verified with the key in its own header. Such a key is bound to no
    /// issuer and is never withdrawn.
    #[cfg(any(feature = "es256", feature = "fast-es256"))]
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
            claims.require_scope_in(self.scope_claim, scope)?;
        }
        match freshness {
            Freshness::Unproved if !self.unproved_freshness_accepted => {
                Err(Error::FreshnessUnproved)
            }
            _ => Ok(freshness),
        }
    }

    /// Returns the first second at which a token with this `exp` has expired.
    pub(crate) const fn end_of(&self, exp: u64) -> u64 {
        exp.saturating_add(self.leeway)
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

    /// Checks the dates. The present is between two bounds. A check that fails at both bounds
    /// rejects the token. A check that fails at only one bound leaves the freshness unproved.
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
                let end = self.end_of(exp);
                check(earliest >= end, latest >= end, Error::Expired)?;
                // If the token has not expired, the present is before its end. So a token that
                // begins after its end is rejected under every `Time`.
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

/// Checks the claims of a token that `key` verified. `iss` must be the issuer that the key is bound
/// to. `iat` must be before the withdrawal of the key, and the time before its end.
fn check_key(key: &Key<'_>, claims: &Claims<'_>, time: Time) -> Result<(), Error> {
    if let Some(issuer) = key.issuer()
        && claims.iss().ok_or(Error::MissingIss)? != issuer
    {
        return Err(Error::KeyIssuerMismatch);
    }
    // Without a trusted clock, the end of a withdrawn key may have passed.
    if !key.allows(claims.iat(), time.upper_bound()) {
        return Err(Error::KeyWithdrawn);
    }
    Ok(())
}
