//! `cargo xtask prepare-key`: an ES256 public key as the source of a Rust constant, its table.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context as _, Result, anyhow, ensure};
use clap::ValueEnum;
use embedded_jwt::{
    Key,
    crypto::PublicKey,
    prepared::{KeyTable4, KeyTable6, KeyTable8},
};

/// How wide a table is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Teeth {
    /// 15 points, 960 bytes
    #[value(name = "4")]
    Four,
    /// 63 points, 4,032 bytes
    #[value(name = "6")]
    Six,
    /// 255 points, 16,320 bytes
    #[value(name = "8")]
    Eight,
}

/// Prints the table of the key in `file`.
pub(crate) fn run(file: &Path, teeth: Teeth) -> Result<()> {
    let text = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let source = source(&text, teeth).with_context(|| file.display().to_string())?;
    print!("{source}");
    Ok(())
}

fn source(text: &[u8], teeth: Teeth) -> Result<String> {
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
    let (room, points) = table(public_key, teeth);

    let mut source = format!(
        "/// ES256 key with the thumbprint `{thumbprint}` (RFC 7638): its table, by `cargo xtask prepare-key`.\n\
         #[rustfmt::skip]\n\
         pub static KEY: embedded_jwt::{room} = embedded_jwt::{room}::trusted([\n",
    );
    for point in points {
        for (half, start, end) in [
            (&point[..8], "    [", ",\n"),
            (&point[8..], "     ", "],\n"),
        ] {
            let words: Vec<String> = half
                .iter()
                .map(|word| format!("0x{:04x}_{:04x}", word >> 16, word & 0xffff))
                .collect();
            _ = write!(source, "{start}{}{end}", words.join(", "));
        }
    }
    source.push_str("]);\n");
    Ok(source)
}

/// The name of the table's type, and its points.
fn table(key: PublicKey<'_>, teeth: Teeth) -> (&'static str, Vec<[u32; 16]>) {
    match teeth {
        Teeth::Four => (
            "KeyTable4",
            KeyTable4::room().prepare(key).points().to_vec(),
        ),
        Teeth::Six => (
            "KeyTable6",
            KeyTable6::room().prepare(key).points().to_vec(),
        ),
        Teeth::Eight => (
            "KeyTable8",
            KeyTable8::room().prepare(key).points().to_vec(),
        ),
    }
}
