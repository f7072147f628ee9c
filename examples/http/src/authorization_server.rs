//! A small authorization server: client credentials (RFC 6749 section 4.4), client assertions (RFC
//! 7523), access tokens as JWTs (RFC 9068), a JWK Set (RFC 7517) and metadata (RFC 8414).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::Result;
use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use embedded_jwt::{Key, Policy, Time, Verifier, json::Text, oauth::ClientAssertion};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{PrivateKey, key::random_id, now};

/// The longest lifetime of a client assertion, in seconds. Its `jti` is remembered for this long.
const ASSERTION_LIFETIME: u64 = 300;

/// The maximum number of assertions that are remembered. If so many are remembered, a new assertion
/// is rejected, so that none is forgotten before it expires.
const ASSERTION_LIMIT: usize = 10_000;

/// A registered client.
pub struct Registration {
    /// The identifier of the client.
    pub client_id: &'static str,
    /// The credentials that the client authenticates with.
    pub credentials: Registered,
    /// The scopes that the client may have.
    pub scopes: &'static [&'static str],
    /// The lifetime of its tokens, in seconds.
    pub token_lifetime: u64,
}

/// The credentials of a client that the server stores.
pub enum Registered {
    /// A secret.
    Secret(&'static str),
    /// The public key of a client that signs assertions.
    PublicKey([u8; 65]),
}

/// A small authorization server.
pub struct AuthorizationServer {
    issuer: String,
    clients: Vec<Registration>,
    /// The audiences that tokens are issued for.
    resources: &'static [&'static str],
    state: Mutex<ServerState>,
}

struct ServerState {
    key: PrivateKey,
    /// The used assertions, each with the time when it expires.
    used: HashMap<(&'static str, String), u64>,
    jwk_set_requests: usize,
}

impl AuthorizationServer {
    /// Creates a server with one key of its own.
    pub fn new(
        issuer: String,
        resources: &'static [&'static str],
        clients: Vec<Registration>,
    ) -> Result<Self> {
        let key = PrivateKey::generate()?;
        Ok(Self {
            issuer,
            clients,
            resources,
            state: Mutex::new(ServerState {
                key,
                used: HashMap::new(),
                jwk_set_requests: 0,
            }),
        })
    }

    /// Replaces the signing key. The JWK Set no longer lists the old key.
    pub fn rotate(&self) -> Result<()> {
        let key = PrivateKey::generate()?;
        self.state().key = key;
        Ok(())
    }

    /// Returns the public key that verifies its tokens.
    pub fn public_key(&self) -> Result<[u8; 65]> {
        self.state().key.public()
    }

    /// Returns how often the JWK Set was fetched.
    #[must_use]
    pub fn jwk_set_requests(&self) -> usize {
        self.state().jwk_set_requests
    }

    /// Returns the endpoints of the server.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/.well-known/oauth-authorization-server", get(metadata))
            .route("/jwks", get(jwk_set))
            .route("/token", post(token))
            .with_state(Arc::clone(self))
    }

    /// Returns the issuer identifier of the server.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Returns the URL of the token endpoint.
    #[must_use]
    pub fn token_endpoint(&self) -> String {
        format!("{}/token", self.issuer)
    }

    // A panic in another thread cannot leave the state half changed, so poisoning is ignored.
    fn state(&self) -> MutexGuard<'_, ServerState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the client that sent a request (RFC 6749 section 2.3). Exactly one way to
    /// authenticate is accepted.
    fn authenticate(
        &self,
        headers: &HeaderMap,
        request: &TokenRequest,
    ) -> Result<&Registration, OauthError> {
        let assertion = match (&request.client_assertion_type, &request.client_assertion) {
            (Some(kind), Some(assertion)) if kind == ClientAssertion::TYPE => Some(assertion),
            (None, None) => None,
            _ => return Err(OauthError::InvalidRequest),
        };
        let client = match (headers.get(header::AUTHORIZATION), assertion) {
            (Some(basic), None) => self.by_secret(basic.as_bytes()),
            (None, Some(assertion)) => self.by_assertion(assertion.as_bytes()),
            (None, None) => None,
            (Some(_), Some(_)) => return Err(OauthError::InvalidRequest),
        };
        let client = client.ok_or(OauthError::InvalidClient)?;
        match &request.client_id {
            Some(client_id) if client_id != client.client_id => Err(OauthError::InvalidClient),
            _ => Ok(client),
        }
    }

    fn by_secret(&self, authorization: &[u8]) -> Option<&Registration> {
        let (id, secret) = basic_credentials(authorization)?;
        self.clients.iter().find(|client| {
            // A product compares slow hashes, in constant time.
            matches!(client.credentials, Registered::Secret(own) if own == secret)
                && client.client_id == id
        })
    }

    fn by_assertion(&self, assertion: &[u8]) -> Option<&Registration> {
        let mut buffer = [0; 2048];
        let time = Time::Trusted(now());
        self.clients.iter().find(|client| {
            let Registered::PublicKey(point) = &client.credentials else {
                return false;
            };
            let policy = Policy::new()
                .typ(ClientAssertion::TYP)
                .issuer(client.client_id)
                .subject(client.client_id)
                .audience(&self.issuer)
                .max_lifetime(ASSERTION_LIFETIME);
            let Ok(key) = Key::es256(point) else {
                return false;
            };
            let keys = [key];
            let Ok(token) = Verifier::new(&keys, &policy).verify(assertion, time, &mut buffer)
            else {
                return false;
            };
            let claims = token.claims();
            match (claims.jti().map(Text::as_str), claims.exp()) {
                (Some(jti), Some(exp)) => self.state().is_first_use(client.client_id, jti, exp),
                _ => false,
            }
        })
    }

    /// Issues a token for the requested scopes that the client may have.
    fn issue(&self, client: &Registration, request: &TokenRequest) -> Result<Value, OauthError> {
        if request.grant_type != "client_credentials" {
            return Err(OauthError::UnsupportedGrantType);
        }
        let scope = match &request.scope {
            None => client.scopes.join(" "),
            Some(scope) => scope.clone(),
        };
        if !scope.split(' ').all(|scope| client.scopes.contains(&scope)) {
            return Err(OauthError::InvalidScope);
        }
        let resource = request.resource.as_deref();
        let audience = resource
            .filter(|resource| self.resources.contains(resource))
            .ok_or(OauthError::InvalidTarget)?;
        let issued_at = now();
        let claims = json!({
            "iss": self.issuer,
            "sub": client.client_id,
            "client_id": client.client_id,
            "aud": audience,
            "scope": scope,
            "iat": issued_at,
            "exp": issued_at + client.token_lifetime,
            "jti": random_id().map_err(|_| OauthError::ServerError)?,
        });
        let token = self
            .state()
            .key
            .sign("at+jwt", &claims)
            .map_err(|_| OauthError::ServerError)?;
        Ok(json!({
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": client.token_lifetime,
            "scope": scope,
        }))
    }
}

