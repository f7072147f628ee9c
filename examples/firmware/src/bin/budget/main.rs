#![no_std]
#![no_main]
//! The device for `cargo xtask budget`, which measures its flash, RAM, stack and instructions. It
//! receives a token on its UART and verifies it in place, with a key and a policy in flash. Then it
//! reads a command from the claims. It has no transport for a log.
//!
//! It first sends two numbers: the bytes of stack that its own buffers take, and the length of a
//! tick of its timer in picoseconds. These buffers are not part of the verifier. A message is the
//! length of a token in two bytes, least significant first, and the token. The answer is the code
//! of the error, or 0, and the ticks of the verification. All numbers are hexadecimal, and each
//! pair is one line.
//!
//! The features select the algorithms and the form of their keys. `hs256` has the plain secret, and
//! `prepared-secret` prepares it at the start. `es256` and `fast-es256` have the plain key.
//! `table-16` and `table-64` have a table in flash with 16 or 64 points. `prepare` computes the
//! table at the start. For comparison, `buffer` decodes into a second buffer, and `mac` computes
//! only the MAC. `remember` has a replay guard with its state in flash. `log-name`, `log-text`,
//! `log-display` and `log-debug` log more of an error than its code.

#[cfg(feature = "table-16")]
mod table_16;
#[cfg(feature = "table-64")]
mod table_64;

use core::{
    fmt::{self, Write},
    hint::black_box,
};

#[cfg(any(
    feature = "es256",
    feature = "fast-es256",
    not(feature = "prepared-secret")
))]
use embedded_jwt::const_key;
#[cfg(not(feature = "mac"))]
use embedded_jwt::{Claims, Policy, Time, Verifier};
#[cfg(feature = "mac")]
use embedded_jwt::{
    Compact,
    crypto::{Crypto as _, Software},
};
use embedded_jwt::{Error, Key};
use firmware::{Board, Timer, entry};
#[cfg(not(feature = "mac"))]
use serde::Deserialize;

/// The longest token, in bytes.
const MAX_LEN: usize = 1024;

/// DEMONSTRATION SECRET, as in `command.rs`.
#[cfg(feature = "hs256")]
static SECRET: [u8; 32] = *b"demonstration secret of 32 bytes";

/// DEMONSTRATION KEY: RFC 6979, appendix A.2.5.
#[cfg(any(feature = "es256", feature = "fast-es256", feature = "prepare"))]
static PUBLIC_KEY: [u8; 65] = *b"\x04\
    \x60\xFE\xD4\xBA\x25\x5A\x9D\x31\xC9\x61\xEB\x74\xC6\x35\x6D\x68\
    \xC0\x49\xB8\x92\x3B\x61\xFA\x6C\xE6\x69\x62\x2E\x60\xF2\x9F\xB6\
    \x79\x03\xFE\x10\x08\xB8\xBC\x99\xA4\x1A\xE9\xE9\x56\x28\xBC\x64\
    \xF2\xF1\xB2\x0C\x2D\x7E\x9F\x51\x77\xA3\xC2\x94\xD4\x46\x22\x99";

#[cfg(not(feature = "mac"))]
static POLICY: Policy<'static> = Policy::new()
    .issuer("https://auth.example")
    .audience("pump-7")
    .max_lifetime(3600);

/// The time at which a token is checked.
#[cfg(not(feature = "mac"))]
const NOW: u64 = 1_790_000_000;

#[cfg(not(feature = "mac"))]
#[derive(Deserialize)]
struct Command<'a> {
    seq: u32,
    output: &'a str,
    on: bool,
}

#[entry]
fn main() -> ! {
    let mut board = Board::start();
    let mut room = [0; MAX_LEN];
    let start = board.timer.ticks();
    #[cfg(feature = "prepare")]
    let mut for_table = embedded_jwt::prepared::KeyTable16::room();
    #[cfg(feature = "prepare")]
    let table = for_table.prepare(const { public_key() });
    let ticks = board.timer.ticks().wrapping_sub(start);

    #[cfg(feature = "prepared-secret")]
    let mut for_secret = embedded_jwt::prepared::PreparedSecret::room();
    #[cfg(feature = "prepared-secret")]
    let Ok(secret) = for_secret.prepare(&SECRET) else {
        loop {}
    };
    let keys = &[
        #[cfg(all(feature = "hs256", not(feature = "prepared-secret")))]
        const_key!(Key::hs256(&SECRET)).with_kid("bench"),
        #[cfg(feature = "prepared-secret")]
        Key::hs256_prepared(secret).with_kid("bench"),
        #[cfg(any(feature = "es256", feature = "fast-es256"))]
        const_key!(Key::es256(&PUBLIC_KEY)).with_kid("gateway-2026"),
        #[cfg(feature = "table-16")]
        Key::es256_prepared(table_16::KEY.key()).with_kid("gateway-2026"),
        #[cfg(feature = "table-64")]
        Key::es256_prepared(table_64::KEY.key()).with_kid("gateway-2026"),
        #[cfg(feature = "prepare")]
        Key::es256_prepared(table.key()).with_kid("gateway-2026"),
    ];

    let rooms = MAX_LEN;
    #[cfg(feature = "prepare")]
    let rooms = rooms.saturating_add(size_of::<embedded_jwt::prepared::KeyTable16>());
    report(&mut board, rooms, Timer::TICK_PS);
    report(&mut board, 0, ticks);
    loop {
        let mut length = [0; 2];
        length.fill_with(|| receive(&mut board));
        let length = usize::from(u16::from_le_bytes(length));
        let Some(token) = room.get_mut(..length) else {
            continue;
        };
        token.fill_with(|| receive(&mut board));
        let (verdict, ticks) = check(keys, token, || board.timer.ticks());
        let code = verdict.inspect_err(log).map_or_else(Error::code, |()| 0);
        report(&mut board, code.into(), ticks);
    }
}

