#![no_std]
#![no_main]
//! A verifier in an async firmware, on embassy's executor.
//!
//! It receives tokens on its UART, one per line. The UART's interrupt wakes the task that reads
//! them. It answers each line with the `exp` of the token, or with the code and the name of the
//! error: `ok exp=1767232800 turns=101`, `refused 54 InvalidSignature turns=101`. `turns` is the
//! number of times that the other task ran during the verification. An empty line gets no answer.
//! Send the next token after the answer to the last one, because this UART holds only one byte.
//!
//! A verification waits for no event, so embedded-jwt needs no async API. It computes until it is
//! done, and the other tasks of the same executor wait. At 64 MHz, HS256 takes at least a
//! millisecond, and ES256 with `fast-es256` at least 24 ms (1.5 million instructions). So the
//! priorities are:
//!
//! - Tasks that cannot wait that long belong to an executor in an interrupt (`InterruptExecutor`).
//!   It interrupts a verification. Here it has the task `blink`.
//! - The verification belongs to the executor in thread mode, which has the lowest priority. Here
//!   it has the task `serve`.
//! - A firmware that verifies only HS256 needs only the executor in thread mode, if its other tasks
//!   can wait for a millisecond or two.
//!
//! This firmware executes no command, so a replay is harmless. See `command` for a device that
//! executes commands.

use core::{
    fmt::Write as _,
    sync::atomic::{AtomicU32, Ordering},
};

use embassy_executor::Spawner;
use embedded_jwt::{Error, Key, Policy, Time, Verifier, const_key};
use firmware::{Board, Line, LineReader, Pin, Ticker, Uart};

/// DEMONSTRATION SECRET. A product has a different secret in every device, never in the source, in
/// flash that is protected against being read out. Anyone with the secret can sign. Prefer ES256
/// where possible: its key on the device is public.
static SECRET: [u8; 32] = *b"demonstration secret of 32 bytes";

/// DEMONSTRATION KEY: its private key is published in RFC 6979, appendix A.2.5, so anyone can sign
/// with it.
static PUBLIC_KEY: [u8; 65] = *b"\x04\
    \x60\xFE\xD4\xBA\x25\x5A\x9D\x31\xC9\x61\xEB\x74\xC6\x35\x6D\x68\
    \xC0\x49\xB8\x92\x3B\x61\xFA\x6C\xE6\x69\x62\x2E\x60\xF2\x9F\xB6\
    \x79\x03\xFE\x10\x08\xB8\xBC\x99\xA4\x1A\xE9\xE9\x56\x28\xBC\x64\
    \xF2\xF1\xB2\x0C\x2D\x7E\x9F\x51\x77\xA3\xC2\x94\xD4\x46\x22\x99";
static KEYS: [Key<'static>; 2] = [
    const_key!(Key::hs256(&SECRET)).with_kid("bench"),
    const_key!(Key::es256(&PUBLIC_KEY)).with_kid("gateway-2026"),
];
static POLICY: Policy<'static> = Policy::new()
    .issuer("https://auth.example")
    .audience("pump-7")
    .max_lifetime(3600)
    .accept_unproved_freshness();

/// The release time of this firmware, in seconds since 1970-01-01 UTC (this is 2026-01-01).
const RELEASED_AT: u64 = 1_767_225_600;

/// The longest line in bytes. The token is verified in its receive buffer.
const LINE_LIMIT: usize = 512;

/// How often `blink` ran.
static TURNS: AtomicU32 = AtomicU32::new(0);

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let mut board = Board::start();
    let Some((urgent, ticker)) = board.start_interrupts() else {
        return;
    };
    // Each fails only if the same task already runs.
    if let (Ok(blink), Ok(serve)) = (blink(board.lamp, ticker), serve(board.uart)) {
        urgent.spawn(blink);
        spawner.spawn(serve);
    }
}

/// Reads lines, verifies them, and answers.
#[embassy_executor::task]
async fn serve(mut uart: Uart) {
    let mut lines = LineReader::<LINE_LIMIT>::new();
    _ = writeln!(uart, "ready");
    loop {
        let byte = uart.next_byte().await;
        let before = TURNS.load(Ordering::Relaxed);
        let outcome = match lines.push(byte) {
            None | Some(Line::Text([])) => continue,
            Some(Line::TooLong) => Err(Error::TokenTooLong),
            // The verification does not await. `blink` interrupts it.
            Some(Line::Text(token)) => verify(token),
        };
        let turns = TURNS.load(Ordering::Relaxed).wrapping_sub(before);
        // Writing to this UART cannot fail, and there is no other channel for an error.
        _ = match outcome {
            Ok(exp) => writeln!(uart, "ok exp={exp} turns={turns}"),
            Err(error) => writeln!(
                uart,
                "refused {} {} turns={turns}",
                error.code(),
                error.name()
            ),
        };
    }
}

/// Verifies a token. Returns its `exp`, which the policy requires.
fn verify(token: &mut [u8]) -> Result<u64, Error> {
    let verifier = Verifier::new(&KEYS, &POLICY);
    let token = verifier.verify_in_place(token, Time::AtLeast(RELEASED_AT))?;
    token.claims().exp().ok_or(Error::MissingExp)
}

/// Runs each millisecond and blinks, even during a verification.
///
/// The outputs of this board share a register, so drive all of them at one priority.
#[embassy_executor::task]
async fn blink(mut lamp: Pin, mut ticker: Ticker) {
    loop {
        ticker.next().await;
        let turns = TURNS.fetch_add(1, Ordering::Relaxed);
        lamp.set(turns & 0x100 != 0);
    }
}
