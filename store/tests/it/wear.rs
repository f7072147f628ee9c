//! What a command costs, counted in the simulated flash, and the table in the README.

use embedded_jwt::device::{ReplayGuard, Restored};
use embedded_jwt_store::FlashLog;

use crate::{
    commands::{BUILD_TIME, command},
    flash::{Kind, Nor},
};

const CYCLES: f64 = 10_000.0;
const MINUTES_OF_A_YEAR: f64 = 365.25 * 24.0 * 60.0;

/// Runs commands, one a minute, and returns a row of the table.
fn row<const W: usize>(pages: usize, live: u64) -> String {
    let commands = 3_000;
    let flash = Nor::<W, 4096>::new(Kind::Ecc, pages);
    let (chip, region) = (flash.0.clone(), flash.region());
    let mut guard = ReplayGuard::<16>::new(BUILD_TIME);
    let mut log = FlashLog::new(flash, region, ReplayGuard::<16>::FACTS).unwrap();
    assert_eq!(guard.restore(&mut log), Ok(Restored::Nothing));
    guard.provision(&mut log).unwrap();
    for id in 0..commands {
        let number = (live == 0).then_some(id);
        let iat = BUILD_TIME + 60 * id;
        let command = command("a", id, iat, 60 * live.max(1), number);
        _ = command.check(&mut guard).unwrap().commit(&mut log).unwrap();
    }
    let (chip, commands) = (chip.borrow(), f64::from(u32::try_from(commands).unwrap()));
    let float = |number: u64| f64::from(u32::try_from(number).unwrap());
    let words = float(chip.words_written) / commands;
    let erases = float(chip.erases.iter().sum()) / commands;
    let most = float(*chip.erases.iter().max().unwrap()) / commands;
    let what = if live == 0 {
        "a counter".to_owned()
    } else {
        format!("{live} tokens alive")
    };
    format!(
        "| {what} | {W} | {pages} | {words:.1} | {:.0} | {:.0} | {:.1} |",
        words * float(u64::try_from(W).unwrap()),
        1.0 / erases,
        CYCLES / most / MINUTES_OF_A_YEAR
    )
}

#[test]
fn figures_of_the_readme() {
    let rows = [
        row::<4>(2, 0),
        row::<4>(2, 10),
        row::<8>(2, 0),
        row::<32>(2, 0),
        row::<4>(8, 0),
    ];
    let readme = include_str!("../../README.md");
    println!("{}", rows.join("\n"));
    for row in rows {
        assert!(readme.contains(&row), "{row} is not in README.md");
    }
}
