//! The measurement: each device is built, booted anew for each case, and sent one token.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result, ensure};
use object::{Object as _, ObjectSymbol as _, SymbolKind};
use serde_json::{Value, json};

use crate::{
    boards::Board,
    firmware,
    issuer::{self, BENCH, GATEWAY, Signer},
    proof,
    qemu::{self, Machine},
    size::{self, Size},
    steps::execute,
    toolchain::Toolchain,
};

/// The opt-levels that are measured, each with the code of SHA-256 that goes with it: the short one where flash counts,
/// which takes 1.5 times the instructions.
const OPT_LEVELS: [(&str, &str); 2] = [("s", r#"--cfg sha2_backend_soft="compact""#), ("3", "")];

/// The name of the figures that say how much of the flash each crate has.
pub(super) const BY_CRATE: &str = "by crate";

/// When the device judges a token.
const NOW: u64 = 1_790_000_000;

/// Bytes that the signature covers in the tokens that are sent: a command and some more claims.
const SIGNING_INPUT_LEN: usize = 256;

/// A device: the features of the firmware `budget`, and what it is sent.
struct Device {
    name: &'static str,
    features: &'static str,
    cases: &'static [Case],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    /// HS256, accepted.
    Hs256,
    /// ES256, accepted.
    Es256,
    /// The costliest of the tokens that are refused.
    Refusal,
    /// A key's table, made when the device starts.
    Preparation,
    /// The MAC without all that is around it.
    MacAlone,
}

impl Case {
    fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256 accepted",
            Self::Es256 => "ES256 accepted",
            Self::Refusal => "worst refusal",
            Self::Preparation => "key preparation",
            Self::MacAlone => "MAC alone",
        }
    }
}

/// What every board is measured with.
const DEVICES: [Device; 7] = [
    Device {
        name: "hs256",
        features: "",
        cases: &[Case::Hs256, Case::Refusal],
    },
    Device {
        name: "prepared-secret",
        features: "prepared-secret",
        cases: &[Case::Hs256],
    },
    Device {
        name: "es256",
        features: "es256",
        cases: &[Case::Es256],
    },
    Device {
        name: "any-key",
        features: "fast-es256",
        cases: &[Case::Es256],
    },
    Device {
        name: "table-16",
        features: "table-16",
        cases: &[Case::Es256],
    },
    Device {
        name: "table-64",
        features: "table-64",
        cases: &[Case::Es256],
    },
    Device {
        name: "prepare",
        features: "prepare",
        cases: &[Case::Preparation, Case::Es256],
    },
];

/// What is compared on one board alone, at 3: a verification with a buffer of its own, and its MAC.
const COMPARED: [Device; 2] = [
    Device {
        name: "buffer",
        features: "prepared-secret,buffer",
        cases: &[Case::Hs256],
    },
    Device {
        name: "mac",
        features: "mac",
        cases: &[Case::MacAlone],
    },
];

/// Every figure of `board`.
pub(super) fn board(toolchain: &Toolchain, board: Board) -> Result<Value> {
    let mut figures = json!({});
    for (opt_level, flags) in OPT_LEVELS {
        let compared = if board == Board::An386 && opt_level == "3" {
            &COMPARED[..]
        } else {
            &[]
        };
        for device in DEVICES.iter().chain(compared) {
            let mut build = firmware::cargo(toolchain, "build", board);
            build
                .args("--quiet --release --no-default-features --bin budget --features".split(' '))
                .arg(device.features)
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", opt_level)
                .env("RUSTFLAGS", flags);
            execute(&mut build)?;
            let elf_file = toolchain
                .target_directory()
                .join(board.target())
                .join("release/budget");
            figures[opt_level][device.name] = device
                .measure(board, &elf_file)
                .with_context(|| format!("{} at {opt_level}", device.name))?;
        }
    }
    Ok(figures)
}

impl Device {
    fn measure(&self, board: Board, elf_file: &Path) -> Result<Value> {
        // p256 is known to keep some panics; nothing else does.
        if self.features != "es256" {
            proof::holds_none(elf_file)?;
        }
        let size = size::measure(board, elf_file)?;
        let crates = by_crate(elf_file, &size)?;
        let listed: Vec<String> = crates
            .iter()
            .map(|(name, bytes)| format!("{name} {bytes}"))
            .collect();
        println!(
            "{:3} {:15} flash {}: {}",
            board.name(),
            self.name,
            size.flash,
            listed.join(", ")
        );
        let mut figures = json!({
            "flash": size.flash,
            "RAM": size.ram,
            BY_CRATE: crates,
        });
        for case in self.cases {
            let tokens = match case {
                Case::Hs256 | Case::MacAlone => vec![command(Signer::Bench)?],
                Case::Es256 => vec![command(Signer::Gateway)?],
                Case::Refusal => refusals()?,
                Case::Preparation => Vec::new(),
            };
            let mut cost = Cost::default();
            if tokens.is_empty() {
                cost = Running::boot(board, elf_file, &size)?.prepared()?;
            }
            for token in tokens {
                let mut running = Running::boot(board, elf_file, &size)?;
                let (code, of_token) = running.send(&token)?;
                ensure!(
                    (code == 0) != matches!(case, Case::Refusal | Case::MacAlone),
                    "{}: it answered {code}",
                    case.name()
                );
                cost = cost.max(of_token);
            }
            println!(
                "{:3} {:15} {:15} {:>10} instructions {:>6} bytes of stack {:>6} bytes of flash",
                board.name(),
                self.name,
                case.name(),
                cost.instructions,
                cost.stack,
                size.flash,
            );
            figures[case.name()] =
                json!({ "instructions": cost.instructions, "stack": cost.stack });
        }
        Ok(figures)
    }
}

