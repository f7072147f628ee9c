//! The example of RFC 9449 section 7.1. Its access token is opaque, so the proof is verified by itself here, by the routine
//! behind `Verifier::verify_dpop`.

#![allow(clippy::arithmetic_side_effects, reason = "a test may fail")]

use super::{DpopProof, DpopRequest};
use crate::{crypto::Software, error::Error, error::Error::*, jws::Compact, time::Time};

/// RFC 9449 section 7.1: a request for a protected resource.
const RFC_TOKEN: &[u8] = b"Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
const RFC_PROOF: &[u8] = b"eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6Ik\
    VDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282\
    NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQ\
    UVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSI\
    sImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.\
    2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";
const RFC_URI: &str = "https://resource.example.org/protectedresource";
const RFC_IAT: u64 = 1_562_262_618;
/// RFC 9449 section 6.1.
const RFC_JKT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

/// The `jti` of the proof and how long to remember it, by the rules of this request.
fn verify(request: DpopRequest<'_>, token: &[u8], time: Time) -> Result<(bool, u64), Error> {
    let mut buffer = [0; 1024];
    let proof = Compact::parse(RFC_PROOF)?;
    let proof = DpopProof::verify(&mut Software, &proof, token, &request, time, &mut buffer)?;
    let is_expected = proof.jti() == "e1j3V_bKic8-LAEB" && *proof.thumbprint() == RFC_JKT;
    Ok((is_expected, proof.remember_until()))
}

fn verdict(request: DpopRequest<'_>, token: &[u8], time: Time) -> Result<(), Error> {
    verify(request, token, time).map(|_| ())
}

#[test]
fn example() {
    let request = |method, uri| DpopRequest::new(method, uri, b"", b"").leeway(0);
    let good = request("GET", RFC_URI);
    let at = |request, time| verdict(request, RFC_TOKEN, time);
    let now = Time::Trusted(RFC_IAT + 60);
    assert_eq!(verify(good, RFC_TOKEN, now), Ok((true, RFC_IAT + 61)));
    for (request, time, expected) in [
        (good, now, Ok(())),
        (good, Time::Trusted(RFC_IAT), Ok(())),
        (good, Time::Trusted(RFC_IAT + 61), Err(TooOld)),
        (good, Time::Trusted(RFC_IAT - 1), Err(IssuedInFuture)),
        (good, Time::Unknown, Err(FreshnessUnproved)),
        (good.leeway(1), Time::Trusted(RFC_IAT + 61), Ok(())),
        (good.leeway(1), Time::Trusted(RFC_IAT - 1), Ok(())),
        (good.max_age(5), now, Err(TooOld)),
        (request("get", RFC_URI), now, Err(DpopHtmMismatch)),
        (request("POST", RFC_URI), now, Err(DpopHtmMismatch)),
        (
            request("GET", "https://resource.example.org/"),
            now,
            Err(DpopHtuMismatch),
        ),
        (good.nonce("n", u64::MAX), now, Err(DpopNonceMismatch)),
    ] {
        assert_eq!(at(request, time), expected, "{request:?} {time:?}");
    }
    for token in [&b"another"[..], b""] {
        assert_eq!(verdict(good, token, now), Err(DpopAthMismatch));
    }
}
