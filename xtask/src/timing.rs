//! `cargo xtask timing`: no branch and no address of an HS256 verification depends on the secret, and twins of it that
//! leak are caught. The package `timing` is the check; this builds it and runs it under valgrind.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};

use crate::{
    packages,
    steps::execute,
    toolchain::{host_cargo, output, root, this_host},
};

/// As the firmware is built, and as a gateway is.
const OPT_LEVELS: [&str; 2] = ["s", "3"];

/// The code that microcontrollers run, in place of x86's instructions for SHA-256.
pub(crate) const SOFT_SHA256: &str = r#"--cfg sha2_backend="soft""#;

/// What bindgen, in the build of `crabgrind`, reads.
const CLANG_ARGUMENTS: &str = "BINDGEN_EXTRA_CLANG_ARGS";

/// Lints the package, and runs the check on each build.
pub(crate) fn check() -> Result<()> {
    execute(cargo("clippy")?.args(["--quiet", "--", "-D", "warnings"]))?;
    for opt_level in OPT_LEVELS {
        let program = build("timing", opt_level, SOFT_SHA256)?;
        println!("at opt-level {opt_level}:");
        let log = target_directory().join(format!("opt-level-{opt_level}.log"));
        let mut valgrind = Command::new("valgrind");
        valgrind
            // It counts the reports by itself, which has to go on after a thousand.
            .args(["--tool=memcheck", "--quiet", "--error-limit=no"])
            .arg(format!("--log-file={}", log.display()))
            .arg(program);
        execute(&mut valgrind).with_context(|| format!("where it leaks: {}", log.display()))?;
    }
    Ok(())
}

/// Builds a program of the package, and gives its path.
pub(crate) fn build(program: &str, opt_level: &str, flags: &str) -> Result<PathBuf> {
    execute(
        cargo("build")?
            .args(["--quiet", "--bin", program])
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", opt_level)
            .env("RUSTFLAGS", flags),
    )?;
    let folder = target_directory().join(this_host()?).join("release");
    Ok(folder.join(program))
}

/// A cargo command on the package; installs what its build lacks.
fn cargo(subcommand: &str) -> Result<Command> {
    need_tools()?;
    let mut command = host_cargo();
    // With a target, the flags are for the program alone, not for the scripts that build it.
    command
        .current_dir(root().join("xtask/timing"))
        .args([subcommand, "--locked", "--release", "--target"])
        .arg(this_host()?)
        .env("CARGO_TARGET_DIR", target_directory())
        .env("RUSTFLAGS", SOFT_SHA256);
    if env::var_os(CLANG_ARGUMENTS).is_none() {
        // libclang has no headers of its own; those of the C compiler, which Rust links with anyway, will do.
        let headers = output(Command::new("cc").arg("-print-file-name=include"))?;
        command.env(CLANG_ARGUMENTS, format!("-isystem {headers}"));
    }
    Ok(command)
}

fn need_tools() -> Result<()> {
    const PURPOSE: &str = "to watch what depends on a secret";
    if !packages::runs("valgrind") {
        packages::need(&["valgrind"], PURPOSE)?;
    }
    // Elsewhere, or with another libclang, the build finds it or says so.
    let is_elsewhere = env::var_os("LIBCLANG_PATH").is_some();
    if !is_elsewhere && Path::new("/usr/bin/apt-get").exists() {
        packages::need(&["libclang1"], PURPOSE)?;
    }
    Ok(())
}

fn target_directory() -> PathBuf {
    root().join("target/timing")
}
