//! An issuer whose keys rotate, and its tokens at the gateway, over HTTP.

use std::{
    sync::{Arc, Mutex},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{Router, routing::get};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use embedded_jwt::sign::SigningKey;
use serde_json::{Value, json};
use tokio::{net::TcpListener, runtime::Runtime};

use crate::{
    api,
    keys::{Keys, PATIENCE},
};

const ISSUER: &str = "https://auth.example";
const AUDIENCE: &str = "https://pump-7.example";

/// DEMONSTRATION KEYS.
const OLD: [u8; 32] = [7; 32];
const NEW: [u8; 32] = [8; 32];

fn key(private: &[u8; 32]) -> SigningKey<'_> {
    let kid = if *private == OLD { "old" } else { "new" };
    SigningKey::es256(private).unwrap().with_kid(kid)
}

/// Returns the JWK Set that lists one key.
fn set(private: &[u8; 32]) -> String {
    let key = key(private);
    let point = key.public_key().unwrap();
    let [x, y] = [1, 33].map(|at| BASE64_URL_SAFE_NO_PAD.encode(&point[at..at + 32]));
    let jwk = json!({ "kty": "EC", "crv": "P-256", "kid": key.kid(), "x": x, "y": y });
    json!({ "keys": [jwk] }).to_string()
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// Returns a token with the usual claims, except for one.
fn token(private: &[u8; 32], name: &str, value: Value) -> String {
    let mut claims = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "client_id": "console", "jti": "1",
        "iat": now() - 60, "exp": now() + 600, "scope": "pump:write",
    });
    claims[name] = value;
    let mut buffer = [0; 1024];
    let token = key(private).sign("at+jwt", &claims, &mut buffer);
    format!("Bearer {}", token.unwrap())
}

/// Serves on a free port, and returns its URL.
fn serve(runtime: &Runtime, router: Router) -> String {
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    runtime.spawn(async { axum::serve(listener, router).await });
    url
}

/// Returns the status of an answer, and its challenge.
fn ask(url: &str, method: &str, authorization: Option<&str>) -> (u16, String) {
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    if let Some(authorization) = authorization {
        request = request.header("Authorization", authorization);
    }
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let response = agent.run(request.body(()).unwrap()).unwrap();
    let challenge = response.headers().get("WWW-Authenticate");
    let challenge = challenge.map_or("", |challenge| challenge.to_str().unwrap());
    (response.status().as_u16(), challenge.to_owned())
}

#[test]
fn only_valid_tokens_pass() {
    let runtime = Runtime::new().unwrap();
    let published = Arc::new(Mutex::new(set(&OLD)));
    let handler = {
        let published = Arc::clone(&published);
        async move || published.lock().unwrap().clone()
    };
    let issuer = serve(&runtime, Router::new().route("/jwks", get(handler)));
    let keys = Arc::new(Keys::new(ISSUER, format!("{issuer}/jwks")));
    let url = serve(&runtime, api(keys, ISSUER, AUDIENCE)) + "/pump";

    // The first token makes the gateway fetch the keys.
    let good = token(&OLD, "jti", json!("2"));
    assert_eq!(ask(&url, "GET", Some(&good)), (200, String::new()));
    assert_eq!(ask(&url, "POST", Some(&good)), (200, String::new()));

    let invalid = r#"Bearer realm="pump", error="invalid_token""#;
    let scope = r#"Bearer realm="pump", error="insufficient_scope""#;
    let new = token(&NEW, "jti", json!("3"));
    let refusals = [
        (
            "none",
            None,
            401,
            r#"Bearer realm="pump", scope="pump:write""#,
        ),
        (
            "expired",
            Some(token(&OLD, "exp", json!(now() - 31))),
            401,
            invalid,
        ),
        (
            "audience",
            Some(token(&OLD, "aud", json!("pump-8"))),
            401,
            invalid,
        ),
        (
            "scope",
            Some(token(&OLD, "scope", json!("pump:read"))),
            403,
            scope,
        ),
        ("unknown key", Some(new.clone()), 401, invalid),
    ];
    for (name, authorization, status, challenge) in refusals {
        let answer = ask(&url, "POST", authorization.as_deref());
        assert_eq!(answer.0, status, "{name}");
        assert!(answer.1.starts_with(challenge), "{name}: {}", answer.1);
    }

    // The issuer rotates its keys. The old one still verifies what was issued before.
    *published.lock().unwrap() = set(&NEW);
    thread::sleep(PATIENCE + Duration::from_secs(1));
    assert_eq!(ask(&url, "POST", Some(&new)).0, 200);
    assert_eq!(ask(&url, "POST", Some(&good)).0, 200);
    let late = token(&OLD, "iat", json!(now()));
    assert_eq!(ask(&url, "POST", Some(&late)).0, 401);
}
