//! A gateway: a resource server that verifies access tokens offline, acts according to their scope,
//! and explains its rejections.
//!
//! It fetches the issuer's keys at the start, every few minutes, and when a token names an unknown
//! key. It never asks the issuer about a token.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use embedded_jwt::{
    Claims, Error, Policy, Time,
    device::{ReplayGuard, Volatile},
    json::{Text, Value},
    jwk::KeyRing,
    oauth::{Challenge, DpopRequest, Refusal, Scheme, Scope},
};
use serde::Deserialize;
use serde_json::json;
use tokio::{runtime::Handle, task::spawn_blocking};

use crate::{
    Log,
    caller::Caller,
    device::{Answer, Command, Device},
    issuer::{FetchedKeys, Metadata},
    keys::Keys,
    now,
    retry::until_available,
};

/// The length of the buffer for a decoded access token. It is enough for the longest token.
const TOKEN_ROOM: usize = embedded_jwt::limits::MAX_TOKEN_LEN;

/// The maximum number of DPoP proofs that are remembered at one time, each for about a minute. If
/// all places are taken, a new request is answered with 500.
const PROOFS: usize = 4096;

/// The number of seconds by which the clock of a client may differ from this one in a DPoP proof.
const PROOF_LEEWAY: u64 = 5;

/// The names of the claim with the client: first the name in RFC 9068, then those of other
/// providers.
const CLIENT_CLAIMS: [&str; 4] = ["client_id", "azp", "cid", "appid"];

/// An output that can be switched.
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

    /// Returns the scope that is required to switch the output.
    const fn scope(self) -> &'static str {
        match self {
            Self::Pump => "pump:write",
            Self::Lamp => "lamp:write",
        }
    }
}

/// The kind of tokens that a gateway accepts. Issuer, audience, `exp` and `cnf` are checked in any
/// case.
#[derive(Clone, Debug, Default)]
pub enum Profile {
    /// Access tokens of RFC 9068: `at+jwt`, with `client_id`, `sub`, `iat` and `jti`.
    #[default]
    Rfc9068,
    /// Tokens with this `typ`, which may lack these claims.
    Typ(String),
    /// Tokens with any `typ` or none, which may lack these claims.
    AnyTyp,
}

impl Profile {
    /// Returns the profile for a `typ` on the command line.
    #[must_use]
    pub fn named(typ: &str) -> Self {
        match typ {
            "any" => Self::AnyTyp,
            typ if typ.eq_ignore_ascii_case("at+jwt") => Self::Rfc9068,
            typ => Self::Typ(typ.to_owned()),
        }
    }
}

/// The settings of a gateway.
pub struct Settings {
    /// The identifier of the issuer whose tokens are accepted, a URL.
    pub issuer: String,
    /// The name of the gateway in `aud`.
    pub audience: String,
    /// The kind of tokens that are accepted.
    pub profile: Profile,
    /// The claim that holds the scopes: `scope`, or `scp`.
    pub scope_claim: String,
    /// The scope that `GET /` requires.
    pub scope: Option<String>,
    /// The difference between the clocks of issuer and gateway that is accepted.
    pub leeway: Duration,
    /// The longest lifetime of a token of the issuer. A withdrawn key still verifies older tokens
    /// for this long.
    pub token_lifetime: Duration,
    /// How long the keys are trusted when a fetch fails.
    pub stale_after: Duration,
    /// The interval between two fetches of the keys.
    pub refresh: Duration,
    /// The time after a fetch in which an unknown `kid` causes no further fetch. Anyone can send an
    /// unknown `kid`.
    pub patience: Duration,
    /// How long the gateway waits at the start for an issuer that is down.
    pub wait: Duration,
    /// The URL of the gateway as its clients see it, without a path. With it, tokens that are bound
    /// to a key are accepted with a DPoP proof (RFC 9449).
    pub url: Option<String>,
    /// The device that receives the commands. Without a device, the gateway stores the state of the
    /// outputs.
    pub device: Option<Device>,
    /// The log for the operator.
    pub log: Log,
}

impl Settings {
    /// Returns the settings for access tokens of RFC 9068, with the usual times.
    #[must_use]
    pub fn new(issuer: String, audience: String) -> Self {
        Self {
            issuer,
            audience,
            profile: Profile::default(),
            scope_claim: "scope".to_owned(),
            scope: None,
            leeway: Duration::ZERO,
            token_lifetime: Duration::from_secs(3600),
            stale_after: Duration::from_secs(86_400),
            refresh: Duration::from_secs(300),
            patience: Duration::from_secs(10),
            wait: Duration::ZERO,
            url: None,
            device: None,
            log: Log::stderr("gateway"),
        }
    }

    /// Returns the policy for a token.
    fn policy(&self) -> Policy<'_> {
        let bearer = Policy::new().issuer(&self.issuer).audience(&self.audience);
        let policy = match &self.profile {
            Profile::Rfc9068 => Policy::access_token(&self.issuer, &self.audience),
            Profile::Typ(typ) => bearer.typ(typ),
            Profile::AnyTyp => bearer,
        };
        policy
            .leeway(self.leeway.as_secs())
            .scope_claim(&self.scope_claim)
    }
}

