//! ES256 with a public-key accelerator that works in parallel to the processor. The firmware starts
//! it and gets an interrupt when it is done.
//!
//! `back_end.rs` is a `Crypto` back-end that waits for it. `asynchronous.rs` lets other tasks run
//! meanwhile. `peripheral.rs` is a mock of the hardware, with its faults. `cargo run --example pka`
//! shows both ways, and `cargo test --example pka` breaks the hardware.

mod asynchronous;
mod back_end;
mod peripheral;
#[cfg(test)]
mod tests;

use core::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use back_end::Pka;
use embedded_jwt::{Error, Key, Policy, Time, Verifier, const_key};
use peripheral::{DURATION, Fault, VALID};

/// RFC 7515 appendix A.3.
static PUBLIC_KEY: [u8; 65] = *b"\x04\
    \x7f\xcd\xce\x27\x70\xf6\xc4\x5d\x41\x83\xcb\xee\x6f\xdb\x4b\x7b\
    \x58\x07\x33\x35\x7b\xe9\xef\x13\xba\xcf\x6e\x3c\x7b\xd1\x54\x45\
    \xc7\xf1\x44\xcd\x1b\xbd\x9b\x7e\x87\x2c\xdf\xed\xb9\xee\xb9\xf4\
    \xb3\x69\x5d\x6e\xa9\x0b\x24\xad\x8a\x46\x23\x28\x85\x88\xe5\xad";
static KEYS: [Key<'static>; 1] = [const_key!(Key::es256(&PUBLIC_KEY))];
static POLICY: Policy<'static> = Policy::new().issuer("joe").ignore_audience();
const TOKEN: &[u8] = b"eyJhbGciOiJFUzI1NiJ9.\
    eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
    DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
/// A forged token: issuer `eve` with the signature of `joe`'s token.
const FORGED: &[u8] = b"eyJhbGciOiJFUzI1NiJ9.\
    eyJpc3MiOiJldmUiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
    DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const BEFORE_EXPIRY: Time = Time::Trusted(1_300_819_000);

/// Twice the duration of a verification.
const LIMIT: u32 = 2 * DURATION;

fn main() -> Result<(), Error> {
    let mut pka = Pka::new(LIMIT);
    let mut buffer = [0; 512];
    let verifier = Verifier::new(&KEYS, &POLICY);

    let token = verifier.verify_with(&mut pka, TOKEN, BEFORE_EXPIRY, &mut buffer)?;
    println!("waited for: accepted, issued by {:?}", token.claims().iss());

    let verification = asynchronous::verify(&mut pka, verifier, TOKEN, BEFORE_EXPIRY, &mut buffer);
    let (token, rounds) = block_on(verification);
    let issuer = token?;
    println!(
        "awaited: accepted, issued by {:?}, while other tasks had {rounds} turns",
        issuer.claims().iss()
    );

    for (fault, token) in [
        (Fault::None, FORGED),
        (Fault::Stuck, TOKEN),
        (Fault::Verdict(VALID), FORGED),
    ] {
        pka.registers.fault = fault;
        let refusal = verifier.verify_with(&mut pka, token, BEFORE_EXPIRY, &mut buffer);
        let refusal = refusal.map(drop);
        println!("fault {fault:?}: {refusal:?}, cause {:?}", pka.cause);
    }
    Ok(())
}

/// Runs a task with the smallest executor. Returns the result of the task, and how often other
/// tasks could have run.
fn block_on<F: Future>(task: F) -> (F::Output, u32) {
    let mut task = pin!(task);
    let mut context = Context::from_waker(Waker::noop());
    let mut rounds: u32 = 0;
    loop {
        if let Poll::Ready(outcome) = task.as_mut().poll(&mut context) {
            return (outcome, rounds);
        }
        rounds = rounds.saturating_add(1);
    }
}
