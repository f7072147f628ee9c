//! `cargo xtask conformance`: public test corpora against the crate, on the host and on the boards. The corpora are other people's data and stay where
//! they are; what we judge otherwise than they do stands in one file a set, with the reason.

mod der;
mod exceptions;
mod json;
mod jwk_set;
mod jws;
mod keys;
mod raw;
mod web_crypto;

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use exceptions::Exceptions;

use crate::{
    boards::Board,
    packages,
    probe::{self, ECDSA, ECDSA_PREPARED, Image, Probe},
    toolchain::Toolchain,
};

/// What to do without the corpora.
const WHERE_FROM: &str = "\
no corpora: give their folder with `--vectors DIR`, which has to hold

  DIR/wycheproof/json_web_signature_test.json             from https://github.com/C2SP/wycheproof,
  DIR/wycheproof/json_web_key_test.json                   folder testvectors_v1
  DIR/wycheproof/json_web_crypto_test.json
  DIR/wycheproof/ecdsa_secp256r1_sha256_p1363_test.json
  DIR/wycheproof/ecdsa_secp256r1_sha256_test.json
  DIR/wycheproof/ecdh_secp256r1_{webcrypto,ecpoint,pem}_test.json
  DIR/wycheproof/hmac_sha256_test.json
  DIR/json-test-suite/test_parsing/*.json                 from https://github.com/nst/JSONTestSuite";

/// One case of a corpus: what it asks and wants, and what we do.
pub(crate) struct Case {
    /// Its number or file name.
    name: String,
    /// As the [`probe`] receives it.
    question: Vec<u8>,
    /// `accept`, `refuse`, or `either` where the corpus leaves it to the reader; or `refuse` and the one error that is right.
    expected: &'static str,
    /// `accept`, or `refuse` and the error.
    actual: String,
}

impl Case {
    fn new(name: &impl ToString, expected: &'static str, question: Vec<u8>) -> Self {
        Self {
            name: name.to_string(),
            expected,
            actual: probe::on_the_host(&question),
            question,
        }
    }

    fn agrees(&self) -> bool {
        self.actual == self.expected || self.actual.split(' ').next() == Some(self.expected)
    }
}

/// The verdict that Wycheproof expects.
fn expected(test: &Value) -> Result<&'static str> {
    match text(test, "result")? {
        "valid" => Ok("accept"),
        "invalid" => Ok("refuse"),
        other => bail!("a result {other:?}"),
    }
}

fn text<'v>(value: &'v Value, name: &str) -> Result<&'v str> {
    value[name]
        .as_str()
        .with_context(|| format!("{name} is no string in {value}"))
}

fn list<'v>(value: &'v Value, name: &str) -> Result<&'v [Value]> {
    value[name]
        .as_array()
        .map(Vec::as_slice)
        .with_context(|| format!("{name} is no list"))
}

/// Reads a file of Wycheproof, and judges each test of each group.
fn wycheproof<T>(file: &Path, judge: impl Fn(&Value, &Value) -> Result<T>) -> Result<Vec<T>> {
    let text = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let corpus: Value =
        serde_json::from_slice(&text).with_context(|| format!("{} is no JSON", file.display()))?;
    let mut cases = Vec::new();
    for group in list(&corpus, "testGroups")? {
        for test in list(group, "tests")? {
            cases.push(judge(group, test).with_context(|| format!("{}: {test}", file.display()))?);
        }
    }
    let promised = corpus["numberOfTests"].as_u64();
    if promised.and_then(|number| usize::try_from(number).ok()) != Some(cases.len()) {
        bail!(
            "{} promises {promised:?} tests and has {}",
            file.display(),
            cases.len()
        );
    }
    Ok(cases)
}

/// A corpus.
struct Set {
    name: &'static str,
    cases: Vec<Case>,
    /// How many cases the boards are asked, evenly spread over the set: each ECDSA signature takes the slowest of them a
    /// second.
    on_a_board: usize,
}

impl Set {
    fn new(name: &'static str, cases: Vec<Case>) -> Self {
        Self {
            name,
            on_a_board: cases.len(),
            cases,
        }
    }

    fn at_most_on_a_board(self, on_a_board: usize) -> Self {
        Self { on_a_board, ..self }
    }

    /// The cases for the boards, the same at every run.
    fn sample(&self) -> impl Iterator<Item = &Case> {
        let (all, wanted) = (self.cases.len(), self.on_a_board);
        // Each case stands for `wanted / all` of one: it is taken where the sum passes a whole number.
        let chosen = (0..all).map(move |at| (at + 1) * wanted / all > at * wanted / all);
        let cases = self.cases.iter().zip(chosen);
        cases.filter_map(|(case, chosen)| chosen.then_some(case))
    }
}

fn sets(vectors: &Path) -> Result<[Set; 11]> {
    let wycheproof = vectors.join("wycheproof");
    let jws = jws::cases(&wycheproof.join("json_web_signature_test.json"))?;
    let jwk_set = jwk_set::cases(&wycheproof.join("json_web_key_test.json"))?;
    let ecdsa_file = wycheproof.join("ecdsa_secp256r1_sha256_p1363_test.json");
    let ecdsa = raw::ecdsa(&ecdsa_file, ECDSA)?;
    let prepared = raw::ecdsa(&ecdsa_file, ECDSA_PREPARED)?;
    let hmac = raw::hmac(&wycheproof.join("hmac_sha256_test.json"))?;
    let web_crypto = web_crypto::cases(&wycheproof.join("json_web_crypto_test.json"))?;
    let (der, no_der) = der::cases(&wycheproof.join("ecdsa_secp256r1_sha256_test.json"))?;
    let key_jwks = keys::jwks(&wycheproof.join("ecdh_secp256r1_webcrypto_test.json"))?;
    let key_points = keys::points(&wycheproof.join("ecdh_secp256r1_ecpoint_test.json"))?;
    let key_pems = keys::pems(&wycheproof.join("ecdh_secp256r1_pem_test.json"))?;
    println!(
        "wycheproof-ecdsa-der: {no_der} more signatures are not DER of two numbers of 32 bytes; the corpus refuses each"
    );
    let json = json::cases(&vectors.join("json-test-suite/test_parsing"))?;
    Ok([
        Set::new("wycheproof-jws", jws),
        Set::new("wycheproof-jwk-set", jwk_set),
        Set::new("wycheproof-web-crypto", web_crypto),
        Set::new("wycheproof-ecdsa", ecdsa).at_most_on_a_board(100),
        Set::new("wycheproof-ecdsa-prepared", prepared).at_most_on_a_board(100),
        Set::new("wycheproof-ecdsa-der", der).at_most_on_a_board(25),
        Set::new("wycheproof-key-jwk", key_jwks).at_most_on_a_board(100),
        Set::new("wycheproof-key-point", key_points).at_most_on_a_board(100),
        Set::new("wycheproof-key-spki", key_pems).at_most_on_a_board(100),
        Set::new("wycheproof-hmac", hmac),
        Set::new("json-test-suite", json),
    ])
}

/// Runs every set, on the host and on `boards`, and prints the table; whether each agrees but for its exceptions.
pub(crate) fn run(vectors: Option<&Path>, boards: &[Board]) -> Result<bool> {
    let vectors = vectors.context(WHERE_FROM)?;
    if !vectors.is_dir() {
        bail!("{} is no folder; {WHERE_FROM}", vectors.display());
    }
    let sets = sets(vectors)?;
    let mut faults = on_the_host(&sets)?;
    let mut judged: usize = sets.iter().map(|set| set.cases.len()).sum();
    if !boards.is_empty() {
        packages::need_emulators(boards)?;
        let toolchain = Toolchain::set_up(boards)?;
        for board in boards {
            let mut probe = Image::build(&toolchain, *board)?.boot()?;
            for set in &sets {
                judged += on_a_board(*board, &mut probe, set, &mut faults)
                    .with_context(|| format!("{} on {}", set.name, board.name()))?;
            }
        }
    }
    for fault in &faults {
        println!("FAILED: {fault}");
    }
    println!(
        "conformance: {} passed, {} failed",
        judged - faults.len().min(judged),
        faults.len()
    );
    Ok(faults.is_empty())
}

/// Prints the table of the host; gives what is wrong in it.
fn on_the_host(sets: &[Set]) -> Result<Vec<String>> {
    println!(
        "{:25} {:>6} {:>6} {:>10}",
        "set", "cases", "agree", "exceptions"
    );
    let mut faults = Vec::new();
    for Set { name, cases, .. } in sets {
        let exceptions = Exceptions::read(name)?;
        let agree = cases.iter().filter(|case| case.agrees()).count();
        println!(
            "{name:25} {:>6} {agree:>6} {:>10}",
            cases.len(),
            exceptions.len()
        );
        let of_set = exceptions.faults(cases).into_iter();
        faults.extend(of_set.map(|fault| format!("{name}: {fault}")));
    }
    Ok(faults)
}

/// Asks a board what the host was asked; gives how many cases it judged.
fn on_a_board(
    board: Board,
    probe: &mut Probe,
    set: &Set,
    faults: &mut Vec<String>,
) -> Result<usize> {
    let (mut asked, mut as_on_the_host) = (0, 0);
    for case in set.sample() {
        if !probe.holds(&case.question) {
            continue;
        }
        asked += 1;
        let verdict = probe.ask(&case.question)?.verdict;
        if verdict == case.actual {
            as_on_the_host += 1;
        } else {
            faults.push(format!(
                "{} on {}: {}: {verdict}, on the host {}",
                set.name,
                board.name(),
                case.name,
                case.actual
            ));
        }
    }
    println!(
        "{:25} {:8} {as_on_the_host} of {asked} as on the host ({} cases)",
        set.name,
        board.name(),
        set.cases.len()
    );
    Ok(asked)
}
