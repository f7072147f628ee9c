//! The replay guard for DPoP proofs.

use embedded_jwt::{
    Error,
    Error::*,
    Policy, Time, Verifier,
    device::{ReplayGuard, Volatile},
    oauth::{DpopRequest, Refusal, Refusal::*},
};
use sha2::{Digest as _, Sha256};

use crate::common::{Alg, ISSUER_X, ISSUER_Y, NOW, alg, encode, mint};

const URI: &str = "https://pump-7.example/output";
const POLICY: Policy<'static> = Policy::new().audience(URI);

fn jwk() -> String {
    format!(r#"{{"kty":"EC","crv":"P-256","x":"{ISSUER_X}","y":"{ISSUER_Y}"}}"#)
}

fn access_token() -> Vec<u8> {
    let payload = format!(
        r#"{{"aud":"{URI}","exp":{},"cnf":{{"jwk":{}}}}}"#,
        NOW + 600,
        jwk()
    );
    mint(alg(), r#"{"alg":"<alg>"}"#, payload)
}

/// A proof with this `jti`, made at `NOW + iat`.
fn proof(token: &[u8], jti: &str, iat: u64) -> Vec<u8> {
    let header = format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{}}}"#, jwk());
    let ath = encode(Sha256::digest(token));
    let payload = format!(
        r#"{{"jti":"{jti}","htm":"POST","htu":"{URI}","iat":{},"ath":"{ath}"}}"#,
        NOW + iat
    );
    mint(Alg::Es256, header, payload)
}

/// Handles a request at `NOW + at` whose proof was made at `NOW + iat`.
fn handle<const N: usize>(
    guard: &mut ReplayGuard<N>,
    jti: &str,
    iat: u64,
    at: u64,
) -> Result<(), Refusal> {
    let token = access_token();
    let proof = proof(&token, jti, iat);
    let authorization = [b"DPoP ", &token[..]].concat();
    let request = DpopRequest::new("POST", URI, &authorization, &proof);
    let (keys, time) = ([alg().key()], Time::Trusted(NOW + at));
    let mut buffer = [0; 2048];
    let verified = Verifier::new(&keys, &POLICY).verify_dpop(&request, time, &mut buffer)?;
    let permit = guard.check_dpop(verified, time)?;
    let accepted = permit.commit(&mut Volatile).unwrap();
    assert!(accepted.token().proof().jti() == jti);
    Ok(())
}

fn open<const N: usize>() -> ReplayGuard<N> {
    let mut guard = ReplayGuard::new(NOW);
    guard.provision(&mut Volatile).unwrap();
    guard
}

#[test]
fn a_proof_is_used_once() {
    let mut guard = open::<4>();
    assert_eq!(handle(&mut guard, "a", 10, 10), Ok(()));
    // The same proof, and another one with the same `jti`.
    for iat in [10, 11] {
        assert_eq!(
            handle(&mut guard, "a", iat, 12),
            Err(InvalidDpopProof(Replayed))
        );
    }
    assert_eq!(handle(&mut guard, "b", 10, 12), Ok(()));
}

/// A proof is remembered for as long as one is accepted: 60 seconds, and 5 of leeway.
#[test]
fn until_it_has_expired() {
    let mut guard = open::<1>();
    assert_eq!(handle(&mut guard, "a", 10, 10), Ok(()));
    assert_eq!(
        handle(&mut guard, "a", 10, 75),
        Err(InvalidDpopProof(Replayed))
    );
    assert_eq!(
        handle(&mut guard, "b", 70, 75),
        Err(ServerError(ReplayGuardFull))
    );
    // From here on, the proof itself is too old.
    assert_eq!(
        handle(&mut guard, "a", 10, 76),
        Err(InvalidDpopProof(TooOld))
    );
    assert_eq!(handle(&mut guard, "b", 70, 76), Ok(()));
}

#[test]
fn after_a_restart() {
    let mut guard = ReplayGuard::<4>::new(NOW);
    assert_eq!(
        handle(&mut guard, "a", 10, 10),
        Err(ServerError(ReplayGuardClosed))
    );
    // With the leeway.
    guard.open_since(NOW + 10 + 5, &mut Volatile).unwrap();
    let refused = |error: Error| Err(InvalidDpopProof(error));
    for (iat, verdict) in [
        (9, refused(IssuedBeforeReset)),
        (15, refused(IssuedBeforeReset)),
        (16, Ok(())),
        (16, refused(Replayed)),
    ] {
        assert_eq!(handle(&mut guard, "a", iat, 16), verdict, "{iat}");
    }
    // It does not go back.
    guard.open_since(NOW, &mut Volatile).unwrap();
    assert_eq!(handle(&mut guard, "c", 15, 16), refused(IssuedBeforeReset));
}
