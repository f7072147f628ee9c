//! The gateway with failing issuers and wrong requests. It keeps its keys, and reports what is
//! wrong.

mod dpop;
mod issuer;
mod profiles;
mod start;

use std::{thread, time::Duration};

use anyhow::{Context as _, Result};
use axum::http::StatusCode;
use http_examples::{PrivateKey, forge::Forger};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use issuer::{AS_OAUTH, AS_OPENID, Answer, Issuer, Lines, fault, get_with, post, settings};

/// Waits until a set can be newer than the last accepted one, by a second. Otherwise it is rejected
/// for its time.
fn newer_than_the_last_set() {
    thread::sleep(Duration::from_millis(1100));
}

#[test]
fn a_bad_jwk_set_changes_nothing() -> Result<()> {
    let issuer = Issuer::start(AS_OAUTH, None)?;
    let gateway = issuer.gateway()?;
    let token = issuer.token("status:read")?;
    assert_eq!(get_with(&gateway, &token)?.status(), 200);
    newer_than_the_last_set();

    let good = issuer.key.public_jwk()?;
    let stranger = PrivateKey::generate()?.public_jwk()?;
    let but = |name: &str, value: Value| {
        let mut jwk = stranger.clone();
        if let Some(members) = jwk.as_object_mut() {
            members.insert(name.to_owned(), value);
        }
        jwk
    };
    let thousand: Vec<Value> = (0..1000)
        .map(|number| but("kid", number.to_string().into()))
        .collect();
    let text = json!({ "keys": [good] }).to_string();
    let truncated = text.get(..text.len() / 2).context("a text")?;
    let table = [
        ("no JSON", Answer::Text("<html>".to_owned())),
        ("truncated", Answer::Text(truncated.to_owned())),
        ("a thousand keys", Answer::set(&thousand)),
        ("no keys", Answer::set(&[])),
        (
            "two keys of one kid",
            Answer::set(&[but("kid", "a".into()), but("kid", "a".into())]),
        ),
        (
            "keys for others only",
            Answer::set(&[but("kty", "OKP".into()), but("use", "enc".into())]),
        ),
        (
            "coordinates off the curve",
            Answer::set(&[but("x", good.get("y").cloned().unwrap_or_default())]),
        ),
        (
            "a body of a megabyte",
            Answer::Text(" ".repeat(1 << 20) + &text),
        ),
        (
            "an error",
            Answer::Status(StatusCode::INTERNAL_SERVER_ERROR),
        ),
        ("a redirect", Answer::Redirect),
    ];
    let unknown = Forger::new(&token)?.signed_under("nobody's")?;
    for (title, answer) in table {
        issuer.answer(answer);
        let fetches = issuer.fetches();
        assert_eq!(get_with(&gateway, &unknown)?.status(), 401, "{title}");
        assert_eq!(issuer.fetches(), fetches + 1, "{title}: fetched");
        assert_eq!(get_with(&gateway, &token)?.status(), 200, "{title}: kept");
    }
    Ok(())
}

#[test]
fn a_new_key_comes_in_beside_keys_of_other_kinds() -> Result<()> {
    let mut issuer = Issuer::start(AS_OAUTH, None)?;
    let gateway = issuer.gateway()?;
    let old = issuer.token("status:read")?;
    issuer.key = PrivateKey::generate()?;
    let rsa = json!({ "kty": "RSA", "kid": "rsa", "n": "AQAB", "e": "AQAB" });
    let encryption =
        json!({ "kty": "EC", "crv": "P-384", "kid": "enc", "use": "enc", "x": "A", "y": "A" });
    issuer.answer(Answer::set(&[rsa, encryption, issuer.key.public_jwk()?]));

    newer_than_the_last_set();
    assert_eq!(
        get_with(&gateway, &issuer.token("status:read")?)?.status(),
        200
    );
    assert_eq!(
        get_with(&gateway, &old)?.status(),
        200,
        "withdrawn, and good for the tokens that it signed before"
    );
    Ok(())
}

