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
/// A header with a `kid` means the keys of that `kid`, and those without one; a header without means any
/// key. Of these, the `alg` has to be the key's own.
pub(crate) fn candidates<'k>(
    keys: &'k [Key<'k>],
    header: &Header<'_>,
) -> Result<Candidates<'k>, Error> {
    let mut chosen = [None; MAX_CANDIDATE_KEYS];
    let mut free = chosen.iter_mut();
    let mut refusal = Error::KeyNotFound;
    for key in keys {
        if let (Some(wanted), Some(kid)) = (header.kid(), key.kid)
            && wanted != *kid
        {
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
