//! `cargo xtask firmware --embassy`: talks to the async firmware `embassy` on an emulated Cortex-M4F.

use std::ops::RangeInclusive;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::{
    boards::Board,
    conversation::shown,
    firmware,
    issuer::{BENCH, GATEWAY, Signer, command, token},
    qemu::Machine,
    toolchain::{OptLevel, Toolchain},
};

/// The program and its feature.
pub(crate) const BINARY: &str = "embassy";
pub(crate) const BOARD: Board = Board::An386;

/// How often the other task runs while a signature is verified. It runs each millisecond, in which the emulated core
/// executes 15,625 instructions. `docs/performance.md` has the instructions of a verification.
const HS256: RangeInclusive<u32> = 1..=4;
const ES256: RangeInclusive<u32> = 80..=130;
/// The same where a line is rejected before that.
const UNREAD: RangeInclusive<u32> = 0..=2;

/// Builds the firmware, and checks that its answers are the expected ones and that its other task runs meanwhile.
pub(crate) fn check(toolchain: &Toolchain) -> Result<()> {
    let elf_file = firmware::build(toolchain, BOARD, BINARY, BINARY, OptLevel::Small)?;
    let mut machine = Machine::boot(BOARD, &elf_file)?;
    let ready = machine.line()?;
    ensure!(ready == "ready", "it started with {ready:?}");

    let exchanges = exchanges()?;
    for (title, line, verdict, expected) in &exchanges {
        machine.send(line.as_bytes())?;
        machine.send(b"\n")?;
        let answer = machine.line().with_context(|| (*title).to_owned())?;
        println!(
            "{title}\n    host   > {}\n    device < {answer}",
            shown(line.as_bytes())
        );
        let turns = answer
            .strip_prefix(verdict)
            .and_then(|rest| rest.strip_prefix(" turns="));
        let turns: u32 = turns
            .and_then(|turns| turns.parse().ok())
            .with_context(|| format!("{title}: expected {verdict:?}, not {answer:?}"))?;
        ensure!(
            expected.contains(&turns),
            "{title}: the other task ran {turns} times, not {expected:?}"
        );
    }
    let (stack, size) = (machine.stack_used()?, &machine.size);
    println!(
        "\n{BINARY} on {}: {} exchanges as expected; flash {} bytes, RAM {} bytes ({} static, {stack} stack at most)",
        BOARD.name(),
        exchanges.len(),
        size.flash,
        size.ram + stack,
        size.ram,
    );
    Ok(())
}

/// A title, the line, the answer to it, and the turns of the other task.
type Exchange = (
    &'static str,
    String,
    &'static str,
    &'static RangeInclusive<u32>,
);

fn exchanges() -> Result<Vec<Exchange>> {
    const GENUINE: &str = "ok exp=1767232800";
    const FORGED: &str = "refused 54 InvalidSignature";
    let claims = command(&json!({}));
    let hs256 = token(Signer::Bench, Some(BENCH), &claims)?;
    let es256 = token(Signer::Gateway, Some(GATEWAY), &claims)?;
    let by_stranger = |signer, kid| token(signer, Some(kid), &claims);
    let for_another = command(&json!({"aud": "pump-8"}));
    Ok(vec![
        ("genuine, HS256", hs256.clone(), GENUINE, &HS256),
        ("genuine, ES256", es256.clone(), GENUINE, &ES256),
        (
            "forged, HS256",
            by_stranger(Signer::StrangerHs256, BENCH)?,
            FORGED,
            &HS256,
        ),
        (
            "forged, ES256",
            by_stranger(Signer::StrangerEs256, GATEWAY)?,
            FORGED,
            &ES256,
        ),
        (
            "algorithm swapped: HS256, the public key as secret",
            by_stranger(Signer::PublicKeyAsSecret, GATEWAY)?,
            "refused 51 AlgMismatch",
            &UNREAD,
        ),
        (
            "for another pump (audience)",
            token(Signer::Bench, Some(BENCH), &for_another)?,
            "refused 87 AudMismatch",
            &HS256,
        ),
        (
            "a line longer than the buffer",
            es256.repeat(20),
            "refused 10 TokenTooLong",
            &UNREAD,
        ),
        (
            "garbage",
            "open-the-pods!".to_owned(),
            "refused 13 NotThreeSegments",
            &UNREAD,
        ),
        (
            "an empty line, then a genuine token",
            format!("\n\r\n{es256}\r"),
            GENUINE,
            &ES256,
        ),
    ])
}
