//! `cargo xtask attacks`: the tokens of the tests' attack table on the emulated boards. Each verdict has to
//! be that of the host, and no rejected token may cost more than an accepted one of the same length:
//! neither time nor stack, except for those that `xtask/attacks.txt` lists.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, process,
};

use anyhow::{Context as _, Result, bail, ensure};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use embedded_jwt::{
    Key, Policy, Time, Verifier,
    crypto::{Crypto, InvalidSignature, PublicKey, Software},
    limits::MAX_TOKEN_LEN,
};

use crate::{
    boards::Board,
    firmware,
    issuer::{PUBLIC_KEY, SECRET, Signer, mac, token_of_length},
    many_keys,
    probe::{self, Answer, HMAC, Image, NOW, Probe, TOKEN, question},
    steps::{Steps, execute},
    toolchain::{Toolchain, host_cargo, root},
};

/// No good token is much shorter; what is shorter may cost what this one does.
const SHORTEST: usize = 180;

/// How many tokens of one test a board judges, of those that end alike: a test may try every byte.
const OF_A_TEST: usize = 2;
/// Of tokens longer than this, a board judges as many for all tests together: its serial line is slow.
const LONG: usize = 4 * 1024;
/// How many ES256 signatures a board verifies: each takes the slowest a second.
const SIGNATURES: usize = 24;

/// ES256 takes some per cent more or less from one signature to the next, good or bad.
const ES256_VARIES_BY: f64 = 1.05;

/// What may cost more than a good token of its length.
const EXCEPTIONS: &str = include_str!("../attacks.txt");

/// How many times the cost of a good token `name` may cost, if it is an exception.
pub(crate) fn exception(name: &str) -> Option<f64> {
    let lines = EXCEPTIONS.lines().filter(|line| !line.starts_with('#'));
    let listed = lines.filter_map(|line| line.split_once(" | "));
    let listed = listed.filter(|(part, _)| name.contains(part));
    let (_, rest) = listed.max_by_key(|(part, _)| part.len())?;
    rest.split(' ').next()?.parse().ok()
}

/// The instructions that one measurement may differ from the next.
const CLOCK_ERROR: u64 = 2;

/// How far a verifier comes with a token.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Refused before any signature was computed.
    Form,
    Hs256,
    Es256,
}

/// What becomes of a token: how far it comes, and whether it is accepted, where that is told apart.
const ENDS: [(&str, Stage, Option<bool>); 4] = [
    ("rejected before a signature is computed", Stage::Form, None),
    ("HS256, rejected", Stage::Hs256, Some(false)),
    ("HS256, accepted", Stage::Hs256, Some(true)),
    ("ES256", Stage::Es256, None),
];

/// One token that somebody may send.
pub(crate) struct Attack {
    /// The test that has it.
    test: String,
    length: usize,
    stage: Stage,
    question: Vec<u8>,
    /// What the host answers: `accept`, or `refuse` and the error.
    verdict: String,
}

/// Runs the table on `boards`.
pub(crate) fn run(boards: &[Board]) -> Result<bool> {
    let toolchain = firmware::set_up(boards)?;
    let attacks = collect()?;
    let mut steps = Steps::default();
    for board in boards {
        let title = format!("attacks on {} ({})", board.name(), board.core());
        steps.run(&title, || check(&toolchain, *board, &attacks));
    }
    Ok(steps.summary())
}

/// The table for a board, from the tests that build it.
fn collect() -> Result<Vec<Attack>> {
    // Its own: several of us may run at a time, and the tests append to it.
    let file = root().join(format!("target/attacks-{}.txt", process::id()));
    execute(
        host_cargo()
            .args("test --quiet --locked --package embedded-jwt --test it forgeries::".split(' '))
            .env("EMBEDDED_JWT_ATTACKS", &file),
    )?;
    let text = fs::read_to_string(&file).context("reading the attack table")?;
    fs::remove_file(&file)?;
    // The tests run side by side; sorted, they stand in the same order every time.
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    let mut of_a_test = BTreeMap::new();
    let mut attacks = Vec::new();
    for line in lines {
        let attack = Attack::read(line)?;
        let its_test = (attack.length <= LONG).then(|| attack.test.clone());
        let alike = (its_test, attack.stage, attack.verdict.clone());
        let count: &mut usize = of_a_test.entry(alike).or_default();
        *count += 1;
        if *count <= OF_A_TEST {
            attacks.push(attack);
        }
    }

    let is_es256 = |attack: &Attack| attack.stage == Stage::Es256;
    let signatures = attacks.iter().filter(|attack| is_es256(attack)).count();
    ensure!(signatures > SIGNATURES, "only {signatures} ES256 tokens");
    let mut seen = 0;
    attacks.retain(|attack| {
        seen += usize::from(is_es256(attack));
        !is_es256(attack) || seen % (signatures / SIGNATURES) == 0
    });
    Ok(attacks)
}

