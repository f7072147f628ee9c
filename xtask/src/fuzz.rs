//! `cargo xtask fuzz`: every fuzz target for a while, from the stored inputs.

use std::{
    fs,
    num::NonZero,
    process::{Command, Output},
    thread::{self, ScopedJoinHandle, available_parallelism},
};

use anyhow::{Context as _, Result, anyhow, bail, ensure};

use crate::{
    packages,
    steps::{Steps, execute},
    toolchain::root,
};

/// The version that was tried: what we read of its output is nobody's interface.
const CARGO_FUZZ_VERSION: &str = "0.13.2";

/// Fuzzes each target for `seconds`; those in `only`, or all.
pub(crate) fn run(seconds: u32, only: &[String]) -> Result<bool> {
    let targets = targets(only)?;
    if !packages::runs("c++") {
        packages::need(&["g++"], "to compile libFuzzer")?;
    }
    execute(&mut cargo_fuzz("build")?).context("building the fuzz targets")?;
    let mut steps = Steps::default();
    let mut table = vec![
        Figures::HEADINGS
            .split(' ')
            .map(str::to_owned)
            .collect::<Vec<_>>(),
    ];
    // A fuzzer keeps one core busy.
    let at_a_time = available_parallelism().map_or(1, NonZero::get);
    for targets in targets.chunks(at_a_time) {
        println!("\nxtask: fuzzing {} for {seconds} s", targets.join(", "));
        let outcomes: Vec<_> = thread::scope(|scope| {
            let running: Vec<_> = targets
                .iter()
                .map(|target| scope.spawn(move || fuzz(target, seconds)))
                .collect();
            running.into_iter().map(ScopedJoinHandle::join).collect()
        });
        for (target, outcome) in targets.iter().zip(outcomes) {
            steps.run(&format!("fuzzed {target}"), || {
                let Figures(figures) = outcome.map_err(|_| anyhow!("xtask panicked"))??;
                table.push(figures);
                Ok(())
            });
        }
    }
    println!();
    for figures in &table {
        let line: Vec<String> = figures
            .iter()
            .map(|figure| format!("{figure:>13}"))
            .collect();
        println!("{}", line.concat());
    }
    Ok(steps.summary())
}

/// Those targets that are wanted; all, where `only` is empty. A target is a file.
fn targets(only: &[String]) -> Result<Vec<String>> {
    let mut targets = Vec::new();
    for file in fs::read_dir(root().join("fuzz/fuzz_targets"))? {
        let name = file?.file_name().to_string_lossy().replace(".rs", "");
        targets.push(name);
    }
    targets.sort_unstable();
    for name in only {
        ensure!(
            targets.contains(name),
            "no fuzz target {name}; there are {}",
            targets.join(", ")
        );
    }
    targets.retain(|target| only.is_empty() || only.contains(target));
    Ok(targets)
}

/// `cargo fuzz SUBCOMMAND`. Without a sanitizer: safe code has nothing for it to find, runs five times as
/// often, and needs no nightly compiler. `fuzz/Cargo.toml` says which crates check their arithmetic;
/// `--release` makes cargo-fuzz leave that alone.
fn cargo_fuzz(subcommand: &str) -> Result<Command> {
    let mut command = packages::cargo_tool("fuzz", CARGO_FUZZ_VERSION)?;
    command.args([subcommand, "--release", "--sanitizer", "none"]);
    Ok(command)
}

fn fuzz(target: &str, seconds: u32) -> Result<Figures> {
    let directory = root().join("fuzz");
    // What is found new goes to the first folder, which git does not know.
    let found = directory.join("corpus").join(target);
    fs::create_dir_all(&found).with_context(|| format!("making {}", found.display()))?;
    let mut command = cargo_fuzz("run")?;
    command
        .arg(target)
        .args([found, directory.join("seeds").join(target)])
        .arg("--")
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-dict={}", directory.join("jwt.dict").display()))
        // An input that takes ten seconds is a finding too.
        .args(["-max_len=4096", "-timeout=10", "-print_final_stats=1"]);
    let Output { status, stderr, .. } = command.output().context("running cargo fuzz")?;
    let story = String::from_utf8_lossy(&stderr);
    if status.success() {
        return Figures::read(target, &story).context("libFuzzer's figures are missing");
    }
    // The panic, or what else went wrong, is among the last lines; some name all inputs.
    let lines: Vec<&str> = story.lines().collect();
    for line in &lines[lines.len().saturating_sub(40)..] {
        println!("{line:.200}");
    }
    let Some((_, input)) = story.split_once("Test unit written to ") else {
        bail!("cargo fuzz ended with {status}");
    };
    let input = input.lines().next().unwrap_or_default();
    bail!(
        "the check fails on {input}. Keep it: cp {input} fuzz/seeds/{target}/ makes it a test, \
         `cargo test --test it fuzz_replay::{target}`"
    )
}

/// What libFuzzer says of a run that found nothing wrong.
struct Figures(Vec<String>);

impl Figures {
    const HEADINGS: &str = "target executions a-second new-inputs corpus edges features";

    /// Reads the last line of the progress and the statistics behind it.
    fn read(target: &str, story: &str) -> Option<Self> {
        let last = story
            .lines()
            .rfind(|line| line.starts_with('#') && line.contains(" cov: "))?;
        let of_last = |name| following(last, name);
        Some(Self(vec![
            target.to_owned(),
            following(story, "stat::number_of_executed_units:")?,
            following(story, "stat::average_exec_per_sec:")?,
            following(story, "stat::new_units_added:")?,
            of_last(" corp: ")?,
            of_last(" cov: ")?,
            of_last(" ft: ")?,
        ]))
    }
}

/// The word behind `name`.
fn following(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(name)?;
    rest.split_whitespace().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_last_line() {
        let story = "#2\tINITED cov: 1 ft: 2 corp: 1/1b exec/s: 0 rss: 27Mb\n\
            #465324\tDONE   cov: 253 ft: 623 corp: 120/4kb lim: 4096 exec/s: 77554 rss: 28Mb\n\
            stat::number_of_executed_units: 465324\n\
            stat::average_exec_per_sec:     77554\n\
            stat::new_units_added:          677\n";
        let Figures(figures) = Figures::read("json", story).unwrap_or(Figures(Vec::new()));
        assert_eq!(
            figures,
            ["json", "465324", "77554", "677", "120/4kb", "253", "623"]
        );
    }
}
