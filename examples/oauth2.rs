//! OAuth 2.0 from end to end, over real HTTP on the loopback interface. An authorization server
//! issues access tokens, and clients present them. A gateway verifies them offline and acts
//! according to their scope. Keys rotate, and everything else is rejected.
//!
//! ```text
//! cargo run --example oauth2
//! ```
//!
//! Each step prints what it expects. The exit status tells whether every answer was the expected
//! one. With `--device`, the gateway sends commands to the example firmware, which checks their
//! scope. `cargo xtask demo --oauth` runs it with the emulated firmware.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    ops::RangeInclusive,
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use http_examples::{
    PrivateKey,
    authorization_server::{AuthorizationServer, Registered, Registration},
    client::{Client, Credentials},
    device::Device,
    forge::Forger,
    gateway::{Gateway, Settings},
    listen, send, serve,
};
use oauth2::{HttpResponse, http::Request};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

const GATEWAY: &str = "https://gateway.example";
const ELSEWHERE: &str = "https://elsewhere.example";

/// The time after a fetch in which an unknown key in a token causes no further fetch.
const PATIENCE: Duration = Duration::from_secs(2);

/// An authorization server, its clients and a gateway, in one run.
#[derive(Parser)]
#[command(name = "oauth2")]
struct Arguments {
    /// The serial line of the example firmware, as a TCP address
    #[arg(long, value_name = "HOST:PORT", requires = "device_key")]
    device: Option<String>,

    /// A file with the private JWK that the device trusts
    #[arg(long, value_name = "FILE", requires = "device")]
    device_key: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("oauth2: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<bool> {
    let device = match (arguments.device, arguments.device_key) {
        (Some(address), Some(file)) => {
            let jwk = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
            Some(Device::new(address, PrivateKey::from_jwk(&jwk)?))
        }
        _ => None,
    };
    let runtime = Runtime::new()?;
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));

    let meter_key = PrivateKey::generate()?;
    let listener = listen(runtime.handle(), loopback)?;
    let issuer = format!("http://{}", listener.local_addr()?);
    let server = Arc::new(AuthorizationServer::new(
        issuer.clone(),
        &[GATEWAY, ELSEWHERE],
        registrations(&meter_key)?,
    )?);
    let serving = serve(runtime.handle(), listener, server.router());
    println!("authorization server  {issuer}");

    let settings = Settings {
        scope: Some("status:read".to_owned()),
        token_lifetime: Duration::from_secs(600),
        patience: PATIENCE,
        device,
        ..Settings::new(issuer.clone(), GATEWAY.to_owned())
    };
    let gateway = Gateway::start(settings, runtime.handle())?;
    let listener = listen(runtime.handle(), loopback)?;
    let url = format!("http://{}", listener.local_addr()?);
    serve(runtime.handle(), listener, gateway.router());
    println!("gateway               {url}  ({GATEWAY})");

    let token_endpoint = server.token_endpoint();
    let mut run = Run {
        server: &server,
        token_endpoint: &token_endpoint,
        meter_key: &meter_key,
        gateway: &url,
        steps: 0,
        as_expected: 0,
    };
    let console = run.tokens()?;
    run.refusals(&console)?;
    let newer = run.rotation(&console)?;

    title("The authorization server goes down: the gateway does not need it to verify a token");
    serving.abort();
    run.get("the console's token", &[&bearer(&newer)], 200, None)?;
    thread::sleep(PATIENCE);
    let unknown = Forger::new(&newer)?.signed_under("nobody's")?;
    run.get("an unknown key", &[&bearer(&unknown)], 401, INVALID)?;
    run.get("the console's token", &[&bearer(&newer)], 200, None)?;

    let passed = run.as_expected == run.steps;
    println!(
        "\noauth2 {}: {} of {} answers were the expected ones",
        if passed { "PASSED" } else { "FAILED" },
        run.as_expected,
        run.steps
    );
    Ok(passed)
}

