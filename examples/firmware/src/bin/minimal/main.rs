#![no_std]
#![no_main]
//! The smallest verifier. It verifies with HS256 (and ES256 with that feature), reads claims by
//! name and with serde, and answers requests with an access token. With the feature `remember`, it
//! also has a replay guard and a key ring in flash. It has no log and no board support.
//!
//! It is for inspection, not for running. `cargo xtask proof` checks that nothing in it can panic
//! or allocate. With `p256`, it checks that only `p256` and its dependencies can.

#[cfg(feature = "remember")]
#[path = "../../flash.rs"]
#[allow(unreachable_pub, reason = "the library of this package offers it")]
mod flash;
#[cfg(feature = "remember")]
mod remember;

use core::{hint::black_box, panic::PanicInfo};

#[cfg(target_arch = "arm")]
use cortex_m_rt::entry;
use embedded_jwt::{
    Claims, Error, Key, Policy, Time, Verifier, const_key,
    json::Value,
    oauth::{Challenge, Refusal, Scheme, ScopeMap},
};
#[cfg(target_arch = "riscv32")]
use riscv_rt::entry;
use serde::Deserialize;

/// DEMONSTRATION SECRET, as in `command.rs`.
static SECRET: [u8; 32] = *b"demonstration secret of 32 bytes";
static KEYS: &[Key<'static>] = &[
    const_key!(Key::hs256(&SECRET))
        .with_kid("bench")
        .with_issuer("https://auth.example"),
    #[cfg(any(feature = "es256", feature = "fast-es256"))]
    const_key!(Key::es256(&PUBLIC_KEY))
        .with_kid("gateway-2026")
        .with_issuer("https://auth2.example"),
];

/// DEMONSTRATION KEY: RFC 6979, appendix A.2.5.
#[cfg(any(feature = "es256", feature = "fast-es256"))]
static PUBLIC_KEY: [u8; 65] = *b"\x04\
    \x60\xFE\xD4\xBA\x25\x5A\x9D\x31\xC9\x61\xEB\x74\xC6\x35\x6D\x68\
    \xC0\x49\xB8\x92\x3B\x61\xFA\x6C\xE6\x69\x62\x2E\x60\xF2\x9F\xB6\
    \x79\x03\xFE\x10\x08\xB8\xBC\x99\xA4\x1A\xE9\xE9\x56\x28\xBC\x64\
    \xF2\xF1\xB2\x0C\x2D\x7E\x9F\x51\x77\xA3\xC2\x94\xD4\x46\x22\x99";

static POLICY: Policy<'static> = Policy::new()
    .typ("JWT")
    .issuers(&["https://auth.example", "https://auth2.example"])
    .subject("gateway")
    .audience("pump-7")
    .max_age(600)
    .max_lifetime(3600)
    .require_claims(&["jti"]);

static REQUESTS: Policy<'static> =
    Policy::access_token("https://auth.example", "https://pump-7.example").scope("pump:read");
static SCOPES: ScopeMap<'static, Capability> = ScopeMap::new(&[
    ("pump:read", Capability::Watch),
    ("pump:write", Capability::Pump),
]);
static CHALLENGE: Challenge<'static> = Challenge::new("pump-7");

#[entry]
fn main() -> ! {
    let mut received = [0; 512];
    let mut buffer = [0; 512];
    loop {
        // The compiler cannot see through a black box. So it has to handle every token and every
        // time.
        let token = black_box(&mut received[..]);
        let now = Time::Trusted(black_box(0));
        black_box(
            verify(token, now, black_box(&mut buffer[..])).map_or_else(Error::code, u16::from),
        );
        #[cfg(feature = "remember")]
        black_box(
            remember::remember(token, black_box(&mut buffer[..]))
                .map_or_else(remember::Fault::code, |()| 0),
        );
        let authorization = black_box(&received[..]);
        black_box(answer(
            authorization,
            now,
            black_box(&mut buffer[..]),
            black_box(&mut [0; 256]),
        ));
    }
}

