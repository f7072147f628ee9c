//! `cargo xtask conformance`: public test corpora against the crate. The corpora are other people's data and stay where
//! they are; what we judge otherwise than they do stands in one file a set, with the reason.

mod exceptions;
mod json;
mod jws;
mod raw;

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use exceptions::Exceptions;

/// What to do without the corpora.
const WHERE_FROM: &str = "\
no corpora: give their folder with `--vectors DIR`, which has to hold

  DIR/wycheproof/json_web_signature_test.json             from https://github.com/C2SP/wycheproof,
  DIR/wycheproof/ecdsa_secp256r1_sha256_p1363_test.json   folder testvectors_v1
  DIR/wycheproof/hmac_sha256_test.json
  DIR/json-test-suite/test_parsing/*.json                 from https://github.com/nst/JSONTestSuite";

/// One case of a corpus: what it wants, and what we do.
pub(crate) struct Case {
    /// Its number or file name.
    name: String,
    /// `accept`, `refuse`, or `either` where the corpus leaves it to the reader.
    expected: &'static str,
    /// `accept`, or `refuse` and the error.
    actual: String,
}

impl Case {
    fn new<T, E: std::fmt::Debug>(
        name: &impl ToString,
        expected: &'static str,
        verdict: &Result<T, E>,
    ) -> Self {
        let actual = match verdict {
            Ok(_) => "accept".to_owned(),
            Err(error) => format!("refuse {error:?}"),
        };
        Self {
            name: name.to_string(),
            expected,
            actual,
        }
    }

    fn agrees(&self) -> bool {
        self.actual.split(' ').next() == Some(self.expected)
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
fn wycheproof(file: &Path, judge: impl Fn(&Value, &Value) -> Result<Case>) -> Result<Vec<Case>> {
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

/// Runs every set and prints the table; whether each agrees but for its exceptions.
pub(crate) fn run(vectors: Option<&Path>) -> Result<bool> {
    let vectors = vectors.context(WHERE_FROM)?;
    if !vectors.is_dir() {
        bail!("{} is no folder; {WHERE_FROM}", vectors.display());
    }
    let wycheproof = vectors.join("wycheproof");
    let sets = [
        (
            "wycheproof-jws",
            jws::cases(&wycheproof.join("json_web_signature_test.json"))?,
        ),
        (
            "wycheproof-ecdsa",
            raw::ecdsa(&wycheproof.join("ecdsa_secp256r1_sha256_p1363_test.json"))?,
        ),
        (
            "wycheproof-hmac",
            raw::hmac(&wycheproof.join("hmac_sha256_test.json"))?,
        ),
        (
            "json-test-suite",
            json::cases(&vectors.join("json-test-suite/test_parsing"))?,
        ),
    ];
    println!(
        "{:18} {:>6} {:>6} {:>10}",
        "set", "cases", "agree", "exceptions"
    );
    let mut faults = Vec::new();
    for (name, cases) in &sets {
        let exceptions = Exceptions::read(name)?;
        let agree = cases.iter().filter(|case| case.agrees()).count();
        println!(
            "{name:18} {:>6} {agree:>6} {:>10}",
            cases.len(),
            exceptions.len()
        );
        faults.extend(
            exceptions
                .faults(cases)
                .into_iter()
                .map(|fault| format!("{name}: {fault}")),
        );
    }
    for fault in &faults {
        println!("FAILED: {fault}");
    }
    let cases: usize = sets.iter().map(|(_, cases)| cases.len()).sum();
    println!(
        "conformance: {} passed, {} failed",
        cases - faults.len().min(cases),
        faults.len()
    );
    Ok(faults.is_empty())
}
