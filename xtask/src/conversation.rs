//! Holds the conversation of `examples/firmware/src/bin/command/conversation.txt` with the firmware. That file
//! explains its form.

use std::{fmt::Write as _, fs, path::PathBuf, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::{
    device::{Device, Event},
    issuer::{Signer, command, key_set, set_token, token},
    qemu::Machine,
    toolchain::root,
};

/// How long the firmware has to keep silent in a pause.
const PAUSE: Duration = Duration::from_millis(300);

/// How long to wait for one more answer, where it is not known how many there will be.
const LAST_ANSWER: Duration = Duration::from_millis(500);

/// The same, where none is known yet.
const FIRST_ANSWER: Duration = Duration::from_secs(8);

/// How much of what goes over the line is shown.
const SHOWN: usize = 72;

/// How many differences of one exchange are shown.
const MOST_SHOWN: usize = 4;

/// What ends the demo in the file.
const END_OF_DEMO: &str = "\n---";

/// One thing said, and the answers to it.
#[derive(Default)]
pub(crate) struct Exchange {
    title: String,
    /// What happens to the device before it.
    event: Option<Event>,
    /// The signer, `kid` and claims of the first command for power cuts.
    power_cuts: Option<String>,
    /// The bytes; between two parts the host pauses, and the firmware has to keep silent.
    parts: Vec<Vec<u8>>,
    /// The answers with their lines in the log, in their order.
    answers: Vec<String>,
    /// Behind which line of the file they are.
    behind: usize,
}

fn file() -> PathBuf {
    root().join("examples/firmware/src/bin/command/conversation.txt")
}

/// The conversation, or the part of it that the demo shows.
pub(crate) fn script(demo_only: bool) -> Result<Vec<Exchange>> {
    let text = fs::read_to_string(file()).context("reading the conversation")?;
    let (demo, _) = text.split_once(END_OF_DEMO).context("no end of the demo")?;
    read(if demo_only { demo } else { &text })
}

fn read(text: &str) -> Result<Vec<Exchange>> {
    let mut script: Vec<Exchange> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let last = script.last_mut().context("a line before the first title");
        match line.split_once(' ').unwrap_or((line, "")) {
            ("" | "#" | "---", _) => {}
            (sign @ (">" | ">>"), pieces) => {
                let mut parts = vec![Vec::new()];
                for piece in pieces.split(" + ") {
                    match (piece, parts.last_mut()) {
                        ("pause", _) => parts.push(Vec::new()),
                        (_, Some(part)) => {
                            part.extend(bytes(piece).with_context(|| piece.to_owned())?);
                        }
                        (_, None) => {}
                    }
                }
                if let (">", Some(part)) = (sign, parts.last_mut()) {
                    part.push(b'\n');
                }
                let last = last?;
                last.parts.extend(parts);
                last.behind = number;
            }
            ("!", "reset") => last?.event = Some(Event::Reset),
            ("!", "new") => last?.event = Some(Event::New),
            ("!", "erased") => last?.event = Some(Event::Erased),
            ("!", "keys damaged") => last?.event = Some(Event::KeysDamaged),
            ("!", event) => {
                let command = event.strip_prefix("power cuts ");
                let last = last?;
                last.power_cuts = Some(command.context("no such event")?.to_owned());
                last.behind = number;
            }
            ("<", answer) => {
                let times = answer
                    .split_once(" x ")
                    .and_then(|(times, answer)| Some((times.parse().ok()?, answer)));
                let (times, answer) = times.unwrap_or((1, answer));
                last?.answers.extend(vec![answer.to_owned(); times]);
            }
            _ => script.push(Exchange {
                title: line.to_owned(),
                ..Exchange::default()
            }),
        }
    }
    Ok(script)
}

/// The bytes of a piece.
fn bytes(piece: &str) -> Result<Vec<u8>> {
    let text = |json: &str| serde_json::from_str::<String>(json).context("no JSON string");
    if piece == "every byte" {
        return Ok((0..=255).collect());
    }
    if let Some(join) = piece.strip_prefix("noise ") {
        return Ok(noise(text(join)?.as_bytes()));
    }
    if piece.starts_with('"') {
        return Ok(text(piece)?.into());
    }
    if let Some((times, json)) = piece.split_once(" * ") {
        return Ok(text(json)?.repeat(times.parse()?).into());
    }
    if let Some((name, rest)) = piece.split_once(" of ") {
        let segment = ["header", "payload", "signature"]
            .iter()
            .position(|segment| *segment == name);
        let segment = segment.with_context(|| format!("no segment {name}"))?;
        let token = bytes(rest)?;
        let mut segments = token.split(|byte| *byte == b'.');
        return Ok(segments.nth(segment).unwrap_or_default().to_vec());
    }
    if let Some(set) = piece.strip_prefix("set ") {
        let (signer, kid, claims) = parts_of_token(set)?;
        return Ok(set_token(signer, kid, &key_set(&claims))?.into());
    }
    let (signer, kid, claims) = parts_of_token(piece)?;
    Ok(token(signer, kid, &command(&claims))?.into())
}