impl ServerState {
    /// Returns whether an assertion was not used before, and marks it as used.
    fn is_first_use(&mut self, client_id: &'static str, jti: &str, exp: u64) -> bool {
        let now = now();
        self.used.retain(|_, exp| *exp > now);
        self.used.len() < ASSERTION_LIMIT
            && self.used.insert((client_id, jti.to_owned()), exp).is_none()
    }
}

/// A token request (RFC 6749 section 4.4.2, RFC 8707 section 2, RFC 7523 section 2.2).
#[derive(Deserialize)]
struct TokenRequest {
    grant_type: String,
    scope: Option<String>,
    resource: Option<String>,
    client_id: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
}

/// An error answer (RFC 6749 section 5.2, RFC 8707 section 2).
enum OauthError {
    InvalidRequest,
    InvalidClient,
    InvalidScope,
    InvalidTarget,
    UnsupportedGrantType,
    ServerError,
}

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        let (status, code) = match self {
            Self::InvalidRequest => (StatusCode::BAD_REQUEST, "invalid_request"),
            Self::InvalidClient => (StatusCode::UNAUTHORIZED, "invalid_client"),
            Self::InvalidScope => (StatusCode::BAD_REQUEST, "invalid_scope"),
            Self::InvalidTarget => (StatusCode::BAD_REQUEST, "invalid_target"),
            Self::UnsupportedGrantType => (StatusCode::BAD_REQUEST, "unsupported_grant_type"),
            Self::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
        };
        let mut response = (status, Json(json!({ "error": code }))).into_response();
        if matches!(self, Self::InvalidClient) {
            let challenge = header::HeaderValue::from_static("Basic realm=\"clients\"");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

async fn token(
    State(server): State<Arc<AuthorizationServer>>,
    headers: HeaderMap,
    request: Result<Form<TokenRequest>, axum::extract::rejection::FormRejection>,
) -> Response {
    let answer = request
        .map_err(|_| OauthError::InvalidRequest)
        .and_then(|Form(request)| {
            let client = server.authenticate(&headers, &request)?;
            server.issue(client, &request)
        });
    match answer {
        // A cache must not store a token (RFC 6749 section 5.1).
        Ok(answer) => ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response(),
        Err(error) => error.into_response(),
    }
}

async fn jwk_set(State(server): State<Arc<AuthorizationServer>>) -> Response {
    let mut state = server.state();
    state.jwk_set_requests += 1;
    match state.key.public_jwk() {
        Ok(key) => Json(json!({ "keys": [key] })).into_response(),
        Err(_) => OauthError::ServerError.into_response(),
    }
}

async fn metadata(State(server): State<Arc<AuthorizationServer>>) -> Json<Value> {
    Json(json!({
        "issuer": server.issuer,
        "token_endpoint": server.token_endpoint(),
        "jwks_uri": format!("{}/jwks", server.issuer),
        "response_types_supported": [],
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
    }))
}

/// Returns name and secret from HTTP Basic, each form-encoded (RFC 6749 section 2.3.1).
fn basic_credentials(authorization: &[u8]) -> Option<(String, String)> {
    let text = std::str::from_utf8(authorization).ok()?;
    let (scheme, encoded) = text.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let decoded = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let decode = |text: &str| {
        let spaced = text.replace('+', " ");
        let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
        Some(decoded.into_owned())
    };
    Some((decode(id)?, decode(secret)?))
}