#[cfg(feature = "prepare")]
const fn public_key() -> embedded_jwt::crypto::PublicKey<'static> {
    match embedded_jwt::crypto::PublicKey::from_sec1(&PUBLIC_KEY) {
        Ok(key) => key,
        Err(_) => panic!(),
    }
}

/// Verifies a token and executes its command. Returns the ticks that the verification took.
#[cfg(not(any(feature = "mac", feature = "remember")))]
fn check(keys: &[Key<'_>], token: &mut [u8], clock: impl Fn() -> u32) -> (Result<(), Error>, u32) {
    let verifier = Verifier::new(keys, &POLICY);
    #[cfg(feature = "buffer")]
    let mut buffer = [0; embedded_jwt::buffer_len(MAX_LEN)];
    let start = clock();
    #[cfg(feature = "buffer")]
    let token = verifier.verify(token, Time::Trusted(NOW), &mut buffer);
    #[cfg(not(feature = "buffer"))]
    let token = verifier.verify_in_place(token, Time::Trusted(NOW));
    let ticks = clock().wrapping_sub(start);
    (token.and_then(|token| obey(token.claims())), ticks)
}

/// Verifies a token and commits it to a guard with its state in flash. Then executes the command.
/// Returns the ticks of the verification and the commit.
#[cfg(feature = "remember")]
fn check(keys: &[Key<'_>], token: &mut [u8], clock: impl Fn() -> u32) -> (Result<(), Error>, u32) {
    use embedded_jwt::device::ReplayGuard;
    use embedded_jwt_store::FlashLog;

    type Guard = ReplayGuard<0>;
    let [flash, _] = firmware::Flash::parts();
    let mut guard = Guard::new(NOW);
    // The flash of a new device is erased.
    let Ok(mut log) = FlashLog::new(flash, 0..firmware::Flash::LEN, Guard::FACTS) else {
        return (Err(Error::ReplayGuardClosed), 0);
    };
    let restored = guard.restore(&mut log).map(drop);
    if restored.and_then(|()| guard.provision(&mut log)).is_err() {
        return (Err(Error::ReplayGuardClosed), 0);
    }
    let time = Time::Trusted(NOW);
    let start = clock();
    let verified = Verifier::new(keys, &POLICY).verify_in_place(token, time);
    let permit = verified.and_then(|token| guard.check_counter(token, 1, time));
    let used = permit.map(|permit| permit.commit(&mut log));
    let ticks = clock().wrapping_sub(start);
    let verdict = match used {
        Ok(Ok(token)) => obey(token.token().claims()),
        Ok(Err(_)) => Err(Error::ReplayGuardClosed),
        Err(error) => Err(error),
    };
    (verdict, ticks)
}

#[cfg(not(feature = "mac"))]
fn obey(claims: &Claims<'_>) -> Result<(), Error> {
    let command: Command<'_> = claims.deserialize()?;
    // Takes the place of the pins, which cost the same with every library.
    black_box((command.seq, command.output.len(), command.on));
    Ok(())
}

/// Computes only the MAC of a token. It is compared with zeros, so every token is rejected.
#[cfg(feature = "mac")]
fn check(_: &[Key<'_>], token: &mut [u8], clock: impl Fn() -> u32) -> (Result<(), Error>, u32) {
    let signing_input = match Compact::parse(token) {
        Ok(token) => token.signing_input(),
        Err(error) => return (Err(error), 0),
    };
    let start = clock();
    let verdict = Software.hs256(&SECRET, signing_input, &[0; 32]);
    let ticks = clock().wrapping_sub(start);
    (verdict.map_err(|_| Error::InvalidSignature), ticks)
}

fn receive(board: &mut Board) -> u8 {
    loop {
        if let Some(byte) = board.uart.receive() {
            return byte;
        }
    }
}

/// Takes what is logged. It has no transport, so only the texts and their formatting are measured.
struct Log;

impl Write for Log {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        black_box(text);
        Ok(())
    }
}

/// Logs what the features select of an error.
fn log(error: &Error) {
    let mut log = Log;
    if cfg!(feature = "log-name") {
        _ = log.write_str(error.name());
    }
    if cfg!(feature = "log-text") {
        _ = log.write_str(error.text());
    }
    if cfg!(feature = "log-display") {
        _ = write!(log, "{error}");
    }
    if cfg!(feature = "log-debug") {
        _ = write!(log, "{error:?}");
    }
}

/// Sends two numbers on one line, without `core::fmt`, so that it is not in the measured flash.
fn report(board: &mut Board, first: usize, second: u32) {
    let first = u32::try_from(first).unwrap_or(u32::MAX);
    for (number, end) in [(first, b' '), (second, b'\n')] {
        for byte in number.to_be_bytes() {
            for digit in [byte >> 4, byte & 0xf] {
                let letter = digit.wrapping_add(if digit < 10 { b'0' } else { b'a' - 10 });
                board.uart.send(letter);
            }
        }
        board.uart.send(end);
    }
}
