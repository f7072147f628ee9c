//! Named steps that are run one after the other, each with its time; a failed one does not stop the others.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

/// What became of the steps so far.
#[derive(Default)]
pub(crate) struct Steps {
    passed: usize,
    failed: Vec<String>,
}

impl Steps {
    /// Runs `step`, and says how it went and how long it took.
    pub(crate) fn run(&mut self, name: &str, step: impl FnOnce() -> Result<()>) {
        println!("\n=== {name}");
        let start = Instant::now();
        let done = step();
        let time = seconds(start.elapsed());
        match done {
            Ok(()) => {
                self.passed += 1;
                println!("=== passed: {name} ({time})");
            }
            Err(error) => {
                println!("=== FAILED: {name} ({time}): {error:#}");
                self.failed.push(name.to_owned());
            }
        }
    }

    /// Runs `command` as a step.
    pub(crate) fn command(&mut self, name: &str, command: &mut Command) {
        self.run(name, || execute(command));
    }

    /// Lists the failures, ends with the count alone on a line, and says whether all went well.
    pub(crate) fn summary(self) -> bool {
        println!();
        for name in &self.failed {
            println!("FAILED: {name}");
        }
        println!(
            "xtask: {} passed, {} failed",
            self.passed,
            self.failed.len()
        );
        self.failed.is_empty()
    }
}

/// Runs `command`; its output goes where ours goes.
pub(crate) fn execute(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("running {program}"))?;
    if !status.success() {
        bail!("{program} ended with {status}");
    }
    Ok(())
}

/// A duration for people.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
