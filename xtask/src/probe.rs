//! The firmware `probe` on an emulated board: how it judges an input, in how many instructions and how much stack.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

use crate::{
    boards::Board,
    firmware::{self, COMMAND},
    qemu::{self, Machine},
    toolchain::{OptLevel, Toolchain},
};

#[path = "../../examples/firmware/src/bin/probe/question.rs"]
mod question;

pub(crate) use question::{
    ECDSA, ECDSA_PREPARED, HMAC, JSON, JWK_SET, JWK_SET_WITH_SECRETS, JWS, JWS_LEGACY, KEY_JWK,
    KEY_POINT, KEY_SPKI, KIDS, NOW, TOKEN, TOKEN_AMONG_ES256, TOKEN_AMONG_HS256,
};

/// A question, as the probe receives it.
pub(crate) fn question(subject: u8, parts: [&[u8]; 3]) -> Vec<u8> {
    let mut question = vec![subject];
    for part in parts {
        question.extend(length(part));
        question.extend(part);
    }
    question
}

/// The length of `bytes` in four bytes; what is longer than they can say is cut off there, and refused for it.
fn length(bytes: &[u8]) -> [u8; 4] {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes()
}

/// What the host answers: the same code that the probe runs.
pub(crate) fn on_the_host(question: &[u8]) -> String {
    let (verdict, _) = question::check(&mut question.to_vec(), || 0);
    verdict.to_string()
}

/// How many times `base` something costs.
pub(crate) fn ratio(cost: u64, base: u64) -> f64 {
    #[allow(
        clippy::cast_precision_loss,
        reason = "millions of instructions are exact"
    )]
    let ratio = cost as f64 / base as f64;
    ratio
}

/// What a board answers.
pub(crate) struct Answer {
    /// `accept`, or `refuse` and the name of the error.
    pub(crate) verdict: String,
    /// What the judgement took, to one or two.
    pub(crate) instructions: u64,
}

/// The firmware `probe`, built for a board.
pub(crate) struct Image {
    board: Board,
    elf_file: PathBuf,
}

impl Image {
    pub(crate) fn build(toolchain: &Toolchain, board: Board) -> Result<Self> {
        // At 3, SHA-256 is fast, so that everything else is a larger share of the cost.
        let opt_level = match board {
            Board::An386 => OptLevel::Fast,
            _ => OptLevel::Small,
        };
        let elf_file = firmware::build(toolchain, board, "probe", COMMAND, opt_level)?;
        Ok(Self { board, elf_file })
    }

    pub(crate) fn boot(&self) -> Result<Probe> {
        let mut machine = Machine::boot(self.board, &self.elf_file)?;
        let ready = machine.line()?;
        let story = || format!("it started with {ready:?}");
        let mut words = ready.split(' ');
        ensure!(words.next() == Some("ready"), story());
        let mut number = || words.next().and_then(|word| word.parse().ok());
        Ok(Probe {
            max_len: number().with_context(story)?,
            tick_ps: number().with_context(story)?,
            machine,
        })
    }
}

/// The firmware `probe`, running.
pub(crate) struct Probe {
    machine: Machine,
    max_len: u64,
    tick_ps: u64,
}

impl Probe {
    /// Whether there is room for this question.
    pub(crate) fn holds(&self, question: &[u8]) -> bool {
        u64::try_from(question.len()).is_ok_and(|length| length <= self.max_len)
    }

    pub(crate) fn ask(&mut self, question: &[u8]) -> Result<Answer> {
        self.machine.send(&length(question))?;
        self.machine.send(question)?;
        let line = self.machine.line()?;
        let (verdict, ticks) = line
            .rsplit_once(' ')
            .and_then(|(verdict, ticks)| Some((verdict, ticks.parse().ok()?)))
            .with_context(|| format!("it answered {line:?}"))?;
        Ok(Answer {
            verdict: verdict.to_owned(),
            instructions: qemu::instructions(ticks, self.tick_ps),
        })
    }

    /// The instructions that it takes to accept what is asked.
    pub(crate) fn accept(&mut self, question: &[u8]) -> Result<u64> {
        let Answer {
            verdict,
            instructions,
        } = self.ask(question)?;
        ensure!(verdict == "accept", "a good token: {verdict}");
        Ok(instructions)
    }

    /// Bytes of stack that were used since the start, at the most, without the room for a question.
    pub(crate) fn stack_used(&mut self) -> Result<u64> {
        Ok(self.machine.stack_used()?.saturating_sub(self.max_len))
    }
}
