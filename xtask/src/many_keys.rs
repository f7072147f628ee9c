//! Tokens among 32 keys on a board: no refusal may cost more than to accept a token of the same length among the same keys.
//! Every key is looked at then, and a header may be long.

use anyhow::{Context as _, Result, ensure};
use embedded_jwt::{
    buffer_len,
    limits::{MAX_HEADER_LEN, MAX_IN_PLACE_HEADER_LEN},
};

use crate::{
    issuer::{PUBLIC_KEY, SECRET, Signer, signed, token_of_length_with},
    probe::{self, Image, KIDS, NOW, Probe, TOKEN_AMONG_ES256, TOKEN_AMONG_HS256, question},
};

/// What may cost more than a good token, how much, and why. The part of a name that is longest counts.
const EXCEPTIONS: [(&str, f64, &str); 4] = [
    (
        "escapes",
        1.15,
        "each escape of a header is resolved; a header up to the limit of 4096 bytes may be all escapes, and a good token of \
         this length has its bytes in the payload",
    ),
    (
        "HS256, no kid, 4 keys",
        2.0,
        "a token without `kid` is tried under each key for its algorithm, up to the limit of 4",
    ),
    (
        "HS256, no kid, 4 keys, 2 KB",
        2.2,
        "the same; the longer the token, the more of its cost is the MAC",
    ),
    (
        "ES256, no kid, 4 keys",
        4.2,
        "the same; and ES256 takes some per cent more or less from one signature to the next",
    ),
];

/// One refused token.
struct Refused {
    name: String,
    question: Vec<u8>,
    error: &'static str,
    /// Who signs the good one, and how long the refused one is.
    signer: Signer,
    length: usize,
    among: Among,
}

/// The keys and the way.
#[derive(Clone, Copy)]
struct Among {
    subject: u8,
    is_in_place: bool,
}

impl Among {
    fn ask(self, token: &str) -> Vec<u8> {
        let room = if self.is_in_place {
            Vec::new()
        } else {
            vec![0; buffer_len(token.len())]
        };
        let material = [SECRET, &PUBLIC_KEY].concat();
        question(self.subject, [&material, token.as_bytes(), &room])
    }
}

/// Runs the table on a board; gives what is wrong.
pub(crate) fn check(image: &Image) -> Result<Vec<String>> {
    let mut probe = image.boot()?;
    let mut faults = Vec::new();
    println!(
        "instructions of refusals among {} keys, against a good token of the same length:",
        KIDS.len()
    );
    for case in table()? {
        if !probe.holds(&case.question) {
            continue;
        }
        let Refused { name, error, .. } = &case;
        let expected = format!("refuse {error}");
        let on_the_host = probe::on_the_host(&case.question);
        let answer = probe.ask(&case.question)?;
        for verdict in [on_the_host, answer.verdict] {
            if verdict != expected {
                faults.push(format!("{name}: {verdict}, not {expected}"));
            }
        }
        let good = cost(&mut probe, &case)?;
        #[allow(
            clippy::cast_precision_loss,
            reason = "millions of instructions are exact"
        )]
        let ratio = answer.instructions as f64 / good as f64;
        println!(
            "{ratio:6.2}  {name} ({error}), {} of {good}",
            answer.instructions
        );
        if ratio > tolerance(name) {
            faults.push(format!("{name}: {ratio:.2} times a good token"));
        }
    }
    Ok(faults)
}

/// How many times the cost of a good token it may cost.
fn tolerance(name: &str) -> f64 {
    let listed = EXCEPTIONS.iter().filter(|(part, ..)| name.contains(part));
    let exception = listed.max_by_key(|(part, ..)| part.len());
    exception.map_or(1.0, |(_, at_most, _)| *at_most)
}

/// The instructions for a good token that is as long as the refused one, under the last key for its algorithm.
fn cost(probe: &mut Probe, case: &Refused) -> Result<u64> {
    // The very last is one of the four.
    let has_four_keys = match case.signer {
        Signer::Gateway => case.among.subject == TOKEN_AMONG_HS256,
        _ => case.among.subject == TOKEN_AMONG_ES256,
    };
    let mut kids = KIDS.iter().rev().skip(usize::from(!has_four_keys));
    let kid = kids.next().context("no key")?;
    let member = format!(r#","kid":"{kid}""#);
    let token = token_of_length_with(case.signer, &member, case.length, NOW + 60)?
        .with_context(|| format!("no good token has {} bytes", case.length))?;
    let answer = probe.ask(&case.among.ask(&token))?;
    ensure!(
        answer.verdict == "accept",
        "a good token among many keys: {}",
        answer.verdict
    );
    Ok(answer.instructions)
}

fn table() -> Result<Vec<Refused>> {
    let payload = format!(r#"{{"exp":{}}}"#, NOW + 60);
    let first = KIDS.first().context("no key")?;
    let mut table = Vec::new();
    for (way, is_in_place, limit) in [
        ("in place", true, MAX_IN_PLACE_HEADER_LEN),
        ("in a buffer", false, MAX_HEADER_LEN),
    ] {
        let among = Among {
            subject: TOKEN_AMONG_ES256,
            is_in_place,
        };
        for (name, start, filling) in [
            ("like none", "", "x"),
            ("begins with one of a key", *first, "x"),
            ("all escapes", "", r"\n"),
            ("begins with one, all escapes from there", *first, r"\n"),
        ] {
            let header = header_of(limit, start, filling);
            let token = signed(Signer::StrangerHs256, &header, &payload)?;
            table.push(Refused {
                name: format!("unknown kid, {name}, {limit} bytes of header {way}"),
                question: among.ask(&token),
                error: "KeyNotFound",
                signer: Signer::Bench,
                length: token.len(),
                among,
            });
        }
    }
    let [four_for_mac, four_for_ecdsa] =
        [TOKEN_AMONG_ES256, TOKEN_AMONG_HS256].map(|subject| Among {
            subject,
            is_in_place: true,
        });
    let hs256 = (Signer::StrangerHs256, Signer::Bench);
    let es256 = (Signer::StrangerEs256, Signer::Gateway);
    // A good one has a `kid`, and is to be no longer.
    for (name, (forger, signer), among, padding, error) in [
        (
            "HS256, no kid, 4 keys",
            hs256,
            four_for_mac,
            100,
            "InvalidSignature",
        ),
        (
            "HS256, no kid, 4 keys, 2 KB",
            hs256,
            four_for_mac,
            1_400,
            "InvalidSignature",
        ),
        (
            "ES256, no kid, 4 keys",
            es256,
            four_for_ecdsa,
            100,
            "InvalidSignature",
        ),
        (
            "HS256, no kid, 28 keys",
            hs256,
            four_for_ecdsa,
            100,
            "TooManyKeys",
        ),
        (
            "ES256, no kid, 28 keys",
            es256,
            four_for_mac,
            100,
            "TooManyKeys",
        ),
    ] {
        let algorithm = &name[..5];
        let header = format!(r#"{{"alg":"{algorithm}"}}"#);
        let payload = format!(r#"{{"exp":{},"pad":"{}"}}"#, NOW + 60, "x".repeat(padding));
        let token = signed(forger, &header, &payload)?;
        table.push(Refused {
            name: name.to_owned(),
            question: among.ask(&token),
            error,
            signer,
            length: token.len(),
            among,
        });
    }
    Ok(table)
}

/// A header of `length` bytes at the most, whose `kid` begins so and is filled up.
fn header_of(length: usize, start: &str, filling: &str) -> String {
    let header = |kid: &str| format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#);
    let room = length - header(start).len();
    header(&format!("{start}{}", filling.repeat(room / filling.len())))
}
