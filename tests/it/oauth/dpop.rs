//! DPoP: an access token and the proof of possession that comes with it (RFC 9449).

use std::sync::LazyLock;

use embedded_jwt::{
    Compact, Error,
    Error::*,
    Policy, Time, Verifier,
    jwk::KeyRing,
    oauth::{DpopRequest, DpopToken, Refusal, Refusal::*},
};
use sha2::{Digest as _, Sha256};

use crate::common::{Alg, ISSUER_X, ISSUER_Y, NOW, OTHER_X, OTHER_Y, alg, encode, forge, mint};

const POLICY: Policy<'static> = Policy::access_token("https://auth.example", URI);
const URI: &str = "https://pump-7.example/output";
/// Until when the server accepts its nonce.
const NONCE_UNTIL: u64 = NOW + 5000;

/// The thumbprint of the key that the proofs here are by.
static JKT: LazyLock<String> = LazyLock::new(|| Alg::Es256.key().thumbprint().unwrap().to_string());

/// An access token of the issuer with this `cnf`.
fn token_with(cnf: &str) -> Vec<u8> {
    let payload = format!(
        r#"{{"iss":"https://auth.example","aud":"{URI}","exp":{},"iat":{NOW},"sub":"s","client_id":"c","jti":"j"{cnf}}}"#,
        NOW + 600
    );
    mint(alg(), r#"{"typ":"at+jwt","alg":"<alg>"}"#, payload)
}

/// One that is bound to the key of the proofs.
static TOKEN: LazyLock<Vec<u8>> =
    LazyLock::new(|| token_with(&format!(r#","cnf":{{"jkt":"{}"}}"#, *JKT)));
static AUTHORIZATION: LazyLock<Vec<u8>> = LazyLock::new(|| under("DPoP", &TOKEN));

fn under(scheme: &str, token: &[u8]) -> Vec<u8> {
    [scheme.as_bytes(), b" ", token].concat()
}

fn ath(token: &[u8]) -> String {
    encode(Sha256::digest(token))
}

fn request(proof: &[u8]) -> DpopRequest<'_> {
    DpopRequest::new("POST", URI, &AUTHORIZATION, proof)
}

fn verify(request: &DpopRequest<'_>, time: Time) -> Result<u64, Refusal> {
    let keys = [alg().key()];
    let mut buffer = [0; 2048];
    let bound: DpopToken<'_, '_> =
        Verifier::new(&keys, &POLICY).verify_dpop(request, time, &mut buffer)?;
    assert!(bound.token().access_token().unwrap().client_id() == "c");
    assert!(bound.proof().jti() == "1" && *bound.proof().thumbprint() == JKT.as_str());
    Ok(bound.proof().remember_until())
}

fn jwk() -> String {
    format!(r#"{{"kty":"EC","crv":"P-256","x":"{ISSUER_X}","y":"{ISSUER_Y}"}}"#)
}

fn header(jwk: &str) -> String {
    format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{jwk}}}"#)
}

/// A good payload for this token, but that this claim has this value, or is not there.
fn payload_for(token: &[u8], claim: &str, value: Option<&str>) -> String {
    let (iat, htu, ath) = (
        NOW.to_string(),
        format!("\"{URI}\""),
        format!("\"{}\"", ath(token)),
    );
    let good = [
        ("jti", "\"1\""),
        ("htm", "\"POST\""),
        ("htu", &htu),
        ("iat", &iat),
        ("ath", &ath),
    ];
    let others = good.into_iter().filter(|(name, _)| *name != claim);
    let members: Vec<String> = others
        .chain(value.map(|value| (claim, value)))
        .map(|(name, value)| format!(r#""{name}":{value}"#))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn payload(claim: &str, value: Option<&str>) -> String {
    payload_for(&TOKEN, claim, value)
}

fn good_proof() -> Vec<u8> {
    mint(Alg::Es256, header(&jwk()), payload("", None))
}

/// What is wrong with the proof; of the token nothing may be.
fn check(header: &str, payload: &str) -> Result<(), Error> {
    judge_at(None, Time::Trusted(NOW), header, payload)
}

fn judge_at(nonce: Option<&str>, time: Time, header: &str, payload: &str) -> Result<(), Error> {
    let proof = mint(Alg::Es256, header, payload);
    let request = request(&proof);
    let request = match nonce {
        Some(nonce) => request.nonce(nonce, NONCE_UNTIL),
        None => request,
    };
    match verify(&request, time) {
        Ok(_) => Ok(()),
        Err(InvalidDpopProof(error)) => Err(error),
        Err(UseDpopNonce) => Err(DpopNonceMismatch),
        Err(refusal) => panic!("{refusal:?}"),
    }
}

/// The token is judged as any other, before the proof.
#[test]
fn tokens() {
    let proof = good_proof();
    let at = |authorization: &[u8]| {
        let request = DpopRequest::new("POST", URI, authorization, &proof);
        verify(&request, Time::Trusted(NOW)).map(drop)
    };
    assert_eq!(at(&AUTHORIZATION), Ok(()));
    assert_eq!(at(&under("dpop", &TOKEN)), Ok(()));
    let forged = forge(alg(), r#"{"alg":"<alg>"}"#, "{}");
    let plain = mint(alg(), r#"{"alg":"<alg>"}"#, r#"{"exp":1790000060}"#);
    for (authorization, expected) in [
        (under("Bearer", &TOKEN), NoCredentials),
        (b"".to_vec(), NoCredentials),
        (b"DPoP".to_vec(), InvalidRequest(MissingAccessToken)),
        (b"DPoP a,b".to_vec(), InvalidRequest(SeveralCredentials)),
        (b"DPoP x".to_vec(), InvalidToken(NotThreeSegments)),
        (under("DPoP", &forged), InvalidToken(InvalidSignature)),
        (under("DPoP", &plain), InvalidToken(MissingTyp)),
    ] {
        assert_eq!(at(&authorization), Err(expected), "{expected:?}");
    }
    // Whoever sends no proof has proved nothing.
    let without = verify(&request(b""), Time::Trusted(NOW));
    assert_eq!(without, Err(InvalidDpopProof(NotThreeSegments)));
    // What the verifier and the policy want of keys, they want here too.
    let (keys, mut buffer) = ([alg().key()], [0; 2048]);
    let issuers = POLICY.issuers(&["https://auth.example", "https://auth2.example"]);
    for (verifier, expected) in [
        (
            Verifier::new(&keys, &POLICY).require_kid(),
            InvalidToken(MissingKid),
        ),
        (
            Verifier::new(&keys, &issuers),
            ServerError(KeyIssuerUnbound),
        ),
    ] {
        let verdict = verifier.verify_dpop(&request(&proof), Time::Trusted(NOW), &mut buffer);
        assert_eq!(verdict.map(drop), Err(expected));
    }
    // A token that may do less than is asked for is no matter of the proof.
    let keys = [alg().key()];
    let (policy, mut buffer) = (POLICY.scope("pump:write"), [0; 2048]);
    let verdict = Verifier::new(&keys, &policy)
        .verify_dpop(&request(&proof), Time::Trusted(NOW), &mut buffer)
        .map(drop);
    assert_eq!(verdict, Err(Refusal::InsufficientScope(MissingScope)));
    // Where the token is not what it should be, the proof is not looked at.
    for proof in [&proof[..], b"x", b""] {
        let expired = verify(&request(proof), Time::Trusted(NOW + 601)).map(drop);
        assert_eq!(expired, Err(InvalidToken(Expired)));
    }
}

/// The key that the token is bound to has to be the key of the proof.
#[test]
fn bound_to_the_key_of_the_proof() {
    let other = format!(r#"{{"kty":"EC","crv":"P-256","x":"{OTHER_X}","y":"{OTHER_Y}"}}"#);
    for (cnf, expected) in [
        (format!(r#","cnf":{{"jkt":"{}"}}"#, *JKT), Ok(())),
        (format!(r#","cnf":{{"jwk":{}}}"#, jwk()), Ok(())),
        (String::new(), Err(DpopKeyMismatch)),
        (format!(r#","jkt":"{}""#, *JKT), Err(DpopKeyMismatch)),
        (
            format!(r#","cnf":{{"jkt":"{}A"}}"#, &JKT[..42]),
            Err(DpopKeyMismatch),
        ),
        (format!(r#","cnf":{{"jwk":{other}}}"#), Err(DpopKeyMismatch)),
        (
            format!(r#","cnf":{{"kid":"{}"}}"#, *JKT),
            Err(DpopKeyMismatch),
        ),
        (r#","cnf":{}"#.to_owned(), Err(InvalidCnf)),
        (r#","cnf":null"#.to_owned(), Err(InvalidCnf)),
        (
            r#","cnf":{"jku":"https://keys.example"}"#.to_owned(),
            Err(UnsupportedCnf),
        ),
    ] {
        let token = token_with(&cnf);
        let proof = mint(Alg::Es256, header(&jwk()), payload_for(&token, "", None));
        let authorization = under("DPoP", &token);
        let request = DpopRequest::new("POST", URI, &authorization, &proof);
        let verdict = verify(&request, Time::Trusted(NOW)).map(drop);
        assert_eq!(verdict, expected.map_err(InvalidToken), "{cnf}");
    }
}

/// A thief of the token has a key of his own, and what he signs with it is a good proof, of that key.
#[test]
fn proof_of_a_thief() {
    let other = format!(r#"{{"kty":"EC","crv":"P-256","x":"{OTHER_X}","y":"{OTHER_Y}"}}"#);
    let proof = forge(Alg::Es256, header(&other), payload("", None));
    let verdict = verify(&request(&proof), Time::Trusted(NOW));
    assert_eq!(verdict, Err(InvalidToken(DpopKeyMismatch)));
}

/// One buffer takes both, decoded.
#[test]
fn buffer_of_the_needed_length() {
    let proof = good_proof();
    let len = |token: &[u8]| Compact::parse(token).unwrap().buffer_len();
    let needed = len(&TOKEN) + len(&proof);
    let with = |len: usize| {
        let keys = [alg().key()];
        let verifier = Verifier::new(&keys, &POLICY);
        let mut buffer = vec![0; len];
        verifier
            .verify_dpop(&request(&proof), Time::Trusted(NOW), &mut buffer)
            .map(drop)
    };
    assert_eq!(with(needed), Ok(()));
    for short in [0, 1, len(&TOKEN), needed - 1] {
        assert_eq!(with(short), Err(ServerError(BufferTooSmall { needed })));
    }
}

/// The keys of a ring verify it as well, as of their time.
#[test]
fn under_a_key_ring() {
    let mut ring = KeyRing::<2>::new("https://auth.example", 3600).stale_after(300);
    let set = format!(r#"{{"keys":[{}]}}"#, jwk());
    assert_eq!(
        ring.update(set.as_bytes(), NOW, &mut [0; 1024])
            .unwrap()
            .added,
        1
    );
    let token = {
        let bound = format!(r#","cnf":{{"jkt":"{}"}}"#, *JKT);
        let payload = String::from_utf8(crate::common::decode(
            core::str::from_utf8(
                token_with(&bound)
                    .split(|byte| *byte == b'.')
                    .nth(1)
                    .unwrap(),
            )
            .unwrap(),
        ))
        .unwrap();
        mint(Alg::Es256, r#"{"typ":"at+jwt","alg":"<alg>"}"#, payload)
    };
    let authorization = under("DPoP", &token);
    let proof = mint(Alg::Es256, header(&jwk()), payload_for(&token, "", None));
    let request = DpopRequest::new("POST", URI, &authorization, &proof);
    let at = |time| {
        let policy = Policy::access_token("ignored", URI);
        let keys = ring.keys(&policy);
        keys.verify_dpop(&request, Time::Trusted(time), &mut [0; 2048])
            .map(drop)
    };
    assert_eq!(at(NOW), Ok(()));
    assert_eq!(at(NOW + 66), Err(InvalidDpopProof(TooOld)));
    assert_eq!(at(NOW + 300), Err(ServerError(KeyRingOutdated)));
}

/// Each claim that a proof has, missing or wrong.
#[test]
fn claims() {
    assert_eq!(check(&header(&jwk()), &payload("", None)), Ok(()));
    for (claim, values, missing, wrong) in [
        ("jti", &["null", "1"][..], MissingJti, InvalidJti),
        ("jti", &["\"\""], MissingJti, InvalidJti),
        ("iat", &["null", "\"1\""], MissingIat, InvalidIat),
        (
            "htm",
            &["null", "\"\"", "1", "\"post\"", "\"POST \"", "[\"POST\"]"],
            DpopHtmMismatch,
            DpopHtmMismatch,
        ),
        (
            "htu",
            &["null", "\"\"", "{}"],
            DpopHtuMismatch,
            DpopHtuMismatch,
        ),
        (
            "ath",
            &[
                "null",
                "\"\"",
                "\"fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo\"",
            ],
            DpopAthMismatch,
            DpopAthMismatch,
        ),
    ] {
        assert_eq!(
            check(&header(&jwk()), &payload(claim, None)),
            Err(missing),
            "{claim}"
        );
        for value in values {
            let verdict = check(&header(&jwk()), &payload(claim, Some(value)));
            assert_eq!(verdict, Err(wrong), "{claim}: {value}");
        }
    }
}

/// How old a proof may be, with the clocks as far apart as is allowed; and for how long its `jti` has to be remembered.
#[test]
fn age() {
    for (set, max_age, leeway) in [
        (None, 60, 5),
        (Some((60, 30)), 60, 30),
        (Some((10, 0)), 10, 0),
    ] {
        let at = |iat: u64, now: u64| {
            let claims = payload("iat", Some(&iat.to_string()));
            let proof = mint(Alg::Es256, header(&jwk()), claims);
            let request = request(&proof);
            let request = match set {
                Some((max_age, leeway)) => request.max_age(max_age).leeway(leeway),
                None => request,
            };
            verify(&request, Time::Trusted(now))
        };
        // The newest that is accepted is accepted for longest.
        let iat = NOW + leeway;
        let until = iat + max_age + leeway + 1;
        assert_eq!(at(iat, NOW), Ok(until));
        assert_eq!(at(iat, until - 1), Ok(until));
        assert_eq!(at(iat, until), Err(InvalidDpopProof(TooOld)));
        assert_eq!(at(iat + 1, NOW), Err(InvalidDpopProof(IssuedInFuture)));
    }
    // Dates that a proof need not have count where it has them.
    for (claim, value, error) in [("exp", NOW - 5, Expired), ("nbf", NOW + 6, NotYetValid)] {
        let verdict = check(&header(&jwk()), &payload(claim, Some(&value.to_string())));
        assert_eq!(verdict, Err(error));
    }
}

/// A right nonce stands for the age; any other is answered by the one to use, whatever else is wrong.
#[test]
fn nonce() {
    let with = |value, time| {
        let payload = payload("nonce", value);
        judge_at(Some("n-1"), time, &header(&jwk()), &payload)
    };
    for time in [NOW, NOW + 500].map(Time::Trusted) {
        assert_eq!(with(Some("\"n-1\""), time), Ok(()), "{time:?}");
        for wrong in [None, Some("null"), Some("\"\""), Some("\"n-2\""), Some("1")] {
            assert_eq!(with(wrong, time), Err(DpopNonceMismatch), "{time:?}");
        }
    }
    let nonced = |claim: &str, value: &str, nonce: &str| {
        let payload =
            payload(claim, Some(value)).replacen('{', &format!("{{\"nonce\":\"{nonce}\","), 1);
        judge_at(Some("n-1"), Time::Trusted(NOW), &header(&jwk()), &payload)
    };
    for iat in [0, NOW - 3600, NOW + 3600] {
        assert_eq!(nonced("iat", &iat.to_string(), "n-1"), Ok(()));
        assert_eq!(
            nonced("iat", &iat.to_string(), "n-0"),
            Err(DpopNonceMismatch)
        );
    }
    assert_eq!(nonced("htm", "\"GET\"", "n-0"), Err(DpopNonceMismatch));
    assert_eq!(nonced("htm", "\"GET\"", "n-1"), Err(DpopHtmMismatch));
    assert_eq!(nonced("exp", "1", "n-1"), Err(Expired));
    // It is for the server to say for how long it accepts a nonce; from then on it is a stale one.
    let payload = payload("nonce", Some("\"n-1\""));
    let proof = mint(Alg::Es256, header(&jwk()), payload);
    let verdict = verify(
        &request(&proof).nonce("n-1", NONCE_UNTIL),
        Time::Trusted(NOW),
    );
    assert_eq!(verdict, Ok(NONCE_UNTIL + 1));
    let at = |time| verify(&request(&proof).nonce("n-1", NOW + 9), Time::Trusted(time));
    assert_eq!(at(NOW + 9), Ok(NOW + 10));
    assert_eq!(at(NOW + 10), Err(UseDpopNonce));
    // No nonce is none to go by.
    let empty = mint(
        Alg::Es256,
        header(&jwk()),
        self::payload("nonce", Some("\"\"")),
    );
    let verdict = verify(&request(&empty).nonce("", NONCE_UNTIL), Time::Trusted(NOW));
    assert_eq!(verdict, Err(UseDpopNonce));
    // A proof without `iat` is none.
    let payload = payload_for(&TOKEN, "iat", None).replacen('{', r#"{"nonce":"n-1","#, 1);
    let verdict = judge_at(Some("n-1"), Time::Trusted(NOW), &header(&jwk()), &payload);
    assert_eq!(verdict, Err(MissingIat));
}

/// Without a clock: the token by a policy that accepts that, the proof by its nonce.
#[test]
fn without_a_clock() {
    let proof = mint(
        Alg::Es256,
        header(&jwk()),
        payload("nonce", Some("\"n-1\"")),
    );
    let keys = [alg().key()];
    let policy = POLICY.accept_unproved_freshness();
    let verdict = |request: &DpopRequest<'_>| {
        let verifier = Verifier::new(&keys, &policy);
        verifier
            .verify_dpop(request, Time::Unknown, &mut [0; 2048])
            .map(drop)
    };
    assert_eq!(verdict(&request(&proof).nonce("n-1", NONCE_UNTIL)), Ok(()));
    assert_eq!(
        verdict(&request(&proof).nonce("n-2", NONCE_UNTIL)),
        Err(UseDpopNonce)
    );
    assert_eq!(
        verdict(&request(&proof)),
        Err(ServerError(FreshnessUnproved))
    );
}

#[test]
fn headers() {
    let good = payload("", None);
    let other = format!(r#"{{"kty":"EC","crv":"P-256","x":"{OTHER_X}","y":"{OTHER_Y}"}}"#);
    let private = jwk().replace(
        '}',
        r#","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#,
    );
    let swapped = format!(r#"{{"kty":"EC","crv":"P-256","x":"{ISSUER_Y}","y":"{ISSUER_X}"}}"#);
    let secret = r#"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#;
    let rsa = r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#;
    let for_encryption = jwk().replace('}', r#","use":"enc"}"#);
    for (jwk, error) in [
        (other.as_str(), InvalidSignature),
        (&private, DpopInvalidJwk),
        (&swapped, DpopInvalidJwk),
        (secret, DpopInvalidJwk),
        (rsa, DpopInvalidJwk),
        (&for_encryption, DpopInvalidJwk),
        ("null", DpopInvalidJwk),
        ("[]", DpopInvalidJwk),
        ("{}", DpopInvalidJwk),
    ] {
        assert_eq!(check(&header(jwk), &good), Err(error), "{jwk}");
    }
    let of = |from, to| check(&header(&jwk()).replace(from, to), &good);
    assert_eq!(of("dpop+jwt", "application/dpop+jwt"), Ok(()));
    assert_eq!(of("dpop+jwt", "JWT"), Err(TypMismatch));
    assert_eq!(of(r#""typ":"dpop+jwt","#, ""), Err(MissingTyp));
    assert_eq!(of("ES256", "HS256"), Err(AlgMismatch));
    assert_eq!(of("ES256", "none"), Err(AlgMismatch));
    assert_eq!(of("\"jwk\"", "\"jwk2\""), Err(DpopInvalidJwk));
    assert_eq!(
        of("\"jwk\"", "\"crit\":[\"jwk\"],\"jwk\""),
        Err(UnsupportedCrit)
    );

    let stranger = forge(Alg::Es256, header(&jwk()), &good);
    let verdict = verify(&request(&stranger), Time::Trusted(NOW));
    assert_eq!(verdict, Err(InvalidDpopProof(InvalidSignature)));
}

/// RFC 3986 section 6.2, as far as RFC 9449 section 4.3 asks for it.
#[test]
fn targets() {
    for (ours, theirs, is_same) in [
        (URI, "HTTPS://PUMP-7.example/output", true),
        (URI, "https://pump-7.example:443/output", true),
        (URI, "https://pump-7.example/output?on=1#x", true),
        (URI, "https://pump-7.example/output#x?", true),
        ("https://pump-7.example", "https://pump-7.example/", true),
        ("http://a", "http://a:80/", true),
        ("http://a:8080/x", "http://a:8080/x", true),
        ("HTTP://a:80/x", "http://a/x", true),
        ("coaps://a/x", "coaps://a:80/x", false),
        ("coaps://a/x", "coaps://a/x", true),
        ("wss://a/x", "wss://a:80/x", false),
        ("wss://a/x", "wss://a:443/x", false),
        ("http://a/x", "http://a:443/x", false),
        (URI, "https://pump-7.example/Output", false),
        (URI, "https://pump-7.example/output/", false),
        (URI, "https://pump-7.example//output", false),
        (URI, "https://pump-7.example/outpu", false),
        (URI, "https://pump-7.example:80/output", false),
        (URI, "http://pump-7.example/output", false),
        (URI, "https://pump-8.example/output", false),
        (URI, "https://pump-7.example.evil/output", false),
        (URI, "https://evil/?https://pump-7.example/output", false),
        (URI, "https://user@pump-7.example/output", false),
        (URI, "https:/pump-7.example/output", false),
        (URI, "//pump-7.example/output", false),
        (URI, "/output", false),
        (URI, "https://", false),
        ("https://", "https://", false),
        ("", "", false),
    ] {
        let claims = payload("htu", Some(&format!("\"{theirs}\"")));
        let proof = mint(Alg::Es256, header(&jwk()), claims);
        let request = DpopRequest::new("POST", ours, &AUTHORIZATION, &proof);
        let verdict = verify(&request, Time::Trusted(NOW)).map(drop);
        let mismatch = InvalidDpopProof(DpopHtuMismatch);
        let expected = if is_same { Ok(()) } else { Err(mismatch) };
        assert_eq!(verdict, expected, "{ours} {theirs}");
    }
}
