//! The requirements for a token, as a constant in flash.

use core::ffi::c_char;

use embedded_jwt::Policy;

use crate::{
    code::{EJWT_CONFLICT, EJWT_INVALID_VALUE, EJWT_TOO_MANY},
    memory::{Memory, Refused},
};

/// The maximum length in bytes of a text that a `const char *` points to, without the NUL.
pub const EJWT_MAX_TEXT: usize = 1023;
/// The maximum number of names in each list of a policy.
pub const EJWT_MAX_NAMES: usize = 8;

/// Makes a policy for access tokens (RFC 9068 section 4). It needs an issuer and an audience. It requires
/// the `typ` `at+jwt` (or `ejwt_policy::typ`) and the claims `exp`, `sub`, `client_id`, `iat` and `jti`.
pub const EJWT_POLICY_ACCESS_TOKEN: u32 = 1;
/// Accepts every `aud`, and a token without `aud`. Use it only if the caller checks `aud` itself.
pub const EJWT_POLICY_IGNORE_AUDIENCE: u32 = 2;
/// Accepts a token without `exp`, which never expires. An `exp` that is present is checked.
pub const EJWT_POLICY_ALLOW_MISSING_EXP: u32 = 4;
/// Accepts a token that the given time cannot prove to be valid now, for a device without a clock. Use an
/// `ejwt_guard` with it. A token that the time proves invalid is still rejected.
pub const EJWT_POLICY_ACCEPT_UNPROVED_FRESHNESS: u32 = 8;
/// Accepts a token that is bound to a key by `cnf` (RFC 7800). Use it only if the caller checks the proof
/// of possession itself.
pub const EJWT_POLICY_ACCEPT_UNPROVED_POSSESSION: u32 = 16;

const ALL_FLAGS: u32 = EJWT_POLICY_ACCESS_TOKEN
    | EJWT_POLICY_IGNORE_AUDIENCE
    | EJWT_POLICY_ALLOW_MISSING_EXP
    | EJWT_POLICY_ACCEPT_UNPROVED_FRESHNESS
    | EJWT_POLICY_ACCEPT_UNPROVED_POSSESSION;

/// The requirements for a token beyond a valid signature. Every member that is set is required: a token
/// without that claim is rejected.
///
/// A policy that is set to zero is strict: it requires `exp`, rejects every token with an `aud`, and has no
/// leeway. It rejects tokens that are bound to a key, issued in the future, or not proved to be valid now.
///
/// A text is NUL-terminated UTF-8 of at most `EJWT_MAX_TEXT` bytes, or NULL. A text in a list must not be
/// NULL.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ejwt_policy {
    /// Requires this `typ` in the header. Case and a leading `application/` are ignored.
    pub typ: *const c_char,
    /// Requires this `iss`.
    pub issuer: *const c_char,
    /// Requires `iss` to be one of these. Not allowed together with `issuer`. Each key must be bound to its
    /// issuer (`ejwt_key::issuer`, `ejwt_verifier::jwks_issuer`). An empty list that is not NULL rejects
    /// every token.
    pub issuers: *const *const c_char,
    /// The number of `issuers`, at most `EJWT_MAX_NAMES`.
    pub issuers_len: usize,
    /// Requires this `sub`.
    pub subject: *const c_char,
    /// Requires this name in `aud`, which is the name of this device. If it is NULL, a token with an `aud`
    /// is for another recipient and is rejected.
    pub audience: *const c_char,
    /// Requires `aud` to contain one of these names. Not allowed together with `audience`. An empty list
    /// that is not NULL rejects every token.
    pub audiences: *const *const c_char,
    /// The number of `audiences`, at most `EJWT_MAX_NAMES`.
    pub audiences_len: usize,
    /// The names of claims that must be present and not `null`.
    pub required_claims: *const *const c_char,
    /// The number of `required_claims`, at most `EJWT_MAX_NAMES`.
    pub required_claims_len: usize,
    /// Requires these scopes, separated by single spaces.
    pub scope: *const c_char,
    /// The name of the claim with the scopes. NULL means `scope`.
    pub scope_claim: *const c_char,
    /// The number of seconds by which the clocks of issuer and device may differ.
    pub leeway: u64,
    /// Requires `iat`, and limits the seconds since `iat`. 0 means no limit.
    pub max_age: u64,
    /// Requires `iat` and `exp`, and limits the seconds between them. 0 means no limit. It needs no clock.
    pub max_lifetime: u64,
    /// The flags `EJWT_POLICY_...`, combined with `|`.
    pub flags: u32,
}

