//! An issuer whose answers a test decides, and gateways that trust it.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Result;
use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use http_examples::{
    Log, PrivateKey,
    gateway::{Gateway, Settings},
    listen, now, send, serve,
};
use oauth2::{HttpResponse, http::Request};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

pub(super) const AUDIENCE: &str = "https://gateway.example";

pub(super) const AS_OAUTH: &str = "/.well-known/oauth-authorization-server";
pub(super) const AS_OPENID: &str = "/.well-known/openid-configuration";

/// An issuer's answer to a request for its JWK Set.
#[derive(Clone)]
pub(super) enum Answer {
    Text(String),
    Status(StatusCode),
    Redirect,
}

impl Answer {
    pub(super) fn set(keys: &[Value]) -> Self {
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
pub(super) struct Issuer {
    pub(super) runtime: Runtime,
    pub(super) url: String,
    pub(super) key: PrivateKey,
    /// The answer of the issuer, and the number of requests.
    jwk_set: Arc<Mutex<(Answer, usize)>>,
}

impl Issuer {
    /// Starts an issuer with its metadata at `path`. The metadata name it `name`, or correctly
    /// without one.
    pub(super) fn start(path: &str, name: Option<&str>) -> Result<Self> {
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
    pub(super) fn answer(&self, answer: Answer) {
        self.jwk_set
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .0 = answer;
    }

    pub(super) fn fetches(&self) -> usize {
        self.jwk_set
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .1
    }

    /// Starts a gateway that trusts this issuer. Returns its URL.
    pub(super) fn gateway(&self) -> Result<String> {
        self.gateway_with(settings(&self.url))
    }

    pub(super) fn gateway_with(&self, settings: Settings) -> Result<String> {
        let gateway = Gateway::start(settings, self.runtime.handle())?;
        let listener = listen(
            self.runtime.handle(),
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        )?;
        let url = format!("http://{}", listener.local_addr()?);
        serve(self.runtime.handle(), listener, gateway.router());
        Ok(url)
    }

    pub(super) fn token(&self, scope: &str) -> Result<String> {
        let claims = json!({
            "iss": self.url, "sub": "console", "client_id": "console", "aud": AUDIENCE,
            "iat": now(), "exp": now() + 600, "jti": "1", "scope": scope,
        });
        Ok(self.key.sign("at+jwt", &claims)?)
    }
}

pub(super) fn settings(issuer: &str) -> Settings {
    Settings {
        token_lifetime: Duration::from_secs(600),
        refresh: Duration::from_secs(600),
        patience: Duration::ZERO,
        ..Settings::new(issuer.to_owned(), AUDIENCE.to_owned())
    }
}

/// A log whose lines can be read.
#[derive(Clone, Default)]
pub(super) struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    pub(super) fn log(&self) -> Log {
        let lines = self.clone();
        Log::new(move |line| {
            let mut lines = lines.0.lock().unwrap_or_else(PoisonError::into_inner);
            lines.push(line.to_owned());
        })
    }

    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

pub(super) fn get_with(gateway: &str, token: &str) -> Result<HttpResponse> {
    let request = Request::get(gateway).header("Authorization", format!("Bearer {token}"));
    Ok(send(request.body(Vec::new())?)?)
}

pub(super) fn post(gateway: &str, path: &str, token: Option<&str>, body: &str) -> Result<u16> {
    let mut request = Request::post(format!("{gateway}{path}"));
    if let Some(token) = token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    Ok(send(request.body(body.into())?)?.status().as_u16())
}

/// Returns why a gateway does not start.
pub(super) fn fault(runtime: &Runtime, issuer: &str) -> String {
    match Gateway::start(settings(issuer), runtime.handle()) {
        Ok(_) => "it starts".to_owned(),
        Err(error) => format!("{error:#}"),
    }
}