/// Who signs a token, its `kid`, and what its claims change.
fn parts_of_token(piece: &str) -> Result<(Signer, Option<&str>, Value)> {
    let mut words = piece.splitn(3, ' ');
    let (Some(signer), Some(kid), Some(claims)) = (words.next(), words.next(), words.next()) else {
        bail!("a token has a signer, a key ID and claims");
    };
    let kid = (kid != "-").then_some(kid);
    Ok((Signer::named(signer)?, kid, serde_json::from_str(claims)?))
}

/// Lines of three pieces of noise each, joined by `join`. No byte of the noise is a dot, white space,
/// padding or a brace, so that the refusal is known beforehand; the same noise at every run.
fn noise(join: &[u8]) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut byte = || loop {
        // Marsaglia's xorshift64.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let [.., byte] = state.to_le_bytes();
        if !b" \t\n\x0B\x0C\r.={".contains(&byte) {
            break byte;
        }
    };
    let mut piece = || (0..40).map(|_| byte()).collect::<Vec<u8>>();
    let lines = (0..64).map(|_| [piece(), piece(), piece()].join(join));
    lines
        .flat_map(|line| [line, vec![b'\n']].concat())
        .collect()
}

/// Says everything in `script`; gives the number of exchanges that went as expected.
///
/// With `aloud` the whole conversation is shown, otherwise only what went wrong.
///
/// # Errors
///
/// The firmware stopped, or gave no answer in time: there is no use in going on.
pub(crate) fn hold(device: &mut Device, script: &[Exchange], aloud: bool) -> Result<usize> {
    let mut as_expected = 0;
    for (number, exchange) in (1..).zip(script) {
        let title = format!("{number:2}. {}", exchange.title);
        if aloud {
            println!("\n{title}");
        }
        let heard = exchange
            .hold(device, aloud)
            .with_context(|| title.clone())?;
        let differences = differences(&exchange.answers, &heard);
        as_expected += usize::from(differences.is_empty());
        if !aloud && !differences.is_empty() {
            println!("{title}");
        }
        for difference in differences.iter().take(MOST_SHOWN) {
            println!("    WRONG    {difference}");
        }
    }
    device.machine.silence(PAUSE)?;
    Ok(as_expected)
}

/// Writes what the firmware answers into the file.
pub(crate) fn bless(device: &mut Device) -> Result<()> {
    let text = fs::read_to_string(file())?;
    let mut script = read(&text)?.into_iter().peekable();
    let mut blessed = String::new();
    for (number, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.starts_with("< "))
    {
        writeln!(blessed, "{line}")?;
        if let Some(exchange) = script.next_if(|exchange| exchange.behind == number) {
            let mut heard = exchange.hold(device, true)?;
            let wait = if exchange.answers.is_empty() {
                FIRST_ANSWER
            } else {
                LAST_ANSWER
            };
            while let Some(answer) = device.machine.line_within(wait)? {
                heard.push(with_log(&answer, &mut device.machine, true)?);
            }
            for alike in heard.chunk_by(|left, right| left == right) {
                let times = if let [_] = alike {
                    String::new()
                } else {
                    format!("{} x ", alike.len())
                };
                writeln!(blessed, "< {times}{}", alike[0])?;
            }
        }
    }
    Ok(fs::write(file(), blessed)?)
}

/// Waits until the firmware listens.
pub(crate) fn begin(machine: &mut Machine) -> Result<()> {
    let ready = machine.line().context("starting")?;
    let ready = with_log(&ready, machine, false)?;
    ensure!(
        ready == "ready | INFO listening",
        "it started with {ready:?}"
    );
    Ok(())
}

