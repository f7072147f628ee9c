//! The end of a key.

/// When an issuer stopped listing a key, in seconds since 1970.
#[derive(Clone, Copy)]
pub(crate) struct Withdrawal {
    /// Tokens that were issued from here on are not accepted.
    pub(crate) at: u64,
    /// From here on no token is.
    pub(crate) end: u64,
}