/// Memory for the lists of a policy, on the stack.
#[derive(Default)]
pub(crate) struct Lists<'a> {
    issuers: [&'a str; EJWT_MAX_NAMES],
    audiences: [&'a str; EJWT_MAX_NAMES],
    required: [&'a str; EJWT_MAX_NAMES],
}

/// Reads a list of texts. Returns `None` for NULL with the length 0.
///
/// # Safety
/// The members keep the rules of the header.
unsafe fn names<'r, 'a>(
    memory: &Memory<'_>,
    list: *const *const c_char,
    len: usize,
    room: &'r mut [&'a str; EJWT_MAX_NAMES],
) -> Result<Option<&'r [&'a str]>, Refused> {
    if list.is_null() && len == 0 {
        return Ok(None);
    }
    let places = room.get_mut(..len).ok_or(Refused(EJWT_TOO_MANY))?;
    // SAFETY: the caller's promise.
    let list = unsafe { memory.slice(list, len) }?;
    for (place, name) in places.iter_mut().zip(list) {
        // SAFETY: the caller's promise.
        *place = unsafe { memory.some_text(*name) }?;
    }
    Ok(Some(places))
}

/// Reads a policy.
///
/// # Safety
/// The members keep the rules of the header.
#[inline(never)]
pub(crate) unsafe fn read<'r, 'a: 'r>(
    memory: &Memory<'_>,
    c: &'a ejwt_policy,
    lists: &'r mut Lists<'a>,
) -> Result<Policy<'r>, Refused> {
    if c.flags & !ALL_FLAGS != 0 {
        return Err(Refused(EJWT_INVALID_VALUE));
    }
    let has = |flag: u32| c.flags & flag != 0;
    // SAFETY: the caller's promise.
    let text = |pointer: *const c_char| unsafe { memory.text(pointer) };
    let (issuer, audience) = (text(c.issuer)?, text(c.audience)?);
    // SAFETY: the caller's promise.
    let issuers = unsafe { names(memory, c.issuers, c.issuers_len, &mut lists.issuers) }?;
    // SAFETY: the caller's promise.
    let audiences = unsafe { names(memory, c.audiences, c.audiences_len, &mut lists.audiences) }?;
    let required = c.required_claims;
    // SAFETY: the caller's promise.
    let required = unsafe { names(memory, required, c.required_claims_len, &mut lists.required) }?;

    let is_access_token = has(EJWT_POLICY_ACCESS_TOKEN);
    let ignores_audience = has(EJWT_POLICY_IGNORE_AUDIENCE);
    let audience_rules = [audience.is_some(), audiences.is_some(), ignores_audience];
    let audience_rules = audience_rules.iter().filter(|rule| **rule).count();
    let has_issuer = issuer.is_some() || issuers.is_some();
    let has_audience = audience.is_some() || audiences.is_some();
    if issuer.is_some() && issuers.is_some()
        || audience_rules > 1
        || is_access_token && !(has_issuer && has_audience)
        || c.scope.is_null() && !c.scope_claim.is_null()
    {
        return Err(Refused(EJWT_CONFLICT));
    }

    // Issuer and audience are set below.
    let mut policy = if is_access_token {
        Policy::access_token("", "")
    } else {
        Policy::new()
    };
    if let Some(issuer) = issuer {
        policy = policy.issuer(issuer);
    }
    if let Some(issuers) = issuers {
        policy = policy.issuers(issuers);
    }
    if let Some(audience) = audience {
        policy = policy.audience(audience);
    }
    if let Some(audiences) = audiences {
        policy = policy.audiences(audiences);
    }
    if ignores_audience {
        policy = policy.ignore_audience();
    }
    if let Some(typ) = text(c.typ)? {
        policy = policy.typ(typ);
    }
    if let Some(subject) = text(c.subject)? {
        policy = policy.subject(subject);
    }
    if let Some(required) = required {
        policy = policy.require_claims(required);
    }
    if let Some(scope) = text(c.scope)? {
        policy = policy.scope(scope);
    }
    if let Some(claim) = text(c.scope_claim)? {
        policy = policy.scope_claim(claim);
    }
    policy = policy.leeway(c.leeway);
    if c.max_age != 0 {
        policy = policy.max_age(c.max_age);
    }
    if c.max_lifetime != 0 {
        policy = policy.max_lifetime(c.max_lifetime);
    }
    if has(EJWT_POLICY_ALLOW_MISSING_EXP) {
        policy = policy.allow_missing_exp();
    }
    if has(EJWT_POLICY_ACCEPT_UNPROVED_FRESHNESS) {
        policy = policy.accept_unproved_freshness();
    }
    if has(EJWT_POLICY_ACCEPT_UNPROVED_POSSESSION) {
        policy = policy.accept_unproved_possession();
    }
    Ok(policy)
}
