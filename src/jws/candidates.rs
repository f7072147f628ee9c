//! Which keys a token may mean.

use super::header::Header;
use crate::{error::Error, keys::Key, limits::MAX_CANDIDATE_KEYS};

/// Keys to choose from, and whether a token has to name its key.
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

/// The keys to try, in the order of the source.
pub(crate) struct Candidates<'k> {
    keys: [Option<&'k Key<'k>>; MAX_CANDIDATE_KEYS],
    /// Whether the header has a `kid` that no key has.
    kid_is_unknown: bool,
}

impl<'k> Candidates<'k> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'k Key<'k>> {
        self.keys.iter().flatten().copied()
    }

    /// The error where the signature matches none of these keys. A `kid` that no key has is the sign by which a caller knows
    /// that it may have to fetch new keys, so a key without a `kid` must not hide it.
    pub(crate) fn refusal(&self, last: Error) -> Error {
        match last {
            Error::InvalidSignature if self.kid_is_unknown => Error::KeyNotFound,
            last => last,
        }
    }
}

/// The keys that `header` may mean: by `kid` first, then by `alg`.
///
/// A header with a `kid` means the keys of that `kid`, or, where there are none, those without one; a header
/// without means any key. Of these, the `alg` has to be the key's own.
///
/// Withdrawn keys stand last in the source and take the places that are left: they never make a token of a listed key one of
/// too many keys, and a withdrawn key of that `kid` does not keep those without one from being tried.
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
    // A `kid` that no key has, which may be long, is compared with each of them once.
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
