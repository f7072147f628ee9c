#![no_std]
#![no_main]
//! A pump controller that acts on signed commands.
//!
//! It receives tokens on its UART, one a line, verifies each in place against keys and a policy in flash, and answers
//! each with exactly one line: `ok seq=7 output=pump on`, or `refused 54 InvalidSignature invalid_token`, which ends with
//! the error code of RFC 6750 section 3.1. An empty line is no request and gets no answer. Send the next token after the
//! answer to the last one: nothing is received meanwhile.
//!
//! A command needs the scope of its output. Who signs for a client, as a gateway does, puts that client's scopes into the
//! token, and the device has the last word.
//!
//! It has no clock. The time of its release, and later the newest `iat` that it has accepted, is the earliest that it
//! can be, so that a token which expired before then is refused. Whether a token expired since, it cannot know; its
//! policy says so openly. (With a clock it would pass `Time::from_clock(now, RELEASED_AT)`, which does not trust a clock that
//! was never set.) What stops a replay is the command's `seq`, which must rise.

use core::fmt::Write as _;

use embedded_jwt::{Error, Key, Policy, Time, Verifier, const_key, oauth::ScopeMap};
use firmware::{Board, Line, LineReader, entry};
use serde::Deserialize;

/// DEMONSTRATION KEY: its private half is published in RFC 6979, appendix A.2.5, so that anybody can sign for it.
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

/// DEMONSTRATION SECRET: a product has its own in every device, never in the source, in flash that is protected against
/// being read out. Who has the secret can sign; where you can, prefer ES256, whose key on the device is public.
static SECRET: [u8; 32] = *b"demonstration secret of 32 bytes";

static KEYS: [Key<'static>; 2] = [
    const_key!(Key::es256(&PUBLIC_KEY)).with_kid("gateway-2026"),
    const_key!(Key::hs256(&SECRET)).with_kid("bench"),
];

/// `exp` stays required, and the lifetime makes `iat` required too: a command that lasts for years is refused even by a
/// device that cannot tell the year.
static POLICY: Policy<'static> = Policy::new()
    .issuer("https://auth.example")
    .audience("pump-7")
    .max_lifetime(3600)
    .accept_unproved_freshness();

/// What can be switched.
#[derive(Clone, Copy, PartialEq, Eq, defmt::Format)]
enum Output {
    Pump,
    Lamp,
}

/// Which scope allows to switch what.
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

/// When this firmware was released, in seconds since 1970-01-01 UTC (this is 2026-01-01). It cannot be earlier than that.
const RELEASED_AT: u64 = 1_767_225_600;

/// By how many seconds one command may advance what the device takes for the earliest present: 30 days. An issuer whose
/// clock once ran years ahead would else have every later command refused as expired, for good.
const LARGEST_STEP: u64 = 30 * 24 * 60 * 60;

/// The longest line in bytes. The token is verified where it was received, so this is all the memory that it takes.
const LINE_LIMIT: usize = 1024;

/// The claims of a command, beside those that the policy judges.
#[derive(Deserialize)]
struct Command<'a> {
    seq: u32,
    output: &'a str,
    on: bool,
}

/// What the device remembers from one command to the next.
///
/// A product keeps both in non-volatile memory: without them, every old command works again after a reset.
struct Memory {
    last_seq: u32,
    /// It cannot be earlier than this, in seconds since 1970-01-01 UTC.
    earliest_now: u64,
}

/// A command that was carried out.
#[derive(defmt::Format)]
struct Done {
    seq: u32,
    output: Output,
    on: bool,
}

/// Why nothing was done.
#[derive(Clone, Copy, defmt::Format)]
enum Refusal {
    Token(Error),
    LineTooLong,
    Replayed,
    UnknownOutput,
}

impl Refusal {
    /// The application's own codes start at 1000; embedded-jwt's are all below.
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

    /// The error code of RFC 6750 section 3.1, which has none for what is not the sender's fault.
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
        // A product sleeps here until its UART has something.
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

/// Carries out the command in `token` if everything about it is acceptable; otherwise changes nothing.
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

    // Nothing can be refused from here on. Remember first, act then: if the power fails in between, the command is lost,
    // which the issuer notices by the missing answer; the other way round it could be replayed.
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

    // What the hardware says, not what was asked for.
    Ok(Done {
        seq: command.seq,
        output,
        on: pin.is_on(),
    })
}

/// Sends one line.
fn answer(board: &mut Board, line: core::fmt::Arguments<'_>) {
    // Writing to this UART cannot fail, and there would be nobody to tell.
    _ = writeln!(board.uart, "{line}");
}
