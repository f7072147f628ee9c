//! A device that verifies signed commands under one pinned key.
//!
//! ```text
//! cargo build --release --target thumbv7em-none-eabihf
//! qemu-system-arm -machine mps2-an386 -nographic -semihosting-config enable=on,target=native \
//!     -kernel target/thumbv7em-none-eabihf/release/starter-firmware
//! ```

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use embedded_jwt::{Error, Key, Policy, Time, Verifier, prepared::KeyTable16};
use panic_halt as _;
use semihosting::{println, process};

// `build.rs` computes this table from the key file.
static GATEWAY: KeyTable16 = include!(concat!(env!("OUT_DIR"), "/gateway.rs"));
static KEYS: [Key<'static>; 1] = [Key::es256_prepared(GATEWAY.key()).with_kid("gateway-2026")];
static POLICY: Policy<'static> = Policy::new()
    .issuer("https://auth.example")
    .audience("pump-7")
    .leeway(30);

#[derive(serde::Deserialize)]
struct Command<'a> {
    valve: &'a str,
    open: bool,
}

/// Verifies a token in place, and reads its command.
fn receive(token: &mut [u8], time: Time) -> Result<Command<'_>, Error> {
    let token = Verifier::new(&KEYS, &POLICY).verify_in_place(token, time)?;
    token.claims().deserialize()
}

#[entry]
fn main() -> ! {
    // In a product, the bytes come from a UART or a radio, and the time from a real-time clock.
    let mut received = *include_bytes!("../command.jwt");
    let now = Time::Trusted(1_790_000_000);
    match receive(&mut received, now) {
        Ok(Command { valve, open }) => println!("valve {}: open {}", valve, open),
        Err(error) => println!("refused {}", error.code()),
    }

    // A forged command: two characters of the signature are swapped.
    let mut received = *include_bytes!("../command.jwt");
    let [.., one, other, _] = &mut received;
    core::mem::swap(one, other);
    match receive(&mut received, now) {
        Ok(_) => println!("accepted a forged command"),
        Err(error) => println!("refused {}", error.code()),
    }
    process::exit(0)
}
