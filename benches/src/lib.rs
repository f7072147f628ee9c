//! The same two tokens, verified by embedded-jwt and by its peers: signature, issuer, audience, expiry, and the claims as
//! a type. Keys are made once, and the clock is read for each token, as a gateway does.

mod alone;
mod length;
mod ours;
mod peers;
mod tokens;

use std::error::Error;

pub use length::cases_of_length;
use tokens::Tokens;

/// A result whose error anybody can read.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What a case does: verifies once, and says whether the token was accepted.
pub type Verify = Box<dyn FnMut() -> bool>;

/// A way to verify one of the tokens.
pub struct Case {
    /// `hs256`, `es256` or `length`.
    pub group: &'static str,
    /// The library and what it does, or the shape and length of the token.
    pub name: String,
    /// One verification.
    pub verify: Verify,
}

/// What jsonwebtoken computes with. A process has one, for good.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum BackEnd {
    /// Amazon's fork of BoringSSL, in C and assembly.
    AwsLc,
    /// The same crates that embedded-jwt builds on.
    RustCrypto,
}

impl BackEnd {
    /// Makes it that of this process.
    pub fn install(self) -> Result<()> {
        let provider = match self {
            Self::AwsLc => &jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER,
            Self::RustCrypto => &jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER,
        };
        provider
            .install_default()
            .map_err(|_| "another back-end was there before".into())
    }

    fn case(self) -> &'static str {
        match self {
            Self::AwsLc => "jsonwebtoken on aws-lc",
            Self::RustCrypto => "jsonwebtoken on RustCrypto",
        }
    }
}

/// The cases for a process whose back-end is this one: with aws-lc every case, with RustCrypto only what differs.
pub fn cases(back_end: BackEnd) -> Result<Vec<Case>> {
    let tokens: &'static Tokens = Box::leak(Box::new(Tokens::new()?));
    let mut cases = Cases(Vec::new());
    match back_end {
        BackEnd::AwsLc => {
            ours::add(&mut cases, tokens)?;
            peers::add_jsonwebtoken(&mut cases, tokens, back_end)?;
            peers::add_others(&mut cases, tokens)?;
            alone::add(&mut cases, tokens)?;
        }
        BackEnd::RustCrypto => peers::add_jsonwebtoken(&mut cases, tokens, back_end)?,
    }
    cases.tried()
}

/// Cases in the making.
struct Cases(Vec<Case>);

impl Cases {
    fn hs256(&mut self, name: &str, verify: Verify) {
        self.push("hs256", name, verify);
    }

    fn es256(&mut self, name: &str, verify: Verify) {
        self.push("es256", name, verify);
    }

    fn push(&mut self, group: &'static str, name: &str, verify: Verify) {
        let name = name.to_owned();
        self.0.push(Case {
            group,
            name,
            verify,
        });
    }

    /// Sees that each accepts its token, so that nobody is measured at refusing; nothing is done for the first time
    /// afterwards.
    fn tried(mut self) -> Result<Vec<Case>> {
        for case in &mut self.0 {
            if !(case.verify)() {
                let Case { group, name, .. } = case;
                return Err(format!("{name} does not accept the {group} token").into());
            }
        }
        Ok(self.0)
    }
}
