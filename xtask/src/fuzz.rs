//! `cargo xtask fuzz`: every fuzz target for a while, from the stored inputs, or what these reach of the crate.

use std::{
    fs,
    num::NonZero,
    path::PathBuf,
    process::{Command, ExitStatus, Output},
    thread::{self, ScopedJoinHandle, available_parallelism},
};

use anyhow::{Context as _, Result, anyhow, bail, ensure};

use crate::{
    packages,
    steps::{Steps, execute},
    toolchain::{host_cargo, host_triple, llvm_tools, output, root},
};

/// The version that was tried: what we read of its output is nobody's interface.
const CARGO_FUZZ_VERSION: &str = "0.13.2";

/// Where the package is.
pub(crate) fn directory() -> PathBuf {
    root().join("fuzz")
}

/// Fuzzes each target for `seconds`; those in `only`, or all.
pub(crate) fn run(seconds: u32, only: &[String]) -> Result<bool> {
    let targets = targets(only)?;
    need_cargo_fuzz()?;
    execute(&mut cargo_fuzz("build")).context("building the fuzz targets")?;
    let mut steps = Steps::default();
    let mut table = vec![Figures::HEADINGS.map(str::to_owned)];
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
    for [target, figures @ ..] in &table {
        print!("{target:12}");
        for figure in figures {
            print!("{figure:>13}");
        }
        println!();
    }
    Ok(steps.summary())
}

/// Prints how much of each file of the crate the inputs reach, those in the repository and those found here.
pub(crate) fn coverage(only: &[String]) -> Result<()> {
    let targets = targets(only)?;
    need_cargo_fuzz()?;
    let tools = llvm_tools()?;
    let built = root().join("target/coverage");
    let profile = built.join("all.profdata");
    let mut merge = Command::new(tools.join("llvm-profdata"));
    merge.args(["merge", "--sparse", "--output"]).arg(&profile);
    let mut report = Command::new(tools.join("llvm-cov"));
    report
        .args(["report", "--show-branch-summary=false", "--instr-profile"])
        .arg(&profile);
    let host = host_triple()?;
    for target in &targets {
        let mut command = cargo_fuzz("coverage");
        command.arg("--target-dir").arg(&built).arg(target);
        command.args(inputs(target)?);
        println!("xtask: what the inputs of {target} reach");
        let (status, story) = listen(&mut command)?;
        if !status.success() {
            print_end(&story);
            bail!("cargo fuzz ended with {status}");
        }
        merge.arg(directory().join(format!("coverage/{target}/coverage.profdata")));
        report.arg("--object");
        report.arg(built.join(format!("{host}/release/{target}")));
    }
    execute(&mut merge)?;
    // Of the crate alone: neither its dependencies nor the oracles.
    execute(report.arg("--sources").arg(root().join("src")))
}

/// Those targets that are wanted; all, where `only` is empty. A target is a file.
fn targets(only: &[String]) -> Result<Vec<String>> {
    let mut targets = Vec::new();
    for file in
        fs::read_dir(directory().join("fuzz_targets")).context("reading the fuzz targets")?
    {
        let file = file?.path();
        let name = file.file_stem().context("a fuzz target without a name")?;
        targets.push(name.to_string_lossy().into_owned());
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

fn need_cargo_fuzz() -> Result<()> {
    if !packages::runs("c++") {
        packages::need(&["g++"], "to compile libFuzzer")?;
    }
    if output(host_cargo().args(["fuzz", "--version"])).is_err() {
        println!("xtask: installing cargo-fuzz {CARGO_FUZZ_VERSION}");
        let mut install = host_cargo();
        install.args(["install", "cargo-fuzz", "--locked", "--version"]);
        execute(install.arg(CARGO_FUZZ_VERSION)).context("cargo install cargo-fuzz")?;
    }
    Ok(())
}

/// `cargo fuzz SUBCOMMAND`. Without a sanitizer: safe code has nothing for it to find, runs five times as often,
/// and needs no nightly compiler. Which crates check their arithmetic is said in `fuzz/Cargo.toml`; `--release` is for
/// cargo-fuzz to leave that alone.
fn cargo_fuzz(subcommand: &str) -> Command {
    let mut command = host_cargo();
    command.args(["fuzz", subcommand, "--release", "--sanitizer", "none"]);
    command
}

/// The folders of a target's inputs: what is found new goes to the first one, which git does not know.
fn inputs(target: &str) -> Result<[PathBuf; 2]> {
    let found = directory().join("corpus").join(target);
    fs::create_dir_all(&found).with_context(|| format!("making {}", found.display()))?;
    Ok([found, directory().join("seeds").join(target)])
}

fn fuzz(target: &str, seconds: u32) -> Result<Figures> {
    let mut command = cargo_fuzz("run");
    command
        .arg(target)
        .args(inputs(target)?)
        .arg("--")
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-dict={}", directory().join("jwt.dict").display()))
        // An input that takes ten seconds is a finding too.
        .args(["-max_len=4096", "-timeout=10", "-print_final_stats=1"]);
    let (status, story) = listen(&mut command)?;
    if status.success() {
        return Figures::read(target, &story).context("libFuzzer's figures are missing");
    }
    print_end(&story);
    let Some((_, input)) = story.split_once("Test unit written to ") else {
        bail!("cargo fuzz ended with {status}");
    };
    let input = input.lines().next().unwrap_or_default();
    bail!(
        "the check fails on {input}. Keep it: cp {input} fuzz/seeds/{target}/ makes it a test, \
         `cargo test --test it fuzz_replay::{target}`"
    )
}

/// Runs `command` to its end and gives what it says, which is a line for each input.
fn listen(command: &mut Command) -> Result<(ExitStatus, String)> {
    let Output { status, stderr, .. } = command.output().context("running cargo fuzz")?;
    Ok((status, String::from_utf8_lossy(&stderr).into_owned()))
}

/// The panic, or what else went wrong, is among the last lines.
fn print_end(story: &str) {
    let lines: Vec<&str> = story.lines().collect();
    for line in &lines[lines.len().saturating_sub(40)..] {
        // Some name all inputs.
        println!("{line:.200}");
    }
}

/// What libFuzzer says of a run that found nothing wrong.
struct Figures([String; 7]);

impl Figures {
    const HEADINGS: [&str; 7] = [
        "target",
        "executions",
        "a second",
        "new inputs",
        "corpus",
        "edges",
        "features",
    ];

    /// Reads the last line of the progress and the statistics behind it.
    fn read(target: &str, story: &str) -> Option<Self> {
        let last = story
            .lines()
            .rfind(|line| line.starts_with('#') && line.contains(" cov: "))?;
        let of_last = |name| following(last, name);
        Some(Self([
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
        let Figures(figures) = Figures::read("json", story).unwrap_or(Figures(Default::default()));
        assert_eq!(
            figures,
            ["json", "465324", "77554", "677", "120/4kb", "253", "623"]
        );
    }
}
