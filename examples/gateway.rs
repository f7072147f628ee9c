//! A gateway for an issuer that signs with ES256. It verifies access tokens offline, and explains
//! why it rejects one. docs/providers.md says what providers send.
//!
//! ```text
//! cargo run --example gateway -- --issuer https://auth.example --audience https://pump-7.example
//! cargo run --example gateway -- --issuer https://login.example/realms/plant --audience pump-api --typ JWT --leeway 30
//! curl -i -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/
//! ```
//!
//! `GET /` shows the subject of a token. `POST /outputs/pump` with `{"on":true}` requires the scope
//! `pump:write`, and `/outputs/lamp` requires `lamp:write`. With `--device`, the example firmware
//! decides about these commands and executes them.

use std::{fs, net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Context as _, Result};
use clap::Parser;
use http_examples::{
    Log, PrivateKey,
    device::Device,
    gateway::{Gateway, Profile, Settings},
    listen, serve,
};
use tokio::runtime::Runtime;

/// Verifies the access tokens of one issuer offline (RFC 9068, RFC 6750).
#[derive(Parser)]
#[command(name = "gateway")]
struct Arguments {
    /// The identifier of the issuer: a URL where its metadata are found (RFC 8414)
    #[arg(long, value_name = "URL")]
    issuer: String,

    /// The name of this gateway in `aud`
    #[arg(long)]
    audience: String,

    /// The `typ` of the tokens. `at+jwt` also requires the other claims of RFC 9068. Any other one
    /// does not, and `any` accepts every `typ` and none
    #[arg(long, default_value = "at+jwt")]
    typ: String,

    /// The scope that `GET /` requires [default: none]
    #[arg(long)]
    scope: Option<String>,

    /// The claim that holds the scopes; some servers send `scp`
    #[arg(long, value_name = "NAME", default_value = "scope")]
    scope_claim: String,

    /// How much the clocks of the issuer and of this machine may differ
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    leeway: u64,

    /// The address to listen at
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// The longest lifetime of a token of the issuer
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    token_lifetime: u64,

    /// How long the issuer's keys are trusted when they cannot be fetched again
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400, value_parser = clap::value_parser!(u64).range(1..))]
    stale_after: u64,

    /// The interval between two fetches of the issuer's keys
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
    refresh: u64,

    /// The time after a fetch in which an unknown key in a token causes no further fetch
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    patience: u64,

    /// How long to wait at the start for an issuer that is down
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,

    /// The URL of this gateway as clients see it, without a path. With it, tokens that are bound to
    /// a key are accepted with a DPoP proof (RFC 9449)
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// The serial line of the device that receives the commands, as a TCP address
    #[arg(long, value_name = "HOST:PORT", requires = "device_key")]
    device: Option<String>,

    /// A file with the private JWK that the device trusts
    #[arg(long, value_name = "FILE", requires = "device")]
    device_key: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gateway: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<()> {
    let device = match (arguments.device, arguments.device_key) {
        (Some(address), Some(file)) => {
            let jwk = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
            let key = PrivateKey::from_jwk(&jwk).with_context(|| file.display().to_string())?;
            Some(Device::new(address, key))
        }
        _ => None,
    };
    let runtime = Runtime::new()?;
    let gateway = Gateway::start(
        Settings {
            issuer: arguments.issuer,
            audience: arguments.audience,
            profile: Profile::named(&arguments.typ),
            scope_claim: arguments.scope_claim,
            scope: arguments.scope,
            leeway: Duration::from_secs(arguments.leeway),
            token_lifetime: Duration::from_secs(arguments.token_lifetime),
            stale_after: Duration::from_secs(arguments.stale_after),
            refresh: Duration::from_secs(arguments.refresh),
            patience: Duration::from_secs(arguments.patience),
            wait: Duration::from_secs(arguments.wait),
            url: arguments.url,
            device,
            log: Log::stderr("gateway"),
        },
        runtime.handle(),
    )?;
    let listener = listen(runtime.handle(), arguments.listen)?;
    println!("listening on http://{}", listener.local_addr()?);
    runtime.block_on(serve(runtime.handle(), listener, gateway.router()))?;
    Ok(())
}
