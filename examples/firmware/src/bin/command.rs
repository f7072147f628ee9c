#![no_std]
#![no_main]
//! A pump controller that acts on signed commands.
//!
//! It receives tokens on its UART, one per line. It verifies each token in place, with keys and a
//! policy in flash, and answers with exactly one line. `ok seq=7 output=pump on` reports success.
//! `refused 54 InvalidSignature invalid_token` ends with the error code of RFC 6750 section 3.1. An
//! empty line gets no answer. Send the next token after the answer to the last one: the device
//! receives nothing meanwhile.
//!
//! A command requires the scope of its output. A gateway that signs for a client puts the client's
//! scopes into the token. The device makes the final decision.
//!
//! The device has no clock. The earliest possible time is its release, and later the newest `iat`
//! that it has accepted. A token that expired before this time is rejected. The device cannot know
//! whether a token expired since then, and its policy says so. With a clock, use
//! `Time::from_clock(now, RELEASED_AT)`, which does not trust a clock that was never set. The
//! command's `seq`, which must rise, prevents a replay.

use core::fmt::Write as _;

use embedded_jwt::{Error, Key, Policy, Time, Verifier, const_key, oauth::ScopeMap};
use firmware::{Board, Line, LineReader, entry};
use serde::Deserialize;

/// DEMONSTRATION KEY: its private key is published in RFC 6979, appendix A.2.5, so anyone can sign
/// with it.
static PUBLIC_KEY: [u8; 65] = [
    0x04, // an uncompressed point: x, then y
    0x60, 0xFE, 0xD4, 0xBA, 0x25, 0x5A, 0x9D, 0x31, 0xC9, 0x61, 0xEB, 0x74, 0xC6, 0x35, 0x6D,
    0x68, //
    0xC0, 0x49, 0xB8, 0x92, 0x3B, 0x61, 0xFA, 0x6C, 0xE6, 0x69, 0x62, 0x2E, 0x60, 0xF2, 0x9F,
    0xB6, //
    0x79, 0x03, 0xFE, 0x10, 0x08, 0xB8, 0xBC, 0x99, 0xA4, 0x1A, 0xE9, 0xE9, 0x56, 0x28, 0xBC,
    0x64, //
    0xF2, 0xF1, 0xB2, 0x0C, 0x2D, 0x7E, 0x9F, 0x51, 0x77, 0xA3, 0xC2, 0x94, 0xD4, 0x46, 0x22, 0x99,
];

/// DEMONSTRATION SECRET. A product has a different secret in every device, never in the source, in
/// flash that is protected against being read out. Anyone with the secret can sign. Prefer ES256
/// where possible: its key on the device is public.
static SECRET: [u8; 32] = *b"demonstration secret of 32 bytes";

static KEYS: [Key<'static>; 2] = [
    const_key!(Key::es256(&PUBLIC_KEY)).with_kid("gateway-2026"),
    const_key!(Key::hs256(&SECRET)).with_kid("bench"),
];

/// `exp` stays required, and the limit of the lifetime makes `iat` required too. So a command that
/// lasts for years is rejected even by a device that does not know the year.
static POLICY: Policy<'static> = Policy::new()
    .issuer("https://auth.example")
    .audience("pump-7")
    .max_lifetime(3600)
    .accept_unproved_freshness();

/// An output that can be switched.
#[derive(Clone, Copy, PartialEq, Eq, defmt::Format)]
enum Output {
    Pump,
    Lamp,
}

/// The scope that each output requires.
static SCOPES: ScopeMap<'static, Output> =
    ScopeMap::new(&[("pump:write", Output::Pump), ("lamp:write", Output::Lamp)]);

impl Output {
    fn named(name: &str) -> Option<Self> {
        match name {
            "pump" => Some(Self::Pump),
            "lamp" => Some(Self::Lamp),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Pump => "pump",
            Self::Lamp => "lamp",
        }
    }
}

/// The release time of this firmware, in seconds since 1970-01-01 UTC (this is 2026-01-01). The
/// present cannot be earlier.
const RELEASED_AT: u64 = 1_767_225_600;

/// The largest step, in seconds, by which one command may advance the earliest possible time: 30
/// days.
///
/// Without a limit, an issuer whose clock once ran years ahead would make the device reject every
/// later command as expired, for good.
const LARGEST_STEP: u64 = 30 * 24 * 60 * 60;

/// The longest line in bytes. The token is verified in its receive buffer, so it needs no other
/// memory.
const LINE_LIMIT: usize = 1024;

/// The claims of a command, besides those that the policy checks.
#[derive(Deserialize)]
struct Command<'a> {
    seq: u32,
    output: &'a str,
    on: bool,
}

