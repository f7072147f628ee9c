//! RFC 6750 section 3.

use std::collections::BTreeMap;

use embedded_jwt::{
    Error,
    Error::*,
    json::Misfit,
    oauth::{Challenge, Refusal, Scheme},
};
use proptest::prelude::*;

use crate::source;

const NO_CREDENTIALS: &[Error] = &[UnsupportedScheme];
const INVALID_REQUEST: &[Error] = &[
    MissingAccessToken,
    CredentialsWhitespace,
    SeveralCredentials,
    CredentialsNotToken68,
];
const INVALID_TOKEN: &[Error] = &[
    TokenTooLong,
    JsonSerialization,
    EncryptedToken,
    NotThreeSegments,
    Whitespace,
    Padding,
    EmptyHeader,
    EmptySignature,
    HeaderNotBase64url,
    PayloadNotBase64url,
    SignatureNotBase64url,
    HeaderTooLong,
    HeaderNotUtf8,
    HeaderNotJson,
    HeaderNotObject,
    HeaderDuplicateName,
    HeaderLoneSurrogate,
    HeaderTooDeep,
    HeaderTooManyNames,
    MissingAlg,
    InvalidAlg,
    InvalidTyp,
    InvalidKid,
    InvalidCty,
    InvalidCrit,
    UnsupportedCrit,
    InvalidB64,
    UnsupportedB64,
    MissingKid,
    KeyNotFound,
    AlgMismatch,
    SignatureLength,
    InvalidSignature,
    KeyIssuerMismatch,
    KeyWithdrawn,
    PayloadNotUtf8,
    PayloadNotJson,
    PayloadNotObject,
    PayloadDuplicateName,
    PayloadLoneSurrogate,
    PayloadTooDeep,
    PayloadTooManyNames,
    InvalidIss,
    InvalidSub,
    InvalidAud,
    InvalidExp,
    InvalidNbf,
    InvalidIat,
    InvalidJti,
    ClaimsShape {
        reason: Misfit::Missing,
        field: Some("valve"),
    },
    MissingTyp,
    TypMismatch,
    MissingIss,
    IssMismatch,
    MissingSub,
    SubMismatch,
    MissingAud,
    AudMismatch,
    UnexpectedAud,
    MissingExp,
    Expired,
    NotYetValid,
    MissingIat,
    IssuedInFuture,
    TooOld,
    LifetimeTooLong,
    MissingClaim { index: 7 },
    InvalidScope,
    MissingClientId,
    InvalidClientId,
    MissingJti,
    InvalidAuthTime,
    InvalidAcr,
    InvalidAmr,
    InvalidEntitlements,
    PossessionUnproved,
    Replayed,
    IssuedBeforeReset,
    NonceMismatch,
    DpopKeyMismatch,
    InvalidCnf,
    UnsupportedCnf,
];
const INSUFFICIENT_SCOPE: &[Error] = &[MissingScope, InsufficientScope];
const INVALID_DPOP_PROOF: &[Error] = &[
    DpopInvalidJwk,
    DpopHtmMismatch,
    DpopHtuMismatch,
    DpopAthMismatch,
];
const USE_DPOP_NONCE: &[Error] = &[DpopNonceMismatch];
const SERVER_ERROR: &[Error] = &[
    BufferTooSmall { needed: 7 },
    TooManyKeys,
    KeyIssuerUnbound,
    FreshnessUnproved,
    ReplayGuardFull,
    ReplayGuardClosed,
    NonceExpired,
    KeyTooShort,
    WeakSecret,
    InvalidThumbprint,
    KeyNotPem,
    KeyPrivate,
    KeyCertificate,
    KeyRsa,
    KeyOtherCurve,
    KeyPemNotDer,
    KeyLength,
    KeyNotUncompressed,
    KeyNotOnCurve,
    KeyNotSpki,
    JwkNotJson,
    JwkUnsupportedKty,
    JwkUnsupportedCrv,
    JwkNotForVerifying,
    JwkAlgMismatch,
    JwkInvalidMember,
    JwkNotPublic,
    JwkSetNotJson,
    JwkSetMissingKeys,
    JwkSetInvalidKeys,
    JwkSetTooManyKeys,
    JwkSetDuplicateKid,
    JwkSetNoRoom,
    KeyRingStale,
    KeyRingNoKeys { skipped: 4 },
    KeyRingKidTooLong,
    KeyRingFull,
    KeyRingKeyPublished,
    KeyRingOutdated,
    KeyRingStateInvalid,
    KeyRingStateForeign,
    KeyRingMissingNumber,
    PrivateKeyOutOfRange,
    ClaimsNotJson,
    NoRandomness,
    InvalidChallenge,
];

