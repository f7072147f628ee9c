//! Signed commands, as an issuer sends them.

use embedded_jwt::{
    Error, Key, Policy, Time, Token, Verifier,
    device::{Permit, ReplayGuard},
    sign::SigningKey,
};
use serde_json::{Value, json};

use crate::random::Random;

/// When the firmware was built, in seconds since 1970.
pub(crate) const BUILD_TIME: u64 = 1_790_000_000;

const SECRET: &[u8; 32] = b"a demonstration secret, 32 bytes";

/// A command that was verified, and its number if it belongs to a stream.
#[derive(Clone, Copy)]
pub(crate) struct Command {
    pub(crate) token: Token<'static, 'static>,
    pub(crate) number: Option<u64>,
}

impl Command {
    /// Asks the guard whether the command is new.
    pub(crate) fn check<'s, const N: usize, const C: usize>(
        &self,
        guard: &'s mut ReplayGuard<N, C>,
    ) -> Result<Permit<'s, Token<'static, 'static>>, Error> {
        let time = guard.time();
        match self.number {
            None => guard.check(self.token, time),
            Some(number) => guard.check_counter(self.token, number, time),
        }
    }
}

/// How the guard tells commands apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Jti,
    Counter,
}

/// Issues a token, and verifies it. The key shows the time.
pub(crate) fn token(claims: &Value) -> Token<'static, 'static> {
    let mut buffer = [0; 512];
    let signing_key = SigningKey::hs256(SECRET).unwrap();
    let token = signing_key.sign("JWT", claims, &mut buffer).unwrap();
    let keys = Box::leak(Box::new([Key::hs256(SECRET).unwrap().as_time_source()]));
    let policy = Box::leak(Box::new(Policy::new().accept_unproved_freshness()));
    let buffer = Box::leak(Box::new([0; 512]));
    Verifier::new(keys, policy)
        .verify(token, Time::Unknown, buffer)
        .unwrap()
}

pub(crate) fn command(iss: &str, id: u64, iat: u64, life: u64, number: Option<u64>) -> Command {
    let token = token(&json!({
        "iss": iss, "jti": id.to_string(), "iat": iat, "exp": iat + life, "seq": number,
    }));
    Command { token, number }
}

/// Returns commands of short lives: some come close together, some late, some in the
/// wrong order. The last three come long after the others.
pub(crate) fn script(mode: Mode, len: u64) -> Vec<Command> {
    let mut random = Random(len);
    let mut time = BUILD_TIME;
    (0..len)
        .map(|id| {
            time += random.below(40);
            if id + 3 == len {
                time += 1000;
            }
            let life = 20 + random.below(60);
            let iss = if id % 3 == 0 { "b" } else { "a" };
            // Each third number is late by some places.
            let number = if id % 5 == 2 { 3 * id - 4 } else { 3 * id };
            let number = (mode == Mode::Counter).then_some(10 + number);
            command(iss, id, time, life, number)
        })
        .collect()
}
