//! What a device remembers: a table of single cases, and long random lives against a model.

#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod dpop;
mod fact;
mod guard;
mod model;
mod nonce;

use core::convert::Infallible;

use embedded_jwt::{
    Key, Policy, Time, Token, Verifier,
    device::{Fact, Store},
};

use crate::common::{NOW, SECRET, encode, hs256, join};

/// A token of HS256 that lives as long as the tests.
fn token_of(key: Key<'static>, claims: &str) -> Token<'static, 'static> {
    let input = format!("{}.{}", encode(r#"{"alg":"HS256"}"#), encode(claims)).into_bytes();
    let token = join(&input, hs256(&SECRET, &input));
    let keys: &'static [Key<'static>] = Box::leak(Box::new([key]));
    let policy = Policy::new()
        .allow_missing_exp()
        .accept_unproved_freshness();
    let buffer = Box::leak(vec![0; 1024].into_boxed_slice());
    let policy = Box::leak(Box::new(policy));
    Verifier::new(keys, policy)
        .verify(token, Time::Unknown, buffer)
        .unwrap()
}

fn key() -> Key<'static> {
    Key::hs256(&SECRET).unwrap()
}

fn token(claims: &str) -> Token<'static, 'static> {
    token_of(key(), claims)
}

/// A token of a key whose clock is right.
fn timed(claims: &str) -> Token<'static, 'static> {
    token_of(key().as_time_source(), claims)
}

/// A token with this identifier, issued at `NOW + iat`, which lives for `life` seconds.
fn command(jti: &str, iat: u64, life: u64) -> Token<'static, 'static> {
    let iat = NOW + iat;
    timed(&format!(
        r#"{{"iss":"a","jti":"{jti}","iat":{iat},"exp":{}}}"#,
        iat + life
    ))
}

/// A store that keeps everything.
#[derive(Default)]
struct Kept(Vec<Fact>);

impl Store for Kept {
    type Error = Infallible;

    fn append(&mut self, fact: &Fact) -> Result<(), Infallible> {
        // As a store of bytes does.
        self.0.push(Fact::from_bytes(&fact.to_bytes()).unwrap());
        Ok(())
    }

    fn facts(&mut self, each: impl FnMut(&Fact)) -> Result<(), Infallible> {
        self.0.iter().for_each(each);
        Ok(())
    }
}
