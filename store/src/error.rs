//! The errors of the log and of a stored value.

use core::{error, fmt};

/// The reason why a fact or a value was not stored, or not read. After an error, the guard accepts
/// nothing until it is restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error<E> {
    /// The flash driver returned this error.
    Flash(E),
    /// The region does not consist of whole pages of the flash.
    Misaligned,
    /// The log cannot use the words of the flash: they have more than 32 bytes, or do not divide a page.
    UnsupportedWords,
    /// The region has fewer than two pages, or a page has no room for two facts more than the guard needs.
    TooSmall,
    /// One page cannot hold the facts that are needed and a new one. The guard has more facts than the
    /// number that was passed to [`FlashLog::new`](crate::FlashLog::new). Nothing was written.
    Full,
    /// The value does not fit in half of the region, or in the buffer.
    TooLong,
    /// The facts were not read after the start, after a format or after an error. Call
    /// [`ReplayGuard::restore`](embedded_jwt::device::ReplayGuard::restore) first.
    NotRestored,
    /// The flash does not hold the bytes that were just written or erased. It may be worn out, or its
    /// supply voltage was too low.
    ReadBack,
    /// A record that was stored can no longer be read, so its fact is lost. Call
    /// [`FlashLog::format`](crate::FlashLog::format).
    Damaged,
    /// A record is of another version of the crate, or a format was interrupted. Call
    /// [`FlashLog::format`](crate::FlashLog::format).
    UnknownFact,
}

impl<E: fmt::Debug> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flash(error) => return write!(f, "the flash answered an error: {error:?}"),
            Self::Misaligned => "the region does not consist of whole pages of the flash",
            Self::UnsupportedWords => {
                "the words of the flash are too long, or do not divide a page"
            }
            Self::TooSmall => "the region has less than two pages, or its pages are too small",
            Self::Full => "the facts that are needed do not fit in a page with a new one",
            Self::TooLong => "the value does not fit in half of the region, or in the buffer",
            Self::NotRestored => "the facts were not read since the start, a format or an error",
            Self::ReadBack => "the flash does not hold what was written or erased",
            Self::Damaged => "a stored record can no longer be read",
            Self::UnknownFact => "a record is of another version, or a format was interrupted",
        })
    }
}

impl<E: fmt::Debug> error::Error for Error<E> {}

impl<E> From<E> for Error<E> {
    fn from(error: E) -> Self {
        Self::Flash(error)
    }
}