fn registrations(meter_key: &PrivateKey) -> Result<Vec<Registration>> {
    Ok(vec![
        Registration {
            client_id: "console",
            credentials: Registered::Secret("a secret: of the console's"),
            scopes: &["status:read", "pump:write", "lamp:write"],
            token_lifetime: 600,
        },
        Registration {
            client_id: "meter",
            credentials: Registered::PublicKey(meter_key.public()?),
            scopes: &["status:read", "lamp:write"],
            token_lifetime: 600,
        },
        Registration {
            client_id: "hasty",
            credentials: Registered::Secret("a secret of the hasty one's"),
            scopes: &["status:read"],
            token_lifetime: 1,
        },
    ])
}

/// An error code of RFC 6750 section 3.1.
const INVALID: Option<&str> = Some("invalid_token");
const MALFORMED: Option<&str> = Some("invalid_request");
const INSUFFICIENT: Option<&str> = Some("insufficient_scope");

/// The run so far.
struct Run<'a> {
    server: &'a AuthorizationServer,
    token_endpoint: &'a str,
    meter_key: &'a PrivateKey,
    gateway: &'a str,
    steps: usize,
    as_expected: usize,
}

impl<'a> Run<'a> {
    /// Requests tokens and uses them. Returns the token of the console.
    fn tokens(&mut self) -> Result<String> {
        title("A client with a secret (RFC 6749 section 4.4)");
        let console = self.token(
            "console",
            &Credentials::Secret("a secret: of the console's"),
            GATEWAY,
            "status:read pump:write",
        )?;
        self.get("who am I", &[&bearer(&console)], 200, None)?;
        self.switch("pump", &console, 200, None)?;

        title(
            "A client with a key (RFC 7523): the assertion is signed by embedded-jwt, as a device does it",
        );
        let client = self.client("meter");
        let assertion = client.assertion(self.meter_key)?;
        let credentials = Credentials::Assertion(&assertion);
        let meter = self.token("meter", &credentials, GATEWAY, "status:read lamp:write")?;
        self.switch("lamp", &meter, 200, None)?;
        self.switch("pump", &meter, 403, INSUFFICIENT)?;

        title("Requests that the authorization server rejects");
        self.no_token(
            "the assertion again",
            "meter",
            &credentials,
            (GATEWAY, "status:read"),
            "invalid_client",
        );
        let secret = Credentials::Secret("a guess");
        self.no_token(
            "a wrong secret",
            "console",
            &secret,
            (GATEWAY, "status:read"),
            "invalid_client",
        );
        let assertion = client.assertion(&PrivateKey::generate()?)?;
        let stranger = Credentials::Assertion(&assertion);
        self.no_token(
            "a stranger's assertion",
            "meter",
            &stranger,
            (GATEWAY, "status:read"),
            "invalid_client",
        );
        let assertion = client.assertion(self.meter_key)?;
        let credentials = Credentials::Assertion(&assertion);
        self.no_token(
            "a scope that the meter may not have",
            "meter",
            &credentials,
            (GATEWAY, "pump:write"),
            "invalid_scope",
        );
        let assertion = client.assertion(self.meter_key)?;
        let credentials = Credentials::Assertion(&assertion);
        self.no_token(
            "a resource that does not exist",
            "meter",
            &credentials,
            ("https://nowhere.example", "status:read"),
            "invalid_target",
        );

        title("A hundred requests, and the JWK Set was fetched once");
        for _ in 0..100 {
            let response = self.request("/", &[&bearer(&console)], None)?;
            ensure!(
                response.status() == 200,
                "a good token got {}",
                response.status()
            );
        }
        self.fetches(1..=1);
        Ok(console)
    }

