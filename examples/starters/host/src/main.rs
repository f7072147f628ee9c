//! Verifies a token in a host program: what `jsonwebtoken::decode` with a `Validation` does.
//!
//! ```text
//! cargo run -- public.pem token.txt
//! ```
//!
//! In a clone of embedded-jwt, an example issues such a token:
//!
//! ```text
//! cargo run --example issue --features sign -- --audience api --claim sub=alice > token.txt
//! cargo run --example host --features std -- examples/keys/gateway.pem token.txt
//! ```

use std::{env, fs, time::SystemTime};

use anyhow::{Context as _, Result};
use embedded_jwt::{Key, Policy, Time, Verifier, jwk::OwnedPublicKey};

#[derive(serde::Deserialize)]
struct Claims {
    sub: String,
    exp: u64,
    #[serde(default)]
    roles: Vec<String>,
}

/// Verifies one token. A server reads the key once and keeps it.
fn verify(token: &[u8], key: &OwnedPublicKey) -> Result<Claims, embedded_jwt::Error> {
    let keys = [Key::from(key.as_public_key())];
    let policy = Policy::new()
        .issuer("https://auth.example")
        .audiences(&["api", "api-v2"])
        .leeway(60);
    let mut buffer = vec![0; embedded_jwt::buffer_len(token.len())];
    let token =
        Verifier::new(&keys, &policy).verify(token, Time::from(SystemTime::now()), &mut buffer)?;
    token.claims().deserialize()
}

fn main() -> Result<()> {
    let mut files = env::args_os().skip(1);
    let pem = fs::read(files.next().context("the first argument is the key file")?)?;
    let token = fs::read(
        files
            .next()
            .context("the second argument is the token file")?,
    )?;
    let key = OwnedPublicKey::from_pem(&pem)?;
    let Claims { sub, exp, roles } = verify(token.trim_ascii_end(), &key)?;
    println!("{sub} until {exp}, roles {roles:?}");
    Ok(())
}
