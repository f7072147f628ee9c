//! `cargo xtask attacks`: the tokens of the tests' attack table on the emulated boards. Each verdict has to be that of the
//! host, and no refusal may cost more than to accept a token of the same length: neither time nor stack.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fs,
};

use anyhow::{Context as _, Result, bail, ensure};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use embedded_jwt::{
    Crypto, InvalidSignature, Key, Policy, PublicKey, Software, Time, Verifier,
    limits::MAX_TOKEN_LEN,
};

use crate::{
    boards::Board,
    issuer::{PUBLIC_KEY, SECRET, Signer, token_of_length},
    packages,
    probe::{self, Image, NOW, Probe, TOKEN, question},
    steps::{Steps, execute},
    toolchain::{Toolchain, host_cargo, root},
};

/// No good token is much shorter; what is shorter may cost what this one does.
const SHORTEST: usize = 180;

/// How many tokens of one test a board judges, of those that end alike: a test may try every byte.
const OF_A_TEST: usize = 4;
/// How many ES256 signatures a board verifies: each takes the slowest a second.
const SIGNATURES: usize = 24;

/// ES256 takes some per cent more or less from one signature to the next, good or bad.
const ES256_VARIES_BY: f64 = 1.05;

/// What may cost more than a good token of its length, how much, and why.
const EXCEPTIONS: [(&str, f64, &str); 1] = [(
    "too_many_names",
    1.7,
    "each name is compared with its siblings, up to the limit of 64, and a good token of this length has fewer",
)];

/// How far a verifier comes with a token.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Refused before any signature was computed.
    Form,
    Hs256,
    Es256,
}

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
    packages::need_emulators(boards)?;
    let toolchain = Toolchain::set_up(boards)?;
    let attacks = collect()?;
    let mut steps = Steps::default();
    for board in boards {
        steps.run(&title(*board), || check(&toolchain, *board, &attacks));
    }
    Ok(steps.summary())
}

/// The name of the step for `board`.
pub(crate) fn title(board: Board) -> String {
    format!("attacks on {} ({})", board.name(), board.core())
}