impl Attack {
    /// From a line of the tests: their name, their verdict, the keys and the token.
    fn read(line: &str) -> Result<Self> {
        let words: Vec<&str> = line.split(' ').collect();
        let [test, verdict, secret, point, token] = words[..] else {
            bail!("no attack: {line}");
        };
        let decode = |text| BASE64_URL_SAFE_NO_PAD.decode(text);
        let (secret, point, token) = (decode(secret)?, decode(point)?, decode(token)?);
        let question = question(TOKEN, [&secret, &point, &token]);
        let on_the_host = probe::on_the_host(&question);
        let in_the_test = match verdict {
            "accept" => "accept".to_owned(),
            error => format!("refuse {error}"),
        };
        // The test has a buffer for a long header; in place there is none.
        ensure!(
            on_the_host == in_the_test || on_the_host == "refuse HeaderTooLong",
            "{test}: {in_the_test} in the test, {on_the_host} from the probe"
        );
        Ok(Self {
            test: test.to_owned(),
            length: token.len(),
            stage: stage(&secret, &point, token)?,
            question,
            verdict: on_the_host,
        })
    }

    fn is_good(&self) -> bool {
        self.verdict == "accept"
    }

    /// How many times the cost of a good token it may cost.
    fn tolerance(&self) -> f64 {
        let usual = if self.stage == Stage::Es256 {
            ES256_VARIES_BY
        } else {
            1.0
        };
        exception(&self.test).unwrap_or(usual)
    }
}

/// How far the verifier comes with `token`.
fn stage(secret: &[u8], point: &[u8], mut token: Vec<u8>) -> Result<Stage> {
    struct Spy(Stage);
    impl Crypto for Spy {
        fn hs256(
            &mut self,
            secret: &[u8],
            text: &[u8],
            mac: &[u8; 32],
        ) -> Result<(), InvalidSignature> {
            self.0 = Stage::Hs256;
            Software.hs256(secret, text, mac)
        }

        fn es256(
            &mut self,
            key: PublicKey<'_>,
            text: &[u8],
            signature: &[u8; 64],
        ) -> Result<(), InvalidSignature> {
            self.0 = Stage::Es256;
            Software.es256(key, text, signature)
        }
    }
    let (keys, policy, time) = (
        [Key::hs256(secret)?, Key::es256(point)?],
        Policy::new(),
        Time::Trusted(NOW),
    );
    let mut spy = Spy(Stage::Form);
    // How it ends is not asked here.
    _ = Verifier::new(&keys, &policy).verify_in_place_with(&mut spy, &mut token, time);
    Ok(spy.0)
}