/// The state that the device keeps from one command to the next.
///
/// A product keeps both fields in non-volatile memory. Otherwise every old command works again
/// after a reset.
struct Memory {
    last_seq: u32,
    /// The earliest possible time, in seconds since 1970-01-01 UTC.
    earliest_now: u64,
}

/// An executed command.
#[derive(defmt::Format)]
struct Done {
    seq: u32,
    output: Output,
    on: bool,
}

/// The reason why a command was rejected.
#[derive(Clone, Copy, defmt::Format)]
enum Refusal {
    Token(Error),
    LineTooLong,
    Replayed,
    UnknownOutput,
}

impl Refusal {
    /// Returns the code of the error. The application's codes start at 1000, and those of
    /// embedded-jwt are below.
    fn code(self) -> u16 {
        match self {
            Self::Token(error) => error.code(),
            Self::LineTooLong => 1000,
            Self::Replayed => 1001,
            Self::UnknownOutput => 1002,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Token(error) => error.name(),
            Self::LineTooLong => "LineTooLong",
            Self::Replayed => "Replayed",
            Self::UnknownOutput => "UnknownOutput",
        }
    }

    /// Returns the error code of RFC 6750 section 3.1. There is none for an error that is not the
    /// sender's.
    fn error_code(self) -> &'static str {
        match self {
            Self::Token(error) => embedded_jwt::oauth::Refusal::from(error)
                .error_code()
                .unwrap_or("server_error"),
            Self::Replayed => "invalid_token",
            Self::LineTooLong | Self::UnknownOutput => "invalid_request",
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Token(error)
    }
}

#[entry]
fn main() -> ! {
    let mut board = Board::start();
    let mut lines = LineReader::<LINE_LIMIT>::new();
    let mut memory = Memory {
        last_seq: 0,
        earliest_now: RELEASED_AT,
    };

    defmt::info!("listening");
    answer(&mut board, format_args!("ready"));
    loop {
        // A product sleeps here until its UART has a byte.
        let Some(byte) = board.uart.receive() else {
            continue;
        };
        let outcome = match lines.push(byte) {
            None | Some(Line::Text([])) => continue,
            Some(Line::TooLong) => Err(Refusal::LineTooLong),
            Some(Line::Text(token)) => obey(token, &mut memory, &mut board),
        };
        match outcome {
            Ok(done) => {
                defmt::info!("accepted: {}", done);
                let state = if done.on { "on" } else { "off" };
                answer(
                    &mut board,
                    format_args!("ok seq={} output={} {state}", done.seq, done.output.name()),
                );
            }
            Err(refusal) => {
                defmt::warn!("refused: {}", refusal);
                answer(
                    &mut board,
                    format_args!(
                        "refused {} {} {}",
                        refusal.code(),
                        refusal.name(),
                        refusal.error_code()
                    ),
                );
            }
        }
    }
}

/// Executes the command in `token` if all of it is acceptable. Otherwise changes nothing.
fn obey(token: &mut [u8], memory: &mut Memory, board: &mut Board) -> Result<Done, Refusal> {
    let time = Time::AtLeast(memory.earliest_now);
    let token = Verifier::new(&KEYS, &POLICY).verify_in_place(token, time)?;
    let command: Command<'_> = token.claims().deserialize()?;
    let output = Output::named(command.output).ok_or(Refusal::UnknownOutput)?;
    let scope = token.claims().scope()?;
    SCOPES.require(scope, &output).map_err(Error::from)?;
    if command.seq <= memory.last_seq {
        return Err(Refusal::Replayed);
    }

    // Nothing is rejected from here on. Remember first, then act. If the power fails in between,
    // the command is lost, and the issuer notices the missing answer. In the other order, the
    // command could be replayed.
    memory.last_seq = command.seq;
    if let Some(issued_at) = token.claims().iat() {
        let latest = memory.earliest_now.saturating_add(LARGEST_STEP);
        memory.earliest_now = memory.earliest_now.max(issued_at.min(latest));
    }
    let pin = match output {
        Output::Pump => &mut board.pump,
        Output::Lamp => &mut board.lamp,
    };
    pin.set(command.on);

    // The state that the hardware reports, not the requested one.
    Ok(Done {
        seq: command.seq,
        output,
        on: pin.is_on(),
    })
}

/// Sends one line.
fn answer(board: &mut Board, line: core::fmt::Arguments<'_>) {
    // Writing to this UART cannot fail, and there is no other channel for an error.
    _ = writeln!(board.uart, "{line}");
}
