//! Times every case by turns, and prints the nanoseconds of each round, a case a line: `rounds ROUNDS`.
//!
//! On a machine that others use too, one case after the other meets another load, which is worth more than what is to be
//! compared. In a round the cases run within milliseconds of each other, so the ratio of two of them holds whatever the
//! load is, and the median over many rounds leaves out those in which it changed.

use std::{
    env,
    hint::black_box,
    time::{Duration, Instant},
};

use benches::{Case, Result, Verify, cases};

/// What a case gets in a round: long for the clock and for warm caches, short for a scheduler.
const TURN: Duration = Duration::from_millis(2);

/// A case, how many verifications make a turn, and the nanoseconds of one in each round.
struct Row {
    case: Case,
    count: u32,
    times: Vec<String>,
}

fn main() -> Result<()> {
    let rounds: u32 = env::args().nth(1).ok_or("rounds ROUNDS")?.parse()?;
    let mut rows = Vec::new();
    for mut case in cases()? {
        let count = (TURN.as_secs_f64() / time(&mut case.verify, 10)?).ceil();
        rows.push(Row {
            case,
            count: format!("{count:.0}").parse()?,
            times: Vec::new(),
        });
    }
    for _ in 0..rounds {
        for Row { case, count, times } in &mut rows {
            let nanoseconds = time(&mut case.verify, *count)? * 1e9;
            times.push(format!("{nanoseconds:.1}"));
        }
    }
    for Row { case, times, .. } in rows {
        println!("{}\t{}\t{}", case.group, case.name, times.join(" "));
    }
    Ok(())
}

/// The seconds of one verification, of `count` in a row.
fn time(verify: &mut Verify, count: u32) -> Result<f64> {
    let start = Instant::now();
    for _ in 0..count {
        if !black_box(verify()) {
            return Err("refused".into());
        }
    }
    Ok(start.elapsed().as_secs_f64() / f64::from(count))
}
