//! RFC 9449.

use embedded_jwt::{Compact, DpopProof, DpopRequest, Error, Error::*, Refusal, Thumbprint, Time};

use crate::common::{Alg, ISSUER_X, ISSUER_Y, NOW, OTHER_X, OTHER_Y, forge, mint};

/// RFC 9449 section 7.1: a request for a protected resource.
pub(super) const RFC_TOKEN: &[u8] = b"Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
pub(super) const RFC_PROOF: &[u8] =
    b"eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6Ik\
    VDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282\
    NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQ\
    UVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSI\
    sImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.\
    2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";
pub(super) const RFC_URI: &str = "https://resource.example.org/protectedresource";
pub(super) const RFC_IAT: u64 = 1_562_262_618;
/// RFC 9449 section 6.1.
pub(super) const RFC_JKT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

fn verify(
    proof: &[u8],
    request: &DpopRequest<'_>,
    time: Time,
) -> Result<(String, Thumbprint), Error> {
    let mut buffer = [0; 1024];
    let proof = DpopProof::verify(proof, request, time, &mut buffer)?;
    Ok((proof.jti().to_string(), *proof.thumbprint()))
}

#[test]
fn example_of_rfc_9449() {
    let request = DpopRequest::new("GET", RFC_URI, RFC_TOKEN);
    let now = Time::Trusted(RFC_IAT + 60);
    let (jti, thumbprint) = verify(RFC_PROOF, &request, now).unwrap();
    assert_eq!(jti, "e1j3V_bKic8-LAEB");
    assert_eq!(thumbprint, RFC_JKT);

    let verdict = |request, time| verify(RFC_PROOF, &request, time).map(|_| ());
    let at = |time| verdict(request, time);
    assert_eq!(at(Time::Trusted(RFC_IAT + 61)), Err(TooOld));
    assert_eq!(at(Time::Trusted(RFC_IAT - 1)), Err(IssuedInFuture));
    assert_eq!(at(Time::Unknown), Err(FreshnessUnproved));
    assert_eq!(
        verdict(request.leeway(1), Time::Trusted(RFC_IAT + 61)),
        Ok(())
    );
    assert_eq!(verdict(request.max_age(5), now), Err(TooOld));
    let of = |method, uri, token| verdict(DpopRequest::new(method, uri, token), now);
    assert_eq!(of("get", RFC_URI, RFC_TOKEN), Err(DpopHtmMismatch));
    assert_eq!(of("POST", RFC_URI, RFC_TOKEN), Err(DpopHtmMismatch));
    assert_eq!(
        of("GET", "https://resource.example.org/", RFC_TOKEN),
        Err(DpopHtuMismatch)
    );
    assert_eq!(of("GET", RFC_URI, b"another"), Err(DpopAthMismatch));
    assert_eq!(of("GET", RFC_URI, b""), Err(DpopAthMismatch));
    assert_eq!(verdict(request.nonce("n"), now), Err(DpopNonceMismatch));
}

#[test]
fn buffer_of_the_needed_length() {
    let request = DpopRequest::new("GET", RFC_URI, RFC_TOKEN);
    let needed = Compact::parse(RFC_PROOF).unwrap().buffer_len();
    let with = |len: usize| {
        let mut buffer = vec![0; len];
        DpopProof::verify(RFC_PROOF, &request, Time::Trusted(RFC_IAT), &mut buffer).map(|_| ())
    };
    assert_eq!(with(needed), Ok(()));
    for short in [0, 1, needed - 1] {
        assert_eq!(with(short), Err(BufferTooSmall { needed }));
    }
}

const URI: &str = "https://pump-7.example/output";
const TOKEN: &[u8] = RFC_TOKEN;
const ATH: &str = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo";

fn jwk() -> String {
    format!(r#"{{"kty":"EC","crv":"P-256","x":"{ISSUER_X}","y":"{ISSUER_Y}"}}"#)
}

fn header(jwk: &str) -> String {
    format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{jwk}}}"#)
}

/// A good payload, but that this claim has this value, or is not there.
fn payload(claim: &str, value: Option<&str>) -> String {
    let (iat, htu, ath) = (NOW.to_string(), format!("\"{URI}\""), format!("\"{ATH}\""));
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

fn judge(header: &str, payload: &str) -> Result<(), Error> {
    judge_for(&DpopRequest::new("POST", URI, TOKEN), header, payload)
}

fn judge_for(request: &DpopRequest<'_>, header: &str, payload: &str) -> Result<(), Error> {
    let proof = mint(Alg::Es256, header, payload);
    verify(&proof, request, Time::Trusted(NOW)).map(|_| ())
}

/// Each claim that a proof has, missing or wrong.
#[test]
fn claims() {
    assert_eq!(judge(&header(&jwk()), &payload("", None)), Ok(()));
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
                "\"fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEp\"",
            ],
            DpopAthMismatch,
            DpopAthMismatch,
        ),
    ] {
        assert_eq!(
            judge(&header(&jwk()), &payload(claim, None)),
            Err(missing),
            "{claim}"
        );
        for value in values {
            let verdict = judge(&header(&jwk()), &payload(claim, Some(value)));
            assert_eq!(verdict, Err(wrong), "{claim}: {value}");
        }
    }
}

#[test]
fn nonce() {
    let request = DpopRequest::new("POST", URI, TOKEN).nonce("n-1");
    let with = |value| judge_for(&request, &header(&jwk()), &payload("nonce", value));
    assert_eq!(with(Some("\"n-1\"")), Ok(()));
    for wrong in [None, Some("null"), Some("\"\""), Some("\"n-2\""), Some("1")] {
        assert_eq!(with(wrong), Err(DpopNonceMismatch));
    }
    // It proves that the proof is new to a device without a clock.
    let proof = mint(
        Alg::Es256,
        header(&jwk()),
        payload("nonce", Some("\"n-1\"")),
    );
    assert!(verify(&proof, &request, Time::Unknown).is_ok());
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
        assert_eq!(judge(&header(jwk), &good), Err(error), "{jwk}");
    }
    let of = |from, to| judge(&header(&jwk()).replace(from, to), &good);
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
    let request = DpopRequest::new("POST", URI, TOKEN);
    let verdict = verify(&stranger, &request, Time::Trusted(NOW)).map(|_| ());
    assert_eq!(verdict, Err(InvalidSignature));
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
        let request = DpopRequest::new("POST", ours, TOKEN);
        let claims = payload("htu", Some(&format!("\"{theirs}\"")));
        let verdict = judge_for(&request, &header(&jwk()), &claims);
        let expected = if is_same {
            Ok(())
        } else {
            Err(DpopHtuMismatch)
        };
        assert_eq!(verdict, expected, "{ours} {theirs}");
    }
}

/// What is wrong with a proof is not wrong with the token.
#[test]
fn refusals() {
    for error in [InvalidSignature, TooOld, DpopInvalidJwk, NotThreeSegments] {
        assert_eq!(Refusal::of_proof(error), Refusal::InvalidDpopProof(error));
    }
    assert_eq!(Refusal::of_proof(DpopNonceMismatch), Refusal::UseDpopNonce);
    let too_small = BufferTooSmall { needed: 1 };
    assert_eq!(
        Refusal::of_proof(too_small),
        Refusal::ServerError(too_small)
    );
}
