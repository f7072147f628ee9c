//! `cargo xtask glitch`: what a skipped instruction does to a firmware that judges a bad token.
//!
//! Every instruction between the last received byte and the wait for the next one is skipped once,
//! and every two in a row. The firmware `twice` must never act. The same firmware with one judgement
//! must, or the search would be blind. Without a skip, both give the answers that QEMU gives, and
//! leave the same in the RAM.

mod device;
mod show;
mod trials;

use std::fs;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use self::{
    device::{BOARD, Device},
    trials::{Counts, skip_all},
};
use crate::{
    firmware,
    issuer::{BENCH, RELEASED_AT, Signer, command, token, with},
    toolchain::{OptLevel, Toolchain, root},
};

/// Where the counts are.
const FILE: &str = "xtask/glitch.json";

/// The device that must not act, and the one that must.
pub(crate) const TWICE: &str = "twice";
const ONCE: &str = "once";

/// How many instructions in a row are skipped.
const WIDTHS: [usize; 2] = [1, 2];

/// A figure may differ by one part in so many from the one in the file. A compiler lays out the same code a
/// little differently from one folder to another.
const TOLERANCE: u64 = 20;

/// One run in so many may end where data are executed that are instructions of the FPU.
const MOST_UNKNOWN: u64 = 1_000;

/// The scenarios: what is wrong with the last token, and how it is refused.
const FORGED: &str = "forged";
const EXPIRED: &str = "expired";
const AUDIENCE: &str = "for another audience";
const REPLAYED: &str = "replayed";
const SCENARIOS: [(&str, &str); 4] = [
    (FORGED, "refused 54 InvalidSignature\n"),
    (EXPIRED, "refused 90 Expired\n"),
    (AUDIENCE, "refused 87 AudMismatch\n"),
    (REPLAYED, "refused 190 Replayed\n"),
];

/// Runs it all, and compares the counts with the file; with `update`, writes them down. `only` is the one
/// opt-level to build for.
pub(crate) fn run(update: bool, only: Option<OptLevel>) -> Result<()> {
    let toolchain = firmware::set_up(&[BOARD])?;
    let mut figures = json!({ "compiler": toolchain.compiler()? });
    let opt_levels = only.map_or(OptLevel::ALL.to_vec(), |only| vec![only]);
    for opt_level in &opt_levels {
        let name = opt_level.name();
        for device in [ONCE, TWICE] {
            figures[name][device] = measure(&toolchain, device, *opt_level)?;
        }
        check(&figures[name])?;
    }
    if update {
        fs::write(root().join(FILE), format!("{figures:#}\n"))?;
        return show::write(&figures);
    }
    let text = fs::read_to_string(root().join(FILE)).context(FILE)?;
    compare(&figures, &serde_json::from_str(&text)?, &opt_levels)
}

/// The tokens that a device receives, the bad one last.
fn lines(scenario: &str) -> Result<Vec<String>> {
    let signed = |signer, changes: Value| {
        let claims = with(
            command(&json!({ "seq": 1, "output": "pump", "on": true })),
            &changes,
        );
        token(signer, Some(BENCH), &claims)
    };
    let good = || signed(Signer::Bench, json!({}));
    Ok(match scenario {
        FORGED => vec![signed(Signer::StrangerHs256, json!({}))?],
        EXPIRED => {
            let ago = |hours: u64| RELEASED_AT - hours * 3600;
            vec![signed(
                Signer::Bench,
                json!({ "iat": ago(2), "exp": ago(1) }),
            )?]
        }
        AUDIENCE => vec![signed(Signer::Bench, json!({ "aud": "pump-8" }))?],
        // The output is off before the replay, so that the action shows.
        REPLAYED => {
            let off = signed(Signer::Bench, json!({ "seq": 2, "on": false }))?;
            vec![good()?, off, good()?]
        }
        _ => vec![good()?],
    })
}

/// What a device does in every scenario, and what it costs.
fn measure(toolchain: &Toolchain, name: &str, opt_level: OptLevel) -> Result<Value> {
    let device = Device::build(toolchain, name, opt_level)?;
    println!("\n{name} at opt-level {}:", opt_level.name());
    let good = device.converse(&lines("good")?).context("a good token")?;
    let instructions = good.to_action.context("a good token does nothing")?;
    ensure!(good.answer == b"ok seq=1 on\n", "a good token is refused");
    let mut figures = json!({
        "flash": device.size.flash,
        "RAM": device.size.ram,
        "stack": good.stack,
        "instructions": instructions,
    });
    for (scenario, refusal) in SCENARIOS {
        let bad = device.converse(&lines(scenario)?).context(scenario)?;
        ensure!(
            bad.answer == refusal.as_bytes() && bad.to_action.is_none(),
            "{scenario}: without a skip, the answer is {:?}",
            String::from_utf8_lossy(&bad.answer)
        );
        for width in WIDTHS {
            let counts = skip_all(&bad.received, width, &bad.answer)?;
            report(&device, scenario, width, &counts);
            ensure!(
                counts.unknown * MOST_UNKNOWN <= counts.tried,
                "too many runs could not be followed"
            );
            figures[scenario][width.to_string()] = json!({
                "tried": counts.tried,
                "acted": counts.acted,
            });
        }
    }
    Ok(figures)
}