/// The table for a board, from the tests that build it.
pub(crate) fn collect() -> Result<Vec<Attack>> {
    let file = root().join("target/attacks.txt");
    if file.exists() {
        fs::remove_file(&file).with_context(|| format!("removing {}", file.display()))?;
    }
    execute(
        host_cargo()
            .args("test --quiet --locked --package embedded-jwt --test forgeries".split(' '))
            .env("EMBEDDED_JWT_ATTACKS", &file),
    )?;
    let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    // The tests run side by side; sorted, they stand in the same order every time.
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    let mut of_a_test = BTreeMap::new();
    let mut attacks = Vec::new();
    for line in lines {
        let attack = Attack::read(line)?;
        let alike = (attack.test.clone(), attack.stage, attack.verdict.clone());
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

    /// How many times the cost of a good token it may cost.
    fn tolerance(&self) -> f64 {
        let exception = EXCEPTIONS
            .iter()
            .find(|(part, ..)| self.test.contains(part));
        match exception {
            Some((_, at_most, _)) => *at_most,
            None if self.stage == Stage::Es256 => ES256_VARIES_BY,
            None => 1.0,
        }
    }
}

/// How far the verifier comes with `token`.
fn stage(secret: &[u8], point: &[u8], mut token: Vec<u8>) -> Result<Stage> {
    struct Spy(Stage);
    impl Crypto for Spy {
        fn hs256(
            &mut self,
            secret: &[u8],
            signing_input: &[u8],
            mac: &[u8; 32],
        ) -> Result<(), InvalidSignature> {
            self.0 = Stage::Hs256;
            Software.hs256(secret, signing_input, mac)
        }

        fn es256(
            &mut self,
            key: PublicKey<'_>,
            signing_input: &[u8],
            signature: &[u8; 64],
        ) -> Result<(), InvalidSignature> {
            self.0 = Stage::Es256;
            Software.es256(key, signing_input, signature)
        }
    }
    let (keys, policy) = ([Key::hs256(secret)?, Key::es256(point)?], Policy::new());
    let mut spy = Spy(Stage::Form);
    // How it ends is not asked here.
    _ = Verifier::new(&keys, &policy).verify_in_place_with(
        &mut spy,
        &mut token,
        Time::Trusted(NOW),
    );
    Ok(spy.0)
}

/// Runs the table on one board.
pub(crate) fn check(toolchain: &Toolchain, board: Board, attacks: &[Attack]) -> Result<()> {
    let image = Image::build(toolchain, board)?;
    let mut faults = Vec::new();
    let mut probe = image.boot()?;
    let (fitting, too_long): (Vec<&Attack>, Vec<&Attack>) = attacks
        .iter()
        .partition(|attack| probe.holds(&attack.question));
    let mut bounds = Bounds::default();
    let mut ratios = Vec::new();
    for attack in &fitting {
        let answer = probe.ask(&attack.question)?;
        if answer.verdict != attack.verdict {
            faults.push(format!(
                "{}: {}, on the host {}",
                attack.test, answer.verdict, attack.verdict
            ));
        }
        if attack.verdict != "accept" {
            let ratio = bounds.ratio(&mut probe, attack, answer.instructions)?;
            if ratio > attack.tolerance() {
                faults.push(format!("{}: {ratio:.2} times a good token", attack.test));
            }
            ratios.push((ratio, attack));
        }
    }
    drop(probe);
    println!(
        "{} tokens judged, {} too long for this board",
        fitting.len(),
        too_long.len()
    );
    println!("instructions of the costliest refusals, against a good token of the same length:");
    ratios.sort_by(|(left, _), (right, _)| right.total_cmp(left));
    for (ratio, attack) in ratios.iter().take(5) {
        println!("{ratio:6.2}  {} ({})", attack.test, attack.verdict);
    }

    stack(&image, &fitting, &mut faults)?;
    ensure!(faults.is_empty(), "{}", faults.join("; "));
    Ok(())
}

/// What it costs to accept a token, by the stage that it reaches and its length.
#[derive(Default)]
struct Bounds(BTreeMap<(Stage, usize), u64>);

impl Bounds {
    /// `instructions` against those of a good token of the same length.
    fn ratio(&mut self, probe: &mut Probe, attack: &Attack, instructions: u64) -> Result<f64> {
        // Who gets no further than the form is measured by the cheaper algorithm.
        let (stage, signer) = match attack.stage {
            Stage::Form | Stage::Hs256 => (Stage::Hs256, Signer::Bench),
            Stage::Es256 => (Stage::Es256, Signer::Gateway),
        };
        let length = attack.length.clamp(SHORTEST, MAX_TOKEN_LEN);
        let bound = match self.0.entry((stage, length)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(unknown) => *unknown.insert(cost_of_good(probe, signer, length)?),
        };
        #[allow(
            clippy::cast_precision_loss,
            reason = "millions of instructions are exact"
        )]
        Ok(instructions as f64 / bound as f64)
    }
}

fn cost_of_good(probe: &mut Probe, signer: Signer, length: usize) -> Result<u64> {
    let token = token_of_length(signer, length, NOW + 60)?
        .with_context(|| format!("no good token has {length} bytes"))?;
    let answer = probe.ask(&question(TOKEN, [SECRET, &PUBLIC_KEY, token.as_bytes()]))?;
    ensure!(
        answer.verdict == "accept",
        "a good token of {length} bytes: {}",
        answer.verdict
    );
    Ok(answer.instructions)
}

/// Prints how deep the stack gets by what becomes of a token, each measured from a fresh start.
fn stack(image: &Image, attacks: &[&Attack], faults: &mut Vec<String>) -> Result<()> {
    println!("deepest stack in bytes:");
    let measure = |title: &str, wanted: &dyn Fn(&Attack) -> bool| -> Result<u64> {
        let mut probe = image.boot()?;
        let mut asked = 0;
        for attack in attacks.iter().filter(|attack| wanted(attack)) {
            probe.ask(&attack.question)?;
            asked += 1;
        }
        ensure!(asked > 0, "no token: {title}");
        let deepest = probe.stack_used()?;
        println!("{deepest:6}  {title} ({asked} tokens)");
        Ok(deepest)
    };
    let is_good = |attack: &Attack| attack.verdict == "accept";
    let form = measure("refused before a signature is computed", &|attack| {
        attack.stage == Stage::Form
    })?;
    let refused = measure("HS256, refused", &|attack| {
        attack.stage == Stage::Hs256 && !is_good(attack)
    })?;
    let accepted = measure("HS256, accepted", &|attack| {
        attack.stage == Stage::Hs256 && is_good(attack)
    })?;
    measure("ES256", &|attack| attack.stage == Stage::Es256)?;
    if form.max(refused) > accepted {
        faults.push("a refusal takes more stack than an acceptance".to_owned());
    }
    Ok(())
}
