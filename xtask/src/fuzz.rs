//! `cargo xtask fuzz`: every fuzz target for a while, from the stored seeds.

use std::{fs, process::Command};

use anyhow::{Context as _, Result, ensure};

use crate::{
    steps::{Steps, execute},
    toolchain::root,
};

/// Fuzzes each target for `seconds`; those in `only`, or all.
pub(crate) fn run(seconds: u32, only: &[String]) -> Result<bool> {
    let targets = targets()?;
    for name in only {
        ensure!(
            targets.contains(name),
            "no fuzz target {name}; there are {}",
            targets.join(", ")
        );
    }
    need_cargo_fuzz()?;
    let mut steps = Steps::default();
    for target in targets
        .iter()
        .filter(|target| only.is_empty() || only.contains(target))
    {
        steps.run(&format!("fuzzing {target} for {seconds} s"), || {
            fuzz(target, seconds)
        });
    }
    Ok(steps.summary())
}

/// The targets, by their files.
fn targets() -> Result<Vec<String>> {
    let mut targets = Vec::new();
    for file in
        fs::read_dir(root().join("fuzz/fuzz_targets")).context("reading the fuzz targets")?
    {
        let file = file?.path();
        let name = file.file_stem().context("a fuzz target without a name")?;
        targets.push(name.to_string_lossy().into_owned());
    }
    targets.sort_unstable();
    Ok(targets)
}

fn need_cargo_fuzz() -> Result<()> {
    let is_there = Command::new("cargo")
        .args(["fuzz", "--version"])
        .output()
        .is_ok_and(|answer| answer.status.success());
    if !is_there {
        println!("xtask: installing cargo-fuzz");
        execute(Command::new("cargo").args(["install", "cargo-fuzz", "--locked"]))
            .context("cargo install cargo-fuzz")?;
    }
    Ok(())
}

fn fuzz(target: &str, seconds: u32) -> Result<()> {
    let folder = root().join("fuzz");
    let corpus = folder.join("corpus").join(target);
    fs::create_dir_all(&corpus).with_context(|| format!("making {}", corpus.display()))?;
    let mut command = Command::new("cargo");
    command
        .current_dir(root())
        // Without a sanitizer: safe code has nothing for it to find, and runs five times as often.
        .args(["+nightly", "fuzz", "run", "--sanitizer", "none", target])
        // What is found new goes to the first folder.
        .args([&corpus, &folder.join("seeds").join(target)])
        .arg("--")
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-dict={}", folder.join("jwt.dict").display()))
        .args(["-max_len=4096", "-print_final_stats=1", "-verbosity=0"]);
    execute(&mut command)
}
