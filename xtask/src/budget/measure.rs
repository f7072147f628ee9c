//! The measurement: each device is built, booted anew for each case, and sent one token.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::{
    boards::Board,
    c_firmware::{self, Variant},
    firmware,
    issuer::{self, BENCH, GATEWAY, Signer},
    proof,
    qemu::{self, Machine},
    size::{self, Size},
    toolchain::{OptLevel, Toolchain},
};

/// When the device judges a token.
const NOW: u64 = 1_790_000_000;

/// Bytes that the signature covers in the tokens that are sent: a command and some more claims.
const SIGNING_INPUT_LEN: usize = 256;

/// A device by its name in the file, the features of the firmware `budget`, and its cases.
type Device = (&'static str, &'static str, &'static [&'static str]);

const HS256: &str = "HS256 accepted";
const ES256: &str = "ES256 accepted";
/// The costliest of the tokens that are rejected.
const REFUSAL: &str = "worst refusal";
/// A key's table, made when the device starts.
const PREPARATION: &str = "key preparation";
/// The MAC without all that is around it.
const MAC_ALONE: &str = "MAC alone";

/// What every board is measured with.
const DEVICES: [Device; 10] = [
    ("hs256", "hs256", &[HS256, REFUSAL]),
    ("prepared-secret", "prepared-secret", &[HS256]),
    ("remember", "hs256,remember", &[HS256]),
    ("es256", "hs256,es256", &[ES256]),
    ("es256-alone", "es256", &[ES256]),
    ("any-key", "hs256,fast-es256", &[ES256]),
    ("any-key-alone", "fast-es256", &[ES256]),
    ("table-16", "hs256,table-16", &[ES256]),
    ("table-64", "hs256,table-64", &[ES256]),
    ("prepare", "hs256,prepare", &[PREPARATION, ES256]),
];

/// What is compared on one board alone, at 3: a verification with a buffer of its own, and its MAC.
const COMPARED: [Device; 2] = [
    ("buffer", "prepared-secret,buffer", &[HS256]),
    ("mac", "mac", &[MAC_ALONE]),
];

/// What a log costs, on one board alone, at "s": the image that logs more of an error than its code.
const LOGS: [Device; 4] = [
    ("log-name", "log-name", &[]),
    ("log-text", "log-text", &[]),
    ("log-display", "log-display", &[]),
    ("log-debug", "log-debug", &[]),
];

/// The program of `examples/c`, which is measured at "s".
const IN_C: [(&str, Variant, &[&str]); 4] = [
    ("c-hs256", c_firmware::HS256, &[HS256, REFUSAL]),
    ("c-es256", c_firmware::P256, &[ES256]),
    ("c-any-key", c_firmware::ANY_KEY, &[ES256]),
    ("c-table-16", c_firmware::WITH_TABLE, &[ES256]),
];

/// Every figure of `board`.
pub(super) fn board(toolchain: &Toolchain, board: Board) -> Result<Value> {
    let mut figures = json!({});
    for opt_level in OptLevel::ALL {
        let compared = match (board, opt_level) {
            (Board::An386, OptLevel::Small) => &LOGS[..],
            (Board::An386, OptLevel::Fast) => &COMPARED,
            _ => &[],
        };
        let of_level = &mut figures[opt_level.name()];
        for device in DEVICES.iter().chain(compared) {
            let (name, features, _) = device;
            let elf_file = firmware::build(toolchain, board, "budget", features, opt_level)?;
            of_level[name] = measure(device, board, &elf_file)
                .with_context(|| format!("{name} at {}", opt_level.name()))?;
        }
    }
    if c_firmware::BOARDS.contains(&board) {
        for (name, variant, cases) in IN_C {
            let elf_file = c_firmware::build(toolchain, board, variant)?;
            let device = (name, variant.features, cases);
            figures[OptLevel::Small.name()][name] =
                measure(&device, board, &elf_file).context(name)?;
        }
    }
    Ok(figures)
}

