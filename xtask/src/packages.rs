//! Programs of the system: found, installed where that is possible, or asked for by name.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};

use crate::{boards::Board, steps::execute, toolchain::root};

/// Installs the emulators of `boards` where they are missing.
pub(crate) fn need_emulators(boards: &[Board]) -> Result<()> {
    let emulators = boards.iter().map(|board| board.emulator());
    let missing = emulators.filter(|(program, _)| !runs(program));
    let mut packages: Vec<&str> = missing.map(|(_, package)| package).collect();
    packages.dedup();
    need(&packages, "to emulate the boards")
}

/// Installs those of Debian's `packages` that are missing.
pub(crate) fn need(packages: &[&str], purpose: &str) -> Result<()> {
    let missing: Vec<&str> = packages
        .iter()
        .copied()
        .filter(|name| !is_installed(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    ensure!(
        Path::new("/usr/bin/apt-get").exists(),
        "missing {purpose}: {names} (Debian's names). Without apt-get, install them by other means"
    );
    println!("xtask: installing {names} {purpose} (apt-get)");
    // Several steps may need something at the same time, and apt-get does not wait for itself.
    let apt_get = |arguments: &str| {
        let mut command = Command::new("flock");
        command
            .arg(root())
            .arg("apt-get")
            .args(arguments.split(' '))
            .env("DEBIAN_FRONTEND", "noninteractive");
        execute(command.stdin(Stdio::null()).stdout(Stdio::null()))
    };
    apt_get("update -qq")
        .and_then(|()| apt_get(&format!("install -y -qq --no-install-recommends {names}")))
        .with_context(|| format!("try: sudo apt-get install --no-install-recommends {names}"))
}

/// Whether `program` can be run.
pub(crate) fn runs(program: &str) -> bool {
    let answer = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .output();
    answer.is_ok_and(|answer| answer.status.success())
}

fn is_installed(package: &str) -> bool {
    let mut query = Command::new("dpkg-query");
    let answer = query
        .args(["--show", "--showformat=${db:Status-Status}", package])
        .output();
    answer.is_ok_and(|answer| answer.stdout == b"installed")
}

/// A tool of cargo's, as `cargo NAME` would run it, in the version that was tried; installed into
/// `target/tools` the first time.
pub(crate) fn cargo_tool(name: &str, version: &str) -> Result<Command> {
    let folder = root().join("target/tools");
    let program = folder.join("bin").join(format!("cargo-{name}"));
    // The name of the file says which version is there.
    let mark = folder.join(format!("{name}-{version}"));
    if !mark.exists() {
        println!("xtask: installing cargo-{name} {version}");
        let mut install = crate::toolchain::host(
            // Each runs for seconds. An optimized build takes minutes more.
            "install --locked --quiet --force --debug --target-dir target/tools/build",
        );
        install.arg("--root").arg(&folder);
        execute(install.args(["--version", version, &format!("cargo-{name}")]))?;
        std::fs::write(mark, "")?;
    }
    let mut command = Command::new(program);
    command.arg(name).current_dir(root());
    Ok(command)
}
