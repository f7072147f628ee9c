//! The same two tokens, verified by embedded-jwt and by its peers: signature, issuer, audience, expiry, and the claims as
//! a type. Keys are made once, and the clock is read for each token, as a gateway does.

mod alone;
mod back_ends;
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

/// Every way to verify the HS256 and the ES256 token.
pub fn cases() -> Result<Vec<Case>> {
    let tokens: &'static Tokens = Box::leak(Box::new(Tokens::new()?));
    let mut cases = Cases(Vec::new());
    ours::add(&mut cases, tokens)?;
    peers::add(&mut cases, tokens)?;
    alone::add(&mut cases, tokens)?;
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