/// Runs the table on one board.
fn check(toolchain: &Toolchain, board: Board, attacks: &[Attack]) -> Result<()> {
    let image = Image::build(toolchain, board)?;
    let mut faults = Vec::new();
    let mut refusals = Vec::new();
    let mut stack = Vec::new();
    println!("tokens  stack (the deepest, in bytes)");
    for (title, stage, is_good) in ENDS {
        // From a fresh start, so that the stack is theirs alone.
        let mut probe = image.boot()?;
        let mut count = 0;
        for attack in attacks.iter().filter(|attack| attack.stage == stage) {
            if is_good.is_some_and(|is_good| is_good != attack.is_good())
                || !probe.holds(&attack.question)
            {
                continue;
            }
            count += 1;
            let Answer {
                verdict,
                instructions,
            } = probe.ask(&attack.question)?;
            if verdict != attack.verdict {
                faults.push(format!(
                    "{}: {verdict}, on the host {}",
                    attack.test, attack.verdict
                ));
            }
            if !attack.is_good() {
                refusals.push((attack, instructions));
            }
        }
        ensure!(count > 0, "no token: {title}");
        let deepest = probe.stack_used()?;
        println!("{count:6} {deepest:6}  {title}");
        stack.push(deepest);
    }
    if let [form, refused, accepted, _] = stack[..]
        && form.max(refused) > accepted
    {
        faults.push("a refusal takes more stack than an acceptance".to_owned());
    }

    println!("instructions of the costliest refusals, against a good token of the same length:");
    let mut good = GoodTokens {
        probe: image.boot()?,
        known: BTreeMap::new(),
    };
    let mut ratios = refusals
        .into_iter()
        .map(|(attack, instructions)| Ok((good.ratio(attack, instructions)?, attack)))
        .collect::<Result<Vec<_>>>()?;
    ratios.sort_by(|(left, _), (right, _)| right.total_cmp(left));
    for (ratio, attack) in ratios.iter().take(5) {
        println!("{ratio:6.2}  {} ({})", attack.test, attack.verdict);
    }
    let too_costly = ratios
        .iter()
        .filter(|(ratio, attack)| *ratio > attack.tolerance())
        .map(|(ratio, attack)| format!("{}: {ratio:.2} times a good token", attack.test));
    faults.extend(too_costly);
    faults.extend(many_keys::check(&image)?);
    faults.extend(comparison(&image)?);
    ensure!(faults.is_empty(), "{}", faults.join("; "));
    Ok(())
}

/// The time must not show which byte of a MAC is wrong. `cargo xtask timing` watches the host's machine
/// code; the comparison of this processor may be another one.
fn comparison(image: &Image) -> Result<Option<String>> {
    let mut probe = image.boot()?;
    let message = b"any message";
    let good = mac(message)?;
    let mut costs = BTreeSet::new();
    for wrong_byte in 0..good.len() {
        let mut mac = good;
        mac[wrong_byte] ^= 1;
        let Answer {
            verdict,
            instructions,
        } = probe.ask(&question(HMAC, [SECRET, message, &mac]))?;
        ensure!(
            verdict == "refuse InvalidSignature",
            "byte {wrong_byte} of a MAC is wrong: {verdict}"
        );
        costs.insert(instructions);
    }
    let (least, most) = costs.first().zip(costs.last()).context("no MAC")?;
    let story = format!("a wrong MAC is rejected in {least} to {most} instructions");
    println!("{story}, by which of its bytes is wrong");
    Ok((most - least > CLOCK_ERROR).then_some(story))
}

/// What it costs to accept a token, by the algorithm and the length.
struct GoodTokens {
    probe: Probe,
    known: BTreeMap<(Stage, usize), u64>,
}

impl GoodTokens {
    /// `instructions` against those of a good token that is as long as `attack`, or a little shorter.
    fn ratio(&mut self, attack: &Attack, instructions: u64) -> Result<f64> {
        let length = attack.length.clamp(SHORTEST, MAX_TOKEN_LEN);
        // What gets no further than the form is held against the cheaper algorithm.
        let stage = attack.stage.max(Stage::Hs256);
        // Most are cheaper than a shorter one already, and those share their lengths.
        let ratio = probe::ratio(instructions, self.cost(stage, length / 16 * 16)?);
        if ratio > 1.0 {
            return Ok(probe::ratio(instructions, self.cost(stage, length)?));
        }
        Ok(ratio)
    }

    /// The instructions for a good token of `length`.
    fn cost(&mut self, stage: Stage, length: usize) -> Result<u64> {
        if let Some(known) = self.known.get(&(stage, length)) {
            return Ok(*known);
        }
        let signer = if stage == Stage::Es256 {
            Signer::Gateway
        } else {
            Signer::Bench
        };
        let token = token_of_length(signer, "", length, NOW + 60)?;
        let cost = self
            .probe
            .accept(&question(TOKEN, [SECRET, &PUBLIC_KEY, token.as_bytes()]))?;
        self.known.insert((stage, length), cost);
        Ok(cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_is_found_by_the_longest_part() {
        assert_eq!(exception("forgeries::many_names"), Some(1.85));
        assert_eq!(exception("HS256, no kid, 4 keys"), Some(2.1));
        assert_eq!(exception("HS256, no kid, 4 keys, 2 KB"), Some(2.6));
        assert_eq!(exception("forgeries::any_other"), None);
    }
}
