//! The gateway with failing issuers and wrong requests. It keeps its keys, and reports what is
//! wrong.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result};
use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use http_examples::{
    PrivateKey,
    forge::Forger,
    gateway::{Gateway, Settings},
    listen, now, send, serve,
};
use oauth2::{HttpResponse, http::Request};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

const AUDIENCE: &str = "https://gateway.example";

const AS_OAUTH: &str = "/.well-known/oauth-authorization-server";
const AS_OPENID: &str = "/.well-known/openid-configuration";

/// An issuer's answer to a request for its JWK Set.
#[derive(Clone)]
enum Answer {
    Text(String),
    Status(StatusCode),
    Redirect,
}

impl Answer {
    fn set(keys: &[Value]) -> Self {
        Self::Text(json!({ "keys": keys }).to_string())
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Text(text) => text.into_response(),
            Self::Status(status) => status.into_response(),
            Self::Redirect => Redirect::temporary("/elsewhere").into_response(),
        }
    }
}

/// An issuer with one key.
struct Issuer {
    runtime: Runtime,
    url: String,
    key: PrivateKey,
    /// The answer of the issuer, and the number of requests.
    jwk_set: Arc<Mutex<(Answer, usize)>>,
}

impl Issuer {
    /// Starts an issuer with its metadata at `path`. The metadata name it `name`, or correctly
    /// without one.
    fn start(path: &str, name: Option<&str>) -> Result<Self> {
        let runtime = Runtime::new()?;
        let listener = listen(runtime.handle(), SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let url = format!("http://{}", listener.local_addr()?);
        let metadata = json!({
            "issuer": name.unwrap_or(&url),
            "jwks_uri": format!("{url}/jwks"),
        });
        let key = PrivateKey::generate()?;
        let good = Answer::set(&[key.public_jwk()?]);
        let jwk_set = Arc::new(Mutex::new((good.clone(), 0)));
        let shared = Arc::clone(&jwk_set);
        let router = Router::new()
            .route(path, get(async move || metadata.to_string()))
            .route(
                "/jwks",
                get(async move || {
                    let mut jwk_set = shared.lock().unwrap_or_else(PoisonError::into_inner);
                    jwk_set.1 += 1;
                    jwk_set.0.clone()
                }),
            )
            // A client that follows the redirect would find a valid set.
            .route("/elsewhere", get(async move || good));
        serve(runtime.handle(), listener, router);
        Ok(Self {
            runtime,
            url,
            key,
            jwk_set,
        })
    }

    /// Sets the answer from now on.
    fn answer(&self, answer: Answer) {
        self.jwk_set
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .0 = answer;
    }

    fn fetches(&self) -> usize {
        self.jwk_set
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .1
    }

    /// Starts a gateway that trusts this issuer. Returns its URL.
    fn gateway(&self) -> Result<String> {
        let gateway = Gateway::start(settings(&self.url), self.runtime.handle())?;
        let listener = listen(
            self.runtime.handle(),
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        )?;
        let url = format!("http://{}", listener.local_addr()?);
        serve(self.runtime.handle(), listener, gateway.router());
        Ok(url)
    }

    fn token(&self, scope: &str) -> Result<String> {
        let claims = json!({
            "iss": self.url, "sub": "console", "client_id": "console", "aud": AUDIENCE,
            "iat": now(), "exp": now() + 600, "jti": "1", "scope": scope,
        });
        Ok(self.key.sign("at+jwt", &claims)?)
    }
}

fn settings(issuer: &str) -> Settings {
    Settings {
        issuer: issuer.to_owned(),
        audience: AUDIENCE.to_owned(),
        scope: None,
        token_lifetime: Duration::from_secs(600),
        stale_after: Duration::from_secs(86_400),
        refresh: Duration::from_secs(600),
        patience: Duration::ZERO,
        device: None,
    }
}

fn get_with(gateway: &str, token: &str) -> Result<HttpResponse> {
    let request = Request::get(gateway).header("Authorization", format!("Bearer {token}"));
    Ok(send(request.body(Vec::new())?)?)
}

fn post(gateway: &str, path: &str, token: Option<&str>, body: &str) -> Result<u16> {
    let mut request = Request::post(format!("{gateway}{path}"));
    if let Some(token) = token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    Ok(send(request.body(body.into())?)?.status().as_u16())
}

/// Waits until a set can be newer than the last accepted one, by a second. Otherwise it is rejected
/// for its time.
fn newer_than_the_last_set() {
    thread::sleep(Duration::from_millis(1100));
}

/// Returns why a gateway does not start.
fn fault(runtime: &Runtime, issuer: &str) -> String {
    match Gateway::start(settings(issuer), runtime.handle()) {
        Ok(_) => "it starts".to_owned(),
        Err(error) => format!("{error:#}"),
    }
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
