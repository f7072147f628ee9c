//! `cargo xtask demo --c`: the program of `examples/c` judges tokens on an emulated board. Each verdict has
//! to be that of the core on the host, under the same keys and the same policy.

use anyhow::{Context as _, Result, ensure};
use embedded_jwt::{Error, Key, Policy, Time, Verifier};
use serde_json::{Value, json};

use crate::{
    boards::Board,
    c_firmware::{self, WITH_TABLE},
    firmware,
    issuer::{self, BENCH, GATEWAY, PUBLIC_KEY, SECRET, Signer},
    proof,
    qemu::{self, Machine},
    steps::Steps,
    toolchain::Toolchain,
};

/// When the device judges a token.
const NOW: u64 = 1_790_000_000;

/// What a claim is that the program cannot use: `EJWT_WRONG_TYPE`, `EJWT_ABSENT`.
const WRONG_TYPE: u64 = 2012;
const ABSENT: u64 = 2010;

/// A token, and the verdict that the program has to give.
struct Case {
    name: String,
    token: String,
    verdict: u64,
}

/// Runs the program on each board that it supports.
pub(crate) fn run() -> Result<bool> {
    c_firmware::set_up()?;
    let toolchain = firmware::set_up(&c_firmware::BOARDS)?;
    let mut steps = Steps::default();
    for board in c_firmware::BOARDS {
        let name = format!("the C program on {} ({})", board.name(), board.core());
        steps.run(&name, || check(&toolchain, board));
    }
    Ok(steps.summary())
}

/// Builds the program for `board`, and has it judge every case.
fn check(toolchain: &Toolchain, board: Board) -> Result<()> {
    let elf_file = c_firmware::build(toolchain, board, WITH_TABLE)?;
    // What the header says of `ejwt_panic`.
    proof::holds_none(&elf_file)?;
    let mut machine = Machine::boot(board, &elf_file)?;
    let (room, tick_ps) = qemu::numbers(&machine.line()?)?;
    machine.line()?;
    let cases = cases()?;
    let mut wrong = 0;
    for case in &cases {
        machine.send(&u16::try_from(case.token.len())?.to_le_bytes())?;
        machine.send(case.token.as_bytes())?;
        let (code, ticks) = qemu::numbers(&machine.line()?)?;
        let instructions = qemu::instructions(u32::try_from(ticks)?, tick_ps);
        let name = match code {
            0 => "accepted".to_owned(),
            code => named(code),
        };
        let is_right = code == case.verdict;
        wrong += usize::from(!is_right);
        println!(
            "{} {:42} {name} ({instructions} instructions){}",
            if is_right { "ok   " } else { "WRONG" },
            case.name,
            if is_right {
                String::new()
            } else {
                format!(", expected {}", named(case.verdict))
            },
        );
    }
    let (stack, size) = (machine.stack_used()?.saturating_sub(room), &machine.size);
    println!(
        "{}: {} of {} verdicts are those of the host; flash {} bytes, RAM {} bytes static, {stack} bytes of stack \
         at most beside the token",
        board.name(),
        cases.len() - wrong,
        cases.len(),
        size.flash,
        size.ram,
    );
    ensure!(wrong == 0, "{wrong} verdicts are wrong");
    Ok(())
}

fn named(code: u64) -> String {
    let error = u16::try_from(code).ok().and_then(Error::from_code);
    error.map_or_else(
        || code.to_string(),
        |error| format!("{code} {}", error.name()),
    )
}

fn claims(changes: &Value) -> Value {
    let claims = json!({
        "iss": "https://auth.example", "aud": "pump-7", "iat": NOW - 10, "exp": NOW + 60,
        "seq": 7, "output": "pump", "on": true,
    });
    issuer::with(claims, changes)
}

/// A token with the name of its case.
type Named = (String, String);

/// What the device is sent.
fn cases() -> Result<Vec<Case>> {
    let mut tokens = Vec::new();
    for (signer, kid, alg) in [
        (Signer::Gateway, GATEWAY, "ES256"),
        (Signer::Bench, BENCH, "HS256"),
    ] {
        tokens.extend(with_claims(signer, kid, alg)?);
        tokens.extend(with_form(signer, kid, alg)?);
        tokens.extend(with_header_and_payload(signer, kid, alg)?);
    }
    tokens.extend(without_a_key()?);
    let cases = tokens.into_iter().map(|(name, token)| {
        let verdict = on_the_host(&token)?;
        Ok(Case {
            name,
            token,
            verdict,
        })
    });
    cases.collect()
}

