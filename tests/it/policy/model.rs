//! Random policies and tokens against a model that judges in another way.

use embedded_jwt::{Error, Error::*, Freshness, Policy, Time};
use proptest::prelude::*;

use super::check;
use crate::common::{alg, mint, verify};

/// A policy and a token of few names and moments, so that what they say often meets.
#[derive(Clone, Debug)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "a policy has as many switches"
)]
struct Case {
    typ: (Option<u8>, Option<u8>),
    iss: (Option<Vec<u8>>, Option<u8>),
    sub: (Option<u8>, Option<u8>),
    wanted_aud: Wanted,
    /// The names, and whether a single one stands without a list.
    aud: (Option<Vec<u8>>, bool),
    leeway: u64,
    max_age: Option<u64>,
    max_lifetime: Option<u64>,
    exp_required: bool,
    unproved_accepted: bool,
    required: bool,
    exp: Option<u64>,
    nbf: Option<u64>,
    iat: Option<u64>,
    jti: bool,
    time: (u8, u64),
}

/// Which audience the policy wants.
#[derive(Clone, Copy, Debug)]
enum Wanted {
    Nobody,
    Anybody,
    Named(u8),
}

/// Media types are compared by rules of their own, which have their rows elsewhere.
const TYPES: [&str; 3] = ["JWT", "at+jwt", "application/dpop+jwt"];
const NAMES: [&str; 3] = ["a", r#"b "\"#, "https://c/𝄞"];

fn case() -> impl Strategy<Value = Case> {
    let name = || 0u8..3;
    let moment = || 0u64..24;
    let maybe_moment = || prop_oneof![1 => Just(None), 3 => moment().prop_map(Some)];
    let expected = || prop_oneof![3 => Just(None), 1 => name().prop_map(Some)];
    let found = || prop_oneof![1 => Just(None), 3 => name().prop_map(Some)];
    let names = || prop::collection::vec(name(), 0..3);
    let wanted_aud = prop_oneof![
        1 => Just(Wanted::Nobody),
        1 => Just(Wanted::Anybody),
        2 => name().prop_map(Wanted::Named),
    ];
    let parties = (
        (expected(), found()),
        (prop::option::weighted(0.3, names()), found()),
        (expected(), found()),
        wanted_aud,
        (prop::option::weighted(0.5, names()), any::<bool>()),
    );
    let limits = (
        prop_oneof![Just(0u64), 0u64..6],
        prop::option::of(0u64..12),
        prop::option::of(0u64..12),
    );
    let switches = (any::<bool>(), any::<bool>(), prop::bool::weighted(0.2));
    let moments = (maybe_moment(), maybe_moment(), maybe_moment());
    let time = (0u8..3, moment());
    (parties, limits, switches, moments, any::<bool>(), time).prop_map(
        |(parties, limits, switches, (exp, nbf, iat), jti, time)| {
            let (typ, iss, sub, wanted_aud, aud) = parties;
            let (leeway, max_age, max_lifetime) = limits;
            let (exp_required, unproved_accepted, required) = switches;
            Case {
                typ,
                iss,
                sub,
                wanted_aud,
                aud,
                leeway,
                max_age,
                max_lifetime,
                exp_required,
                unproved_accepted,
                required,
                exp,
                nbf,
                iat,
                jti,
                time,
            }
        },
    )
}

/// Judges by asking what holds at each possible present, with numbers that do not end.
fn model(case: &Case) -> Result<Freshness, Error> {
    fn one_of(
        expected: Option<&[u8]>,
        found: Option<u8>,
        missing: Error,
        mismatch: Error,
    ) -> Result<(), Error> {
        let Some(expected) = expected else {
            return Ok(());
        };
        let found = found.ok_or(missing)?;
        if expected.contains(&found) {
            Ok(())
        } else {
            Err(mismatch)
        }
    }
    one_of(
        case.typ.0.as_ref().map(core::slice::from_ref),
        case.typ.1,
        MissingTyp,
        TypMismatch,
    )?;
    one_of(case.iss.0.as_deref(), case.iss.1, MissingIss, IssMismatch)?;
    one_of(
        case.sub.0.as_ref().map(core::slice::from_ref),
        case.sub.1,
        MissingSub,
        SubMismatch,
    )?;
    match (case.wanted_aud, &case.aud.0) {
        (Wanted::Nobody, Some(_)) => return Err(UnexpectedAud),
        (Wanted::Named(_), None) => return Err(MissingAud),
        (Wanted::Named(name), Some(names)) if !names.contains(&name) => return Err(AudMismatch),
        _ => {}
    }

    let given = i128::from(case.time.1);
    let far = 1_000_000;
    let mut presents = match case.time.0 {
        0 => vec![given],
        1 => (given..200).chain([far]).collect(),
        _ => (0..200).chain([far]).collect::<Vec<i128>>(),
    };
    let mut proved = true;
    let mut check = |presents: &[i128], wrong: &dyn Fn(i128) -> bool, error: Error| {
        proved &= !presents.iter().any(|present| wrong(*present));
        if presents.iter().all(|present| wrong(*present)) {
            Err(error)
        } else {
            Ok(())
        }
    };
    let leeway = i128::from(case.leeway);
    let [exp, nbf, iat, max_age, max_lifetime] = [
        case.exp,
        case.nbf,
        case.iat,
        case.max_age,
        case.max_lifetime,
    ]
    .map(|value| value.map(i128::from));
    match exp {
        Some(exp) => {
            check(&presents, &|present| present - leeway >= exp, Expired)?;
            // From here on, those at which it has not expired.
            presents.retain(|present| present - leeway < exp);
        }
        None if case.exp_required || max_lifetime.is_some() => return Err(MissingExp),
        None => {}
    }
    if let Some(nbf) = nbf {
        check(&presents, &|present| present + leeway < nbf, NotYetValid)?;
    }
    if iat.is_none() && (max_age.is_some() || max_lifetime.is_some()) {
        return Err(MissingIat);
    }
    if let Some(iat) = iat {
        check(&presents, &|present| present + leeway < iat, IssuedInFuture)?;
        if let Some(max_age) = max_age {
            check(
                &presents,
                &|present| present - iat > max_age + leeway,
                TooOld,
            )?;
        }
        if let (Some(max_lifetime), Some(exp)) = (max_lifetime, exp)
            && exp - iat > max_lifetime
        {
            return Err(LifetimeTooLong);
        }
    }
    if case.required && !case.jti {
        return Err(MissingClaim { index: 0 });
    }
    match (proved, case.unproved_accepted) {
        (true, _) => Ok(Freshness::Proved),
        (false, true) => Ok(Freshness::Unproved),
        (false, false) => Err(FreshnessUnproved),
    }
}

fn under_test(case: &Case) -> Result<Freshness, Error> {
    let name = |index: u8| NAMES[usize::from(index)];
    let issuers: Option<Vec<&str>> = case
        .iss
        .0
        .as_ref()
        .map(|names| names.iter().map(|n| name(*n)).collect());
    let mut policy = Policy::new().leeway(case.leeway);
    if let Some(typ) = case.typ.0 {
        policy = policy.typ(TYPES[usize::from(typ)]);
    }
    match issuers.as_deref() {
        Some([one]) => policy = policy.issuer(one),
        Some(many) => policy = policy.issuers(many),
        None => {}
    }
    if let Some(sub) = case.sub.0 {
        policy = policy.subject(name(sub));
    }
    match case.wanted_aud {
        Wanted::Nobody => {}
        Wanted::Anybody => policy = policy.ignore_audience(),
        Wanted::Named(aud) => policy = policy.audience(name(aud)),
    }
    if let Some(seconds) = case.max_age {
        policy = policy.max_age(seconds);
    }
    if let Some(seconds) = case.max_lifetime {
        policy = policy.max_lifetime(seconds);
    }
    if !case.exp_required {
        policy = policy.allow_missing_exp();
    }
    if case.unproved_accepted {
        policy = policy.accept_unproved_freshness();
    }
    if case.required {
        policy = policy.require_claims(&["jti"]);
    }

    let mut header = serde_json::json!({"alg": alg().name()});
    if let Some(typ) = case.typ.1 {
        header["typ"] = TYPES[usize::from(typ)].into();
    }
    let mut claims = serde_json::json!({});
    for (member, value) in [("exp", case.exp), ("nbf", case.nbf), ("iat", case.iat)] {
        if let Some(value) = value {
            claims[member] = value.into();
        }
    }
    for (member, value) in [("iss", case.iss.1), ("sub", case.sub.1)] {
        if let Some(value) = value {
            claims[member] = name(value).into();
        }
    }
    match case.aud.0.as_deref() {
        Some([one]) if case.aud.1 => claims["aud"] = name(*one).into(),
        Some(many) => claims["aud"] = many.iter().map(|n| name(*n)).collect(),
        None => {}
    }
    if case.jti {
        claims["jti"] = "1".into();
    }
    let time = match case.time {
        (0, time) => Time::Trusted(time),
        (1, time) => Time::AtLeast(time),
        _ => Time::Unknown,
    };
    // Of several issuers, the one that the token names is the key's: the model knows nothing of keys.
    let key = alg().key().with_issuer(case.iss.1.map_or("", name));
    let key = match case.iss.0.as_deref() {
        Some([_]) | None => alg().key(),
        Some(_) => key,
    };
    let token = mint(alg(), header.to_string(), claims.to_string());
    verify(&[key], &policy, time, &token).map(|accepted| accepted.freshness)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(feature = "hs256") { 2048 } else { 128 }))]

    #[test]
    fn as_the_model(case in case()) {
        prop_assert_eq!(under_test(&case), model(&case));
    }

    /// Any string, spelled by serde_json and by escaping every character.
    #[test]
    fn any_string(value: String, other: String) {
        let spelled = serde_json::to_string(&value).unwrap();
        let escaped: String = value.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        for spelling in [spelled, format!("\"{escaped}\"")] {
            let members = format!(r#""sub":{spelling}"#);
            prop_assert_eq!(check(&Policy::new().subject(&value), &members), Ok(()));
            let expected = if value == other { Ok(()) } else { Err(SubMismatch) };
            prop_assert_eq!(check(&Policy::new().subject(&other), &members), expected);
        }
    }
}
