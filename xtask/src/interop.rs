//! `cargo xtask interop`: installs other libraries and an authorization server, and runs the package `interop` against them.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};

use crate::{
    packages,
    steps::execute,
    toolchain::{host_cargo, output, root},
};

const PYTHON: &str = "python3";

/// What Python needs for a virtual environment.
const VENV: [&str; 2] = ["-c", "import ensurepip, venv"];

/// The oldest Node that oidc-provider was seen to run on.
const NODE: u32 = 20;

pub(crate) fn run() -> Result<()> {
    let peers = root().join("target/interop");
    install(&peers)?;
    let mut command = host_cargo();
    command.args("run --quiet --locked --package interop --".split(' '));
    execute(command.arg(&peers))
}

/// Puts the peers into `folder`, in the versions that the lock files name.
fn install(folder: &Path) -> Result<()> {
    need_python()?;
    need_node()?;
    let source = root().join("xtask/interop/peers");
    let is_installed = is_copy(&source, folder)?;
    if is_installed {
        return Ok(());
    }
    println!("xtask: installing PyJWT, joserfc and Authlib (PyPI), jose and oidc-provider (npm)");
    // What is left of an installation that failed is no base for the next one.
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    execute(quiet(PYTHON, folder).args(["-m", "venv", "venv"]))?;
    let pip = "-m pip install --quiet --disable-pip-version-check --requirement";
    let python = folder.join("venv/bin/python");
    execute(
        quiet(python, folder)
            .args(pip.split(' '))
            .arg(source.join("requirements.txt")),
    )
    .context("installing from PyPI")?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(source.join(name), folder.join(name))?;
    }
    execute(quiet("npm", folder).args("ci --no-audit --no-fund --loglevel=error".split(' ')))
        .context("installing from npm")?;
    // The scripts come last: where they are, the rest is.
    for file in fs::read_dir(&source)? {
        let file = file?;
        fs::copy(file.path(), folder.join(file.file_name()))?;
    }
    Ok(())
}

/// Whether `folder` holds every file of `source` as it is.
fn is_copy(source: &Path, folder: &Path) -> Result<bool> {
    for file in fs::read_dir(source).with_context(|| format!("reading {}", source.display()))? {
        let file = file?;
        let copied = fs::read(folder.join(file.file_name()));
        if copied.ok() != Some(fs::read(file.path())?) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn need_python() -> Result<()> {
    let has_venv = || output(Command::new(PYTHON).args(VENV)).is_ok();
    if !has_venv() {
        packages::need(&["python3", "python3-venv"], "to run PyJWT")?;
        ensure!(has_venv(), "{PYTHON} makes no virtual environment");
    }
    Ok(())
}

fn need_node() -> Result<()> {
    if !packages::runs("node") || !packages::runs("npm") {
        packages::need(&["nodejs", "npm"], "to run oidc-provider")?;
    }
    let version = output(Command::new("node").arg("--version"))?;
    let major = version.trim_start_matches('v').split('.').next();
    let major: Option<u32> = major.and_then(|major| major.parse().ok());
    ensure!(
        major.is_some_and(|major| major >= NODE),
        "oidc-provider needs Node {NODE} or newer; this is {version}"
    );
    Ok(())
}

/// A command in `folder`, with nothing to ask its user.
fn quiet(program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null());
    command
}