/// Genuine tokens, with claims of every kind.
fn with_claims(signer: Signer, kid: &str, alg: &str) -> Result<Vec<Named>> {
    [
        ("genuine", json!({})),
        ("off", json!({ "on": false, "output": "lamp" })),
        ("expired", json!({ "exp": NOW })),
        ("not yet valid", json!({ "nbf": NOW + 1 })),
        ("issued in the future", json!({ "iat": NOW + 1 })),
        ("lives too long", json!({ "exp": NOW + 3600 })),
        (
            "of another issuer",
            json!({ "iss": "https://other.example" }),
        ),
        ("for another device", json!({ "aud": ["pump-6", "pump-8"] })),
        ("for no device", json!({ "aud": null })),
        ("without an end", json!({ "exp": null })),
        ("whose end is no number", json!({ "exp": "1790000060" })),
        ("bound to a key", json!({ "cnf": { "jkt": "x" } })),
        ("without a number", json!({ "seq": null })),
        ("whose number is negative", json!({ "seq": -1 })),
        ("whose `on` is a text", json!({ "on": "yes" })),
        ("for an unknown output", json!({ "output": "valve" })),
    ]
    .into_iter()
    .map(|(what, changes)| {
        let token = issuer::token(signer, Some(kid), &claims(&changes))?;
        Ok((format!("{alg}, {what}"), token))
    })
    .collect()
}

/// A genuine token that was changed on its way.
fn with_form(signer: Signer, kid: &str, alg: &str) -> Result<Vec<Named>> {
    let genuine = issuer::token(signer, Some(kid), &claims(&json!({})))?;
    let cut = genuine.get(..genuine.len() - 1).context("no token")?;
    let (input, signature) = genuine.rsplit_once('.').context("no token")?;
    let changed = [
        ("cut short", cut.to_owned()),
        ("with padding", format!("{genuine}=")),
        ("with a line ending", format!("{genuine}\n")),
        ("without its signature", format!("{input}.")),
        ("signed twice", format!("{genuine}.{signature}")),
    ];
    Ok(changed
        .map(|(what, token)| (format!("{alg}, {what}"), token))
        .to_vec())
}

/// Headers and payloads that no library writes, with good signatures.
fn with_header_and_payload(signer: Signer, kid: &str, alg: &str) -> Result<Vec<Named>> {
    let header = format!(r#"{{"alg":"{alg}","kid":"{kid}"}}"#);
    let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(400), "]".repeat(100));
    [
        (
            "with two alg",
            format!(r#"{{"alg":"{alg}","alg":"{alg}"}}"#),
            "{}",
        ),
        (
            "with a crit",
            format!(r#"{{"alg":"{alg}","kid":"{kid}","crit":["x"],"x":1}}"#),
            "{}",
        ),
        (
            "of an unknown kid",
            format!(r#"{{"alg":"{alg}","kid":"x"}}"#),
            "{}",
        ),
        ("of no JSON", header.clone(), "{"),
        ("of an array", header.clone(), "[]"),
        (
            "of two exp",
            header.clone(),
            r#"{"exp":1790000060,"exp":1790000061}"#,
        ),
        ("of 400 brackets", header.clone(), &deep),
    ]
    .into_iter()
    .map(|(what, header, payload)| {
        let token = issuer::signed(signer, &header, payload)?;
        Ok((format!("{alg}, {what}"), token))
    })
    .collect()
}

/// Tokens of those who have no key, and what is no token.
fn without_a_key() -> Result<Vec<Named>> {
    let by = |signer, kid| issuer::token(signer, Some(kid), &claims(&json!({})));
    let tokens = [
        ("HS256 by a stranger", by(Signer::StrangerHs256, BENCH)?),
        ("ES256 by a stranger", by(Signer::StrangerEs256, GATEWAY)?),
        (
            "the public key as a secret",
            by(Signer::PublicKeyAsSecret, GATEWAY)?,
        ),
        (
            "the same, in the bench's name",
            by(Signer::PublicKeyAsSecret, BENCH)?,
        ),
        ("nothing", String::new()),
        ("two dots", "..".to_owned()),
        ("junk", "A".repeat(1000)),
    ];
    Ok(tokens
        .map(|(what, token)| (what.to_owned(), token))
        .to_vec())
}

/// The verdict of the core on a token, and of the program on its claims.
fn on_the_host(token: &str) -> Result<u64> {
    let key = |key: Result<Key<'static>, Error>| key.map_err(|error| anyhow::anyhow!("{error}"));
    let keys = [
        key(Key::hs256(SECRET))?.with_kid(BENCH),
        key(Key::es256(&PUBLIC_KEY))?.with_kid(GATEWAY),
    ];
    let policy = Policy::new()
        .issuer("https://auth.example")
        .audience("pump-7")
        .max_lifetime(3600);
    let mut bytes = token.as_bytes().to_vec();
    let verifier = Verifier::new(&keys, &policy);
    let token = match verifier.verify_in_place(&mut bytes, Time::Trusted(NOW)) {
        Ok(token) => token,
        Err(error) => return Ok(error.code().into()),
    };
    let claim = |name| token.claims().get(name);
    Ok(match (claim("seq"), claim("on"), claim("output")) {
        (None, _, _) => ABSENT,
        (Some(seq), _, _) if seq.as_u64().is_none() => WRONG_TYPE,
        (_, Some(on), Some(output)) => {
            let is_known = matches!(output.as_str(), Some("pump" | "lamp"));
            if on.as_bool().is_some() && is_known {
                0
            } else {
                WRONG_TYPE
            }
        }
        _ => ABSENT,
    })
}
