//! Programs of the system: found, installed where that is possible, or asked for by name.

use std::{
    fmt::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::boards::Board;

/// Sees to it that the emulators of `boards` are there.
pub(crate) fn need_emulators(boards: &[Board]) -> Result<()> {
    let mut missing: Vec<&str> = boards
        .iter()
        .map(|board| board.emulator())
        .filter(|(program, _)| !runs(program))
        .map(|(_, package)| package)
        .collect();
    missing.sort_unstable();
    missing.dedup();
    install(&missing, "to emulate the boards")
}

/// Sees to it that Debian's `packages` are installed.
pub(crate) fn need(packages: &[&str], purpose: &str) -> Result<()> {
    let missing: Vec<&str> = packages
        .iter()
        .copied()
        .filter(|package| !is_installed(package))
        .collect();
    install(&missing, purpose)
}

/// Whether `program` can be run.
pub(crate) fn runs(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn is_installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status}", package])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|answer| answer.stdout == b"installed")
}

fn install(packages: &[&str], purpose: &str) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    let names = packages.join(" ");
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!(
            "missing {purpose}: {names} (Debian's names). This system has no apt-get: install them by its own means"
        );
    }
    if !is_root()? {
        bail!(
            "missing {purpose}: {names}. Install them with: sudo apt-get install --no-install-recommends {names}"
        );
    }
    println!("xtask: installing {names} {purpose} (apt-get)");
    apt_get(&["update", "-qq"])?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend_from_slice(packages);
    apt_get(&arguments)
}

fn is_root() -> Result<bool> {
    let answer = Command::new("id")
        .arg("-u")
        .output()
        .context("running `id -u`")?;
    Ok(answer.stdout.trim_ascii() == b"0")
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let answer = Command::new("apt-get")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .output()
        .context("running apt-get")?;
    if !answer.status.success() {
        let mut story = String::new();
        for stream in [&answer.stdout, &answer.stderr] {
            _ = write!(story, "{}", String::from_utf8_lossy(stream));
        }
        ensure!(!story.is_empty(), "apt-get {} failed", arguments.join(" "));
        bail!("apt-get {} failed:\n{story}", arguments.join(" "));
    }
    Ok(())
}
