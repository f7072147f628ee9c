//! `cargo xtask residue`: no work with a secret leaves a piece of it on the stack. The program `residue` does the work, on the
//! host and on an emulated board; here the stack that it leaves is searched.
//!
//! A search that finds nothing might be blind, so the same work by other crates, without a scrub, has to be found. Where no
//! work is done, nothing may be.
//!
//! What is looked for: the private key, the nonce of a signature and its inverse, the secret, the secret under both pads of
//! HMAC, the states of both hashes, the inner digest, and the right MAC where a token is forged; each in pieces of four
//! bytes, in both orders of bytes.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256, block_api::compress256};

use crate::{
    boards::Board,
    firmware,
    qemu::{Machine, PAINT},
    steps::Steps,
    timing,
    toolchain::{OptLevel, Toolchain, output_bytes},
};

#[path = "../../examples/firmware/src/bin/residue/material.rs"]
#[allow(dead_code, reason = "what is signed is of interest to the work alone")]
mod material;

use material::{INVERSE_OF_NONCE, LONG_SECRET, NONCE, SECRET, SIGNING_INPUT};

/// The program, and the feature of the firmware for it.
pub(crate) const BINARY: &str = "residue";

/// The board that is searched.
const BOARD: Board = Board::An386;

/// The opt-levels of the host, each with the code of SHA-256: that of microcontrollers, and what the processor has for it.
const HOST: [(&str, &str); 3] = [
    ("s", timing::SOFT_SHA256),
    ("3", timing::SOFT_SHA256),
    ("3", ""),
];

/// Bytes of a block of SHA-256.
const BLOCK_LEN: usize = 64;

pub(crate) fn run() -> Result<bool> {
    let toolchain = firmware::set_up(&[BOARD])?;
    let mut steps = Steps::default();
    steps.run("no secret is left on the stack of the host", on_the_host);
    steps.run("no secret is left on the stack of a board", || {
        on_the_board(&toolchain)
    });
    Ok(steps.summary())
}

fn on_the_host() -> Result<()> {
    let mut faults = Vec::new();
    for (opt_level, flags) in HOST {
        let program = timing::build(BINARY, opt_level, flags)?;
        let mut search = Search::new(format!("host at {opt_level} {flags}"));
        for number in 0_u8.. {
            let mut command = Command::new(&program);
            let left = output_bytes(command.arg(number.to_string()))?;
            let mut parts = left.splitn(2, |byte| *byte == b'\n');
            let (Some(line), Some(stack)) = (parts.next(), parts.next()) else {
                break;
            };
            search.check(&String::from_utf8_lossy(line), stack)?;
        }
        faults.extend(search.end()?);
    }
    ensure!(faults.is_empty(), "wrong: {}", faults.join("; "));
    Ok(())
}

fn on_the_board(toolchain: &Toolchain) -> Result<()> {
    let mut faults = Vec::new();
    for opt_level in OptLevel::ALL {
        let elf_file = firmware::build(toolchain, BOARD, BINARY, BINARY, opt_level)?;
        let mut search = Search::new(format!("{} at {}", BOARD.name(), opt_level.name()));
        for number in 0_u8.. {
            // Booted, and so painted, anew.
            let mut machine = Machine::boot(BOARD, &elf_file)?;
            machine.send(&[number])?;
            let line = machine.line()?;
            if line.is_empty() {
                break;
            }
            search.check(&line, &machine.stack()?)?;
        }
        faults.extend(search.end()?);
    }
    ensure!(faults.is_empty(), "wrong: {}", faults.join("; "));
    Ok(())
}

/// Looks through what each piece of work left.
struct Search {
    /// What was built, and how.
    title: String,
    patterns: Vec<Pattern>,
    /// How deep the stack is where no work is done.
    base: Option<usize>,
    works: usize,
    twins: usize,
    faults: Vec<String>,
}

/// What has to be found nowhere: a name and four bytes.
struct Pattern {
    name: String,
    bytes: [u8; 4],
    /// The right MAC, which is a secret only where the token does not have it.
    of_forgery: bool,
}

