//! One key of a ring, and its state.

use heapless::String;

use crate::{
    crypto::owned_public_key::OwnedPublicKey,
    error::Error,
    json::Object,
    keys::{Key, Withdrawal, gives_away},
    limits::MAX_KID_LEN,
};

/// A key and its state.
#[derive(Clone)]
pub(super) struct Slot {
    pub(super) kid: Option<String<MAX_KID_LEN>>,
    pub(super) key: OwnedPublicKey,
    pub(super) state: State,
}

#[derive(Clone)]
pub(super) enum State {
    Listed,
    Withdrawn(Withdrawal),
    /// The issuer published the private key. The key verifies nothing, and a set that lists it
    /// again does not restore it.
    Published,
}

impl Slot {
    pub(super) fn new(key: &Key<'_>) -> Result<Self, Error> {
        let kid = key.kid().map(String::try_from).transpose();
        Ok(Self {
            kid: kid.map_err(|_| Error::KeyRingKidTooLong)?,
            // Every key of a published set is public.
            key: key.public_key().ok_or(Error::JwkNotPublic)?.into(),
            state: State::Listed,
        })
    }

    pub(super) fn key(&self) -> Key<'_> {
        self.named(Key::from(self.key.as_public_key()))
    }

    /// Returns `key` with the `kid` and the state of the slot.
    pub(super) fn named<'r>(&'r self, key: Key<'r>) -> Key<'r> {
        let key = match self.kid.as_deref() {
            Some(kid) => key.with_kid(kid),
            None => key,
        };
        match &self.state {
            State::Withdrawn(withdrawal) => key.withdrawn(withdrawal),
            State::Listed | State::Published => key,
        }
    }

    /// Returns whether the key verifies tokens.
    #[cfg(feature = "fast-es256")]
    pub(super) const fn is_used(&self) -> bool {
        !matches!(self.state, State::Published)
    }

    /// Returns whether the slot holds this key. A different `kid` makes a different key, and so
    /// does a different point.
    pub(super) fn is(&self, key: &Key<'_>) -> bool {
        self.key().is(key)
    }

    /// Returns whether the private half of `key` was published, under any `kid`.
    pub(super) fn is_published(&self, key: &Key<'_>) -> bool {
        matches!(self.state, State::Published) && Some(self.key.as_public_key()) == key.public_key()
    }
}

/// Drops the keys whose private half `jwk` publishes. Returns whether there was one.
pub(super) fn drop_published(slots: &mut [Slot], jwk: Object<'_>) -> bool {
    let mut has_dropped = false;
    for slot in slots {
        if !matches!(slot.state, State::Published) && gives_away(jwk, &slot.key()) {
            (slot.state, has_dropped) = (State::Published, true);
        }
    }
    has_dropped
}
