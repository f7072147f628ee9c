//! A gateway: a resource server that verifies access tokens by itself, acts by their scope, and explains its refusals.
//!
//! It asks the issuer for its keys at the start, then every few minutes, and when a token names a key that it does not
//! know. Nothing is asked about a token.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use embedded_jwt::{
    Error, Policy, Time,
    jwk::KeyRing,
    oauth::{Challenge, Refusal, Scheme},
};
use serde::Deserialize;
use serde_json::json;
use tokio::{runtime::Handle, sync::Mutex, task::spawn_blocking};

use crate::{
    device::{Answer, Command, Device},
    issuer::{FetchedKeys, Metadata},
    now,
};

/// Keys of the issuer: those that are listed, and those that retire.
const KEYS: usize = 16;

/// Room for one access token, decoded; a longer one is refused.
const TOKEN_ROOM: usize = 8 * 1024;

/// What a JWK Set takes beside its text: 64 bytes a key.
const JWK_SET_ROOM: usize = 64 * embedded_jwt::limits::MAX_JWK_SET_KEYS;

/// Something that can be switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Output {
    Pump,
    Lamp,
}

impl Output {
    fn named(name: &str) -> Option<Self> {
        match name {
            "pump" => Some(Self::Pump),
            "lamp" => Some(Self::Lamp),
            _ => None,
        }
    }

    /// The scope that allows to switch it.
    const fn scope(self) -> &'static str {
        match self {
            Self::Pump => "pump:write",
            Self::Lamp => "lamp:write",
        }
    }
}

/// How a gateway is to behave.
pub struct Settings {
    /// The issuer whose tokens are accepted: its identifier, a URL.
    pub issuer: String,
    /// What the gateway is called in `aud`.
    pub audience: String,
    /// The scope that `GET /` needs.
    pub scope: Option<String>,
    /// For how long at most a token of the issuer is good: as long, a key that it no longer lists verifies older tokens.
    pub token_lifetime: Duration,
    /// For how long the keys are trusted when none can be fetched.
    pub stale_after: Duration,
    /// How often the keys are fetched anew.
    pub refresh: Duration,
    /// How long after a fetch an unknown `kid` does not cause another: everybody can send one.
    pub patience: Duration,
    /// The device that commands are for; without one, the gateway remembers what is on.
    pub device: Option<Device>,
}

/// The gateway.
pub struct Gateway {
    settings: Settings,
    jwks_uri: String,
    ring: RwLock<KeyRing<'static, KEYS>>,
    /// When the keys were asked for last. Who holds it fetches; the others wait for what comes of it.
    asked_at: Mutex<Instant>,
    outputs: RwLock<BTreeMap<Output, bool>>,
}

/// What an accepted token says.
struct Grant {
    sub: String,
    client_id: String,
    scope: String,
}

impl Gateway {
    /// Discovers the issuer and fetches its keys.
    pub fn start(settings: Settings, runtime: &Handle) -> Result<Arc<Self>> {
        // Kept for as long as the program runs.
        let issuer = String::leak(settings.issuer.clone());
        let mut ring = KeyRing::new(issuer, settings.token_lifetime.as_secs())
            .stale_after(settings.stale_after.as_secs());
        let metadata = Metadata::discover(issuer)?;
        let asked_at = Instant::now();
        update(&mut ring, &FetchedKeys::fetch(&metadata.jwks_uri)?)?;
        let gateway = Arc::new(Self {
            settings,
            jwks_uri: metadata.jwks_uri,
            ring: RwLock::new(ring),
            asked_at: Mutex::new(asked_at),
            outputs: RwLock::default(),
        });
        runtime.spawn(keep_fresh(Arc::clone(&gateway)));
        Ok(gateway)
    }

