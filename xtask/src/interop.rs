//! `cargo xtask interop`: installs other libraries and an authorization server, and runs the package
//! `interop` against them.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};

use crate::{
    packages,
    steps::execute,
    toolchain::{host, output, root},
};

/// The oldest Node that oidc-provider was seen to run on.
const NODE: u32 = 20;

pub(crate) fn run() -> Result<()> {
    let peers = root().join("target/interop");
    install(&peers)?;
    execute(host("run --quiet --locked --package interop --").arg(&peers))
}

/// Puts the peers into `folder`, in the versions that the lock files name.
fn install(folder: &Path) -> Result<()> {
    let source = root().join("xtask/interop/peers");
    let files = fs::read_dir(&source)?.collect::<Result<Vec<_>, _>>()?;
    let copy = |file: &fs::DirEntry| fs::read(folder.join(file.file_name())).ok();
    if files
        .iter()
        .all(|file| copy(file) == fs::read(file.path()).ok())
    {
        return Ok(());
    }
    let venv = Command::new("python3")
        .args(["-c", "import ensurepip, venv"])
        .output();
    if !venv.is_ok_and(|answer| answer.status.success()) {
        packages::need(&["python3", "python3-venv"], "to run PyJWT")?;
    }
    if !packages::runs("node") || !packages::runs("npm") {
        packages::need(&["nodejs", "npm"], "to run oidc-provider")?;
    }
    let version = output(Command::new("node").arg("--version"))?;
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .context("no version")?;
    ensure!(
        major.parse::<u32>()? >= NODE,
        "oidc-provider needs Node {NODE}; this is {version}"
    );

    println!("xtask: installing PyJWT, joserfc and Authlib (PyPI), jose and oidc-provider (npm)");
    // What is left of an installation that failed is no base for the next one.
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(source.join(name), folder.join(name))?;
    }
    let run = |program: &Path, words: &str| {
        let mut command = Command::new(program);
        execute(
            command
                .args(words.split(' '))
                .current_dir(folder)
                .stdin(Stdio::null()),
        )
    };
    run("python3".as_ref(), "-m venv venv")?;
    let pip = "-m pip install --quiet --disable-pip-version-check -r ../../xtask/interop/peers/requirements.txt";
    run(&folder.join("venv/bin/python"), pip)?;
    run("npm".as_ref(), "ci --no-audit --no-fund --loglevel=error")?;
    // The scripts come last: where they are, the rest is.
    for file in files {
        fs::copy(file.path(), folder.join(file.file_name()))?;
    }
    Ok(())
}