/// The challenge, in a buffer of exactly its length; what is behind it and what is shorter is tried too.
fn write(challenge: Challenge<'_>, refusal: Refusal) -> Result<Option<String>, Error> {
    let mut large = [0xa5; 1024];
    let written = challenge.write(refusal, &mut large)?.map(str::to_owned);
    let Some(text) = &written else {
        assert_eq!(challenge.write(refusal, &mut []), Ok(None));
        return Ok(None);
    };
    assert!(large[text.len()..].iter().all(|byte| *byte == 0xa5));
    let mut exact = vec![0; text.len()];
    assert_eq!(challenge.write(refusal, &mut exact), Ok(Some(&**text)));
    for short in 0..text.len() {
        let mut buffer = vec![0xa5; short];
        let needed = text.len();
        assert_eq!(
            challenge.write(refusal, &mut buffer),
            Err(BufferTooSmall { needed })
        );
        assert!(
            buffer.iter().all(|byte| *byte == 0xa5),
            "half a challenge was written"
        );
    }
    Ok(written)
}

/// The parameters of a challenge, as RFC 9110 section 11.2 has them; `None` where it is none.
fn parse(challenge: &str) -> Option<BTreeMap<&str, String>> {
    let mut rest = challenge.strip_prefix("Bearer ")?;
    let mut parameters = BTreeMap::new();
    loop {
        let (name, value) = rest.split_once("=\"")?;
        if name.is_empty() || !name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'_')) {
            return None;
        }
        let mut text = String::new();
        let mut characters = value.chars();
        loop {
            match characters.next()? {
                '"' => break,
                '\\' => text.push(characters.next()?),
                character @ ' '..='~' => text.push(character),
                _ => return None,
            }
        }
        if parameters.insert(name, text).is_some() {
            return None;
        }
        rest = characters.as_str();
        if rest.is_empty() {
            return Some(parameters);
        }
        rest = rest.strip_prefix(", ")?;
    }
}