    /// Sends tokens that the gateway must reject.
    fn refusals(&mut self, console: &str) -> Result<()> {
        title("No token, or a malformed one (RFC 6750 section 2.1)");
        self.get("no Authorization", &[], 401, None)?;
        self.get("another scheme", &["Basic Y29uc29sZTpndWVzcw=="], 401, None)?;
        self.get("no token", &["Bearer"], 400, MALFORMED)?;
        self.get("a tab", &[&format!("Bearer\t{console}")], 400, MALFORMED)?;
        self.get(
            "two tokens in one field",
            &[&format!("Bearer {console} {console}")],
            400,
            MALFORMED,
        )?;
        let field = format!("Bearer {console}");
        self.get("two fields", &[&field, &field], 400, MALFORMED)?;

        title("Tokens that are not for this gateway");
        let secret = Credentials::Secret("a secret: of the console's");
        let elsewhere = self.token("console", &secret, ELSEWHERE, "status:read")?;
        self.get("for another audience", &[&bearer(&elsewhere)], 401, INVALID)?;
        let lamp = self.token("console", &secret, GATEWAY, "lamp:write")?;
        self.get(
            "without the required scope",
            &[&bearer(&lamp)],
            403,
            INSUFFICIENT,
        )?;
        let assertion = self.client("meter").assertion(self.meter_key)?;
        self.get("a client assertion", &[&bearer(&assertion)], 401, INVALID)?;

        title("Forgeries");
        let forger = Forger::new(console)?;
        let more = forger.with_scope("status:read pump:write root");
        self.get("one more scope", &[&bearer(&more)], 401, INVALID)?;
        self.get("alg none", &[&bearer(&forger.unsigned())], 401, INVALID)?;
        let confused = forger.signed_with_public_key(&self.server.public_key()?)?;
        self.get(
            "HS256 with the public key as the secret",
            &[&bearer(&confused)],
            401,
            INVALID,
        )?;
        let stranger = forger.signed_by_stranger()?;
        self.get(
            "the right kid, another key",
            &[&bearer(&stranger)],
            401,
            INVALID,
        )?;
        let cut = console.get(..console.len() - 4).context("a token")?;
        self.get("cut off", &[&bearer(cut)], 401, INVALID)?;

        title("A token that lives for a second");
        let hasty = Credentials::Secret("a secret of the hasty one's");
        let hasty = self.token("hasty", &hasty, GATEWAY, "status:read")?;
        thread::sleep(Duration::from_secs(2));
        self.get("two seconds later", &[&bearer(&hasty)], 401, INVALID)
    }

    /// Rotates the key of the authorization server. Returns a token that the new key signed.
    fn rotation(&mut self, console: &str) -> Result<String> {
        title("The authorization server signs with a new key, which the gateway has not seen");
        thread::sleep(PATIENCE);
        let before = self.server.jwk_set_requests();
        self.server.rotate()?;
        let secret = Credentials::Secret("a secret: of the console's");
        let newer = self.token("console", &secret, GATEWAY, "status:read")?;
        self.get("a token by the new key", &[&bearer(&newer)], 200, None)?;
        self.fetches(before + 1..=before + 1);
        self.get(
            "a token by the old key, which is no longer listed",
            &[&bearer(console)],
            200,
            None,
        )?;

        title(
            "Twenty unknown keys: the last fetch was a moment ago, so they cause no further fetch",
        );
        let start = Instant::now();
        let forger = Forger::new(&newer)?;
        for number in 0..20 {
            let unknown = forger.signed_under(&format!("nobody's-{number}"))?;
            let response = self.request("/", &[&bearer(&unknown)], None)?;
            ensure!(
                response.status() == 401,
                "a stranger got {}",
                response.status()
            );
        }
        // One fetch is allowed in each `PATIENCE`, so a slow machine may have more.
        let allowed = start.elapsed().as_secs() / PATIENCE.as_secs();
        self.fetches(before + 1..=before + 1 + usize::try_from(allowed)?);
        Ok(newer)
    }

