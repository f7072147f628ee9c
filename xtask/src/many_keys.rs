//! Tokens among 32 keys on a board: no refusal may cost more than to accept a token of the same length among the same keys.
//! Every key is looked at then, and a header may be long.

use anyhow::{Context as _, Result};
use embedded_jwt::{
    buffer_len,
    limits::{MAX_HEADER_LEN, MAX_IN_PLACE_HEADER_LEN},
};

use crate::{
    attacks::exception,
    issuer::{PUBLIC_KEY, SECRET, Signer, signed, token_of_length},
    probe::{self, Image, KIDS, NOW, Probe, TOKEN_AMONG_ES256, TOKEN_AMONG_HS256, question},
};

/// One rejected token.
struct Rejected {
    name: String,
    token: String,
    error: &'static str,
    /// Who signs the good one.
    signer: Signer,
    /// The keys, and whether the token is verified in place.
    subject: u8,
    is_in_place: bool,
}

impl Rejected {
    /// Asks about `token` among the same keys.
    fn question(&self, token: &str) -> Vec<u8> {
        let room = if self.is_in_place {
            0
        } else {
            buffer_len(token.len())
        };
        let material = [SECRET, &PUBLIC_KEY].concat();
        question(self.subject, [&material, token.as_bytes(), &vec![0; room]])
    }

    /// The instructions for a good token of the same length, under the last key for its algorithm.
    fn good(&self, probe: &mut Probe) -> Result<u64> {
        // The very last is one of the four.
        let four = match self.signer {
            Signer::Gateway => TOKEN_AMONG_HS256,
            _ => TOKEN_AMONG_ES256,
        };
        let kid = KIDS
            .iter()
            .rev()
            .nth(usize::from(self.subject != four))
            .context("no key")?;
        let token = token_of_length(
            self.signer,
            &format!(r#","kid":"{kid}""#),
            self.token.len(),
            NOW + 60,
        )?;
        probe.accept(&self.question(&token))
    }
}

/// Runs the table on a board; gives what is wrong.
pub(crate) fn check(image: &Image) -> Result<Vec<String>> {
    let mut probe = image.boot()?;
    let mut faults = Vec::new();
    println!(
        "instructions of rejected tokens among {} keys, against a good token of the same length:",
        KIDS.len()
    );
    for case in table()? {
        let question = case.question(&case.token);
        if !probe.holds(&question) {
            continue;
        }
        let name = &case.name;
        let expected = format!("refuse {}", case.error);
        let answer = probe.ask(&question)?;
        for verdict in [probe::on_the_host(&question), answer.verdict] {
            if verdict != expected {
                faults.push(format!("{name}: {verdict}, not {expected}"));
            }
        }
        let good = case.good(&mut probe)?;
        let ratio = probe::ratio(answer.instructions, good);
        println!(
            "{ratio:6.2}  {name} ({}), {} of {good}",
            case.error, answer.instructions
        );
        if ratio > exception(name).unwrap_or(1.0) {
            faults.push(format!("{name}: {ratio:.2} times a good token"));
        }
    }
    Ok(faults)
}

fn table() -> Result<Vec<Rejected>> {
    let payload = |padding: usize| {
        let padding = "x".repeat(padding);
        format!(r#"{{"exp":{},"pad":"{padding}"}}"#, NOW + 60)
    };
    let first = KIDS.first().context("no key")?;
    let mut table = Vec::new();
    for (way, is_in_place, limit) in [
        ("in place", true, MAX_IN_PLACE_HEADER_LEN),
        ("in a buffer", false, MAX_HEADER_LEN),
    ] {
        for (name, start, filling) in [
            ("like none", "", "x"),
            ("begins with one of a key", *first, "x"),
            ("all escapes", "", r"\n"),
            ("begins with one, all escapes from there", *first, r"\n"),
        ] {
            table.push(Rejected {
                name: format!("unknown kid, {name}, {limit} bytes of header {way}"),
                token: signed(
                    Signer::StrangerHs256,
                    &header_of(limit, start, filling),
                    &payload(0),
                )?,
                error: "KeyNotFound",
                signer: Signer::Bench,
                subject: TOKEN_AMONG_ES256,
                is_in_place,
            });
        }
    }
    for name in [
        "HS256, no kid, 4 keys",
        "HS256, no kid, 4 keys, 2 KB",
        "ES256, no kid, 4 keys",
        "HS256, no kid, 28 keys",
        "ES256, no kid, 28 keys",
    ] {
        let algorithm = &name[..5];
        let (forger, signer, among_four) = match algorithm {
            "HS256" => (Signer::StrangerHs256, Signer::Bench, TOKEN_AMONG_ES256),
            _ => (Signer::StrangerEs256, Signer::Gateway, TOKEN_AMONG_HS256),
        };
        let (subject, error) = if name.contains(" 4 keys") {
            (among_four, "InvalidSignature")
        } else {
            (
                TOKEN_AMONG_HS256 ^ TOKEN_AMONG_ES256 ^ among_four,
                "TooManyKeys",
            )
        };
        // A good one has a `kid`, and is to be no longer.
        let padding = if name.ends_with("2 KB") { 1_400 } else { 100 };
        let header = format!(r#"{{"alg":"{algorithm}"}}"#);
        table.push(Rejected {
            name: name.to_owned(),
            token: signed(forger, &header, &payload(padding))?,
            error,
            signer,
            subject,
            is_in_place: true,
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