#[test]
fn an_openid_provider_is_an_issuer_too() -> Result<()> {
    let issuer = Issuer::start(AS_OPENID, None)?;
    let token = issuer.token("status:read")?;
    assert_eq!(get_with(&issuer.gateway()?, &token)?.status(), 200);
    Ok(())
}

#[test]
fn whoever_speaks_for_another_issuer_is_not_believed() -> Result<()> {
    let issuer = Issuer::start(AS_OAUTH, Some("https://auth.example"))?;
    let fault = fault(&issuer.runtime, &issuer.url);
    assert!(
        fault.contains("says that the issuer is \"https://auth.example\""),
        "{fault}"
    );
    assert_eq!(issuer.fetches(), 0);
    Ok(())
}

#[test]
fn no_issuer_is_asked_without_tls() -> Result<()> {
    let runtime = Runtime::new()?;
    for issuer in [
        "http://auth.example",
        "http://127.0.0.1.evil.example",
        "ftp://auth.example",
    ] {
        let fault = fault(&runtime, issuer);
        assert!(fault.contains("is not https"), "{issuer}: {fault}");
    }
    let fault = fault(&runtime, "auth.example");
    assert!(fault.contains("is no URL"), "{fault}");
    Ok(())
}

#[test]
fn what_is_asked_for_is_judged_after_who_asks() -> Result<()> {
    let issuer = Issuer::start(AS_OAUTH, None)?;
    let gateway = issuer.gateway()?;
    let may = issuer.token("pump:write")?;
    let may_not = issuer.token("lamp:write")?;
    let on = r#"{"on":true}"#;
    let table = [
        ("allowed", "/outputs/pump", Some(&may), on, 200),
        ("not allowed", "/outputs/pump", Some(&may_not), on, 403),
        (
            "not allowed, and no JSON",
            "/outputs/pump",
            Some(&may_not),
            "on",
            403,
        ),
        ("no token", "/outputs/pump", None, on, 401),
        ("no such output", "/outputs/valve", Some(&may), on, 404),
        ("no such output, no token", "/outputs/valve", None, on, 401),
        ("no JSON", "/outputs/pump", Some(&may), "on", 400),
        (
            "another type",
            "/outputs/pump",
            Some(&may),
            r#"{"on":1}"#,
            400,
        ),
    ];
    for (title, path, token, body, status) in table {
        let answer = post(&gateway, path, token.map(String::as_str), body)?;
        assert_eq!(answer, status, "{title}");
    }
    Ok(())
}

/// One line for each refusal: code, name and reason, and nothing of the token.
#[test]
fn refusals_are_logged() -> Result<()> {
    let issuer = Issuer::start(AS_OAUTH, None)?;
    let lines = Lines::default();
    let gateway = issuer.gateway_with(http_examples::gateway::Settings {
        log: lines.log(),
        ..settings(&issuer.url)
    })?;
    assert_eq!(
        lines.take(),
        ["1 keys for ES256 added, 0 withdrawn, 0 for others skipped"]
    );
    let token = issuer.token("status:read")?;
    assert_eq!(get_with(&gateway, &token)?.status(), 200);
    assert!(lines.take().is_empty());

    let forged = format!("{token}A");
    assert_eq!(get_with(&gateway, &forged)?.status(), 401);
    let logged = lines.take();
    let [line] = logged.as_slice() else {
        anyhow::bail!("{logged:?}");
    };
    assert!(line.starts_with("refused with 401: "), "{line}");
    assert!(token.split('.').all(|part| !line.contains(part)), "{line}");

    assert_eq!(post(&gateway, "/outputs/pump", Some(&token), "")?, 403);
    assert_eq!(
        lines.take(),
        ["refused with 403: 101 InsufficientScope: the token does not have a required scope"]
    );
    assert_eq!(post(&gateway, "/outputs/pump", None, "")?, 401);
    assert_eq!(lines.take(), ["refused with 401: no credentials"]);
    Ok(())
}
