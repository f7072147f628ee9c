//! Issues a token for tests: the counterpart of `verify`.
//!
//! ```text
//! cargo run --example issue --features sign -- --audience pump-7 --claim valve=north --claim open=true
//! cargo run --example issue --features sign -- --key private.pem --kid 2026 --lifetime 3600
//! ```
//!
//! The token alone is written to the standard output.

mod key;
#[path = "../verify/secret.rs"]
mod secret;

use std::{
    ffi::OsString,
    io::{self, Write as _},
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result};
use clap::Parser;
use embedded_jwt::limits::MAX_TOKEN_LEN;
use serde_json::{Map, Value};

/// Issues a token.
///
/// Without --key it is signed with a published demonstration key, whose public half is
/// examples/keys/gateway.pem: for tests only.
#[derive(Parser)]
#[command(name = "issue")]
struct Arguments {
    /// The private key: a PEM file (PKCS #8 or SEC 1) for ES256, or a secret for HS256 as
    /// `hex:...`, `base64url:...` or a file called `.bin`
    #[arg(long, value_name = "KEY")]
    key: Option<OsString>,

    /// The `kid` in the header [default: gateway-2026 with the demonstration key]
    #[arg(long)]
    kid: Option<String>,

    /// The `typ` in the header
    #[arg(long, default_value = "JWT")]
    typ: String,

    /// The claim `iss` [default with the demonstration key: `https://auth.example`]
    #[arg(long, value_name = "ISS")]
    issuer: Option<String>,

    /// The claim `aud`; if given more than once, a list
    #[arg(long, value_name = "AUD")]
    audience: Vec<String>,

    /// The claim `sub`
    #[arg(long, value_name = "SUB")]
    subject: Option<String>,

    /// The seconds from `iat` to `exp`
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    lifetime: u64,

    /// The value of `iat`, in seconds since 1970 [default: now]
    #[arg(long, value_name = "SECONDS")]
    now: Option<u64>,

    /// Another claim; the value is JSON, or else a string
    #[arg(long, value_name = "NAME=VALUE", value_parser = claim)]
    claim: Vec<(String, Value)>,
}

/// Parses a claim of the command line.
fn claim(text: &str) -> Result<(String, Value)> {
    let (name, value) = text.split_once('=').context("it has no `=`")?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    Ok((name.to_owned(), value))
}

impl Arguments {
    /// Returns the claims. A claim given by name replaces one that another flag sets.
    fn claims(&self, issuer: Option<&str>, now: u64) -> Map<String, Value> {
        let mut claims = Map::new();
        if let Some(issuer) = issuer {
            claims.insert("iss".to_owned(), issuer.into());
        }
        if let Some(subject) = &self.subject {
            claims.insert("sub".to_owned(), subject.as_str().into());
        }
        match self.audience.as_slice() {
            [] => {}
            [audience] => _ = claims.insert("aud".to_owned(), audience.as_str().into()),
            several => _ = claims.insert("aud".to_owned(), several.into()),
        }
        claims.insert("iat".to_owned(), now.into());
        claims.insert("exp".to_owned(), now.saturating_add(self.lifetime).into());
        claims.extend(self.claim.iter().cloned());
        claims
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // `eprintln!` would panic if the standard error is closed.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<()> {
    let arguments = Arguments::parse();
    let now = match arguments.now {
        Some(now) => now,
        None => SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .context("the system clock is before 1970: set the time with --now")?
            .as_secs(),
    };
    let is_demo = arguments.key.is_none();
    let secret = match &arguments.key {
        Some(key) => key::Private::read(key)?,
        None => key::Private::demonstration(),
    };
    let mut signing_key = secret.signing_key()?;
    let kid = arguments.kid.as_deref();
    if let Some(kid) = kid.or(is_demo.then_some("gateway-2026")) {
        signing_key = signing_key.with_kid(kid);
    }
    let issuer = arguments.issuer.as_deref();
    let issuer = issuer.or(is_demo.then_some("https://auth.example"));
    let claims = arguments.claims(issuer, now);

    let mut buffer = vec![0; MAX_TOKEN_LEN];
    let token = signing_key
        .sign(&arguments.typ, &claims, &mut buffer)
        .map_err(|error| anyhow::anyhow!("{} {}: {error}", error.code(), error.name()))?;
    // `println!` would panic if the reader has closed the pipe.
    writeln!(io::stdout(), "{token}").context("the token cannot be written")
}
