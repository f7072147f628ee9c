//! `cargo xtask attacks`: the tokens of the tests' attack table on the emulated boards. Each verdict has to be that of the
//! host, and no refusal may cost more than to accept a token of the same length: neither time nor stack.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fs,
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
    issuer::{PUBLIC_KEY, SECRET, Signer, mac, token_of_length},
    many_keys, packages,
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

/// What may cost more than a good token of its length, how much, and why.
const EXCEPTIONS: [(&str, f64, &str); 2] = [
    (
        "many_names",
        1.75,
        "each name is sorted among its siblings, up to the limit of 128, and a good token of this length has fewer",
    ),
    (
        "too_deep",
        1.1,
        "the shortest token that is refused for its depth is all brackets, up to the limit of 16, and a good one of this length \
         has the fewest that it can",
    ),
];

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

/// What becomes of a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    RefusedForItsForm,
    RefusedUnderHs256,
    AcceptedUnderHs256,
    UnderEs256,
}

impl End {
    const ALL: [Self; 4] = [
        Self::RefusedForItsForm,
        Self::RefusedUnderHs256,
        Self::AcceptedUnderHs256,
        Self::UnderEs256,
    ];

    fn title(self) -> &'static str {
        match self {
            Self::RefusedForItsForm => "refused before a signature is computed",
            Self::RefusedUnderHs256 => "HS256, refused",
            Self::AcceptedUnderHs256 => "HS256, accepted",
            Self::UnderEs256 => "ES256",
        }
    }
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
            .args("test --quiet --locked --package embedded-jwt --test it forgeries::".split(' '))
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

    fn end(&self) -> End {
        match self.stage {
            Stage::Form => End::RefusedForItsForm,
            Stage::Hs256 if self.is_good() => End::AcceptedUnderHs256,
            Stage::Hs256 => End::RefusedUnderHs256,
            Stage::Es256 => End::UnderEs256,
        }
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
    let mut refusals = Vec::new();
    let mut stack = Vec::new();
    println!("tokens  stack (the deepest, in bytes)");
    for end in End::ALL {
        // From a fresh start, so that the stack is theirs alone.
        let mut probe = image.boot()?;
        let mut count = 0;
        for attack in attacks.iter().filter(|attack| attack.end() == end) {
            if !probe.holds(&attack.question) {
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
        ensure!(count > 0, "no token {}", end.title());
        let deepest = probe.stack_used()?;
        println!("{count:6} {deepest:6}  {}", end.title());
        stack.push(deepest);
    }
    if let [form, refused, accepted, _] = stack[..]
        && form.max(refused) > accepted
    {
        faults.push("a refusal takes more stack than an acceptance".to_owned());
    }

    println!("instructions of the costliest refusals, against a good token of the same length:");
    let mut good = GoodTokens::new(image.boot()?);
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

/// Where a MAC is wrong must not show in the time. `cargo xtask timing` watches the host's machine code; the comparison of this
/// processor may be another one.
fn comparison(image: &Image) -> Result<Option<String>> {
    let mut probe = image.boot()?;
    let message = b"any message";
    let good = mac(message)?;
    let mut costs = Vec::new();
    for wrong_byte in 0..good.len() {
        let mut mac = good;
        if let Some(byte) = mac.get_mut(wrong_byte) {
            *byte ^= 1;
        }
        let answer = probe.ask(&question(HMAC, [SECRET, message, &mac]))?;
        ensure!(
            answer.verdict == "refuse InvalidSignature",
            "byte {wrong_byte} of a MAC is wrong: {}",
            answer.verdict
        );
        costs.push(answer.instructions);
    }
    let least = costs.iter().min().context("no MAC")?;
    let most = costs.iter().max().context("no MAC")?;
    println!(
        "to refuse a MAC takes {least} to {most} instructions, by which of its bytes is wrong"
    );
    Ok((most - least > CLOCK_ERROR)
        .then(|| format!("a wrong MAC is refused in {least} to {most} instructions")))
}

/// What it costs to accept a token, by the algorithm and the length.
struct GoodTokens {
    probe: Probe,
    known: BTreeMap<(Stage, usize), u64>,
}

impl GoodTokens {
    fn new(probe: Probe) -> Self {
        Self {
            probe,
            known: BTreeMap::new(),
        }
    }

    /// `instructions` against those of a good token that is as long as `attack`, or a little shorter.
    fn ratio(&mut self, attack: &Attack, instructions: u64) -> Result<f64> {
        let length = attack.length.clamp(SHORTEST, MAX_TOKEN_LEN);
        // Most are cheaper than a shorter one already, and those share their lengths.
        let ratio = self.ratio_at(attack, length / 16 * 16, instructions)?;
        if ratio > 1.0 {
            return self.ratio_at(attack, length, instructions);
        }
        Ok(ratio)
    }

    fn ratio_at(&mut self, attack: &Attack, length: usize, instructions: u64) -> Result<f64> {
        // What gets no further than the form is held against the cheaper algorithm.
        let stage = attack.stage.max(Stage::Hs256);
        let cost = match self.known.entry((stage, length)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(unknown) => *unknown.insert(cost(&mut self.probe, stage, length)?),
        };
        #[allow(
            clippy::cast_precision_loss,
            reason = "millions of instructions are exact"
        )]
        Ok(instructions as f64 / cost as f64)
    }
}

/// The instructions for a good token of `length`.
fn cost(probe: &mut Probe, stage: Stage, length: usize) -> Result<u64> {
    let signer = match stage {
        Stage::Form | Stage::Hs256 => Signer::Bench,
        Stage::Es256 => Signer::Gateway,
    };
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
