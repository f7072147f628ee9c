//! What comes out at the end: a token to act on.

use crate::{claims::Claims, header::Header, keys::Key, policy::Freshness};

/// A token that may be acted on: its signature is good and its claims are what the policy expects.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Token<'b> {
    pub(crate) header: Header<'b>,
    pub(crate) claims: Claims<'b>,
    pub(crate) key: &'b Key<'b>,
    pub(crate) freshness: Freshness,
}

impl<'b> Token<'b> {
    /// The JOSE header.
    #[must_use]
    pub const fn header(&self) -> &Header<'b> {
        &self.header
    }

    /// The claims.
    #[must_use]
    pub const fn claims(&self) -> &Claims<'b> {
        &self.claims
    }

    /// The key that the signature is by: the element of the caller's slice.
    #[must_use]
    pub const fn key(&self) -> &'b Key<'b> {
        self.key
    }

    /// Whether the token is known to be valid at present.
    /// [`Freshness::Unproved`] only under [`Policy::accept_unproved_freshness`](crate::Policy::accept_unproved_freshness).
    #[must_use]
    pub const fn freshness(&self) -> Freshness {
        self.freshness
    }
}