fn report(device: &Device, scenario: &str, width: usize, counts: &Counts) {
    let Counts {
        tried,
        acted,
        same,
        other,
        fault,
        endless,
        unknown,
        leaked,
        ..
    } = counts;
    println!(
        "  {scenario}, {width} skipped: {tried} runs: {acted} acted, {same} refused as without, {other} answered \
         otherwise, {fault} faulted, {endless} did not end, {unknown} could not be followed; {leaked} sent the secret"
    );
    let mut functions: Vec<(&str, u64)> = Vec::new();
    for (at, times) in &counts.at {
        let name = device.function(*at);
        match functions.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sum)) => *sum += times,
            None => functions.push((name, *times)),
        }
    }
    for (name, times) in functions {
        println!("    {times:4} in {name:.100}");
    }
}

/// That `twice` never acts, and that `once` does where a skip is known to make it.
fn check(figures: &Value) -> Result<()> {
    for (scenario, _) in SCENARIOS {
        for width in WIDTHS.map(|width| width.to_string()) {
            let acted = |device| figures[device][scenario][&width]["acted"].as_u64();
            let [once, twice] = [ONCE, TWICE].map(acted);
            let story = || format!("with {width} skipped and a token that is {scenario}");
            ensure!(twice == Some(0), "{TWICE} acted {}", story());
            ensure!(
                once > Some(0) || ![FORGED, AUDIENCE].contains(&scenario),
                "{ONCE} did not act {}: the search is blind",
                story()
            );
        }
    }
    Ok(())
}

/// Fails where as much was not tried, or a cost has changed.
fn compare(figures: &Value, stored: &Value, opt_levels: &[OptLevel]) -> Result<()> {
    if figures["compiler"] != stored["compiler"] {
        println!(
            "The counts are not compared with {FILE}: those were made with another compiler, {}.",
            stored["compiler"]
        );
        return Ok(());
    }
    let mut faults = Vec::new();
    for path in show::paths(opt_levels) {
        let [now, before] =
            [figures, stored].map(|figures| figures.pointer(&path).and_then(Value::as_u64));
        let is_near = now
            .zip(before)
            .is_some_and(|(now, before)| now.abs_diff(before) <= before / TOLERANCE);
        if !is_near {
            faults.push(format!("{path}: {now:?}, not {before:?}"));
        }
    }
    ensure!(
        faults.is_empty(),
        "`cargo xtask glitch --update` writes down what has changed:\n{}",
        faults.join("\n")
    );
    println!("The counts are within {} % of {FILE}.", 100 / TOLERANCE);
    show::check(stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Figures in which `once` acts three times everywhere and `twice` never.
    fn figures() -> Value {
        let mut figures = json!({});
        for (scenario, _) in SCENARIOS {
            for width in WIDTHS.map(|width| width.to_string()) {
                figures[ONCE][scenario][&width] = json!({ "tried": 1000, "acted": 3 });
                figures[TWICE][scenario][&width] = json!({ "tried": 1000, "acted": 0 });
            }
        }
        figures
    }

    #[test]
    fn a_device_that_acts_and_a_blind_search_fail() {
        assert!(check(&figures()).is_ok());
        for (device, scenario, width, acted, passes) in [
            (TWICE, REPLAYED, "2", json!(1), false),
            (TWICE, EXPIRED, "1", json!(1), false),
            (TWICE, FORGED, "1", Value::Null, false),
            (ONCE, FORGED, "1", json!(0), false),
            (ONCE, AUDIENCE, "2", json!(0), false),
            (ONCE, EXPIRED, "1", json!(0), true),
        ] {
            let mut figures = figures();
            figures[device][scenario][width]["acted"] = acted;
            assert_eq!(
                check(&figures).is_ok(),
                passes,
                "{device}, {scenario}, {width}"
            );
        }
    }

    #[test]
    fn fewer_runs_than_in_the_file_fail() -> Result<()> {
        let text = fs::read_to_string(root().join(FILE))?;
        let stored: Value = serde_json::from_str(&text)?;
        let before = stored["s"][ONCE][FORGED]["1"]["tried"].as_u64();
        let before = before.context("no runs in the file")?;
        for (tried, passes) in [
            (before, true),
            (before / 100 * 96, true),
            (before / 2, false),
        ] {
            let mut figures = stored.clone();
            figures["s"][ONCE][FORGED]["1"]["tried"] = tried.into();
            let compared = compare(&figures, &stored, &OptLevel::ALL);
            assert_eq!(compared.is_ok(), passes, "{tried}");
        }
        Ok(())
    }
}
