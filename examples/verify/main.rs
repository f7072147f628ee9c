//! Verifies a token. If the token is rejected, explains why and what to do.
//!
//! ```text
//! cargo run --example verify
//! cargo run --example verify -- --key gateway.pem --issuer https://auth.example --audience pump-7 --token token.txt
//! some-command | cargo run --example verify -- --key base64url:BASE64URL --jws --token -
//! cargo run --example verify -- --explain 97
//! ```
//!
//! Exit status: 0 for an accepted token, 1 for a rejected one. 2 if there is no result because of
//! the arguments, a file or a key.
//!
//! `Question::check` uses the crate. `keys.rs` creates its keys, and `hint.rs` uses it to explain
//! an error.

mod demo;
mod explain;
mod hint;
mod input;
mod keys;
mod report;
mod secret;

use std::{
    ffi::OsString,
    io::{self, Write},
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use clap::{
    Parser,
    error::{ContextKind, ContextValue},
};
use embedded_jwt::{Compact, Error, Key, Policy, Time, Verifier};

use crate::keys::KeySource;

/// Verifies a token and checks its claims. Without --token it verifies a token of RFC 7515.
///
/// A token that does not meet a requirement is rejected. `exp` is required. A token for some
/// audience is rejected unless --audience names it.
///
/// Exit status: 0 accepted, 1 rejected, 2 bad usage (arguments, files, keys).
#[derive(Parser)]
#[command(name = "verify")]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
struct Arguments {
    /// A key of the issuer; may be given more than once
    ///
    /// Its first characters decide its form:
    ///   hex:...        a secret for HS256, in hexadecimal
    ///   base64url:...  a secret for HS256, in base64url without padding
    ///   {...           a JWK for HS256 or ES256, or a JWK Set
    ///   anything else  the name of a file that holds one of these, or a public key for ES256
    ///                  in PEM ("BEGIN PUBLIC KEY") or DER
    ///
    /// A file called `.bin` holds a secret for HS256 as it is.
    ///
    /// A secret in a file stays out of the shell's history and of the list of processes.
    #[arg(long, value_name = "KEY", requires = "token", verbatim_doc_comment)]
    key: Vec<OsString>,

    /// The token: the name of a file, `-` for the standard input, or the token itself
    ///
    /// One newline at the end of a file or of the standard input is removed.
    #[arg(long, value_name = "TOKEN", requires = "key")]
    token: Option<OsString>,

    /// Require this issuer (`iss`)
    #[arg(long, value_name = "ISS")]
    issuer: Option<String>,

    /// Your name as audience, which has to be in `aud`
    #[arg(long, value_name = "AUD")]
    audience: Option<String>,

    /// Accept a token for any audience
    #[arg(long, conflicts_with = "audience")]
    ignore_audience: bool,

    /// Require this subject (`sub`)
    #[arg(long, value_name = "SUB")]
    subject: Option<String>,

    /// Require this `typ` in the header, such as at+jwt
    #[arg(long)]
    typ: Option<String>,

    /// Require this claim; may be given more than once
    #[arg(long, value_name = "CLAIM")]
    require: Vec<String>,

    /// Largest accepted difference between the clocks of issuer and recipient
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    leeway: u64,

    /// Reject a token that was issued longer ago
    #[arg(long, value_name = "SECONDS")]
    max_age: Option<u64>,

    /// Reject a token that is valid for longer, from `iat` to `exp`
    #[arg(long, value_name = "SECONDS")]
    max_lifetime: Option<u64>,

    /// Accept a token that never expires
    #[arg(long)]
    allow_missing_exp: bool,

    /// Accept a token that `cnf` binds to a key, although no proof of possession is verified
    #[arg(long)]
    accept_unproved_possession: bool,

    /// The time of the check, in seconds since 1970 [default: now]
    #[arg(long, value_name = "SECONDS")]
    now: Option<u64>,

    /// Verify only the signature and print the payload, which need not be a claims set
    #[arg(long, conflicts_with_all = [
        "issuer", "audience", "ignore_audience", "subject", "typ", "require", "leeway", "max_age",
        "max_lifetime", "allow_missing_exp", "accept_unproved_possession", "now",
    ])]
    jws: bool,

    /// Explain the error with this number, and verify nothing
    #[arg(long, value_name = "CODE", exclusive = true)]
    explain: Option<u16>,
}

