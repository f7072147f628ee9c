//! The signature or MAC alone, over the signing input of the same token and from its decoded bytes: what a whole
//! verification cannot be cheaper than. And the MAC with the reading that a verification needs besides, done by the crates that
//! the peers use for it.

use aws_lc_rs::signature as aws_lc;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use embedded_jwt::{
    crypto::{Crypto as _, Software},
    prepared::PreparedKey,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier as _};
use ring::signature as ring;
use serde::Deserialize;
use sha2::Sha256;

use crate::{
    Cases, Result, Verify, ours,
    tokens::{SECRET, Tokens, is_complete, parts},
};

#[derive(Deserialize)]
struct Header<'a> {
    alg: &'a str,
}

/// What a verification of ours reads, registered or not.
#[derive(Deserialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: u64,
    iat: u64,
    client_id: &'a str,
    scope: &'a str,
    jti: &'a str,
}

pub(crate) fn add(cases: &mut Cases, tokens: &'static Tokens) -> Result<()> {
    let (input, mac) = parts(&tokens.hs256)?;
    // The state after the key, computed before.
    let prepared = Hmac::<Sha256>::new_from_slice(SECRET)?;
    let for_reading = prepared.clone();
    cases.hs256(
        "MAC alone: hmac, prepared state",
        Box::new(move || {
            let mut hmac = prepared.clone();
            hmac.update(input.as_bytes());
            hmac.verify_slice(&mac).is_ok()
        }),
    );

    cases.hs256(
        "MAC and reading: base64, hmac, serde_json",
        Box::new(move || read(&tokens.hs256, for_reading.clone()).is_some()),
    );

    let (input, signature) = parts(&tokens.es256)?;
    let input = input.as_bytes();
    let signature: &'static [u8; 64] = Box::leak(Box::new(signature.as_slice().try_into()?));
    let key = ours::public_key(tokens)?;
    cases.es256(
        "signature alone: embedded-jwt, plain key",
        Box::new(move || Software.es256(key, input, signature).is_ok()),
    );
    let by_prepared = |key: PreparedKey<'static>| -> Verify {
        Box::new(move || Software.es256_prepared(key, input, signature).is_ok())
    };
    cases.es256(
        "signature alone: embedded-jwt, 16 points",
        by_prepared(ours::of_16(tokens)?),
    );
    cases.es256(
        "signature alone: embedded-jwt, 64 points",
        by_prepared(ours::of_64(tokens)?),
    );
    cases.es256(
        "signature alone: embedded-jwt, 256 points",
        by_prepared(ours::of_256(tokens)?),
    );
    let key = VerifyingKey::from_sec1_bytes(&tokens.point)?;
    cases.es256(
        "signature alone: p256",
        Box::new(move || {
            Signature::from_slice(signature)
                .and_then(|signature| key.verify(input, &signature))
                .is_ok()
        }),
    );
    // Parsed before, as the others are.
    let key = aws_lc::ParsedPublicKey::new(&aws_lc::ECDSA_P256_SHA256_FIXED, tokens.point)?;
    cases.es256(
        "signature alone: aws-lc-rs",
        Box::new(move || key.verify_sig(input, signature).is_ok()),
    );
    let key = ring::UnparsedPublicKey::new(&ring::ECDSA_P256_SHA256_FIXED, tokens.point);
    cases.es256(
        "signature alone: ring",
        Box::new(move || key.verify(input, signature).is_ok()),
    );
    Ok(())
}

/// `Some` where the MAC is good and the claims that were asked for are there. Nothing else is looked at: no kid, no policy, no name
/// that stands twice and is not asked for.
fn read(token: &str, mut hmac: Hmac<Sha256>) -> Option<()> {
    let (input, mac) = token.rsplit_once('.')?;
    let (header, payload) = input.split_once('.')?;
    let mut buffer = [0; 512];
    let len = decode(header, &mut buffer)?;
    let (header, rest) = buffer.split_at_mut_checked(len)?;
    let header: Header<'_> = serde_json::from_slice(header).ok()?;
    let len = decode(mac, rest)?;
    hmac.update(input.as_bytes());
    hmac.verify_slice(rest.get(..len)?).ok()?;
    let len = decode(payload, rest)?;
    let claims: Claims<'_> = serde_json::from_slice(rest.get(..len)?).ok()?;
    let registered = [header.alg, claims.iss, claims.sub, claims.aud];
    let filled = registered.iter().all(|text| !text.is_empty()) && claims.iat < claims.exp;
    (filled && is_complete(claims.client_id, claims.scope, claims.jti)).then_some(())
}

fn decode(segment: &str, buffer: &mut [u8]) -> Option<usize> {
    BASE64_URL_SAFE_NO_PAD.decode_slice(segment, buffer).ok()
}
