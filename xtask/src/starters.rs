//! `cargo xtask starters`: the programs of `examples/starters`, built as users build them: copied to a
//! folder of their own, from the packaged crate.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};

use crate::{
    boards::Board,
    steps::execute,
    toolchain::{Toolchain, host, output, root},
};

/// What the firmware prints: a genuine command and a forged one.
const ANSWERS: &str = "valve north: open true\nrefused 54\n";

/// The package as crates.io would have it, unpacked.
const PACKAGE: &str = "target/package/unpacked/embedded-jwt-0.1.0";

/// Where the starters are copied to. A path that leaves the folder of a starter fails there.
const COPIES: &str = "target/copies";

pub(crate) fn check(toolchain: &Toolchain) -> Result<()> {
    // `--allow-dirty`: a developer packages what is there, committed or not.
    execute(&mut host(
        "package --locked --package embedded-jwt --allow-dirty",
    ))?;
    let package = root().join(PACKAGE);
    let folder = package.parent().context("no folder")?;
    // What is left of an earlier package would be built too.
    _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder)?;
    let archive = root().join("target/package/embedded-jwt-0.1.0.crate");
    execute(
        Command::new("tar")
            .arg("-C")
            .arg(folder)
            .arg("-xzf")
            .arg(archive),
    )?;

    let copies = root().join(COPIES);
    _ = fs::remove_dir_all(&copies);
    let starters = root().join("examples/starters");
    execute(Command::new("cp").arg("-r").arg(starters).arg(&copies))?;

    let on_the_host = |words, name| {
        let mut command = in_starter(host(words), name);
        command.env("CARGO_TARGET_DIR", root().join("target"));
        command
    };
    let mut program = on_the_host("run --quiet --locked", "host");
    let keys = root().join("examples/keys");
    program
        .arg("--")
        .args(["gateway.pem", "command.jwt"].map(|file| keys.join(file)));
    let answer = program.output()?;
    let story = String::from_utf8_lossy(&answer.stderr);
    // The stored token is for another recipient.
    ensure!(
        story.contains("`aud` does not contain"),
        "the host program said:\n{story}"
    );

    // An issuer whose keys rotate, and tokens that are valid, expired, for others and without scope.
    execute(&mut on_the_host("test --quiet --locked", "gateway"))?;

    let target = Board::An386.target();
    let mut build = in_starter(toolchain.cargo("build", target), "firmware");
    execute(build.args(["--quiet", "--release", "--locked"]))?;
    let image = toolchain.images(target).join("starter-firmware");
    let said = run(&image)?;
    ensure!(said == ANSWERS, "the firmware said:\n{said}");
    Ok(())
}

/// The same command in the copy of a starter, with the package in place of crates.io.
fn in_starter(mut command: Command, name: &str) -> Command {
    let package = root().join(PACKAGE);
    command
        .current_dir(root().join(COPIES).join(name))
        .arg("--config");
    // In single quotes TOML takes every character as it is.
    command.arg(format!(
        "patch.crates-io.embedded-jwt.path='{}'",
        package.display()
    ));
    command
}

/// Runs an image until it ends, and returns what it printed through the debugger.
fn run(image: &Path) -> Result<String> {
    let (emulator, _) = Board::An386.emulator();
    let mut command = Command::new("timeout");
    command.args(["60", emulator]).args(Board::An386.machine());
    command.args("-nographic -semihosting-config enable=on,target=native -kernel".split(' '));
    let said = output(command.arg(image)).context("the emulator")?;
    Ok(format!("{said}\n"))
}
