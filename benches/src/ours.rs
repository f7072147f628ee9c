//! Whole verifications by embedded-jwt, with each kind of key.

use std::time::{SystemTime, UNIX_EPOCH};

use embedded_jwt::{
    Key, Policy, Time, Verifier,
    crypto::PublicKey,
    prepared::{KeyTable16, KeyTable64, KeyTable256, PreparedSecret},
};
use serde::Deserialize;

use crate::{
    Cases, Result, Verify,
    tokens::{AUDIENCE, ISSUER, KID, SECRET, Tokens, is_complete},
};

/// Borrowed from the buffer, since nothing is allocated.
#[derive(Deserialize)]
struct Claims<'a> {
    client_id: &'a str,
    scope: &'a str,
    jti: &'a str,
}

pub(crate) fn add(cases: &mut Cases, tokens: &'static Tokens) -> Result<()> {
    cases.hs256(
        "embedded-jwt, plain key",
        verify(&tokens.hs256, Key::hs256(SECRET)?),
    );
    let room = Box::leak(Box::new(PreparedSecret::room()));
    let secret = room.prepare(SECRET)?;
    cases.hs256(
        "embedded-jwt, prepared secret",
        verify(&tokens.hs256, Key::hs256_prepared(secret)),
    );

    let plain = Key::es256(&tokens.point)?;
    cases.es256("embedded-jwt, plain key", verify(&tokens.es256, plain));
    cases.es256("embedded-jwt, key seen first", verify_with_new_key(tokens));
    let prepared = [
        ("embedded-jwt, prepared key, 16 points", of_16(tokens)?),
        ("embedded-jwt, prepared key, 64 points", of_64(tokens)?),
        ("embedded-jwt, prepared key, 256 points", of_256(tokens)?),
    ];
    for (name, key) in prepared {
        cases.es256(name, verify(&tokens.es256, Key::es256_prepared(key)));
    }
    Ok(())
}

pub(crate) fn public_key(tokens: &'static Tokens) -> Result<PublicKey<'static>> {
    Ok(PublicKey::from_sec1(&tokens.point)?)
}

macro_rules! prepared {
    ($name:ident, $table:ty) => {
        /// The key, with its table made for good.
        pub(crate) fn $name(
            tokens: &'static Tokens,
        ) -> Result<embedded_jwt::prepared::PreparedKey<'static>> {
            let room = Box::leak(Box::new(<$table>::room()));
            Ok(room.prepare(public_key(tokens)?).key())
        }
    };
}
prepared!(of_16, KeyTable16);
prepared!(of_64, KeyTable64);
prepared!(of_256, KeyTable256);

/// With a buffer on the stack, as a gateway and a firmware have it.
fn verify(token: &'static str, key: Key<'static>) -> Verify {
    let verify = verifying(token, key);
    Box::new(move || verify(&mut [0; 512]))
}

/// The same, with the point read and checked each time.
fn verify_with_new_key(tokens: &'static Tokens) -> Verify {
    Box::new(move || {
        let key = Key::es256(std::hint::black_box(&tokens.point));
        key.is_ok_and(|key| verifying(&tokens.es256, key)(&mut [0; 512]))
    })
}

/// With one buffer for every verification, for tokens of any length: to clear it is not what is measured.
pub(crate) fn verify_long(token: &'static str) -> Result<Verify> {
    let mut buffer = vec![0; embedded_jwt::buffer_len(token.len())];
    let verify = verifying(token, Key::hs256(SECRET)?);
    Ok(Box::new(move || verify(&mut buffer)))
}

fn verifying(token: &'static str, key: Key<'static>) -> impl Fn(&mut [u8]) -> bool {
    let keys = [key.with_kid(KID)];
    let policy = Policy::new().issuer(ISSUER).audience(AUDIENCE);
    move |buffer| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(Time::Unknown, |now| Time::Trusted(now.as_secs()));
        let token = Verifier::new(&keys, &policy).verify(token.as_bytes(), now, buffer);
        token
            .and_then(|token| token.claims().deserialize::<Claims<'_>>())
            .is_ok_and(|claims| is_complete(claims.client_id, claims.scope, claims.jti))
    }
}