/// A resource server that verifies access tokens offline.
pub struct Gateway {
    settings: Settings,
    jwks_uri: String,
    keys: RwLock<Keys>,
    /// The time of the last fetch of the keys. The task that holds the lock fetches, and the others
    /// wait for the result.
    asked_at: tokio::sync::Mutex<Instant>,
    /// The DPoP proofs that were used.
    proofs: Mutex<Box<ReplayGuard<PROOFS>>>,
    outputs: RwLock<BTreeMap<Output, bool>>,
}

/// The content of an accepted token.
struct Grant {
    sub: Option<String>,
    client_id: Option<String>,
    scope: String,
}

impl Grant {
    /// Reads the claims of a verified token. Claims that the policy does not require may be absent.
    fn new(claims: &Claims<'_>, scope_claim: &str) -> Result<Self, Error> {
        let text = |name| claims.get(name).and_then(Value::as_text);
        let owned = |text: Text<'_>| text.as_str().to_owned();
        let scope = claims.get(scope_claim).map(Scope::from_value).transpose()?;
        let scope: Vec<&str> = scope.iter().flat_map(|scope| scope.iter()).collect();
        Ok(Self {
            sub: claims.sub().map(owned),
            client_id: CLIENT_CLAIMS.into_iter().find_map(text).map(owned),
            scope: scope.join(" "),
        })
    }
}

impl Gateway {
    /// Discovers the issuer and fetches its keys. If the issuer is down, tries again for the time
    /// that the settings allow.
    pub fn start(settings: Settings, runtime: &Handle) -> Result<Arc<Self>> {
        // The program needs the issuer as long as it runs.
        let issuer = String::leak(settings.issuer.clone());
        // The leeway makes each token live longer.
        let lifetime = settings.token_lifetime.saturating_add(settings.leeway);
        let ring = KeyRing::new(issuer, lifetime.as_secs());
        let mut keys = Keys {
            ring: ring.stale_after(settings.stale_after.as_secs()),
            tables: Box::default(),
        };
        let log = &settings.log;
        let (metadata, asked_at, fetched) =
            until_available("starting", settings.wait, log, || {
                let metadata = Metadata::discover(issuer)?;
                let asked_at = Instant::now();
                let fetched = FetchedKeys::fetch(&metadata.jwks_uri)?;
                Ok((metadata, asked_at, fetched))
            })?;
        keys.update(&fetched, log)?;
        // The guard does not know the proofs from before the start. So it rejects them.
        let start = now();
        let mut proofs = Box::new(ReplayGuard::new(start));
        proofs.open_since(start.saturating_add(PROOF_LEEWAY), &mut Volatile)?;
        let gateway = Arc::new(Self {
            settings,
            jwks_uri: metadata.jwks_uri,
            keys: RwLock::new(keys),
            asked_at: tokio::sync::Mutex::new(asked_at),
            proofs: Mutex::new(proofs),
            outputs: RwLock::default(),
        });
        runtime.spawn(keep_fresh(Arc::clone(&gateway)));
        Ok(gateway)
    }

