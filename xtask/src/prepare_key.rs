//! `cargo xtask prepare-key`: an ES256 public key as the source of a constant in Rust or in C, its table.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context as _, Result, anyhow, ensure};
use clap::ValueEnum;
use embedded_jwt::{
    Key,
    crypto::PublicKey,
    prepared::{KeyTable16, KeyTable64, KeyTable256},
};

/// How long a table is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Points {
    /// 1,024 bytes
    #[value(name = "16")]
    Few,
    /// 4,096 bytes
    #[value(name = "64")]
    More,
    /// 16,384 bytes
    #[value(name = "256")]
    Many,
}

/// Prints the table of the key in `file`, in C or in Rust.
pub(crate) fn run(file: &Path, number: Points, c: bool) -> Result<()> {
    let text = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let source = source(&text, number, c).with_context(|| file.display().to_string())?;
    print!("{source}");
    Ok(())
}

fn source(text: &[u8], number: Points, c: bool) -> Result<String> {
    let der;
    let mut decoded = vec![0; text.len()];
    let key = if text.trim_ascii_start().starts_with(b"{") {
        Key::from_jwk(text, &mut decoded)
    } else {
        let pem = pem::parse(text).map_err(|_| anyhow!("it is neither a JWK nor PEM"))?;
        ensure!(
            pem.tag() == "PUBLIC KEY",
            "its PEM is {:?}, not \"PUBLIC KEY\"",
            pem.tag()
        );
        der = pem.into_contents();
        Key::es256_spki(&der)
    };
    let key = key.map_err(|error| anyhow!("refused: {} {error}", error.name()))?;
    let public_key = key
        .public_key()
        .context("it is a secret for HS256, which has no table")?;
    let thumbprint = key.thumbprint().context("no thumbprint")?;
    let (room, points) = table(public_key, number);

    let mut source = if c {
        format!(
            "/* ES256 key with the thumbprint {thumbprint} (RFC 7638): its table, by `cargo xtask prepare-key --c`. */\n\
             static const uint32_t KEY[{}][16] = {{\n",
            points.len()
        )
    } else {
        format!(
            "/// ES256 key with the thumbprint `{thumbprint}` (RFC 7638): its table, by `cargo xtask prepare-key`.\n\
             #[rustfmt::skip]\n\
             pub static KEY: embedded_jwt::prepared::{room} = embedded_jwt::prepared::{room}::from_trusted([\n",
        )
    };
    let (open, close) = if c { ('{', '}') } else { ('[', ']') };
    for point in points {
        for (half, start, end) in [
            (&point[..8], format!("    {open}"), ",\n".to_owned()),
            (&point[8..], "     ".to_owned(), format!("{close},\n")),
        ] {
            let words: Vec<String> = half.iter().map(|word| literal(*word, c)).collect();
            _ = write!(source, "{start}{}{end}", words.join(", "));
        }
    }
    source.push_str(if c { "};\n" } else { "]);\n" });
    Ok(source)
}

fn literal(word: u32, c: bool) -> String {
    let underscore = if c { "" } else { "_" };
    format!("0x{:04x}{underscore}{:04x}", word >> 16, word & 0xffff)
}

/// The name of the table's type, and its points.
fn table(key: PublicKey<'_>, number: Points) -> (&'static str, Vec<[u32; 16]>) {
    match number {
        Points::Few => (
            "KeyTable16",
            KeyTable16::room().prepare(key).points().to_vec(),
        ),
        Points::More => (
            "KeyTable64",
            KeyTable64::room().prepare(key).points().to_vec(),
        ),
        Points::Many => (
            "KeyTable256",
            KeyTable256::room().prepare(key).points().to_vec(),
        ),
    }
}
