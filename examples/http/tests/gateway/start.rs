//! What a gateway does at its start if the issuer is down, or has no key for it.

use std::{net::Ipv4Addr, thread, time::Duration};

use anyhow::{Context as _, Result};
use axum::http::StatusCode;
use http_examples::gateway::{Gateway, Settings};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::issuer::{AS_OAUTH, AS_OPENID, Answer, Issuer, Lines, fault, settings};

/// An issuer that signs with RS256 only: the operator reads why.
#[test]
fn a_set_without_a_key_for_es256_says_so() -> Result<()> {
    let issuer = Issuer::start(AS_OPENID, None)?;
    let rsa = json!({ "kty": "RSA", "alg": "RS256", "n": "AQAB", "e": "AQAB" });
    issuer.answer(Answer::set(&[rsa.clone(), rsa.clone(), rsa.clone(), rsa]));
    let fault = fault(&issuer.runtime, &issuer.url);
    assert!(
        fault.contains("publishes 4 keys, none for ES256"),
        "{fault}"
    );
    Ok(())
}

#[test]
fn an_issuer_that_is_down_at_the_start_is_waited_for() -> Result<()> {
    let issuer = Issuer::start(AS_OAUTH, None)?;
    let good = Answer::set(&[issuer.key.public_jwk()?]);
    issuer.answer(Answer::Status(StatusCode::SERVICE_UNAVAILABLE));
    let lines = Lines::default();
    let waiting = |wait| Settings {
        wait,
        log: lines.log(),
        ..settings(&issuer.url)
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(800));
            issuer.answer(good);
        });
        issuer.gateway_with(waiting(Duration::from_secs(30)))
    })?;
    let logged = lines.take();
    let (last, waited) = logged.split_last().context("a line")?;
    assert!(last.contains("1 keys for ES256 added"), "{last}");
    assert!(!waited.is_empty());
    for line in waited {
        assert!(line.contains("the answer is 503"), "{line}");
        assert!(line.contains("Again in "), "{line}");
    }

    // Not without end, and not where waiting does not help.
    issuer.answer(Answer::Status(StatusCode::SERVICE_UNAVAILABLE));
    let limit = waiting(Duration::from_millis(700));
    assert!(Gateway::start(limit, issuer.runtime.handle()).is_err());
    assert_eq!(lines.take().len(), 2);
    issuer.answer(Answer::Status(StatusCode::NOT_FOUND));
    let long = waiting(Duration::from_secs(600));
    assert!(Gateway::start(long, issuer.runtime.handle()).is_err());
    assert!(lines.take().is_empty());
    Ok(())
}

/// No server listens at the address of the issuer.
#[test]
fn an_issuer_that_cannot_be_reached_is_waited_for() -> Result<()> {
    let runtime = Runtime::new()?;
    let address = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    let lines = Lines::default();
    let started = Gateway::start(
        Settings {
            wait: Duration::from_millis(100),
            log: lines.log(),
            ..settings(&format!("http://{address}"))
        },
        runtime.handle(),
    );
    let fault = started.err().context("it starts")?;
    assert!(
        format!("{fault:#}").starts_with("starting, attempt 2: "),
        "{fault:#}"
    );
    assert_eq!(lines.take().len(), 1);
    Ok(())
}