    /// Returns the endpoints of the gateway.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/", get(show))
            .route("/outputs/{output}", post(switch))
            .with_state(Arc::clone(self))
    }

    /// Verifies the access token of a request, and requires `scope`.
    async fn authorize(&self, caller: &Caller, scope: Option<&str>) -> Result<Grant, Refusal> {
        match self.verify(caller, scope) {
            // The issuer may have new keys, or may list a withdrawn key again. Or no set has
            // arrived for too long.
            Err(
                Refusal::InvalidToken(Error::KeyNotFound | Error::KeyWithdrawn)
                | Refusal::ServerError(Error::KeyRingOutdated),
            ) => {
                self.fetch_keys(self.settings.patience).await;
                self.verify(caller, scope)
            }
            verdict => verdict,
        }
    }

    /// Returns the URL of the gateway for a request with a DPoP proof.
    fn url_for_proof(&self, caller: &Caller) -> Option<&str> {
        let url = self.settings.url.as_deref();
        url.filter(|_| caller.scheme() == Scheme::Dpop)
    }

    /// Returns the scheme to name in a challenge.
    fn scheme_of(&self, caller: &Caller) -> Scheme {
        match self.url_for_proof(caller) {
            Some(_) => Scheme::Dpop,
            None => Scheme::Bearer,
        }
    }

    fn verify(&self, caller: &Caller, scope: Option<&str>) -> Result<Grant, Refusal> {
        let authorization = caller.authorization()?.ok_or(Refusal::NoCredentials)?;
        let policy = self.settings.policy();
        let policy = match scope {
            Some(scope) => policy.scope(scope),
            None => policy,
        };
        let time = Time::Trusted(now());
        let mut buffer = vec![0; 2 * TOKEN_ROOM];
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let keys = keys.tables.keys(&keys.ring, &policy);
        let scope_claim = &self.settings.scope_claim;
        let Some(url) = self.url_for_proof(caller) else {
            let token = Scheme::Bearer.token(authorization)?;
            let token = keys.verify(token, time, &mut buffer)?;
            return Ok(Grant::new(token.claims(), scope_claim)?);
        };
        let (uri, method) = (caller.uri_at(url), caller.method.as_str());
        let request = DpopRequest::new(method, &uri, authorization, caller.proof()?);
        let bound = keys.verify_dpop(&request.leeway(PROOF_LEEWAY), time, &mut buffer)?;
        let mut proofs = self.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(used) = proofs.check_dpop(bound, time)?.commit(&mut Volatile);
        Ok(Grant::new(used.token().token().claims(), scope_claim)?)
    }

    /// Fetches the keys, unless the last fetch is less than `patience` ago. If the fetch fails, the
    /// keys stay until they are too old.
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
            let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
            keys.update(&fetched, &self.settings.log)
        });
        if let Err(error) = updated {
            let log = &self.settings.log;
            log.line(format_args!("the keys were not all updated: {error:#}"));
        }
    }

    /// Answers with the status of a rejection, and with a challenge that names the required scope.
    fn refuse(&self, refusal: Refusal, scheme: Scheme, scope: Option<&str>) -> Response {
        let log = &self.settings.log;
        log.refusal(refusal);
        let mut challenge = Challenge::new(&self.settings.audience).scheme(scheme);
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
            Err(error) => log.line(format_args!("no challenge can be written: {error}")),
        }
        response
    }

    /// Switches an output of the gateway.
    fn set(&self, output: Output, on: bool) -> Response {
        let mut outputs = self.outputs.write().unwrap_or_else(PoisonError::into_inner);
        outputs.insert(output, on);
        let state = if on { "on" } else { "off" };
        Json(json!({ "gateway": format!("ok output={output:?} {state}") })).into_response()
    }

    /// Sends a command to the device, which decides whether the client may switch the output.
    async fn forward(
        &self,
        device: &Device,
        command: Command<'_>,
        output: Output,
        scheme: Scheme,
    ) -> Response {
        match device.command(command).await {
            Ok(Answer::Done(answer)) => Json(json!({ "device": answer })).into_response(),
            Ok(Answer::Refused { name, error }) => {
                let body = Json(json!({ "device": name }));
                match error.as_deref() {
                    Some("insufficient_scope") => {
                        let refusal = Refusal::InsufficientScope(Error::InsufficientScope);
                        let (parts, _) = self
                            .refuse(refusal, scheme, Some(output.scope()))
                            .into_parts();
                        (parts.status, parts.headers, body).into_response()
                    }
                    // The gateway signed the command, so another token of the client would not
                    // help.
                    _ => (StatusCode::BAD_GATEWAY, body).into_response(),
                }
            }
            Err(error) => {
                self.settings.log.line(format_args!("{error:#}"));
                StatusCode::BAD_GATEWAY.into_response()
            }
        }
    }
}

/// Fetches the keys at regular intervals, so that withdrawn keys are removed.
async fn keep_fresh(gateway: Arc<Gateway>) {
    let refresh = gateway.settings.refresh;
    loop {
        tokio::time::sleep(refresh).await;
        gateway.fetch_keys(Duration::ZERO).await;
    }
}

/// Answers `GET /` with the subject of the token.
async fn show(State(gateway): State<Arc<Gateway>>, caller: Caller) -> Response {
    let scope = gateway.settings.scope.as_deref();
    match gateway.authorize(&caller, scope).await {
        Ok(grant) => Json(json!({
            "sub": grant.sub,
            "client_id": grant.client_id,
            "scope": grant.scope,
        }))
        .into_response(),
        Err(refusal) => gateway.refuse(refusal, gateway.scheme_of(&caller), scope),
    }
}

#[derive(Deserialize)]
struct Wanted {
    on: bool,
}

/// Answers `POST /outputs/pump` with `{"on":true}`: switches an output.
async fn switch(
    State(gateway): State<Arc<Gateway>>,
    Path(name): Path<String>,
    caller: Caller,
    body: Bytes,
) -> Response {
    // A client without any permission must not learn which outputs exist.
    let Some(output) = Output::named(&name) else {
        return match gateway.authorize(&caller, None).await {
            Ok(_) => StatusCode::NOT_FOUND.into_response(),
            Err(refusal) => gateway.refuse(refusal, gateway.scheme_of(&caller), None),
        };
    };
    // With a device, every accepted token may send a command; the device decides.
    let scope = match gateway.settings.device {
        Some(_) => None,
        None => Some(output.scope()),
    };
    let grant = match gateway.authorize(&caller, scope).await {
        Ok(grant) => grant,
        Err(refusal) => return gateway.refuse(refusal, gateway.scheme_of(&caller), scope),
    };
    let Ok(Wanted { on }) = serde_json::from_slice(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let Some(device) = &gateway.settings.device else {
        return gateway.set(output, on);
    };
    let command = Command {
        client_id: grant.client_id.as_deref().unwrap_or_default(),
        scope: &grant.scope,
        output: &name,
        on,
    };
    let scheme = gateway.scheme_of(&caller);
    gateway.forward(device, command, output, scheme).await
}
