//! Why the log could not do its work.

use core::{error, fmt};

/// Why a fact was not stored, or the facts were not read. The guard accepts nothing then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error<E> {
    /// The flash answered this error.
    Flash(E),
    /// The region does not consist of whole pages of the flash.
    Misaligned,
    /// The flash has words that the log cannot use: more than 32 bytes, or no divisor of a page.
    UnsupportedWords,
    /// The region has less than two pages, or a page has no room for the facts of the guard and two more.
    TooSmall,
    /// One page cannot hold the facts that are needed and a new one: the guard has more of them than
    /// [`FlashLog::new`](crate::FlashLog::new) was told. Nothing was written.
    Full,
    /// The value does not fit in half of the region, or in the buffer.
    TooLong,
    /// The facts were not read since the start, since a format or since an error. Call
    /// [`ReplayGuard::restore`](embedded_jwt::device::ReplayGuard::restore) first.
    NotRestored,
    /// The flash does not hold what was just written or erased. It may be worn out, or its supply was too weak.
    ReadBack,
    /// A record that was stored can no longer be read. What it said is lost. The way back is
    /// [`FlashLog::format`](crate::FlashLog::format).
    Damaged,
    /// A record is of another version of the crate, or a format was interrupted. The way back is
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
