//! The example `axum_api`, driven over HTTP.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use embedded_jwt::Error;
use http_examples::{Log, PrivateKey, issuer::FetchedKeys, listen, now, send, serve};
use oauth2::http::Request;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

#[path = "../../axum_api.rs"]
mod axum_api;

use axum_api::Api;

const ISSUER: &str = "https://auth.example";
const AUDIENCE: &str = "https://pump-7.example";

struct Server {
    _runtime: Runtime,
    url: String,
    key: PrivateKey,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start() -> Result<Self> {
        let key = PrivateKey::generate()?;
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let shared = Arc::clone(&lines);
        let log = Log::new(move |line| {
            let mut lines = shared.lock().unwrap_or_else(PoisonError::into_inner);
            lines.push(line.to_owned());
        });
        let api = Api::new(ISSUER, AUDIENCE, log);
        let set = json!({ "keys": [key.public_jwk()?] });
        api.update(&FetchedKeys {
            text: set.to_string().into_bytes(),
            fetched_at: now() - 10,
        })?;
        let runtime = Runtime::new()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = listen(runtime.handle(), address)?;
        let url = format!("http://{}/pump", listener.local_addr()?);
        serve(runtime.handle(), listener, api.router());
        Ok(Self {
            _runtime: runtime,
            url,
            key,
            lines,
        })
    }

    fn claims(scope: &str, exp: u64) -> Value {
        json!({
            "iss": ISSUER, "sub": "ada", "client_id": "console", "aud": AUDIENCE,
            "iat": now() - 60, "exp": exp, "jti": "1", "scope": scope,
        })
    }

    /// Returns the status, the challenge and the body of the answer.
    fn answer(&self, method: &str, authorization: &[&str]) -> Result<(u16, String, String)> {
        let mut request = Request::builder().method(method).uri(&self.url);
        for field in authorization {
            request = request.header("Authorization", *field);
        }
        let response = send(request.body(Vec::new())?)?;
        let challenge = response.headers().get("WWW-Authenticate");
        let challenge = challenge.and_then(|value| value.to_str().ok());
        Ok((
            response.status().as_u16(),
            challenge.unwrap_or_default().to_owned(),
            String::from_utf8(response.body().clone())?,
        ))
    }

    fn last_line(&self) -> Option<String> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.pop()
    }
}

#[test]
fn verified_callers_only() -> Result<()> {
    let server = Server::start()?;
    let sign = |claims: &Value| -> Result<String> {
        Ok(format!("Bearer {}", server.key.sign("at+jwt", claims)?))
    };
    let later = now() + 600;
    let writer = sign(&Server::claims("pump:write", later))?;
    let reader = sign(&Server::claims("pump:read", later))?;
    let expired = sign(&Server::claims("pump:write", now() - 1))?;
    let claims = Server::claims("pump:write", later);
    let forged = format!(
        "Bearer {}",
        PrivateKey::generate()?.sign("at+jwt", &claims)?
    );

    let (status, challenge, body) = server.answer("GET", &[&reader])?;
    assert_eq!((status, challenge.as_str()), (200, ""));
    assert_eq!(body, r#"{"hello":"ada"}"#);
    assert_eq!(server.answer("POST", &[&writer])?.0, 200);
    assert_eq!(server.last_line(), None);

    let realm = r#"Bearer realm="pump""#;
    let scope = r#"scope="pump:write""#;
    let (token, request) = ("invalid_token", "invalid_request");
    let none: &[&str] = &[];
    let table = [
        ("no token", "GET", none, 401, realm, None),
        ("old", "GET", &[&expired], 401, token, Some(Error::Expired)),
        (
            "forged",
            "GET",
            &[&forged],
            401,
            token,
            Some(Error::KeyNotFound),
        ),
        (
            "no JWT",
            "GET",
            &["Bearer x"],
            401,
            token,
            Some(Error::NotThreeSegments),
        ),
        (
            "two",
            "GET",
            &[&reader, &reader],
            400,
            request,
            Some(Error::SeveralCredentials),
        ),
        (
            "no scope",
            "POST",
            &[&reader],
            403,
            scope,
            Some(Error::InsufficientScope),
        ),
    ];
    for (title, method, authorization, status, part, logged) in table {
        let (found, challenge, body) = server.answer(method, authorization)?;
        assert_eq!(found, status, "{title}: {challenge}");
        assert!(challenge.contains(part), "{title}: {challenge}");
        assert_eq!(body, "", "{title}");
        let reason = logged.map_or("no credentials".to_owned(), |error| {
            format!("{} {}: {error}", error.code(), error.name())
        });
        let line = format!("refused with {status}: {reason}");
        assert_eq!(server.last_line(), Some(line), "{title}");
    }
    Ok(())
}
