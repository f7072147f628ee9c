//! `cargo xtask conformance`: public test corpora against the crate, on the host and on the boards.
//! The corpora are other people's data and stay where they are. Where our verdict is another one than
//! theirs, `xtask/conformance/` has one file a set with the reason.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    thread::{self, ScopedJoinHandle},
};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use der::{Decode as _, Reader as _, SliceReader, asn1::UintRef};
use embedded_jwt::buffer_len;
use serde_json::Value;

use crate::{
    boards::Board,
    firmware,
    probe::{
        self, ECDSA, ECDSA_PREPARED, HMAC, Image, JSON, JWK_SET, JWK_SET_WITH_SECRETS, JWS,
        JWS_LEGACY, KEY_JWK, KEY_POINT, KEY_SPKI, Probe, question,
    },
    toolchain::root,
};

/// What to do without the corpora.
const WHERE_FROM: &str = "\
no corpora: give their folder with `--vectors DIR`, which has to hold

  DIR/wycheproof/*_test.json              from https://github.com/C2SP/wycheproof, testvectors_v1
  DIR/json-test-suite/test_parsing/*.json from https://github.com/nst/JSONTestSuite";

/// What a test of a group asks, with the verdict that the corpus wants; nothing where there is nothing
/// to ask.
type Reader = fn(group: &Value, test: &Value) -> Result<Option<(String, Vec<u8>)>>;

/// The sets of Wycheproof: a name, its file, how many cases a board is asked at most (each ECDSA
/// signature takes the slowest of them a second), and its reader.
const WYCHEPROOF: [(&str, &str, usize, Reader); 10] = [
    ("jws", "json_web_signature", usize::MAX, token),
    ("jwk-set", "json_web_key", usize::MAX, token),
    ("web-crypto", "json_web_crypto", usize::MAX, token),
    (
        "ecdsa",
        "ecdsa_secp256r1_sha256_p1363",
        100,
        |group, test| ecdsa(ECDSA, group, test),
    ),
    (
        "ecdsa-prepared",
        "ecdsa_secp256r1_sha256_p1363",
        100,
        |group, test| ecdsa(ECDSA_PREPARED, group, test),
    ),
    ("ecdsa-der", "ecdsa_secp256r1_sha256", 25, ecdsa_der),
    ("key-jwk", "ecdh_secp256r1_webcrypto", 100, |_, test| {
        key(KEY_JWK, test["public"].to_string().as_bytes(), test, &JWKS)
    }),
    ("key-point", "ecdh_secp256r1_ecpoint", 100, |_, test| {
        key(KEY_POINT, &hex(test, "public")?, test, &POINTS)
    }),
    // To read PEM is the host's task; the crate is given what is in it.
    ("key-spki", "ecdh_secp256r1_pem", 100, |_, test| {
        let pem = pem::parse(text(test, "public")?).context("reading PEM")?;
        key(KEY_SPKI, pem.contents(), test, &PEMS)
    }),
    ("hmac", "hmac_sha256", usize::MAX, |_, test| {
        let parts = [
            &hex(test, "key")?[..],
            &hex(test, "msg")?,
            &hex(test, "tag")?,
        ];
        Ok(Some((verdict(test)?, question(HMAC, parts))))
    }),
];

/// An error, and the flags of the corpus that lead to it. The first error that fits is the right one.
type Kind = (&'static str, &'static [&'static str]);

/// A point is rejected for its form before the curve is looked at. The corpus leaves it to the reader
/// whether a good compressed point is accepted.
const POINTS: [Kind; 3] = [
    ("KeyNotUncompressed", &["CompressedPoint"]),
    ("KeyNotOnCurve", &["InvalidCurveAttack"]),
    // No byte at all.
    ("KeyLength", &["InvalidEncoding"]),
];

const JWKS: [Kind; 2] = [
    (
        "KeyNotOnCurve",
        &["InvalidCurveAttack", "ModifiedPublicPoint"],
    ),
    ("JwkUnsupportedCrv", &["ModifiedGroup", "WrongCurve"]),
];

/// The key of a named curve has one encoding in DER (RFC 5480 section 2). Everything else is rejected
/// before the point is looked at, also where the corpus leaves that to the reader: parameters in place
/// of the curve's name, and BER.
const PEMS: [Kind; 4] = [
    (
        "KeyNotOnCurve",
        &["InvalidCurveAttack", "ModifiedPublicPoint"],
    ),
    ("KeyNotUncompressed", &["CompressedPoint"]),
    (
        "KeyNotSpki",
        &["UnnamedCurve", "InvalidEncoding", "InvalidPem"],
    ),
    ("KeyOtherCurve", &["ModifiedGroup", "WrongCurve"]),
];

/// A corpus.
struct Set {
    name: String,
    cases: Vec<Case>,
    on_a_board: usize,
}

/// One case: what it asks and wants, and the verdict of the host.
struct Case {
    /// Its number or file name.
    name: String,
    /// As the [`probe`] receives it.
    question: Vec<u8>,
    /// `accept`, `refuse`, `either` where the corpus leaves it to the reader; or `refuse` and the one
    /// error that is right.
    expected: String,
    /// `accept`, or `refuse` and the error.
    actual: String,
}

impl Case {
    fn new(name: String, expected: String, question: Vec<u8>) -> Self {
        let actual = probe::on_the_host(&question);
        Self {
            name,
            question,
            expected,
            actual,
        }
    }

    fn agrees(&self) -> bool {
        self.actual == self.expected || self.actual.split(' ').next() == Some(&self.expected)
    }
}

/// Runs every set, on the host and on `boards`, and prints the table; whether each agrees except for
/// its exceptions.
pub(crate) fn run(vectors: Option<&Path>, boards: &[Board]) -> Result<bool> {
    let vectors = vectors
        .filter(|vectors| vectors.is_dir())
        .context(WHERE_FROM)?;
    let mut sets = Vec::new();
    for (name, file, on_a_board, reader) in WYCHEPROOF {
        let cases = wycheproof(
            &vectors.join(format!("wycheproof/{file}_test.json")),
            reader,
        )?;
        sets.push(Set {
            name: format!("wycheproof-{name}"),
            cases,
            on_a_board,
        });
    }
    let cases = json(&vectors.join("json-test-suite/test_parsing"))?;
    sets.push(Set {
        name: "json-test-suite".to_owned(),
        cases,
        on_a_board: usize::MAX,
    });

    let mut faults = Vec::new();
    println!("{:25}  cases  agree exceptions", "set");
    for Set { name, cases, .. } in &sets {
        let exceptions = exceptions(name)?;
        let agree = cases.iter().filter(|case| case.agrees()).count();
        println!(
            "{name:25} {:>6} {agree:>6} {:>10}",
            cases.len(),
            exceptions.len()
        );
        faults.extend(
            unlisted(exceptions, cases)
                .into_iter()
                .map(|fault| format!("{name}: {fault}")),
        );
    }
    let mut judged: usize = sets.iter().map(|set| set.cases.len()).sum();
    if !boards.is_empty() {
        let toolchain = firmware::set_up(boards)?;
        let ask = |board: &Board| -> Result<Vec<(usize, Vec<String>)>> {
            let mut probe = Image::build(&toolchain, *board)?.boot()?;
            sets.iter().map(|set| set.ask(*board, &mut probe)).collect()
        };
        // Side by side: an emulator keeps one core busy.
        let answers: Vec<_> = thread::scope(|scope| {
            let running: Vec<_> = boards
                .iter()
                .map(|board| scope.spawn(move || ask(board)))
                .collect();
            running.into_iter().map(ScopedJoinHandle::join).collect()
        });
        for of_board in answers {
            for (asked, of_set) in of_board.map_err(|_| anyhow!("xtask panicked"))?? {
                judged += asked;
                faults.extend(of_set);
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

impl Set {
    /// Asks a board what the host was asked, the same sample at every run; gives how many cases, and
    /// what is wrong.
    fn ask(&self, board: Board, probe: &mut Probe) -> Result<(usize, Vec<String>)> {
        let (mut asked, all) = (0, self.cases.len());
        let (mut faults, wanted) = (Vec::new(), self.on_a_board.min(all));
        for (at, case) in self.cases.iter().enumerate() {
            // Each case stands for `wanted / all` of one: it is taken where the sum passes a whole
            // number.
            if (at + 1) * wanted / all == at * wanted / all || !probe.holds(&case.question) {
                continue;
            }
            asked += 1;
            let verdict = probe.ask(&case.question)?.verdict;
            if verdict != case.actual {
                let (set, board, case, host) = (&self.name, board.name(), &case.name, &case.actual);
                faults.push(format!(
                    "{set} on {board}: {case}: {verdict}, on the host {host}"
                ));
            }
        }
        let as_on_the_host = asked - faults.len();
        println!(
            "{:25} {:8} {as_on_the_host} of {asked} as on the host ({all} cases)",
            self.name,
            board.name()
        );
        Ok((asked, faults))
    }
}

/// Reads a file of Wycheproof, each test of each group.
fn wycheproof(file: &Path, read: Reader) -> Result<Vec<Case>> {
    let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let corpus: Value =
        serde_json::from_slice(&bytes).with_context(|| file.display().to_string())?;
    let (mut cases, mut tests) = (Vec::new(), 0_u64);
    for group in list(&corpus, "testGroups")? {
        for test in list(group, "tests")? {
            tests += 1;
            let asked = read(group, test).with_context(|| format!("{}: {test}", file.display()))?;
            cases.extend(asked.map(|(expected, question)| {
                Case::new(test["tcId"].to_string(), expected, question)
            }));
        }
    }
    let promised = &corpus["numberOfTests"];
    ensure!(
        *promised == tests,
        "{} promises {promised} tests and has {tests}",
        file.display()
    );
    Ok(cases)
}

/// The JSON test suite: what a file's name begins with is what it wants.
fn json(directory: &Path) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for entry in
        fs::read_dir(directory).with_context(|| format!("reading {}", directory.display()))?
    {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let expected = match name.split('_').next() {
            Some("y") => "accept",
            Some("n") => "refuse",
            Some("i") => "either",
            _ => bail!("{name} is no file of the JSON test suite"),
        };
        let text = fs::read(entry.path()).with_context(|| format!("reading {name}"))?;
        cases.push(Case::new(
            name,
            expected.to_owned(),
            question(JSON, [&text, b"", b""]),
        ));
    }
    Ok(cases)
}

/// A token under the one key, or the one set, of its group.
fn token(group: &Value, test: &Value) -> Result<Option<(String, Vec<u8>)>> {
    let is_public = !group["public"].is_null();
    // Without a public one, the one that the verifier keeps to itself.
    let key = &group[if is_public { "public" } else { "private" }];
    let token = if test["jwe"].is_null() {
        &test["jws"]
    } else {
        &test["jwe"]
    };
    // A token in the JSON serialization is an object in the file, or its text.
    let token = token
        .as_str()
        .map_or_else(|| token.to_string(), str::to_owned);
    let json = key.to_string();
    let room = vec![0; 2 * json.len() + buffer_len(token.len())];
    // One group has a secret of zeros, which is a key only by the constructor for legacy secrets.
    let secret = key["k"]
        .as_str()
        .filter(|k| !k.is_empty() && k.bytes().all(|symbol| symbol == b'A'));
    let (subject, material) = match secret {
        Some(k) => (JWS_LEGACY, vec![0; buffer_len(k.len())]),
        None if key["keys"].is_null() => (JWS, json.into_bytes()),
        None if is_public => (JWK_SET, json.into_bytes()),
        None => (JWK_SET_WITH_SECRETS, json.into_bytes()),
    };
    Ok(Some((
        verdict(test)?,
        question(subject, [&material, token.as_bytes(), &room]),
    )))
}

/// r and s side by side, without a token around them. `subject` says under which kind of key.
fn ecdsa(subject: u8, group: &Value, test: &Value) -> Result<Option<(String, Vec<u8>)>> {
    let point = hex(&group["publicKey"], "uncompressed")?;
    let parts = [&point[..], &hex(test, "msg")?, &hex(test, "sig")?];
    Ok(Some((verdict(test)?, question(subject, parts))))
}

/// JWS has r and s side by side (RFC 7518 section 3.4), so a signature in DER takes part if it is
/// strict DER of two numbers that 32 bytes hold. Of the others there is nothing to ask: the corpus has
/// to reject each.
fn ecdsa_der(group: &Value, test: &Value) -> Result<Option<(String, Vec<u8>)>> {
    let expected = verdict(test)?;
    let signature = hex(test, "sig")?;
    let numbers = || -> der::Result<[u8; 64]> {
        let mut reader = SliceReader::new(&signature)?;
        let mut both = [0; 64];
        reader.sequence(|reader| {
            for place in both.chunks_mut(32) {
                let number = UintRef::decode(reader)?;
                let start = place.len().checked_sub(number.as_bytes().len());
                let room = start.and_then(|start| place.get_mut(start..));
                room.ok_or(der::ErrorKind::Overflow)?
                    .copy_from_slice(number.as_bytes());
            }
            der::Result::Ok(())
        })?;
        reader.finish()?;
        Ok(both)
    };
    let Ok(both) = numbers() else {
        ensure!(expected == "refuse", "a valid signature is no DER");
        return Ok(None);
    };
    let point = hex(&group["publicKey"], "uncompressed")?;
    Ok(Some((
        expected,
        question(ECDSA, [&point, &hex(test, "msg")?, &both]),
    )))
}

/// A public key of Wycheproof's ECDH sets. Nothing is agreed on with it here: it has to be accepted
/// exactly when it is a key, and rejected with the error of its kind.
fn key(subject: u8, key: &[u8], test: &Value, kinds: &[Kind]) -> Result<Option<(String, Vec<u8>)>> {
    let flags = list(test, "flags")?;
    let has = |(_, of_kind): &&Kind| {
        flags
            .iter()
            .any(|flag| of_kind.iter().any(|kind| flag == kind))
    };
    let expected = match text(test, "result")? {
        "valid" => "accept".to_owned(),
        "invalid" | "acceptable" => {
            let (error, _) = kinds.iter().find(has).context("a key of an unknown kind")?;
            format!("refuse {error}")
        }
        other => bail!("a result {other:?}"),
    };
    Ok(Some((expected, question(subject, [key, b"", b""]))))
}

/// The verdict that Wycheproof expects.
fn verdict(test: &Value) -> Result<String> {
    match text(test, "result")? {
        "valid" => Ok("accept".to_owned()),
        "invalid" => Ok("refuse".to_owned()),
        other => bail!("a result {other:?}"),
    }
}

fn text<'v>(value: &'v Value, name: &str) -> Result<&'v str> {
    value[name]
        .as_str()
        .with_context(|| format!("{name} is no string in {value}"))
}

fn list<'v>(value: &'v Value, name: &str) -> Result<&'v Vec<Value>> {
    value[name]
        .as_array()
        .with_context(|| format!("{name} is no list"))
}

/// The bytes of a member in hexadecimal.
fn hex(value: &Value, name: &str) -> Result<Vec<u8>> {
    let bytes = base16ct::mixed::decode_vec(text(value, name)?);
    bytes
        .ok()
        .with_context(|| format!("{name} is no hex in {value}"))
}

/// The cases of a set where our verdict is another one, or that the set leaves open: what each expects
/// and gets.
fn exceptions(set: &str) -> Result<BTreeMap<String, [String; 2]>> {
    let file = root().join("xtask/conformance").join(format!("{set}.json"));
    let entries = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
    let entries: Vec<Value> =
        serde_json::from_slice(&entries).with_context(|| file.display().to_string())?;
    let mut exceptions = BTreeMap::new();
    for entry in &entries {
        ensure!(
            !text(entry, "reason")?.is_empty(),
            "an exception without a reason: {entry}"
        );
        let verdicts = [
            text(entry, "expected")?.to_owned(),
            text(entry, "actual")?.to_owned(),
        ];
        let earlier = exceptions.insert(text(entry, "case")?.to_owned(), verdicts);
        ensure!(earlier.is_none(), "two exceptions for one case: {entry}");
    }
    Ok(exceptions)
}

/// Cases that disagree and are not listed, and exceptions that are none or are others.
fn unlisted(mut exceptions: BTreeMap<String, [String; 2]>, cases: &[Case]) -> Vec<String> {
    let mut faults = Vec::new();
    for case in cases {
        let Case {
            name,
            expected,
            actual,
            ..
        } = case;
        match exceptions.remove(name) {
            None if case.agrees() => {}
            None => faults.push(format!("{name}: expected {expected}, got {actual}")),
            Some(_) if case.agrees() => {
                faults.push(format!("{name}: agrees, and is listed as an exception"));
            }
            Some([before, then]) if before == *expected && then == *actual => {}
            Some(listed) => faults.push(format!(
                "{name}: listed as {}, is {expected} but {actual}",
                listed.join(" but ")
            )),
        }
    }
    faults.extend(
        exceptions
            .into_keys()
            .map(|case| format!("{case}: an exception, but no case")),
    );
    faults
}
