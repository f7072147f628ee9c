//! A gateway in front of an HTTP API: it verifies the access tokens of one issuer offline.
//!
//! ```text
//! cargo run -- https://auth.example https://pump-7.example https://auth.example/jwks
//! curl -i -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/pump
//! ```
//!
//! The issuer must sign with ES256. `GET /pump` requires a token, and `POST /pump` also requires
//! the scope `pump:write`.

mod keys;
#[cfg(test)]
mod tests;

use std::{env, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use axum::{
    Extension, Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use embedded_jwt::{
    Error, Policy, Time,
    oauth::{Challenge, Refusal, Scheme},
};
use keys::Keys;
use tokio::{net::TcpListener, time::sleep};

/// The interval between two fetches of the keys. Until then, a key that the issuer has withdrawn
/// still verifies new tokens.
const REFRESH: Duration = Duration::from_secs(300);

/// The subject of a verified token. Handlers take it as an argument.
#[derive(Clone)]
struct Caller(String);

/// What stands before an endpoint: the keys, and what a token must meet.
#[derive(Clone)]
struct Guard {
    keys: Arc<Keys>,
    policy: Policy<'static>,
    challenge: Challenge<'static>,
}

impl Guard {
    /// Requires a scope too.
    fn scope(mut self, scope: &'static str) -> Self {
        self.policy = self.policy.scope(scope);
        self.challenge = self.challenge.scope(scope);
        self
    }

    fn verify(&self, headers: &HeaderMap) -> Result<Caller, Refusal> {
        let mut fields = headers.get_all(header::AUTHORIZATION).iter();
        let field = fields.next().ok_or(Refusal::NoCredentials)?;
        if fields.next().is_some() {
            return Err(Error::SeveralCredentials.into());
        }
        let token = Scheme::Bearer.token(field.as_bytes())?;
        let mut buffer = vec![0; embedded_jwt::buffer_len(token.len())];
        let now = Time::from(std::time::SystemTime::now());
        let ring = self.keys.ring();
        let keys = ring.keys(&self.policy);
        let token = keys.verify(token, now, &mut buffer)?;
        Ok(Caller(token.access_token()?.sub().as_str().to_owned()))
    }

    /// Verifies. If the issuer may have new keys, fetches them and verifies again.
    async fn authorize(&self, headers: &HeaderMap) -> Result<Caller, Refusal> {
        let verdict = self.verify(headers);
        match verdict.as_ref().err().and_then(|refusal| refusal.cause()) {
            Some(Error::KeyNotFound | Error::KeyWithdrawn | Error::KeyRingOutdated) => {
                self.keys.update().await;
                self.verify(headers)
            }
            _ => verdict,
        }
    }

    /// Logs a refusal, never a token, and answers with its status and challenge.
    fn refuse(&self, refusal: Refusal) -> Response {
        let status = refusal.status();
        match refusal.cause() {
            Some(error) => eprintln!("refused with {status}: {} {}", error.code(), error.name()),
            None => eprintln!("refused with {status}: no credentials"),
        }
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match self.challenge.write(refusal, &mut [0; 512]) {
            Ok(Some(text)) => (status, [(header::WWW_AUTHENTICATE, text)]).into_response(),
            _ => status.into_response(),
        }
    }
}

/// Lets only requests with a valid token through.
async fn guard(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    match guard.authorize(request.headers()).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(refusal) => guard.refuse(refusal),
    }
}

/// Returns the endpoints. Put your own here.
fn api(keys: Arc<Keys>, issuer: &'static str, audience: &'static str) -> Router {
    let reader = Guard {
        keys,
        // For tokens of another shape, docs/providers.md has the policies.
        policy: Policy::access_token(issuer, audience).leeway(30),
        challenge: Challenge::new("pump"),
    };
    let writer = reader.clone().scope("pump:write");
    let show = get(async |caller: Extension<Caller>| format!("hello {}", caller.0.0));
    let switch = post(async || "switched");
    let show = show.route_layer(middleware::from_fn_with_state(reader, guard));
    let switch = switch.route_layer(middleware::from_fn_with_state(writer, guard));
    Router::new().route("/pump", show.merge(switch))
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let mut argument = |name| arguments.next().with_context(|| format!("no {name}"));
    // They are needed as long as the program runs.
    let issuer: &str = argument("ISSUER")?.leak();
    let audience: &str = argument("AUDIENCE")?.leak();
    let keys = Arc::new(Keys::new(issuer, argument("JWKS_URI")?));
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    let api = api(Arc::clone(&keys), issuer, audience);
    tokio::spawn(async move {
        loop {
            keys.update().await;
            sleep(REFRESH).await;
        }
    });
    axum::serve(listener, api).await?;
    Ok(())
}
