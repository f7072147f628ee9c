//! Holds a conversation with the firmware, and judges its answers.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::{
    qemu::{LogLine, Machine},
    script::{Answer, Exchange},
};

/// How long the firmware has to keep silent in a pause.
const PAUSE: Duration = Duration::from_millis(300);

/// How much of what goes over the line is shown.
const SHOWN: usize = 72;

/// How many differences of one exchange are shown.
const MOST_SHOWN: usize = 4;

/// What is wrong with an exchange: nothing, or the differences.
type Differences = Vec<String>;

/// Says everything in `script`; gives the number of exchanges that went as expected.
///
/// With `aloud` the whole conversation is shown, otherwise only what went wrong.
///
/// # Errors
///
/// The firmware stopped, or gave no answer in time: there is no use in going on.
pub(crate) fn hold(machine: &mut Machine, script: &[Exchange], aloud: bool) -> Result<usize> {
    begin(machine)?;
    let mut as_expected = 0;
    for (number, exchange) in (1..).zip(script) {
        let title = format!("{number:2}. {}", exchange.title);
        if aloud {
            println!("\n{title}");
        }
        let differences = say(machine, exchange, aloud).with_context(|| title.trim().to_owned())?;
        if differences.is_empty() {
            as_expected += 1;
        } else {
            if !aloud {
                println!("{title}");
            }
            for difference in differences.iter().take(MOST_SHOWN) {
                println!("    WRONG    {difference}");
            }
            if let Some(more @ 1..) = differences.len().checked_sub(MOST_SHOWN) {
                println!("    WRONG    and {more} more");
            }
        }
    }
    machine.silence(PAUSE)?;
    Ok(as_expected)
}

/// Waits until the firmware listens.
pub(crate) fn begin(machine: &mut Machine) -> Result<()> {
    let ready = machine.line().context("starting")?;
    ensure!(
        ready == "ready",
        "it started with {ready:?} instead of \"ready\""
    );
    let listening = machine.log_line()?;
    ensure!(
        listening.text == "listening",
        "its log started with {:?}",
        listening.text
    );
    Ok(())
}

fn say(machine: &mut Machine, exchange: &Exchange, aloud: bool) -> Result<Differences> {
    for (number, part) in exchange.parts.iter().enumerate() {
        if number > 0 {
            machine.silence(PAUSE)?;
        }
        if aloud {
            println!("    host   > {}", shown(part));
        }
        machine.send(part)?;
    }

    let mut differences = Differences::new();
    for expected in &exchange.answers {
        let answer = machine.line()?;
        let log = machine.log_line()?;
        if aloud {
            println!("    log      {:5} {}", log.level, log.text);
            println!("    device < {answer}");
        }
        differences.extend(check(expected, &answer, &log));
    }
    while let Some(log) = machine.stray_log_line()? {
        differences.push(format!(
            "a line too many in the log: {} {}",
            log.level, log.text
        ));
    }
    Ok(differences)
}

/// Compares an answer and its line in the log with what they should be.
fn check(expected: &Answer, answer: &str, log: &LogLine) -> Differences {
    let mut differences = Differences::new();
    if answer != expected.line() {
        differences.push(format!(
            "expected the answer {:?}, not {answer:?}",
            expected.line()
        ));
    }
    let (level, text) = expected.log();
    if (log.level.as_str(), log.text.as_str()) != (level, text.as_str()) {
        differences.push(format!(
            "expected in the log {level} {text:?}, not {} {:?}",
            log.level, log.text
        ));
    }
    differences
}

/// The start of what goes over the line.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let text: String = bytes.trim_ascii_end().escape_ascii().to_string();
    if text.len() <= SHOWN {
        return text;
    }
    format!("{}... ({} bytes)", &text[..SHOWN], bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DONE: Answer = Answer::Done {
        seq: 7,
        output: "pump",
        on: true,
    };
    const REFUSED: Answer = Answer::BadToken(54, "InvalidSignature", "invalid_token");

    fn log_of(answer: &Answer) -> LogLine {
        let (level, text) = answer.log();
        LogLine {
            level: level.to_owned(),
            text,
        }
    }

    #[test]
    fn the_expected_answer_passes() {
        for expected in [DONE, REFUSED] {
            assert!(check(&expected, &expected.line(), &log_of(&expected)).is_empty());
        }
    }

    #[test]
    fn a_wrong_answer_or_log_fails() {
        let table = [
            (
                "refused where it should obey",
                DONE,
                REFUSED.line(),
                log_of(&DONE),
            ),
            (
                "obeyed where it should refuse",
                REFUSED,
                DONE.line(),
                log_of(&REFUSED),
            ),
            (
                "another code",
                REFUSED,
                "refused 55 InvalidSignature invalid_token".to_owned(),
                log_of(&REFUSED),
            ),
            (
                "another error code of RFC 6750",
                REFUSED,
                "refused 54 InvalidSignature insufficient_scope".to_owned(),
                log_of(&REFUSED),
            ),
            (
                "more than the answer",
                REFUSED,
                format!("{} ", REFUSED.line()),
                log_of(&REFUSED),
            ),
            ("another log", DONE, DONE.line(), log_of(&REFUSED)),
            (
                "the right log at the wrong level",
                DONE,
                DONE.line(),
                LogLine {
                    level: "WARN".to_owned(),
                    ..log_of(&DONE)
                },
            ),
        ];
        for (name, expected, answer, log) in table {
            assert!(!check(&expected, &answer, &log).is_empty(), "{name}");
        }
    }
}
