//! An API in axum whose handlers take a verified access token as an argument.
//!
//! ```text
//! cargo run --example axum_api -- https://auth.example https://pump-7.example
//! curl -i -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/pump
//! ```
//!
//! `GET /pump` requires a token. `POST /pump` also requires the scope `pump:write`.

use std::{
    env,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use anyhow::{Context as _, Result};
use axum::{
    Json, Router,
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use embedded_jwt::{
    Error, Policy, Time,
    jwk::KeyRing,
    limits::MAX_TOKEN_LEN,
    oauth::{Challenge, Refusal, Scheme},
};
use http_examples::{
    Log,
    issuer::{FetchedKeys, Metadata},
    listen, now, serve,
};
use serde_json::{Value, json};
use tokio::{runtime::Runtime, task::spawn_blocking, time::sleep};

/// The interval between two fetches of the issuer's keys.
#[allow(dead_code, reason = "as for `main`")]
const REFRESH: Duration = Duration::from_secs(300);

/// The longest lifetime of a token, in seconds.
const TOKEN_LIFETIME: u64 = 3600;

/// How long a set of keys is trusted when no newer one can be fetched, in seconds.
const STALE_AFTER: u64 = 86_400;

/// The keys of the issuer. All handlers share them, and one task updates them.
type Keys = Arc<RwLock<KeyRing<'static, 8>>>;

/// The state of the API: the issuer of its tokens, its own name, and the keys.
#[derive(Clone)]
pub(crate) struct Api {
    keys: Keys,
    policy: Policy<'static>,
    log: Log,
}

impl Api {
    /// Creates an API without keys. It rejects every token until [`Api::update`].
    pub(crate) fn new(issuer: &'static str, audience: &'static str, log: Log) -> Self {
        let ring = KeyRing::new(issuer, TOKEN_LIFETIME).stale_after(STALE_AFTER);
        Self {
            keys: Arc::new(RwLock::new(ring)),
            policy: Policy::access_token(issuer, audience),
            log,
        }
    }

    /// Updates the keys from a JWK Set.
    pub(crate) fn update(&self, set: &FetchedKeys) -> Result<(), Error> {
        let mut buffer = vec![0; set.text.len()];
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let update = keys.update(&set.text, set.fetched_at, &mut buffer)?;
        if let Some(jwk) = update.rejected {
            self.log.line(jwk);
        }
        Ok(())
    }

    /// Returns the endpoints.
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/pump", get(show).post(switch))
            .with_state(self)
    }
}

/// The caller of a request, according to its verified token. A handler with this argument rejects
/// requests without a valid token.
struct Caller {
    sub: String,
    scopes: Vec<String>,
    log: Log,
}

impl Caller {
    /// Requires a scope.
    fn require(&self, scope: &'static str) -> Result<(), Refused> {
        if self.scopes.iter().any(|granted| granted == scope) {
            return Ok(());
        }
        let refusal = Error::InsufficientScope.into();
        self.log.refusal(refusal);
        Err(Refused {
            refusal,
            scope: Some(scope),
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    Api: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let api = Api::from_ref(state);
        verify(&api, &parts.headers).map_err(|refusal| {
            api.log.refusal(refusal);
            refusal.into()
        })
    }
}

fn verify(api: &Api, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let mut fields = headers.get_all(header::AUTHORIZATION).iter();
    let field = fields.next().ok_or(Refusal::NoCredentials)?;
    if fields.next().is_some() {
        return Err(Error::SeveralCredentials.into());
    }
    let token = Scheme::Bearer.token(field.as_bytes())?;
    // Verifying takes less than a millisecond, so the lock may be held and the task may block.
    let ring = api.keys.read().unwrap_or_else(PoisonError::into_inner);
    let keys = ring.keys(&api.policy);
    let mut buffer = vec![0; MAX_TOKEN_LEN];
    let token = keys.verify(token, Time::Trusted(now()), &mut buffer)?;
    let access = token.access_token()?;
    Ok(Caller {
        sub: access.sub().as_str().to_owned(),
        scopes: access.scope()?.iter().map(str::to_owned).collect(),
        log: api.log.clone(),
    })
}

/// The response to a rejected request. A type of this program: axum's trait and the crate's
/// `Refusal` are both foreign to it.
struct Refused {
    refusal: Refusal,
    scope: Option<&'static str>,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal,
            scope: None,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.refusal.status())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let challenge = Challenge::new("pump");
        let challenge = match self.scope {
            Some(scope) => challenge.scope(scope),
            None => challenge,
        };
        let mut buffer = [0; 512];
        match challenge.write(self.refusal, &mut buffer) {
            Ok(Some(text)) => (status, [(header::WWW_AUTHENTICATE, text)]).into_response(),
            _ => status.into_response(),
        }
    }
}

async fn show(caller: Caller) -> Json<Value> {
    Json(json!({ "hello": caller.sub }))
}

async fn switch(caller: Caller) -> Result<Json<Value>, Refused> {
    caller.require("pump:write")?;
    Ok(Json(json!({ "switched by": caller.sub })))
}

/// Fetches the issuer's keys again and again, so that new keys are known before they are used.
#[allow(dead_code, reason = "as for `main`")]
async fn keep_fresh(api: Api, jwks_uri: String) {
    loop {
        sleep(REFRESH).await;
        let url = jwks_uri.clone();
        let updated = match spawn_blocking(move || FetchedKeys::fetch(&url)).await {
            Ok(Ok(set)) => api.update(&set).map_err(Into::into),
            Ok(Err(error)) => Err(error),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = updated {
            api.log.line(format_args!("no new keys: {error:#}"));
        }
    }
}

#[allow(
    dead_code,
    reason = "the test has its own issuer and starts the router itself"
)]
fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let mut argument = |name| {
        let value = arguments.next().with_context(|| format!("no {name}"))?;
        // The program needs the text as long as it runs.
        Ok::<&'static str, anyhow::Error>(String::leak(value))
    };
    let (issuer, audience) = (argument("ISSUER")?, argument("AUDIENCE")?);
    let api = Api::new(issuer, audience, Log::stderr("axum_api"));
    let metadata = Metadata::discover(issuer)?;
    api.update(&FetchedKeys::fetch(&metadata.jwks_uri)?)
        .context("the issuer's keys")?;

    let runtime = Runtime::new()?;
    runtime.spawn(keep_fresh(api.clone(), metadata.jwks_uri));
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    let listener = listen(runtime.handle(), address)?;
    println!("listening on http://{}", listener.local_addr()?);
    runtime.block_on(serve(runtime.handle(), listener, api.router()))?;
    Ok(())
}
