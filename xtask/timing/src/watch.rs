//! The one place where something that depends on the secret becomes public.

use std::hint::black_box;

use embedded_jwt::crypto::{Crypto, InvalidSignature};

use crate::memcheck;

/// Stands between the library and a back-end. What comes out of it is one bit, the verdict; it is hidden until here.
pub(crate) struct Watched<C> {
    back_end: C,
    hides_mac: bool,
    verdict_was_hidden: bool,
}

impl<C: Crypto> Watched<C> {
    /// `hides_mac`: whether the MAC that was received is hidden from the back-end on. The library has to read its
    /// symbols before.
    pub(crate) fn new(back_end: C, hides_mac: bool) -> Self {
        Self {
            back_end,
            hides_mac,
            verdict_was_hidden: false,
        }
    }

    /// Whether the last verdict depended on what is hidden.
    pub(crate) fn verdict_was_hidden(&self) -> bool {
        self.verdict_was_hidden
    }
}

impl<C: Crypto> Crypto for Watched<C> {
    fn hs256(
        &mut self,
        secret: &[u8],
        signing_input: &[u8],
        mac: &[u8; 32],
    ) -> Result<(), InvalidSignature> {
        let mut mac = *mac;
        if self.hides_mac {
            memcheck::hide(&mut mac).map_err(|_| InvalidSignature)?;
        }
        // Still hidden: a `Result` of two unit types is one bit, and so is this.
        let verdict = black_box(self.back_end.hs256(secret, signing_input, &mac).is_ok());
        self.verdict_was_hidden = memcheck::is_hidden(verdict).map_err(|_| InvalidSignature)?;
        if memcheck::publish(verdict).map_err(|_| InvalidSignature)? {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }
}