    /// Its endpoints.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/", get(show))
            .route("/outputs/{output}", post(switch))
            .with_state(Arc::clone(self))
    }

    /// Judges the access token of a request, which has to allow `scope`.
    async fn authorize(&self, headers: &HeaderMap, scope: Option<&str>) -> Result<Grant, Refusal> {
        let mut fields = headers.get_all(header::AUTHORIZATION).iter();
        let field = fields.next().ok_or(Refusal::NoCredentials)?;
        if fields.next().is_some() {
            return Err(Error::SeveralCredentials.into());
        }
        let token = Scheme::Bearer.token(field.as_bytes())?;
        match self.verify(token, scope) {
            // The issuer may have new keys, or list one again; or none of its sets came for too long.
            Err(Error::KeyNotFound | Error::KeyWithdrawn | Error::KeyRingOutdated) => {
                self.fetch_keys(self.settings.patience).await;
                Ok(self.verify(token, scope)?)
            }
            verdict => Ok(verdict?),
        }
    }

    fn verify(&self, token: &[u8], scope: Option<&str>) -> Result<Grant, Error> {
        let policy = Policy::access_token(&self.settings.issuer, &self.settings.audience);
        let policy = match scope {
            Some(scope) => policy.scope(scope),
            None => policy,
        };
        let mut buffer = [0; TOKEN_ROOM];
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        let keys = ring.keys(&policy);
        let token = keys.verify(token, Time::Trusted(now()), &mut buffer)?;
        let access = token.access_token()?;
        let scope: Vec<&str> = access.scope()?.iter().collect();
        Ok(Grant {
            sub: access.sub().chars().collect(),
            client_id: access.client_id().chars().collect(),
            scope: scope.join(" "),
        })
    }

    /// Fetches the keys, if the last time is `patience` ago. Where that fails, the keys stay, until they are too old.
    async fn fetch_keys(&self, patience: Duration) {
        let mut asked_at = self.asked_at.lock().await;
        if asked_at.elapsed() < patience {
            return;
        }
        *asked_at = Instant::now();
        let jwks_uri = self.jwks_uri.clone();
        let fetched = spawn_blocking(move || FetchedKeys::fetch(&jwks_uri)).await;
        let updated = fetched.context("fetching").and_then(|fetched| {
            let fetched = fetched?;
            let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
            update(&mut ring, &fetched)
        });
        if let Err(error) = updated {
            eprintln!("gateway: the keys could not all be taken: {error:#}");
        }
    }

    /// Answers with the status of a refusal, and a challenge that names the scope that would do.
    fn refuse(&self, refusal: Refusal, scope: Option<&str>) -> Response {
        let mut challenge = Challenge::new(&self.settings.audience);
        if let Some(scope) = scope {
            challenge = challenge.scope(scope);
        }
        let status = StatusCode::from_u16(refusal.status());
        let mut response = status
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response();
        let mut buffer = [0; 1024];
        match challenge.write(refusal, &mut buffer) {
            Ok(None) => {}
            Ok(Some(text)) => {
                if let Ok(value) = text.parse() {
                    response
                        .headers_mut()
                        .insert(header::WWW_AUTHENTICATE, value);
                }
            }
            Err(error) => eprintln!("gateway: no challenge can be written: {error}"),
        }
        response
    }

    /// Switches an output here.
    fn set(&self, output: Output, on: bool) -> Response {
        let mut outputs = self.outputs.write().unwrap_or_else(PoisonError::into_inner);
        outputs.insert(output, on);
        let state = if on { "on" } else { "off" };
        Json(json!({ "gateway": format!("ok output={output:?} {state}") })).into_response()
    }

    /// Lets the device switch an output: it knows what the client may do.
    async fn forward(&self, device: &Device, command: Command<'_>, output: Output) -> Response {
        match device.command(command).await {
            Ok(Answer::Done(answer)) => Json(json!({ "device": answer })).into_response(),
            Ok(Answer::Refused { name, error }) => {
                let body = Json(json!({ "device": name }));
                match error.as_deref() {
                    Some("insufficient_scope") => {
                        let refusal = Refusal::InsufficientScope(Error::InsufficientScope);
                        let (parts, _) = self.refuse(refusal, Some(output.scope())).into_parts();
                        (parts.status, parts.headers, body).into_response()
                    }
                    // The command was the gateway's: no other token of the client's would help.
                    _ => (StatusCode::BAD_GATEWAY, body).into_response(),
                }
            }
            Err(error) => {
                eprintln!("gateway: {error:#}");
                StatusCode::BAD_GATEWAY.into_response()
            }
        }
    }
}

fn update(ring: &mut KeyRing<'_, KEYS>, fetched: &FetchedKeys) -> Result<()> {
    let mut buffer = vec![0; fetched.text.len() + JWK_SET_ROOM];
    // The clock ran ahead when the last set came: none would be newer for long.
    if ring.updated_at().is_some_and(|at| at > now()) {
        ring.reset();
    }
    let update = ring
        .update(&fetched.text, fetched.fetched_at, &mut buffer)
        .with_context(|| format!("the JWK Set of {}", ring.issuer()))?;
    if let Some(jwk) = update.rejected {
        eprintln!("gateway: {jwk}");
    }
    Ok(())
}

/// Fetches the keys at regular intervals, so that one that the issuer has withdrawn goes.
async fn keep_fresh(gateway: Arc<Gateway>) {
    let refresh = gateway.settings.refresh;
    loop {
        tokio::time::sleep(refresh).await;
        gateway.fetch_keys(Duration::ZERO).await;
    }
}

/// `GET /`: whom the token is about.
async fn show(State(gateway): State<Arc<Gateway>>, headers: HeaderMap) -> Response {
    let scope = gateway.settings.scope.as_deref();
    match gateway.authorize(&headers, scope).await {
        Ok(grant) => Json(json!({
            "sub": grant.sub,
            "client_id": grant.client_id,
            "scope": grant.scope,
        }))
        .into_response(),
        Err(refusal) => gateway.refuse(refusal, scope),
    }
}

#[derive(Deserialize)]
struct Wanted {
    on: bool,
}

/// `POST /outputs/pump` with `{"on":true}`: switches an output.
async fn switch(
    State(gateway): State<Arc<Gateway>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // Who may not do anything does not learn either what there is to do.
    let Some(output) = Output::named(&name) else {
        return match gateway.authorize(&headers, None).await {
            Ok(_) => StatusCode::NOT_FOUND.into_response(),
            Err(refusal) => gateway.refuse(refusal, None),
        };
    };
    // Before a device, whoever has a good token may ask; the device decides.
    let scope = match gateway.settings.device {
        Some(_) => None,
        None => Some(output.scope()),
    };
    let grant = match gateway.authorize(&headers, scope).await {
        Ok(grant) => grant,
        Err(refusal) => return gateway.refuse(refusal, scope),
    };
    let Ok(Wanted { on }) = serde_json::from_slice(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let Some(device) = &gateway.settings.device else {
        return gateway.set(output, on);
    };
    let command = Command {
        client_id: &grant.client_id,
        scope: &grant.scope,
        output: &name,
        on,
    };
    gateway.forward(device, command, output).await
}