impl Arguments {
    fn policy<'p>(&'p self, required: &'p [&'p str]) -> Policy<'p> {
        let mut policy = Policy::new().leeway(self.leeway).require_claims(required);
        if let Some(issuer) = &self.issuer {
            policy = policy.issuer(issuer);
        }
        if let Some(audience) = &self.audience {
            policy = policy.audience(audience);
        }
        if self.ignore_audience {
            policy = policy.ignore_audience();
        }
        if let Some(subject) = &self.subject {
            policy = policy.subject(subject);
        }
        if let Some(typ) = &self.typ {
            policy = policy.typ(typ);
        }
        if let Some(seconds) = self.max_age {
            policy = policy.max_age(seconds);
        }
        if let Some(seconds) = self.max_lifetime {
            policy = policy.max_lifetime(seconds);
        }
        if self.allow_missing_exp {
            policy = policy.allow_missing_exp();
        }
        if self.accept_unproved_possession {
            policy = policy.accept_unproved_possession();
        }
        policy
    }
}

/// A token, and the keys and the policy to check it against.
struct Question<'q> {
    arguments: &'q Arguments,
    token: &'q [u8],
    keys: &'q [Key<'q>],
    /// The names of the keys in messages.
    key_names: &'q [&'q str],
    policy: &'q Policy<'q>,
    now: u64,
}

impl Question<'_> {
    /// Verifies the token. Returns the report about an accepted one.
    fn check(&self) -> Result<String, Error> {
        let mut buffer = self.buffer();
        if self.arguments.jws {
            let jws = Compact::parse(self.token)?.verify(self.keys, &mut buffer)?;
            return Ok(report::jws(&jws, &self.call(jws.key())));
        }
        let token = Verifier::new(self.keys, self.policy).verify(
            self.token,
            Time::Trusted(self.now),
            &mut buffer,
        )?;
        Ok(report::token(&token, &self.call(token.key()), self.now))
    }

    /// Returns a buffer for header and payload, decoded. A device uses an array of
    /// `buffer_len(LONGEST_TOKEN)` bytes.
    fn buffer(&self) -> Vec<u8> {
        vec![0; embedded_jwt::buffer_len(self.token.len())]
    }

    /// Returns the name of a key that the crate returned. It is an element of the slice of keys.
    fn call(&self, key: &Key<'_>) -> String {
        let mut named = self.keys.iter().zip(self.key_names);
        let name = named.find_map(|(given, name)| core::ptr::eq(given, key).then_some(*name));
        let kid = key
            .kid()
            .map(|kid| format!(", kid {kid:?}"))
            .unwrap_or_default();
        let algorithm = key.algorithm().as_str();
        format!("{} ({algorithm}{kid})", name.unwrap_or_default())
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(status) => status,
        Err(error) => {
            // `eprintln!` would panic if the standard error is closed.
            let _ = writeln!(
                io::stderr(),
                "error: {}",
                report::printable(&format!("{error:#}"))
            );
            ExitCode::from(2)
        }
    }
}

fn run() -> anyhow::Result<ExitCode> {
    let mut arguments = parse_arguments();
    if let Some(code) = arguments.explain {
        print(&explain::explain(code)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let is_demo = arguments.token.is_none();
    if is_demo {
        demo::fill(&mut arguments);
    }
    let token = input::token(arguments.token.as_deref().unwrap_or_default())?;
    let now = match arguments.now {
        Some(now) => now,
        None => SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .context("the system clock is before 1970: set the time with --now")?
            .as_secs(),
    };

    let mut sources = Vec::new();
    for (number, argument) in (1..).zip(&arguments.key) {
        sources.push(KeySource::read(argument, number)?);
    }
    let (mut keys, mut key_names) = (Vec::new(), Vec::new());
    for KeySource { name, material } in &mut sources {
        let of_source = material.keys().with_context(|| name.clone())?;
        key_names.extend(of_source.iter().map(|_| name.as_str()));
        keys.extend(of_source);
    }

    let required: Vec<&str> = arguments.require.iter().map(String::as_str).collect();
    let question = Question {
        arguments: &arguments,
        token: &token,
        keys: &keys,
        key_names: &key_names,
        policy: &arguments.policy(&required),
        now,
    };
    let (answer, status) = match question.check() {
        Ok(answer) => (answer, ExitCode::SUCCESS),
        Err(error) => (
            report::refusal(error, hint::hint(error, &question).as_deref()),
            ExitCode::FAILURE,
        ),
    };
    let answer = if is_demo {
        demo::frame(&answer)
    } else {
        answer
    };
    print(&answer)?;
    Ok(status)
}

fn print(answer: &str) -> anyhow::Result<()> {
    // `println!` would panic if the reader has closed the pipe.
    io::stdout()
        .write_all(report::printable(answer).as_bytes())
        .context("the answer cannot be written")
}

fn parse_arguments() -> Arguments {
    Arguments::try_parse().unwrap_or_else(|mut error| {
        // clap quotes an unexpected argument. It may be a secret whose `--key` was forgotten.
        if let Some(ContextValue::String(quoted)) = error.get(ContextKind::InvalidArg)
            && !quoted.starts_with('-')
        {
            let instead = "(not shown: it may be a secret)".to_owned();
            error.insert(ContextKind::InvalidArg, ContextValue::String(instead));
        }
        error.exit()
    })
}