/// A capability that a request may need.
#[derive(PartialEq)]
enum Capability {
    Watch,
    Pump,
}

/// Returns the status for a request with this `Authorization`, and writes its challenge to
/// `challenge`.
fn answer(authorization: &[u8], now: Time, buffer: &mut [u8], challenge: &mut [u8]) -> u16 {
    let (refusal, scope) = match request(authorization, now, buffer) {
        Ok(Ok(())) => return 200,
        Ok(Err(scope)) => (Error::InsufficientScope.into(), scope),
        Err(error) => (Refusal::from(error), None),
    };
    let with_scope = scope.map_or(CHALLENGE, |scope| CHALLENGE.scope(scope));
    match with_scope.write(refusal, challenge) {
        Ok(Some(text)) => {
            black_box(text);
            refusal.status()
        }
        Ok(None) => refusal.status(),
        Err(error) => error.code(),
    }
}

/// Requires a token that allows pumping. Otherwise returns the scope that would allow it.
fn request(
    authorization: &[u8],
    now: Time,
    buffer: &mut [u8],
) -> Result<Result<(), Option<&'static str>>, Error> {
    let token = Scheme::Bearer.token(authorization)?;
    let token = Verifier::new(KEYS, &REQUESTS).verify(token, now, buffer)?;
    let access = token.access_token()?;
    let names = access.roles()?.chain(access.groups()?);
    let names = names.chain(access.entitlements()?).chain(access.amr()?);
    black_box((names.count(), access.auth_time()?, access.acr()?));
    black_box(SCOPES.granted(access.scope()?).count());
    let allowed = SCOPES.require(access.scope()?, &Capability::Pump);
    Ok(allowed.map_err(|insufficient| insufficient.required))
}

/// Claims as a type, with the fields that are typical of embedded devices.
#[derive(Deserialize)]
struct Command<'a> {
    seq: u32,
    mode: Mode,
    #[serde(borrow)]
    outputs: [Output<'a>; 2],
    note: Option<&'a str>,
}

#[derive(Deserialize)]
struct Output<'a> {
    name: &'a str,
    on: bool,
    range: (i16, i16),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Now,
    After(u16),
    Between { from: u64, to: u64 },
}

/// Uses both ways to verify, and both ways to read claims.
fn verify(token: &mut [u8], now: Time, buffer: &mut [u8]) -> Result<bool, Error> {
    let verifier = Verifier::new(KEYS, &POLICY);
    let on = is_on(verifier.verify(&*token, now, buffer)?.claims());
    let token = verifier.verify_in_place(token, now)?;
    Ok(on && is_commanded_on(&token.claims().deserialize()?))
}

fn is_commanded_on(command: &Command<'_>) -> bool {
    let is_due = match command.mode {
        Mode::Now => true,
        Mode::After(seconds) => seconds == 0,
        Mode::Between { from, to } => from < to,
    };
    let is_on =
        |output: &Output<'_>| output.name == "pump" && output.on && output.range.0 < output.range.1;
    command.seq > 0 && is_due && command.note.is_none() && command.outputs.iter().any(is_on)
}

/// Returns whether a command turns an output on, among those that it lists.
fn is_on(claims: &Claims<'_>) -> bool {
    let seq = match claims.get("seq") {
        Some(Value::Number(number)) => number.parse().unwrap_or(0),
        _ => 0_u32,
    };
    #[cfg(feature = "planted-panic")]
    assert!(seq < 1_000_000, "planted");
    let outputs = match claims.get("outputs") {
        Some(Value::Array(outputs)) => outputs.elements(),
        _ => return false,
    };
    let mut names = outputs.filter_map(|output| match output {
        Value::Object(output) => output.get("name"),
        _ => None,
    });
    seq > 0 && names.any(|name| matches!(name, Value::String(name) if name == "pump"))
}

/// Handles a panic. It is not linked if the proof holds.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}
