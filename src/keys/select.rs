//! Which keys a token may mean.

use super::Key;
use crate::{error::Error, header::Header, limits::MAX_CANDIDATE_KEYS};

/// The keys to try, in the order of the source.
pub(crate) struct Candidates<'k>([Option<&'k Key<'k>>; MAX_CANDIDATE_KEYS]);

impl<'k> Candidates<'k> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'k Key<'k>> {
        self.0.iter().flatten().copied()
    }
}

/// The keys that `header` may mean: by `kid` first, then by `alg`.
///
/// A header with a `kid` means the keys of that `kid`, or, where there are none, those without one; a header
/// without means any key. Of these, the `alg` has to be the key's own.
pub(crate) fn candidates<'k>(
    keys: &'k [Key<'k>],
    header: &Header<'_>,
) -> Result<Candidates<'k>, Error> {
    let has_kid_of_header = |key: &Key<'_>| match (header.kid(), key.kid) {
        (Some(wanted), Some(kid)) => wanted == *kid,
        _ => false,
    };
    let named = keys.iter().any(has_kid_of_header);
    let mut chosen = [None; MAX_CANDIDATE_KEYS];
    let mut free = chosen.iter_mut();
    let mut refusal = Error::KeyNotFound;
    for key in keys {
        let is_meant = match header.kid() {
            Some(_) if named => has_kid_of_header(key),
            Some(_) => key.kid.is_none(),
            None => true,
        };
        if !is_meant {
            continue;
        }
        if header.alg() != *key.algorithm().name() {
            refusal = Error::AlgMismatch;
            continue;
        }
        *free.next().ok_or(Error::TooManyKeys)? = Some(key);
    }
    match chosen {
        [None, ..] => Err(refusal),
        _ => Ok(Candidates(chosen)),
    }
}
