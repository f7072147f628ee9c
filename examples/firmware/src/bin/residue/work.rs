//! Every use of a secret in this crate, as separate pieces of work. The twins do the same work with
//! other crates and without overwriting, and the search has to find their traces.

use core::hint::black_box;

use embedded_jwt::{Compact, Key, prepared::PreparedSecret, sign::SigningKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdsa::{Signature, signature::hazmat::PrehashSigner as _};
use sha2::{Digest as _, Sha256};

use crate::material::{ES256_SIGNING_INPUT, LONG_SECRET, SECRET, SIGNING_INPUT};

/// A token of [`SIGNING_INPUT`] with its MAC. `OF_LONG_SECRET` has the MAC with the long secret.
const GENUINE: &[u8] =
    b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE3OTAwMDAwNjB9.yca8d_OaXIUGzpJgmkPKWQYXy4oFkcQTi9uE58Qkl0Y";
const OF_LONG_SECRET: &[u8] =
    b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE3OTAwMDAwNjB9.bVxxJHGVA1BihubrR3_yugqLxRH529WlmOt0teahnv8";
/// A token of [`SIGNING_INPUT`] with a wrong MAC, which shares no byte with the genuine one.
const FORGED: &[u8] =
    b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE3OTAwMDAwNjB9.NjlDiAxlo3r5MW2fZbw1pvnoNHX6bjvsdCR7GDvbaLk";
/// A token of [`ES256_SIGNING_INPUT`]. Its r belongs to the nonce that is searched for.
const BY_ES256: &[u8] =
    b"eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE3OTAwMDAwNjB9.bLvipV9KJG4x1S7WOcuCmtbAItWZ3vTeqeWzqK3YFLawHs-GzENgzHgEjeSCxRIgKUQ8lSqz91VegTu82AyReA";

/// A name and a piece of work with a secret, which returns whether it had the expected result. The
/// name of work that leaves traces begins with `twin`.
pub(crate) type Work = (&'static str, fn() -> bool);

pub(crate) const ALL: [Work; 23] = [
    ("nothing", || true),
    ("HS256 key made", || Key::hs256(secret()).is_ok()),
    ("HS256 key of a JWK", key_of_a_jwk),
    ("secret prepared", || prepared(secret(), |_| true)),
    ("long secret prepared", || prepared(long_secret(), |_| true)),
    ("HS256 accepted", || accepts(GENUINE, secret())),
    ("HS256 forged", || !accepts(FORGED, secret())),
    ("long secret, accepted", || {
        accepts(OF_LONG_SECRET, long_secret())
    }),
    ("long secret, forged", || !accepts(FORGED, long_secret())),
    ("prepared, accepted", || {
        prepared(secret(), |key| verifies(GENUINE, key))
    }),
    ("prepared, forged", || {
        prepared(secret(), |key| !verifies(FORGED, key))
    }),
    ("prepared long secret, accepted", || {
        prepared(long_secret(), |key| verifies(OF_LONG_SECRET, key))
    }),
    ("prepared long secret, forged", || {
        prepared(long_secret(), |key| !verifies(FORGED, key))
    }),
    ("HS256 signing key made", || {
        SigningKey::hs256(secret()).is_ok()
    }),
    ("HS256 signed", || {
        SigningKey::hs256(secret()).is_ok_and(|key| signs(key, GENUINE))
    }),
    ("long secret, signed", || {
        SigningKey::hs256(long_secret()).is_ok_and(|key| signs(key, OF_LONG_SECRET))
    }),
    ("ES256 signing key made", || {
        SigningKey::es256(secret()).is_ok()
    }),
    ("ES256 signed", || {
        SigningKey::es256(secret()).is_ok_and(|key| signs(key, BY_ES256))
    }),
    ("public key computed", || {
        SigningKey::es256(secret()).is_ok_and(|key| key.public_key().is_some())
    }),
    ("twin: HMAC prepared", || {
        Hmac::<Sha256>::new_from_slice(secret()).is_ok_and(|hmac| {
            black_box(&hmac);
            true
        })
    }),
    ("twin: HMAC verified", || {
        let hmac = Hmac::<Sha256>::new_from_slice(secret());
        hmac.is_ok_and(|hmac| {
            let hmac = hmac.chain_update(SIGNING_INPUT);
            hmac.verify_slice(&[0; 32]).is_err()
        })
    }),
    ("twin: private key read", || {
        p256::ecdsa::SigningKey::from_slice(secret()).is_ok_and(|key| {
            black_box(&key);
            true
        })
    }),
    ("twin: ES256 signed", || {
        p256::ecdsa::SigningKey::from_slice(secret()).is_ok_and(|key| {
            let digest = Sha256::digest(ES256_SIGNING_INPUT);
            let signature: Result<Signature, _> = key.sign_prehash(&digest);
            black_box(&signature).is_ok()
        })
    }),
];

/// Returns the secret. The compiler must not know its value, or it would compute with it.
fn secret() -> &'static [u8; 32] {
    black_box(&SECRET)
}

fn long_secret() -> &'static [u8; 100] {
    black_box(&LONG_SECRET)
}

fn accepts(token: &[u8], secret: &[u8]) -> bool {
    Key::hs256(secret).is_ok_and(|key| verifies(token, key))
}

/// Verifies a token up to the payload. The later steps use no secret, and would overwrite the
/// traces.
fn verifies(token: &[u8], key: Key<'_>) -> bool {
    let mut buffer = [0; 64];
    Compact::parse(token).is_ok_and(|token| token.verify(&[key], &mut buffer).is_ok())
}

/// Does the work with a prepared secret, and drops its room.
fn prepared(secret: &[u8], work: impl FnOnce(Key<'_>) -> bool) -> bool {
    let mut room = PreparedSecret::room();
    let done = room
        .prepare(secret)
        .is_ok_and(|secret| work(Key::hs256_prepared(secret)));
    black_box(&mut room);
    done
}

#[derive(serde::Serialize)]
struct Claims {
    exp: u64,
}

/// Signs the claims that all tokens here have, and compares the token.
fn signs(key: SigningKey<'_>, expected: &[u8]) -> bool {
    let mut buffer = [0; 256];
    let claims = Claims { exp: 1_790_000_060 };
    key.sign("JWT", &claims, &mut buffer)
        .is_ok_and(|token| token.as_bytes() == expected)
}

/// Uses the key of a JWK, and wipes the buffer as the documentation requires.
fn key_of_a_jwk() -> bool {
    const JWK: &[u8] = br#"{"kty":"oct","k":"ikARw3pRNyFtVPEJcFd4RdKZTGsyQq5xA39qSOhVdhw"}"#;
    let mut buffer = [0; 2 * JWK.len()];
    let done = Key::from_jwk(JWK, &mut buffer).is_ok();
    black_box(&mut buffer).fill(0);
    black_box(&mut buffer);
    done
}
