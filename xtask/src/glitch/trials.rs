//! Runs with skipped instructions: each starts where one run without any is, and goes on to its end.

use std::{
    collections::BTreeMap,
    num::NonZero,
    ops::AddAssign,
    thread::{self, available_parallelism},
};

use anyhow::{Result, anyhow};
use thumb::{End, Machine};

use crate::issuer::SECRET;

/// What became of the runs.
#[derive(Default)]
pub(super) struct Counts {
    /// The runs: one for each instruction that is executed without a skip.
    pub(super) tried: u64,
    /// The output was driven.
    pub(super) acted: u64,
    /// The answer is the one without a skip.
    pub(super) same: u64,
    /// Another answer, a start from the reset, or none.
    pub(super) other: u64,
    /// A fault, where the device resets.
    pub(super) fault: u64,
    /// More than twice as long as without a skip.
    pub(super) endless: u64,
    /// Beside that, it sent the secret.
    pub(super) leaked: u64,
    /// Where the skip was that made the device act: how many.
    pub(super) at: BTreeMap<u32, u64>,
    /// It ran into an instruction that the emulator does not know. The program has none: these are
    /// data that a wild jump executes.
    pub(super) unknown: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.tried += other.tried;
        self.acted += other.acted;
        self.same += other.same;
        self.other += other.other;
        self.fault += other.fault;
        self.endless += other.endless;
        self.unknown += other.unknown;
        self.leaked += other.leaked;
        for (at, times) in other.at {
            *self.at.entry(at).or_default() += times;
        }
    }
}

/// Skips every instruction, and `width - 1` behind it, from here to where the device waits.
pub(super) fn skip_all(start: &Machine<'_>, width: usize, answer: &[u8]) -> Result<Counts> {
    let mut whole = start.clone();
    whole.run(u64::MAX);
    // Longer than any other way to the answer.
    let limit = 2 * (whole.executed() - start.executed()) + 100_000;
    let workers = available_parallelism().map_or(1, NonZero::get);
    let mut sum = Counts::default();
    thread::scope(|scope| {
        let work =
            |number| scope.spawn(move || share(start, width, answer, limit, (number, workers)));
        let workers: Vec<_> = (0..workers).map(work).collect();
        for worker in workers {
            sum += worker.join().map_err(|_| anyhow!("a worker panicked"))??;
        }
        Ok(sum)
    })
}

/// The share of one worker among others.
fn share(
    start: &Machine<'_>,
    width: usize,
    answer: &[u8],
    limit: u64,
    (number, workers): (usize, usize),
) -> Result<Counts> {
    let mut counts = Counts::default();
    let mut unharmed = start.clone();
    let mut harmed = start.clone();
    for turn in 0.. {
        if turn % workers == number {
            harmed.follow(&mut unharmed);
            let at = harmed.address();
            if skip(&mut harmed, width) {
                counts.note(at, harmed.run(limit), &harmed.take_output(), answer);
            }
        }
        match unharmed.step() {
            Ok(()) => {}
            Err(End::Waits) => break,
            Err(end) => return Err(anyhow!("without a skip it ends with {end:?}")),
        }
    }
    Ok(counts)
}

/// Gives whether there was something to skip.
fn skip(machine: &mut Machine<'_>, width: usize) -> bool {
    let is_executed = machine.skip().unwrap_or(false);
    // What lies behind the end of the program faults when it runs.
    for _ in 1..width {
        _ = machine.skip();
    }
    is_executed
}

impl Counts {
    fn note(&mut self, at: u32, end: End, output: &[u8], answer: &[u8]) {
        self.tried += 1;
        let leaks = output.windows(SECRET.len()).any(|part| part == SECRET);
        self.leaked += u64::from(leaks);
        match end {
            End::Acted => {
                self.acted += 1;
                *self.at.entry(at).or_default() += 1;
            }
            End::Waits if output == answer => self.same += 1,
            End::Waits => self.other += 1,
            End::Fault => self.fault += 1,
            End::Limit => self.endless += 1,
            End::Unknown(_) => self.unknown += 1,
        }
    }
}
