//! HTTP for servers and clients, and the clock.

use std::{
    error, fmt,
    net::SocketAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, bail};
use axum::Router;
use oauth2::{HttpRequest, HttpResponse, http::StatusCode};
use tokio::{net::TcpListener, runtime::Handle, task::JoinHandle};
use ureq::{Agent, http::Uri};

/// The longest time to wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The longest body that is read, in bytes. A JWK Set of 32 keys needs a tenth of it.
const BODY_LIMIT: u64 = 64 * 1024;

/// Returns the time in seconds since 1970.
#[must_use]
pub fn now() -> u64 {
    // A clock before 1970 is not set. The result then makes the verifier reject every token with an
    // `exp`.
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(u64::MAX, |time| time.as_secs())
}

/// Binds a listener to `address`. Port 0 means any free port.
pub fn listen(runtime: &Handle, address: SocketAddr) -> Result<TcpListener> {
    runtime
        .block_on(TcpListener::bind(address))
        .with_context(|| format!("listening on {address}"))
}

/// Serves `router` until the task is aborted.
pub fn serve(runtime: &Handle, listener: TcpListener, router: Router) -> JoinHandle<()> {
    runtime.spawn(async {
        if let Err(error) = axum::serve(listener, router).await {
            eprintln!("the server stopped: {error}");
        }
    })
}

/// Sends a request, and returns the response with any status. Redirects are not followed, because
/// only the chosen server is trusted.
pub fn send(request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(TIMEOUT));
    let config = if is_loopback(request.uri()) {
        config.proxy(None)
    } else {
        config.https_only(true)
    };
    let (parts, mut body) = Agent::new_with_config(config.build())
        .run(request)?
        .into_parts();
    let body = body.with_config().limit(BODY_LIMIT).read_to_vec()?;
    Ok(HttpResponse::from_parts(parts, body))
}

/// Fetches a document that has to exist. Without TLS, only the loopback interface is allowed.
pub fn fetch(url: &str) -> Result<HttpResponse> {
    let uri: Uri = url.parse().with_context(|| format!("the URL {url:?}"))?;
    if uri.scheme_str() != Some("https") && !is_loopback(&uri) {
        bail!("{url} is not https: the server would not be authenticated");
    }
    let request = ureq::http::Request::get(uri)
        .header("Accept", "application/json")
        .body(Vec::new())?;
    let response = send(request).with_context(|| format!("fetching {url}"))?;
    let status = response.status();
    if !status.is_success() {
        return Err(UnexpectedStatus(status)).with_context(|| format!("fetching {url}"));
    }
    Ok(response)
}

/// A response with a status other than success.
#[derive(Debug)]
struct UnexpectedStatus(StatusCode);

impl fmt::Display for UnexpectedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer is {}", self.0)
    }
}

impl error::Error for UnexpectedStatus {}

/// Returns whether a fetch may succeed later, because the server cannot be reached, is overloaded
/// or has an internal error. An unexpected answer is not a temporary failure.
#[must_use]
pub fn is_temporary(error: &anyhow::Error) -> bool {
    use ureq::Error::{ConnectionFailed, HostNotFound, Io, Timeout};
    error.chain().any(|cause| {
        let status = cause.downcast_ref::<UnexpectedStatus>();
        let is_busy = status.is_some_and(|UnexpectedStatus(status)| {
            status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS
        });
        let is_unreachable = cause.downcast_ref::<ureq::Error>().is_some_and(|error| {
            matches!(error, Io(_) | Timeout(_) | HostNotFound | ConnectionFailed)
        });
        is_busy || is_unreachable
    })
}

fn is_loopback(uri: &Uri) -> bool {
    matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"))
}