#[test]
fn examples_of_rfc_6750() {
    let challenge = Challenge::new("example");
    let written = write(challenge, Refusal::NoCredentials);
    assert_eq!(written, Ok(Some(r#"Bearer realm="example""#.to_owned())));
    let written = write(challenge, Expired.into());
    let expected = r#"Bearer realm="example", error="invalid_token", error_description="the token has expired""#;
    assert_eq!(written, Ok(Some(expected.to_owned())));
    for scope in [
        "openid profile email",
        "urn:example:channel=HBO&urn:example:rating=G,PG-13",
    ] {
        let written = write(challenge.scope(scope), InsufficientScope.into())
            .unwrap()
            .unwrap();
        let expected = [
            r#"Bearer realm="example", error="insufficient_scope", "#,
            r#"error_description="the token does not have a required scope", scope=""#,
            scope,
            "\"",
        ];
        assert_eq!(written, expected.concat());
    }
}

#[test]
fn every_error() {
    let challenge = Challenge::new("example").scope("a b");
    let mut seen = Vec::new();
    for (errors, status, code) in [
        (NO_CREDENTIALS, 401, None),
        (INVALID_REQUEST, 400, Some("invalid_request")),
        (INVALID_TOKEN, 401, Some("invalid_token")),
        (INVALID_DPOP_PROOF, 401, Some("invalid_dpop_proof")),
        (USE_DPOP_NONCE, 401, Some("use_dpop_nonce")),
        (INSUFFICIENT_SCOPE, 403, Some("insufficient_scope")),
        (SERVER_ERROR, 500, None),
    ] {
        for error in errors {
            seen.push(error.name());
            let refusal = Refusal::from(*error);
            assert_eq!(refusal.status(), status, "{error:?}");
            assert_eq!(refusal.error_code(), code, "{error:?}");
            let is_nothing = (status, code) == (401, None);
            assert_eq!(refusal.cause(), (!is_nothing).then_some(*error));
            let Some(written) = write(challenge, refusal).unwrap() else {
                assert_eq!(status, 500, "{error:?}");
                continue;
            };
            assert_ne!(status, 500, "{error:?}");
            let parameters = parse(&written).unwrap();
            assert_eq!(parameters["realm"], "example");
            assert_eq!(parameters["scope"], "a b");
            assert_eq!(
                parameters.get("error").map(String::as_str),
                code,
                "{error:?}"
            );
            let description = parameters.get("error_description");
            assert_eq!(description.is_some(), code.is_some(), "{error:?}");
            let allowed = |byte| matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~');
            assert!(
                description.is_none_or(|text| text.bytes().all(allowed)),
                "{error:?}"
            );
            // Neither a number of bytes, an index nor the name of a field.
            assert!(description.is_none_or(|text| error.to_string().starts_with(text)));
            assert!(description.is_none_or(|text| !text.contains("valve")));
        }
    }
    // None is left out: the table in the source has a code and a name at the start of a line.
    let mut declared: Vec<&str> = source::ERROR
        .lines()
        .filter_map(|line| {
            let (code, rest) = line.trim_start().split_once(' ')?;
            code.parse::<u16>().ok()?;
            rest.split(' ').next()
        })
        .collect();
    declared.sort_unstable();
    seen.sort_unstable();
    assert_eq!(seen, declared);
}

/// RFC 9449 section 7.1.
#[test]
fn challenge_for_a_bound_token() {
    let challenge = Challenge::new("example").scheme(Scheme::Dpop);
    let written = |refusal| write(challenge, refusal).unwrap().unwrap();
    assert_eq!(
        written(Refusal::NoCredentials),
        r#"DPoP realm="example", algs="ES256""#
    );
    assert_eq!(
        written(DpopKeyMismatch.into()),
        concat!(
            r#"DPoP realm="example", error="invalid_token", "#,
            r#"error_description="the access token is not bound to the key of the DPoP proof", algs="ES256""#
        )
    );
    let with_scope = write(challenge.scope("a b"), Refusal::UseDpopNonce);
    let text = with_scope.unwrap().unwrap();
    assert!(
        text.contains(r#"error="use_dpop_nonce""#)
            && text.ends_with(r#"scope="a b", algs="ES256""#)
    );
    assert_eq!(challenge.scheme(Scheme::Bearer), Challenge::new("example"));
}

#[test]
fn nothing_gets_out_of_the_quotes() {
    for (realm, expected) in [
        ("", Some(r#"Bearer realm="""#)),
        ("a b", Some(r#"Bearer realm="a b""#)),
        (r#"a"b"#, Some(r#"Bearer realm="a\"b""#)),
        (r"a\b", Some(r#"Bearer realm="a\\b""#)),
        (r"a\", Some(r#"Bearer realm="a\\""#)),
        (r#"", error="x"#, Some(r#"Bearer realm="\", error=\"x""#)),
        ("a\r\nSet-Cookie: x", None),
        ("a\nb", None),
        ("a\rb", None),
        ("a\r\n", None),
        ("a\tb", None),
        ("a\0b", None),
        ("a\u{7f}b", None),
        ("a\u{85}b", None),
        ("caf\u{e9}", None),
        ("\u{2028}", None),
    ] {
        let written = write(Challenge::new(realm), Refusal::NoCredentials);
        assert_eq!(
            written,
            expected
                .map(|text| Some(text.to_owned()))
                .ok_or(InvalidChallenge)
        );
    }
    for scope in [
        "",
        " ",
        " a",
        "a ",
        "a  b",
        "a\tb",
        "a\r\nb",
        "a\n",
        "a\"",
        "a\\",
        "a\0",
        "caf\u{e9}",
        "a\u{7f}",
    ] {
        let challenge = Challenge::new("x").scope(scope);
        for refusal in [
            Refusal::NoCredentials,
            MissingScope.into(),
            Expired.into(),
            SeveralCredentials.into(),
        ] {
            assert_eq!(
                write(challenge, refusal),
                Err(InvalidChallenge),
                "{scope:?}"
            );
        }
    }
}

proptest! {
    #[test]
    fn a_challenge_says_what_it_was_given(
        realm in "[ -~]{0,20}|\\PC{0,20}|[\\x00-\\x7f]{0,20}",
        scope in "[!#-\\[\\]-~]{1,8}( [!#-\\[\\]-~]{1,8}){0,3}|[ -~]{0,8}|[\\x00-\\x7f]{0,20}",
    ) {
        let challenge = Challenge::new(&realm).scope(&scope);
        match write(challenge, Expired.into()) {
            Ok(written) => {
                let written = written.unwrap();
                let parameters = parse(&written).unwrap();
                prop_assert_eq!(&parameters["realm"], &realm);
                prop_assert_eq!(&parameters["scope"], &scope);
                prop_assert_eq!(parameters.len(), 4);
            }
            Err(error) => {
                prop_assert_eq!(error, InvalidChallenge);
                let printable = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
                let words = scope.split(' ').all(|word| !word.is_empty());
                prop_assert!(!printable(&realm) || !printable(&scope) || !words || scope.contains(['"', '\\']));
            }
        }
    }
}
