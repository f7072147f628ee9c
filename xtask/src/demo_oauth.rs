//! `cargo xtask demo --oauth`: from the authorization server's token to the device's pump, with everything in between.
//!
//! The example `oauth2` has the servers and judges the answers. Its gateway connects here, as to a serial line, and what
//! it says goes to the emulated device.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, TcpListener},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, Result};

use crate::{
    conversation,
    device::Device,
    firmware, issuer,
    qemu::{Machine, Running, accept},
    steps::execute,
    toolchain::{host_cargo, root},
};

/// How long the example may take: it waits for a token to expire, and for a device that is emulated.
const LIMIT: Duration = Duration::from_secs(300);

/// What the device has to have said in the end, so that nobody answered in its place.
const ANSWERS: [&str; 3] = ["output=pump on", "output=lamp on", "insufficient_scope"];

/// Runs the example before a device, and says whether all answers were the expected ones.
pub(crate) fn run() -> Result<bool> {
    let toolchain = firmware::set_up(&[firmware::DEMO])?;
    // Before the device waits for it.
    execute(&mut cargo("build"))?;

    let mut device = Device::boot(&toolchain, firmware::DEMO)?;
    let machine = &mut device.machine;
    let key_file = root().join("target").join("gateway.jwk");
    fs::write(&key_file, issuer::gateway_jwk().to_string())?;
    let serial_line = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("The device listens at {}\n", serial_line.local_addr()?);

    let mut example = Running(
        cargo("run")
            .args(["--", "--device"])
            .arg(serial_line.local_addr()?.to_string())
            .arg("--device-key")
            .arg(&key_file)
            .spawn()
            .context("running the example oauth2")?,
    );
    let heard = relay(machine, &serial_line, &mut example)?;
    let status = example.0.wait()?;

    let mut passed = status.success();
    for answer in ANSWERS {
        if !heard.iter().any(|heard| heard.contains(answer)) {
            println!("WRONG: the device never answered {answer:?}");
            passed = false;
        }
    }
    println!(
        "demo {}: {} commands came through to the device",
        if passed { "PASSED" } else { "FAILED" },
        heard.len()
    );
    Ok(passed)
}

fn cargo(subcommand: &str) -> Command {
    let mut command = host_cargo();
    command.args([subcommand, "--quiet", "--locked"]);
    command.args(["--package", "http-examples", "--example", "oauth2"]);
    command
}

/// Hands on what the gateway says to the device, and what that answers, until the gateway hangs up; gives the answers.
fn relay(
    machine: &mut Machine,
    serial_line: &TcpListener,
    example: &mut Running,
) -> Result<Vec<String>> {
    let gateway =
        accept(serial_line, &mut example.0, LIMIT).context("running the example oauth2")?;
    gateway.set_read_timeout(Some(LIMIT))?;
    let mut answers = Vec::new();
    for command in BufReader::new(&gateway).split(b'\n') {
        let mut command = command.context("waiting for the gateway")?;
        command.push(b'\n');
        println!("    gateway > {}", conversation::shown(&command));
        machine.send(&command)?;
        let answer = machine.line()?;
        let log = machine.log_line()?;
        println!("    log       {log}\n    device  < {answer}");
        writeln!(&gateway, "{answer}").context("answering the gateway")?;
        answers.push(answer);
    }
    Ok(answers)
}
