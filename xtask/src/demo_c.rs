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
    // The short code of SHA-256, as where flash counts.
    let small = ("s", r#"--cfg sha2_backend_soft="compact""#);
    let elf_file = c_firmware::build(toolchain, board, WITH_TABLE, small)?;
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

/// What the device is sent.
fn cases() -> Result<Vec<Case>> {
    let mut tokens = Vec::new();
    let mut add = |name: &str, token: String| tokens.push((name.to_owned(), token));
    let none = json!({});
    for (signer, kid, name) in [
        (Signer::Gateway, GATEWAY, "ES256"),
        (Signer::Bench, BENCH, "HS256"),
    ] {
        let token = |changes: &Value| issuer::token(signer, Some(kid), &claims(changes));
        for (what, changes) in [
            ("genuine", none.clone()),
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
            (
                "with an end that is no number",
                json!({ "exp": "1790000060" }),
            ),
            ("bound to a key", json!({ "cnf": { "jkt": "x" } })),
            ("without a number", json!({ "seq": null })),
            ("whose number is negative", json!({ "seq": -1 })),
            ("whose `on` is a text", json!({ "on": "yes" })),
            (
                "for an output that there is not",
                json!({ "output": "valve" }),
            ),
        ] {
            add(&format!("{name}, {what}"), token(&changes)?);
        }
        let genuine = token(&none)?;
        let cut = genuine.get(..genuine.len() - 1).context("no token")?;
        let (signed, signature) = genuine.rsplit_once('.').context("no token")?;
        add(&format!("{name}, cut short"), cut.to_owned());
        add(&format!("{name}, with padding"), format!("{genuine}="));
        add(
            &format!("{name}, with a line ending"),
            format!("{genuine}\n"),
        );
        add(
            &format!("{name}, without its signature"),
            format!("{signed}."),
        );
        add(
            &format!("{name}, signed twice"),
            format!("{genuine}.{signature}"),
        );
        add(
            &format!("{name}, of an unknown kid"),
            issuer::token(signer, Some("x"), &claims(&none))?,
        );
        let header = format!(r#"{{"alg":"{name}","alg":"{name}"}}"#);
        add(
            &format!("{name}, with two alg"),
            issuer::signed(signer, &header, "{}")?,
        );
        let header = format!(r#"{{"alg":"{name}","kid":"{kid}","crit":["x"],"x":1}}"#);
        add(
            &format!("{name}, with a crit"),
            issuer::signed(signer, &header, "{}")?,
        );
        let header = format!(r#"{{"alg":"{name}","kid":"{kid}"}}"#);
        for (what, payload) in [
            ("of no JSON", "{"),
            ("of an array", "[]"),
            ("of two exp", r#"{"exp":1790000060,"exp":1790000061}"#),
        ] {
            add(
                &format!("{name}, {what}"),
                issuer::signed(signer, &header, payload)?,
            );
        }
        let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(400), "]".repeat(100));
        add(
            &format!("{name}, of 400 brackets"),
            issuer::signed(signer, &header, &deep)?,
        );
    }
    for (what, signer, kid) in [
        ("HS256 by a stranger", Signer::StrangerHs256, BENCH),
        ("ES256 by a stranger", Signer::StrangerEs256, GATEWAY),
        (
            "HS256 with the public key as the secret",
            Signer::PublicKeyAsSecret,
            GATEWAY,
        ),
        ("the same without a kid", Signer::PublicKeyAsSecret, BENCH),
    ] {
        add(what, issuer::token(signer, Some(kid), &claims(&none))?);
    }
    add("nothing", String::new());
    add("two dots", "..".to_owned());
    add("junk", "A".repeat(1000));

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
