//! The replay guard for proofs of possession (RFC 9449 section 11.1).

use super::{
    fact::{Kind, id},
    guard::ReplayGuard,
    permit::Permit,
};
use crate::{error::Error, oauth::DpopToken, time::Time};

impl<const N: usize, const C: usize> ReplayGuard<N, C> {
    /// Checks that the DPoP proof of a request was not used before, by its key and its `jti`
    /// (RFC 9449 section 11.1).
    ///
    /// # Errors
    /// [`Error::ReplayGuardClosed`], [`Error::Expired`], [`Error::Replayed`],
    /// [`Error::ReplayGuardFull`]
    pub fn check_dpop<'s, 'b, 'k>(
        &'s mut self,
        request: DpopToken<'b, 'k>,
        time: Time,
    ) -> Result<Permit<'s, DpopToken<'b, 'k>>, Error> {
        let clock = self.clock.after(request.token(), time, false)?;
        let proof = request.proof();
        self.clock.knows(proof.claims().iat())?;
        let until = proof.remember_until();
        let key = proof.thumbprint().as_bytes().as_slice();
        let id = id(b'P', [Some(key), Some(proof.jti().as_bytes())]);
        self.permit_once(request, None, &clock.fact_of(Kind::Token, id, until))
    }
}
