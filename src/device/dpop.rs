//! The replay guard for proofs of possession (RFC 9449 section 11.1).

use super::{
    fact::{Kind, id},
    guard::ReplayGuard,
    permit::Permit,
};
use crate::{
    oauth::{DpopToken, Refusal},
    time::Time,
};

impl<const N: usize, const C: usize> ReplayGuard<N, C> {
    /// Checks that the DPoP proof of a request was not used before (RFC 9449 section 11.1). Its key
    /// and its `jti` identify the proof.
    ///
    /// # Errors
    /// The [`Refusal`] to answer with:
    /// - [`Refusal::InvalidDpopProof`] with `Expired`, `Replayed`, or, after the memory was lost,
    ///   `MissingIat` and `IssuedBeforeReset`
    /// - [`Refusal::ServerError`] with `ReplayGuardClosed` and `ReplayGuardFull`
    pub fn check_dpop<'s, 'b, 'k>(
        &'s mut self,
        request: DpopToken<'b, 'k>,
        time: Time,
    ) -> Result<Permit<'s, DpopToken<'b, 'k>>, Refusal> {
        let token = request.token();
        let clock = self.clock.after(token, time, false);
        let clock = clock.map_err(Refusal::from_dpop)?;
        let proof = request.proof();
        let is_known = self.clock.knows(proof.claims().iat());
        is_known.map_err(Refusal::from_dpop)?;
        let until = proof.remember_until();
        let key = proof.thumbprint().as_bytes().as_slice();
        let id = id(b'P', [Some(key), Some(proof.jti().as_bytes())]);
        self.permit_once(request, None, &clock.fact_of(Kind::Token, id, until))
            .map_err(Refusal::from_dpop)
    }
}
