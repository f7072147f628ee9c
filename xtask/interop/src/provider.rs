//! The example `gateway` as a user starts it, before `oidc-provider`, a certified authorization server.

use std::{
    env,
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::Command,
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use http_examples::{
    PrivateKey,
    client::{Client, Credentials},
    fetch,
    forge::Forger,
    send,
};
use oauth2::http::Request;
use serde_json::Value;

use crate::{Report, process::Running};

/// A resource that `provider.mjs` knows, the gateway, and another.
const GATEWAY: &str = "https://gateway.example";
const ELSEWHERE: &str = "https://elsewhere.example";

/// Its clients: one with a secret, one with a key.
const CONSOLE: &str = "console";
const SECRET: Credentials<'_> = Credentials::Secret("a secret of the console's");
const METER: &str = "meter";

/// What the gateway is told to require of `GET /`.
const SCOPE: &str = "status:read";

/// How long after a fetch of the keys the gateway does not ask for an unknown one.
const PATIENCE: Duration = Duration::from_secs(1);

pub(crate) fn run(peers: &Path, report: &mut Report) -> Result<()> {
    println!("\noidc-provider");
    let meter = PrivateKey::generate()?;
    let issuer = Issuer {
        peers,
        port: free_port()?,
        jwk: meter.public_jwk()?,
    };
    let first = issuer.start()?;
    let gateway = Gateway::start(&issuer.url())?;
    let token_endpoint = issuer.token_endpoint()?;
    let identifier = issuer.url();
    let client = |client_id| Client {
        issuer: &identifier,
        token_endpoint: &token_endpoint,
        client_id,
    };
    let token = |resource, scope| client(CONSOLE).access_token(&SECRET, resource, scope);

    let old = token(GATEWAY, SCOPE)?;
    report.check(
        "a token for a client with a secret",
        gateway.answers(&old, 200, ""),
    );
    let assertion = client(METER).assertion(&meter)?;
    let by_key = client(METER).access_token(&Credentials::Assertion(&assertion), GATEWAY, SCOPE);
    report.check(
        "a token for our client assertion",
        by_key.and_then(|token| gateway.answers(&token, 200, "")),
    );
    report.check(
        "no token for a stranger's assertion",
        refused(&client(METER), &PrivateKey::generate()?),
    );
    report.check(
        "a token with another scope",
        gateway.answers(&token(GATEWAY, "pump:write")?, 403, "insufficient_scope"),
    );
    report.check(
        "a token for another resource",
        gateway.answers(&token(ELSEWHERE, SCOPE)?, 401, "invalid_token"),
    );
    for (title, forged) in forged(&old)? {
        report.check(title, gateway.answers(&forged, 401, "invalid_token"));
    }

    drop(first);
    let second = issuer.start()?;
    thread::sleep(PATIENCE);
    let new = token(GATEWAY, SCOPE)?;
    report.check(
        "the issuer has another key: a token by it",
        gateway.answers(&new, 200, ""),
    );
    report.check("and one by the old key", gateway.answers(&old, 200, ""));

    drop(second);
    thread::sleep(PATIENCE);
    let unknown = Forger::new(&new)?.signed_under("nobody's")?;
    report.check(
        "the issuer is down: a token with an unknown key",
        gateway.answers(&unknown, 401, "invalid_token"),
    );
    report.check("a token by the new key", gateway.answers(&new, 200, ""));
    report.check("and one by the old key", gateway.answers(&old, 200, ""));
    Ok(())
}

/// What is no token of the issuer's any more.
fn forged(genuine: &str) -> Result<[(&'static str, String); 4]> {
    let forger = Forger::new(genuine)?;
    Ok([
        (
            "a token with more scope, put in",
            forger.with_scope("status:read pump:write"),
        ),
        ("a token without a signature", forger.unsigned()),
        ("a token by a stranger's key", forger.signed_by_stranger()?),
        ("no token at all", "opaque".to_owned()),
    ])
}

fn refused(client: &Client<'_>, stranger: &PrivateKey) -> Result<String> {
    let assertion = client.assertion(stranger)?;
    let answer = client.access_token(&Credentials::Assertion(&assertion), GATEWAY, SCOPE);
    let refusal = answer.err().context("the issuer gave one")?;
    let text = format!("{refusal:#}");
    ensure!(text.starts_with("invalid_client"), "it answers {text}");
    Ok(text)
}

/// oidc-provider on the loopback. With every start it has another key.
struct Issuer<'p> {
    peers: &'p Path,
    port: u16,
    /// The public key of its client `METER`.
    jwk: Value,
}

impl Issuer<'_> {
    fn start(&self) -> Result<Running> {
        let mut command = Command::new("node");
        command
            .arg("provider.mjs")
            .arg(self.port.to_string())
            .current_dir(self.peers);
        let running = Running::start(&mut command, self.jwk.to_string().as_bytes())?;
        running.says("listening").context("oidc-provider")?;
        Ok(running)
    }

    fn url(&self) -> String {
        format!("http://{}:{}", Ipv4Addr::LOCALHOST, self.port)
    }

    fn token_endpoint(&self) -> Result<String> {
        let url = format!("{}/.well-known/openid-configuration", self.url());
        let metadata: Value = serde_json::from_slice(fetch(&url)?.body())?;
        let endpoint = metadata.get("token_endpoint").and_then(Value::as_str);
        Ok(endpoint.context("no token endpoint")?.to_owned())
    }
}

/// A port that was free a moment ago: the issuer's name, which comes first, has it in it.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// The example.
struct Gateway {
    url: String,
    _running: Running,
}

impl Gateway {
    fn start(issuer: &str) -> Result<Self> {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command
            .args("run --quiet --locked --package http-examples --example gateway --".split(' '))
            .args(["--issuer", issuer, "--audience", GATEWAY, "--scope", SCOPE])
            .args(["--listen", "127.0.0.1:0", "--patience"])
            .arg(PATIENCE.as_secs().to_string());
        let running = Running::start(&mut command, b"")?;
        let url = running.says("listening on ").context("the gateway")?;
        Ok(Self {
            url,
            _running: running,
        })
    }

    /// Sends `token`; the answer has to have this status, and this error code in its challenge.
    fn answers(&self, token: &str, status: u16, error: &str) -> Result<String> {
        let request = Request::get(&self.url).header("Authorization", format!("Bearer {token}"));
        let response = send(request.body(Vec::new())?)?;
        let challenge = response
            .headers()
            .get("WWW-Authenticate")
            .map_or(Ok(""), |value| value.to_str())?;
        let answer = format!("{} {challenge}", response.status().as_u16());
        ensure!(
            response.status() == status && challenge.contains(error),
            "{answer}"
        );
        Ok(answer.trim_end().to_owned())
    }
}