    fn client<'c>(&self, client_id: &'c str) -> Client<'c>
    where
        'a: 'c,
    {
        Client {
            issuer: self.server.issuer(),
            token_endpoint: self.token_endpoint,
            client_id,
        }
    }

    /// Requests a token that the authorization server has to issue.
    fn token(
        &mut self,
        client_id: &str,
        credentials: &Credentials<'_>,
        resource: &str,
        scope: &str,
    ) -> Result<String> {
        let token = self
            .client(client_id)
            .access_token(credentials, resource, scope)?;
        self.step(&format!("{client_id} asks for {scope:?}"), "a token", true);
        Ok(token)
    }

    /// Requests a token that the authorization server must not issue. It has to answer with this
    /// error code.
    fn no_token(
        &mut self,
        title: &str,
        client_id: &str,
        credentials: &Credentials<'_>,
        target: (&str, &str),
        error: &str,
    ) {
        let (resource, scope) = target;
        let answer = self
            .client(client_id)
            .access_token(credentials, resource, scope);
        let (answer, as_expected) = match answer {
            Ok(_) => ("a token".to_owned(), false),
            Err(refusal) => {
                let text = format!("{refusal:#}");
                let as_expected = text.starts_with(error);
                (text, as_expected)
            }
        };
        self.step(title, &answer, as_expected);
    }

    /// Sends `GET /` with these `Authorization` fields, and checks the answer.
    fn get(
        &mut self,
        title: &str,
        authorization: &[&str],
        status: u16,
        error: Option<&str>,
    ) -> Result<()> {
        let response = self.request("/", authorization, None)?;
        self.check(title, &response, status, error)
    }

    /// Switches an output on, and checks the answer.
    fn switch(
        &mut self,
        output: &str,
        token: &str,
        status: u16,
        error: Option<&str>,
    ) -> Result<()> {
        let path = format!("/outputs/{output}");
        let body = json!({ "on": true });
        let response = self.request(&path, &[&bearer(token)], Some(&body))?;
        self.check(&format!("switch the {output} on"), &response, status, error)
    }

    fn request(
        &self,
        path: &str,
        authorization: &[&str],
        body: Option<&Value>,
    ) -> Result<HttpResponse> {
        let method = if body.is_some() { "POST" } else { "GET" };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.gateway));
        for field in authorization {
            request = request.header("Authorization", *field);
        }
        let body = body.map_or_else(Vec::new, |body| body.to_string().into_bytes());
        Ok(send(request.body(body)?)?)
    }

    fn check(
        &mut self,
        title: &str,
        response: &HttpResponse,
        status: u16,
        error: Option<&str>,
    ) -> Result<()> {
        let challenge = response
            .headers()
            .get("WWW-Authenticate")
            .map_or(Ok(""), |value| value.to_str())?;
        let body = String::from_utf8_lossy(response.body());
        let given = challenge
            .split_once("error=\"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(error, _)| error);
        // Every 401 has a challenge (RFC 9110 section 15.5.2).
        let as_expected = response.status() == status
            && given == error
            && (status != 401 || challenge.starts_with("Bearer realm="));
        let answer = format!("{} {challenge} {body}", response.status().as_u16());
        self.step(title, answer.trim_end(), as_expected);
        Ok(())
    }

    /// Checks how often the JWK Set was fetched.
    fn fetches(&mut self, expected: RangeInclusive<usize>) {
        let fetches = self.server.jwk_set_requests();
        let answer = format!("{fetches} fetches of the JWK Set since the start");
        self.step("counted", &answer, expected.contains(&fetches));
    }

    fn step(&mut self, title: &str, answer: &str, as_expected: bool) {
        self.steps += 1;
        self.as_expected += usize::from(as_expected);
        println!("  {title}\n      {answer}");
        if !as_expected {
            println!("      WRONG: this is not what was expected");
        }
    }
}

fn title(title: &str) {
    println!("\n{title}");
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}