#[derive(Clone, Copy, Default)]
struct Cost {
    instructions: u64,
    stack: u64,
}

impl Cost {
    fn max(self, other: Self) -> Self {
        Self {
            instructions: self.instructions.max(other.instructions),
            stack: self.stack.max(other.stack),
        }
    }
}

/// A device that has started.
struct Running {
    machine: Machine,
    /// Bytes of its stack that are not the verifier's.
    rooms: u64,
    tick_ps: u64,
    preparation: u64,
}

impl Running {
    fn boot(board: Board, elf_file: &Path, size: &Size) -> Result<Self> {
        let mut machine = Machine::boot(board, elf_file, size)?;
        let (rooms, tick_ps) = numbers(&machine.line()?)?;
        let (_, preparation) = numbers(&machine.line()?)?;
        Ok(Self {
            machine,
            rooms,
            tick_ps,
            preparation,
        })
    }

    /// What it took to start.
    fn prepared(&mut self) -> Result<Cost> {
        self.cost(self.preparation)
    }

    /// The answer to a token, and what that took.
    fn send(&mut self, token: &str) -> Result<(u64, Cost)> {
        self.machine
            .send(&u16::try_from(token.len())?.to_le_bytes())?;
        self.machine.send(token.as_bytes())?;
        let (code, ticks) = numbers(&self.machine.line()?)?;
        Ok((code, self.cost(ticks)?))
    }

    fn cost(&mut self, ticks: u64) -> Result<Cost> {
        Ok(Cost {
            instructions: qemu::instructions(u32::try_from(ticks)?, self.tick_ps),
            stack: self.machine.stack_used()?.saturating_sub(self.rooms),
        })
    }
}

/// The two numbers of an answer.
fn numbers(line: &str) -> Result<(u64, u64)> {
    let number = |word| u64::from_str_radix(word, 16);
    let words = line.split_once(' ');
    words
        .and_then(|(first, second)| number(first).ok().zip(number(second).ok()))
        .with_context(|| format!("it answered {line:?}"))
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
        of_bench(&issuer::with(claims(40), "exp", json!(NOW)))?,
        of_bench(&issuer::with(claims(40), "exp", json!(NOW + 4000)))?,
        of_bench(&issuer::with(
            claims(40),
            "aud",
            json!(["pump-6", "pump-8"]),
        ))?,
        of_bench(&issuer::with(claims(40), "on", json!("yes")))?,
        issuer::signed(Signer::Bench, &header, &format!("{{{}}}", names.join(",")))?,
        issuer::signed(Signer::Bench, &crit, "{}")?,
        format!("{}!", good.get(..good.len() - 1).context("no token")?),
    ])
}

/// How much of the flash each crate has: its code wherever the compiler has put it, and its constants that have a name.
fn by_crate(elf_file: &Path, size: &Size) -> Result<BTreeMap<String, u64>> {
    let bytes = fs::read(elf_file)?;
    let file = object::File::parse(&*bytes)?;
    let source = proof::source(&file)?;
    let mut crates: BTreeMap<String, u64> = BTreeMap::new();
    for symbol in file.symbols() {
        match symbol.kind() {
            SymbolKind::Text => {
                // Bit 0 says that it is Thumb code.
                let start = symbol.address() & !1;
                for address in (start..start + symbol.size()).step_by(2) {
                    let name = proof::crate_of(&source, address)?;
                    *crates.entry(name).or_default() += 2;
                }
            }
            SymbolKind::Data if symbol.size() > 0 => {
                let name = format!("{:#}", rustc_demangle::demangle(symbol.name()?));
                if let Some((name, _)) = name.split_once("::") {
                    *crates.entry(name.replace('_', "-")).or_default() += symbol.size();
                }
            }
            _ => {}
        }
    }
    let known: u64 = crates.values().sum();
    // Vectors, constants without a name, what fills up to a word.
    crates.insert("other".to_owned(), size.flash.saturating_sub(known));
    Ok(crates)
}
