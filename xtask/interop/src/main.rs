//! Tokens of others verified here and ours verified there, and the example `gateway` before an authorization server that
//! nobody here wrote. `cargo xtask interop` installs the peers and runs this.

mod libraries;
mod process;
mod provider;

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result};

/// How every check went.
#[derive(Default)]
struct Report {
    passed: usize,
    failed: usize,
}

impl Report {
    fn check(&mut self, title: &str, outcome: Result<String>) {
        match outcome {
            Ok(seen) => {
                self.passed += 1;
                println!("  {title}: {seen}");
            }
            Err(error) => {
                self.failed += 1;
                println!("  FAILED {title}: {error:#}");
            }
        }
    }
}

fn main() -> ExitCode {
    let mut report = Report::default();
    let done = peers().and_then(|peers| run(&peers, &mut report));
    if let Err(error) = done {
        // What came after it was not seen.
        report.check("to the end", Err(error));
    }
    println!(
        "\ninterop: {} passed, {} failed",
        report.passed, report.failed
    );
    if report.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The folder in which the peers are installed.
fn peers() -> Result<PathBuf> {
    let folder = env::args_os().nth(1);
    folder
        .map(PathBuf::from)
        .context("start me by `cargo xtask interop`, which installs the peers")
}

fn run(peers: &Path, report: &mut Report) -> Result<()> {
    libraries::run(peers, report)?;
    provider::run(peers, report)
}
