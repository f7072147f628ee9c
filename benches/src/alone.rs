//! The signature or MAC alone, over the signing input of the same token and from its decoded bytes: what a whole
//! verification cannot be cheaper than.

use aws_lc_rs::signature as aws_lc;
use embedded_jwt::{Crypto as _, PreparedKey, Software};
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier as _};
use ring::signature as ring;
use sha2::Sha256;

use crate::{
    Cases, Result, Verify, ours,
    tokens::{SECRET, Tokens, parts},
};

pub(crate) fn add(cases: &mut Cases, tokens: &'static Tokens) -> Result<()> {
    let (input, mac) = parts(&tokens.hs256)?;
    // The state after the key, computed before.
    let prepared = Hmac::<Sha256>::new_from_slice(SECRET)?;
    cases.hs256(
        "MAC alone: hmac, prepared state",
        Box::new(move || {
            let mut hmac = prepared.clone();
            hmac.update(input.as_bytes());
            hmac.verify_slice(&mac).is_ok()
        }),
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
        "signature alone: embedded-jwt, 4 teeth",
        by_prepared(ours::four_teeth(tokens)?),
    );
    cases.es256(
        "signature alone: embedded-jwt, 6 teeth",
        by_prepared(ours::six_teeth(tokens)?),
    );
    cases.es256(
        "signature alone: embedded-jwt, 8 teeth",
        by_prepared(ours::eight_teeth(tokens)?),
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
