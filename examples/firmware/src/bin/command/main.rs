#![no_std]
#![no_main]
//! A pump controller that acts on signed commands.
//!
//! It receives tokens on its UART, one per line. It verifies each token in place, with keys and a
//! policy in flash, and answers with exactly one line. `ok seq=7 output=pump on` reports success.
//! `refused 54 InvalidSignature invalid_token` ends with the error code of RFC 6750 section 3.1. An
//! empty line gets no answer. Send the next token after the answer to the last one, because the
//! device receives nothing in between.
//!
//! A command requires the scope of its output. A gateway that signs for a client puts the client's
//! scopes into the token. The device makes the final decision.
//!
//! The device has no clock. It knows only a lower bound of the time: first its release, and later
//! the newest `iat` that it has accepted. A token that expired before this bound is rejected. The
//! device cannot know whether a token expired after it, and its policy accepts that. With a clock,
//! use `Time::from_clock(now, RELEASED_AT)`, which does not trust a clock that was never set.
//!
//! The command's `seq`, which must rise, prevents a replay. `seq` and the lower bound of the time
//! are stored in flash before the command is obeyed. So no power cut makes a command work twice.
//!
//! A line can also be a set of keys that the issuer signed. It replaces the keys of the gateway.

mod memory;
mod refusal;

use core::fmt::{self, Write as _};

use embedded_jwt::{
    Compact, Error, Header, Key, Policy, Verifier, const_key, jwk::RingUpdate,
    limits::MAX_IN_PLACE_HEADER_LEN, oauth::ScopeMap,
};
use firmware::{Board, Line, LineReader, entry};
use serde::Deserialize;

use memory::{FlashError, ISSUER, LIFETIME, Memory};
use refusal::Refusal;

/// DEMONSTRATION SECRET. A product has a different secret in every device, never in the source, in
/// flash that is protected against being read out. Anyone with the secret can sign. Prefer ES256
/// where possible: its key on the device is public.
static SECRET: [u8; 32] = *b"demonstration secret of 32 bytes";

const BENCH: &str = "bench";
static BENCH_KEYS: [Key<'static>; 1] = [const_key!(Key::hs256(&SECRET))
    .with_kid(BENCH)
    .as_time_source()];

/// `exp` stays required, and the limit of the lifetime makes `iat` required too. So even a device
/// that does not know the year rejects a command that is valid for years.
static POLICY: Policy<'static> = Policy::new()
    .issuer(ISSUER)
    .audience("pump-7")
    .max_lifetime(LIFETIME)
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

/// An executed command.
#[derive(defmt::Format)]
struct Obeyed {
    seq: u32,
    output: Output,
    on: bool,
}

/// The effect of a line.
#[derive(defmt::Format)]
enum Done {
    Command(Obeyed),
    Keys(RingUpdate),
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(Obeyed { seq, output, on }) => {
                let state = if *on { "on" } else { "off" };
                write!(f, "seq={seq} output={} {state}", output.name())
            }
            Self::Keys(update) => {
                write!(
                    f,
                    "keys added={} withdrawn={}",
                    update.added, update.withdrawn
                )
            }
        }
    }
}

#[entry]
fn main() -> ! {
    let mut board = Board::start();
    let mut lines = LineReader::<LINE_LIMIT>::new();
    let memory = Memory::restore();

    defmt::info!("listening");
    answer(&mut board, format_args!("ready"));
    let mut memory = match memory {
        Ok(memory) => memory,
        Err(error) => halt(error),
    };
    loop {
        // A product sleeps here until its UART has a byte.
        let Some(byte) = board.uart.receive() else {
            continue;
        };
        let outcome = match lines.push(byte) {
            None | Some(Line::Text([])) => continue,
            Some(Line::TooLong) => Err(Refusal::LineTooLong),
            Some(Line::Text(token)) if is_key_set(token) => memory.take_keys(token).map(Done::Keys),
            Some(Line::Text(token)) => obey(token, &mut memory, &mut board).map(Done::Command),
        };
        match outcome {
            Ok(done) => {
                defmt::info!("accepted: {}", done);
                answer(&mut board, format_args!("ok {done}"));
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

/// Returns whether `is_it` is true for the header of the line, before its signature is verified.
/// The result only selects the keys for the line.
fn has_header(line: &[u8], is_it: impl FnOnce(&Header<'_>) -> bool) -> bool {
    let mut buffer = [0; MAX_IN_PLACE_HEADER_LEN];
    let header = Compact::parse(&line).and_then(|token| token.peek_header(&mut buffer));
    header.is_ok_and(|header| is_it(&header))
}

/// Returns whether the line is meant as a signed set of keys.
fn is_key_set(line: &[u8]) -> bool {
    has_header(line, |header| {
        header.typ().is_some_and(|typ| typ == "jwk-set+jwt")
    })
}

/// Executes the command in `token` if all of it is acceptable. Otherwise changes nothing.
fn obey(token: &mut [u8], memory: &mut Memory, board: &mut Board) -> Result<Obeyed, Refusal> {
    let time = memory.guard.time();
    let ring = memory.ring.keys(&POLICY);
    let is_of_bench = has_header(token, |header| header.kid().is_some_and(|kid| kid == BENCH));
    let token = if is_of_bench {
        Verifier::new(&BENCH_KEYS, &POLICY).verify_in_place(token, time)?
    } else {
        ring.verify_in_place(token, time)?
    };
    let command: Command<'_> = token.claims().deserialize()?;
    let output = Output::named(command.output).ok_or(Refusal::UnknownOutput)?;
    let scope = token.claims().scope()?;
    SCOPES.require(scope, &output).map_err(Error::from)?;
    let permit = memory
        .guard
        .check_counter(token, command.seq.into(), time)?;

    // Nothing is rejected from here on. Remember first, then act. If the power fails in between,
    // the command is lost, and the issuer notices the missing answer. In the other order, the
    // command could be replayed.
    if let Err(error) = permit.commit(&mut memory.log) {
        // The log has to be read again before the next command.
        _ = memory.guard.restore(&mut memory.log);
        return Err(error.into());
    }
    let pin = match output {
        Output::Pump => &mut board.pump,
        Output::Lamp => &mut board.lamp,
    };
    pin.set(command.on);

    // The state that the hardware reports, not the requested one.
    Ok(Obeyed {
        seq: command.seq,
        output,
        on: pin.is_on(),
    })
}

/// Stops: this firmware does not fit its flash.
fn halt(error: FlashError) -> ! {
    defmt::error!("the flash cannot be used: {}", error);
    loop {
        core::hint::spin_loop();
    }
}

/// Sends one line.
fn answer(board: &mut Board, line: fmt::Arguments<'_>) {
    // Writing to this UART cannot fail, and there is no other channel for an error.
    _ = writeln!(board.uart, "{line}");
}
