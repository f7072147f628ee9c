#![no_std]
#![no_main]
//! A valve controller that resists a skipped instruction.
//!
//! A glitch on the supply or the clock can make a processor skip an instruction. If a verdict is
//! one bit in one register, one skip turns "rejected" into "accepted". So this device judges every
//! token twice, **starting from the inputs**: it reads the received bytes, the keys, the policy,
//! the time and the state of the replay guard again. It acts only if both judgements accept, and
//! both found the same command. The judgements must not share a value, such as a time in a
//! register, because one skip could change it for both. The function that acts begins with the
//! second judgement, so that every path to the action runs through it.
//!
//! `cargo xtask glitch` skips every instruction between the last received byte and the action, and
//! every two in a row. `docs/glitches.md` says what that shows, and what it does not. The feature
//! `once` leaves out the second judgement. Then the command finds skips that open the valve.
//!
//! It receives tokens on its UART, one per line, and answers each with one line: `ok seq=7 on` or
//! `refused 54 InvalidSignature`. The rest of a device without a clock is in `command.rs`.

use core::{fmt::Write as _, hint::black_box};

use embedded_jwt::{
    Error, Key, Policy, Token, Verifier, const_key,
    device::{Permit, ReplayGuard, Volatile},
};
use firmware::{Board, Line, LineReader, entry};
use serde::Deserialize;

/// DEMONSTRATION SECRET, as in `command.rs`.
static SECRET: [u8; 32] = *b"demonstration secret of 32 bytes";

static KEYS: [Key<'static>; 1] = [const_key!(Key::hs256(&SECRET)).with_kid("bench")];

static POLICY: Policy<'static> = Policy::new()
    .issuer("https://auth.example")
    .audience("pump-7")
    .max_lifetime(3600)
    .accept_unproved_freshness();

/// The release time of this firmware, in seconds since 1970-01-01 UTC (this is 2026-01-01).
const RELEASED_AT: u64 = 1_767_225_600;

/// The longest line in bytes.
const LINE_LIMIT: usize = 1024;

/// The number of the last command. No identifiers: each command has a number.
type Guard = ReplayGuard<0>;

/// The claims of a command, besides those that the policy checks.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
struct Command {
    seq: u32,
    on: bool,
}

#[entry]
fn main() -> ! {
    let mut board = Board::start();
    let mut lines = LineReader::<LINE_LIMIT>::new();
    // A product keeps the facts of its guard in flash, and restores them here. This device loses
    // them at a reset.
    let mut guard = Guard::new(RELEASED_AT);
    let Ok(()) = guard.provision(&mut Volatile);

    answer(&mut board, format_args!("ready"));
    loop {
        // A product sleeps here until its UART has a byte.
        let Some(byte) = board.uart.receive() else {
            continue;
        };
        match lines.push(byte) {
            None | Some(Line::Text([])) => {}
            Some(Line::TooLong) => answer(&mut board, format_args!("refused: too long")),
            Some(Line::Text(received)) => match obey(received, &mut guard, &mut board) {
                Ok(Command { seq, on }) => {
                    let state = if on { "on" } else { "off" };
                    answer(&mut board, format_args!("ok seq={seq} {state}"));
                }
                Err(Refusal::Token(error)) => {
                    let (code, name) = (error.code(), error.name());
                    answer(&mut board, format_args!("refused {code} {name}"));
                }
                Err(Refusal::Disagreement) => {
                    answer(&mut board, format_args!("refused: two verdicts"));
                }
            },
        }
    }
}

/// The reason why a command was rejected.
enum Refusal {
    Token(Error),
    /// The two judgements found different commands. Only a fault can cause that, so a product
    /// counts these events.
    Disagreement,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Token(error)
    }
}

/// Executes the command in `received` if two judgements accept it. Otherwise changes nothing.
///
/// Not inlined, and it does not act itself: after a skipped branch, execution continues with the
/// code that follows. Where a token is rejected, that code must not be the action.
#[inline(never)]
fn obey(received: &[u8], guard: &mut Guard, board: &mut Board) -> Result<Command, Refusal> {
    let mut buffer = [0; LINE_LIMIT];

    // The permit is dropped, which changes nothing. The second judgement checks for a replay again.
    // `verify_in_place` would overwrite the bytes that the second judgement has to read.
    let first = if cfg!(feature = "once") {
        None
    } else {
        Some(judge(received, guard, &mut buffer)?.1)
    };

    // To the compiler, the output of a black box is another value than the input. So it cannot
    // reuse a result of the first judgement.
    confirm(
        black_box(received),
        black_box(guard),
        black_box(&mut buffer),
        first,
        board,
    )
}

/// Judges `received` again, and executes the command if both judgements found the same.
///
/// Not inlined, so that every path to the action begins with this judgement.
#[inline(never)]
fn confirm(
    received: &[u8],
    guard: &mut Guard,
    buffer: &mut [u8],
    first: Option<Command>,
    board: &mut Board,
) -> Result<Command, Refusal> {
    let (permit, command) = judge(received, guard, buffer)?;
    if first.is_some_and(|first| first != command) {
        return Err(Refusal::Disagreement);
    }

    // Nothing is rejected from here on. Remember first, then act.
    let Ok(_) = permit.commit(&mut Volatile);
    board.pump.set(command.on);
    Ok(command)
}

/// Judges the token, its claims, and whether its number is new.
///
/// Not inlined, so that flash has one copy of it, and so that the two judgements share no result.
#[inline(never)]
fn judge<'a>(
    received: &[u8],
    guard: &'a mut Guard,
    buffer: &'a mut [u8],
) -> Result<(Permit<'a, Token<'a, 'static>>, Command), Error> {
    let time = guard.time();
    let token = Verifier::new(&KEYS, &POLICY).verify(received, time, buffer)?;
    let command: Command = token.claims().deserialize()?;
    let permit = guard.check_counter(token, command.seq.into(), time)?;
    Ok((permit, command))
}

/// Sends one line.
fn answer(board: &mut Board, line: core::fmt::Arguments<'_>) {
    // Writing to this UART cannot fail, and there is no other channel for an error.
    _ = writeln!(board.uart, "{line}");
}
