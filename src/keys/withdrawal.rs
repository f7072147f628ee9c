//! The withdrawal of a key by its issuer.

/// The time when an issuer stopped listing a key, in seconds since 1970.
#[derive(Clone, Copy)]
pub(crate) struct Withdrawal {
    /// Tokens of the key that were issued at or after this time are rejected.
    pub(crate) at: u64,
    /// From this time on, every token of the key is rejected.
    pub(crate) end: u64,
}