impl Exchange {
    /// Says it; gives as many answers as are expected, and what else is in the log.
    fn hold(&self, device: &mut Device, aloud: bool) -> Result<Vec<String>> {
        if let Some(event) = self.event {
            if aloud {
                println!("    {}", event.story());
            }
            device.meet(event)?;
        }
        if let Some(first) = &self.power_cuts {
            let story = device.power_cuts(|number| numbered(first, number))?;
            if aloud {
                println!("    power    {story}");
            }
            return Ok(vec![story]);
        }
        let machine = &mut device.machine;
        for (number, part) in self.parts.iter().enumerate() {
            if number > 0 {
                machine.silence(PAUSE)?;
            }
            if aloud {
                println!("    host   > {}", shown(part));
            }
            machine.send(part)?;
        }
        let mut heard = Vec::new();
        for _ in &self.answers {
            let answer = machine.line()?;
            heard.push(with_log(&answer, machine, aloud)?);
        }
        while let Some(log) = machine.stray_log_line()? {
            heard.push(format!("no answer | {log}"));
        }
        Ok(heard)
    }
}

/// The line with the command `first`, its `seq` higher by `number`.
fn numbered(first: &str, number: usize) -> Result<Vec<u8>> {
    let (signer, kid, mut claims) = parts_of_token(first)?;
    let seq = claims["seq"].as_u64().context("no seq")?;
    claims["seq"] = (seq + u64::try_from(number)?).into();
    let mut line = token(signer, kid, &command(&claims))?.into_bytes();
    line.push(b'\n');
    Ok(line)
}

/// `answer` and the line in the log that comes with it.
pub(crate) fn with_log(answer: &str, machine: &mut Machine, aloud: bool) -> Result<String> {
    let log = machine.log_line()?;
    if aloud {
        println!("    log      {log}\n    device < {answer}");
    }
    Ok(format!("{answer} | {log}"))
}

/// What is wrong with the answers to an exchange.
fn differences(expected: &[String], heard: &[String]) -> Vec<String> {
    let none = "nothing".to_owned();
    let pairs = (0..expected.len().max(heard.len()))
        .map(|number| [expected, heard].map(|list| list.get(number).unwrap_or(&none)));
    let different = pairs.filter(|[expected, heard]| expected != heard);
    different
        .map(|[expected, heard]| format!("expected {expected:?}, not {heard:?}"))
        .collect()
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

    #[test]
    fn a_wrong_answer_or_log_fails() {
        const DONE: &str = "ok seq=7 output=pump on | INFO accepted: Done";
        const REFUSED: &str =
            "refused 54 InvalidSignature invalid_token | WARN refused: Token(InvalidSignature)";
        for (expected, heard, wrong) in [
            (DONE, DONE, 0),
            (REFUSED, REFUSED, 0),
            (DONE, REFUSED, 1),
            (REFUSED, DONE, 1),
            (REFUSED, &REFUSED.replace("54", "55"), 1),
            (
                REFUSED,
                &REFUSED.replace("invalid_token", "insufficient_scope"),
                1,
            ),
            (REFUSED, &REFUSED.replace(" |", "  |"), 1),
            (DONE, &DONE.replace("INFO", "WARN"), 1),
            (DONE, &DONE.replace("Done", "Done, secret"), 1),
            (DONE, "", 1),
            ("", DONE, 1),
        ] {
            let [left, right] = [expected, heard]
                .map(|text| Vec::from_iter(Some(text.to_owned()).filter(|text| !text.is_empty())));
            assert_eq!(
                differences(&left, &right).len(),
                wrong,
                "{expected}, {heard}"
            );
        }
    }

    #[test]
    fn an_exchange_is_read() -> Result<()> {
        let text = "a title\n>> \"\\u0000\" + pause + 2 * \"x\"\n< 2 x y | INFO z\n\n# no title\nb\n> every byte\n";
        let script = read(text)?;
        let [first, second] = &script[..] else {
            bail!("not two exchanges")
        };
        assert_eq!(first.parts, [&b"\0"[..], b"xx"]);
        assert_eq!(first.answers, ["y | INFO z"; 2]);
        assert_eq!((second.title.as_str(), second.parts[0].len()), ("b", 257));
        assert!(read("> \"no title\"").is_err() && read("a\n> bench").is_err());
        Ok(())
    }

    #[test]
    fn every_exchange_has_its_answers() -> Result<()> {
        let script = script(false)?;
        // Empty lines have none.
        assert_eq!(
            script
                .iter()
                .filter(|exchange| exchange.answers.is_empty())
                .count(),
            1
        );
        assert!(script.len() > 50);
        Ok(())
    }
}