impl Search {
    fn new(title: String) -> Self {
        println!("{title}:\n  work                              depth  left on the stack");
        let (patterns, faults) = (patterns(), Vec::new());
        Self {
            title,
            patterns,
            base: None,
            works: 0,
            twins: 0,
            faults,
        }
    }

    /// `line` is the name of the work and its outcome.
    fn check(&mut self, line: &str, stack: &[u8]) -> Result<()> {
        let name = line
            .strip_suffix(": ok")
            .with_context(|| format!("it answered {line:?}"))?;
        let is_forgery = name.ends_with("forged");
        let depth = stack.len() - stack.iter().take_while(|byte| **byte == PAINT).count();
        let base = *self.base.get_or_insert(depth);
        let wanted = self
            .patterns
            .iter()
            .filter(|pattern| is_forgery || !pattern.of_forgery);
        let found = wanted.filter_map(|pattern| {
            let at = stack
                .windows(4)
                .position(|window| window == pattern.bytes)?;
            Some((stack.len() - at, &*pattern.name))
        });
        let found: Vec<(usize, &str)> = found.collect();
        let shown = found
            .iter()
            .max()
            .map_or("nothing".to_owned(), |(depth, name)| {
                let depth = depth.saturating_sub(base);
                format!("{} pieces, down to {name} at {depth}", found.len())
            });
        println!("  {name:32} {:>6}  {shown}", depth.saturating_sub(base));
        let is_twin = name.starts_with("twin");
        self.works += 1;
        self.twins += usize::from(is_twin);
        if found.is_empty() == is_twin {
            self.faults.push(format!("{name}, {}", self.title));
        }
        Ok(())
    }

    /// The work that left what it should not, and the twins that were not found.
    fn end(self) -> Result<Vec<String>> {
        ensure!(
            self.twins > 0 && self.works > self.twins,
            "there was no work"
        );
        Ok(self.faults)
    }
}

/// Everything that has to be found nowhere.
fn patterns() -> Vec<Pattern> {
    let mut patterns = Vec::new();
    let mut add = |name: &str, bytes: &[u8], of_forgery| {
        for (number, word) in bytes.as_chunks().0.iter().enumerate() {
            let [a, b, c, d] = *word;
            for (order, bytes) in [("", [a, b, c, d]), (" reversed", [d, c, b, a])] {
                let name = format!("{name}, word {number}{order}");
                patterns.push(Pattern {
                    name,
                    bytes,
                    of_forgery,
                });
            }
        }
    };
    add("the nonce", &NONCE, false);
    add("the inverse of the nonce", &INVERSE_OF_NONCE, false);
    add("the long secret", &LONG_SECRET, false);
    let hashed = Sha256::digest(LONG_SECRET);
    for (of, secret) in [("secret", &SECRET[..]), ("long secret", &hashed[..])] {
        let mut block = [0; BLOCK_LEN];
        block[..secret.len()].copy_from_slice(secret);
        add(of, secret, false);
        let [inner, outer] = [0x36, 0x5c].map(|pad| block.map(|byte| byte ^ pad));
        for (pad, block) in [("inner", inner), ("outer", outer)] {
            add(
                &format!("{of} under the {pad} pad"),
                &block[..secret.len()],
                false,
            );
            let mut state = INITIAL_STATE;
            compress256(&mut state, &[block]);
            let state = state.map(u32::to_be_bytes).concat();
            add(&format!("{pad} state of the {of}"), &state, false);
        }
        let digest = Sha256::digest([&inner, SIGNING_INPUT.as_bytes()].concat());
        add(&format!("inner digest of the {of}"), &digest, false);
        let mac = Sha256::digest([&outer, &digest[..]].concat());
        add(&format!("MAC of the {of}"), &mac, true);
    }
    patterns
}

/// What SHA-256 starts from (FIPS 180-4 section 5.3.3).
#[rustfmt::skip]
const INITIAL_STATE: [u32; 8] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
];
