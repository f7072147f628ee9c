//! Selects the keys that a token may refer to.

use super::header::Header;
use crate::{error::Error, keys::Key, limits::MAX_CANDIDATE_KEYS};

/// The keys to choose from, and whether a token has to name its key.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) struct Source<'k> {
    pub(crate) keys: &'k [Key<'k>],
    pub(crate) kid_required: bool,
}

impl<'k> From<&'k [Key<'k>]> for Source<'k> {
    fn from(keys: &'k [Key<'k>]) -> Self {
        Self {
            keys,
            kid_required: false,
        }
    }
}

/// The keys to try for one token, in the order of the source.
pub(crate) struct Candidates<'k> {
    keys: [Option<&'k Key<'k>>; MAX_CANDIDATE_KEYS],
    /// Whether the header has a `kid` that no key has.
    kid_is_unknown: bool,
}

impl<'k> Candidates<'k> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'k Key<'k>> {
        self.keys.iter().flatten().copied()
    }

    /// Returns the error for a signature that matches none of these keys.
    ///
    /// An unknown `kid` tells the caller that it may have to fetch new keys. Keys without a `kid`
    /// must not hide that. So for an unknown `kid`, [`Error::InvalidSignature`] becomes
    /// [`Error::KeyNotFound`].
    pub(crate) fn refusal(&self, last: Error) -> Error {
        match last {
            Error::InvalidSignature if self.kid_is_unknown => Error::KeyNotFound,
            last => last,
        }
    }
}

/// Returns the keys that `header` may refer to, selected by `kid` first, then by `alg`.
///
/// A header with a `kid` refers to the keys with this `kid`. If there are none, it refers to the
/// keys without a `kid`. A header without a `kid` refers to every key. Of these, only the keys with
/// the `alg` of the header are returned.
///
/// Withdrawn keys are last in the source, and are tried only while the limit of candidates allows.
/// So they never cause [`Error::TooManyKeys`] for a token of a listed key. If only a withdrawn key
/// has this `kid`, the keys without a `kid` are tried too.
pub(crate) fn candidates<'k>(
    Source { keys, kid_required }: Source<'k>,
    header: &Header<'_>,
) -> Result<Candidates<'k>, Error> {
    if kid_required && header.kid().is_none() {
        return Err(Error::MissingKid);
    }
    let has_kid_of_header = |key: &Key<'_>| match (header.kid(), key.kid()) {
        (Some(wanted), Some(kid)) => wanted == *kid,
        _ => false,
    };
    // A `kid` may be long. So an unknown `kid` is compared with each key only once.
    let is_known = keys.iter().any(has_kid_of_header);
    let is_listed = is_known
        && keys
            .iter()
            .any(|key| !key.is_withdrawn() && has_kid_of_header(key));
    let kid_is_unknown = header.kid().is_some() && !is_known;
    let mut chosen = [None; MAX_CANDIDATE_KEYS];
    let mut free = chosen.iter_mut();
    let mut refusal = Error::KeyNotFound;
    for key in keys {
        let is_named = is_known && has_kid_of_header(key);
        let is_meant = match header.kid() {
            Some(_) => is_named || (!is_listed && key.kid().is_none()),
            None => true,
        };
        if !is_meant {
            continue;
        }
        if header.alg() != *key.algorithm().as_str() {
            refusal = Error::AlgMismatch;
            continue;
        }
        match free.next() {
            Some(place) => *place = Some(key),
            None if key.is_withdrawn() => {}
            None => {
                return Err(if kid_is_unknown {
                    Error::KeyNotFound
                } else {
                    Error::TooManyKeys
                });
            }
        }
    }
    match chosen {
        [None, ..] if kid_is_unknown => Err(Error::KeyNotFound),
        [None, ..] => Err(refusal),
        keys => Ok(Candidates {
            keys,
            kid_is_unknown,
        }),
    }
}