fn measure((name, features, cases): &Device, board: Board, elf_file: &Path) -> Result<Value> {
    // p256 and `{:?}` are known to keep some panics; nothing else does.
    let keeps_panics = |feature| ["es256", "log-debug"].contains(&feature);
    if !features.split(',').any(keeps_panics) {
        proof::holds_none(elf_file)?;
    }
    let Size { flash, ram, .. } = size::measure(board, elf_file)?;
    let mut figures = json!({ "flash": flash, "RAM": ram });
    for case in *cases {
        let tokens = match *case {
            ES256 => vec![command(Signer::Gateway)?],
            REFUSAL => refusals()?,
            PREPARATION => vec![String::new()],
            _ => vec![command(Signer::Bench)?],
        };
        let (mut instructions, mut stack) = (0, 0);
        for token in tokens {
            let (code, its_instructions, its_stack) = send(board, elf_file, &token)?;
            let is_accepted = ![REFUSAL, MAC_ALONE].contains(case);
            ensure!((code == 0) == is_accepted, "{case}: it answered {code}");
            (instructions, stack) = (its_instructions.max(instructions), its_stack.max(stack));
        }
        println!(
            "{:8} {name:15} {case:15} {instructions:>10} instructions {stack:>6} bytes of stack {flash:>6} bytes of flash",
            board.name(),
        );
        figures[case] = json!({ "instructions": instructions, "stack": stack });
    }
    Ok(figures)
}

/// Boots the device and sends it a token. Gives the answer, the instructions and the stack that it took;
/// without a token, those of the start.
fn send(board: Board, elf_file: &Path, token: &str) -> Result<(u64, u64, u64)> {
    let mut machine = Machine::boot(board, elf_file)?;
    // Bytes of its stack that are not the verifier's, and its clock.
    let (rooms, tick_ps) = qemu::numbers(&machine.line()?)?;
    let (_, preparation) = qemu::numbers(&machine.line()?)?;
    let (code, ticks) = if token.is_empty() {
        (0, preparation)
    } else {
        machine.send(&u16::try_from(token.len())?.to_le_bytes())?;
        machine.send(token.as_bytes())?;
        qemu::numbers(&machine.line()?)?
    };
    let stack = machine.stack_used()?.saturating_sub(rooms);
    Ok((
        code,
        qemu::instructions(u32::try_from(ticks)?, tick_ps),
        stack,
    ))
}

/// A command that the device obeys, as long as those are that are measured.
fn command(signer: Signer) -> Result<String> {
    let kid = match signer {
        Signer::Gateway => GATEWAY,
        _ => BENCH,
    };
    for padding in 0..SIGNING_INPUT_LEN {
        let token = issuer::token(signer, Some(kid), &claims(padding))?;
        let signing_input = token.rsplit_once('.').context("no token")?.0;
        if signing_input.len() >= SIGNING_INPUT_LEN {
            return Ok(token);
        }
    }
    anyhow::bail!("no command is long enough")
}

fn claims(padding: usize) -> Value {
    json!({
        "iss": "https://auth.example",
        "aud": "pump-7",
        "iat": NOW - 10,
        "exp": NOW + 60,
        "seq": 7,
        "output": "pump",
        "on": true,
        "pad": "x".repeat(padding),
    })
}

/// Tokens that the device refuses, of the length of the command: by each step of the verification, and as late in it as can be.
fn refusals() -> Result<Vec<String>> {
    let good = command(Signer::Bench)?;
    let padding = "x".repeat(50);
    let header = format!(r#"{{"typ":"JWT","alg":"HS256","kid":"{BENCH}"}}"#);
    let names: Vec<String> = ('A'..='Z')
        .chain(['A'])
        .map(|name| format!(r#""{name}":1"#))
        .collect();
    let crit = format!(r#"{{"alg":"HS256","kid":"{BENCH}","pad":"{padding}","crit":["b64"]}}"#);
    let of_bench = |claims: &Value| issuer::token(Signer::Bench, Some(BENCH), claims);
    Ok(vec![
        issuer::token(Signer::StrangerHs256, Some(BENCH), &claims(40))?,
        of_bench(&issuer::with(claims(40), &json!({ "exp": NOW })))?,
        of_bench(&issuer::with(claims(40), &json!({ "exp": NOW + 4000 })))?,
        of_bench(&issuer::with(
            claims(40),
            &json!({ "aud": ["pump-6", "pump-8"] }),
        ))?,
        of_bench(&issuer::with(claims(40), &json!({ "on": "yes" })))?,
        issuer::signed(Signer::Bench, &header, &format!("{{{}}}", names.join(",")))?,
        issuer::signed(Signer::Bench, &crit, "{}")?,
        format!("{}!", good.get(..good.len() - 1).context("no token")?),
    ])
}
