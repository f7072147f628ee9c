//! One fact that a device remembers, in the form in which it is stored.

use crate::crypto::sha256::digest_of;

/// The length of an identifier in a fact: SHA-256, cut to 128 bits. If two tokens had the same
/// identifier, only the second one would be rejected. Only an issuer can search for such tokens.
pub(super) const ID_LEN: usize = 16;

/// What a [`ReplayGuard`](super::ReplayGuard) stores for one token, and reads back after a restart.
///
/// A fact stays true for ever: a token was used, a number was reached, a moment has passed. So a
/// store may return old facts, in any order and several times. It must not lose a fact that is
/// still needed ([`Fact::is_alive`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Fact {
    pub(super) kind: Kind,
    pub(super) id: [u8; ID_LEN],
    /// For a token, the first second at which it has surely expired. For a counter, the last
    /// number.
    pub(super) value: u64,
    /// For a counter, a bit for each of the 64 numbers before the last one. It is set if the number
    /// was used. Bit 0 is the number just before the last one.
    pub(super) window: u64,
    /// The time floor: the present is not before this second.
    pub(super) floor: u64,
    /// Tokens that were issued at this second or before count as used. 0 for a device that never
    /// lost its memory.
    pub(super) since: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(super) enum Kind {
    /// Only `floor` and `since`.
    Time,
    Token,
    Counter,
}

impl Fact {
    /// The length of a fact in bytes.
    pub const LEN: usize = 1 + ID_LEN + 4 * 8;

    /// Returns the fact as bytes. They are not secret. The store must protect them from changes by
    /// an attacker.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let kind = match self.kind {
            Kind::Time => 0,
            Kind::Token => 1,
            Kind::Counter => 2,
        };
        let numbers = [self.value, self.window, self.floor, self.since];
        let numbers = numbers.iter().flat_map(|number| number.to_be_bytes());
        let mut bytes = [0; Self::LEN];
        let parts = [kind].into_iter().chain(self.id).chain(numbers);
        bytes
            .iter_mut()
            .zip(parts)
            .for_each(|(to, byte)| *to = byte);
        bytes
    }

    /// Returns the fact that has these bytes, or `None` for bytes of another version. The store has
    /// to detect damage by itself.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let (id, mut rest) = rest.split_first_chunk()?;
        let mut number = || {
            let (number, others) = rest.split_first_chunk()?;
            rest = others;
            Some(u64::from_be_bytes(*number))
        };
        Some(Self {
            kind: match kind {
                0 => Kind::Time,
                1 => Kind::Token,
                2 => Kind::Counter,
                _ => return None,
            },
            id: *id,
            value: number()?,
            window: number()?,
            floor: number()?,
            since: number()?,
        })
    }

    /// Returns the time floor of this fact, in seconds since 1970.
    #[must_use]
    pub const fn floor(&self) -> u64 {
        self.floor
    }

    /// Returns whether the fact is still needed. `floor` is the highest [`Fact::floor`] of all
    /// facts. The fact of a token is no longer needed once the token has expired at `floor`.
    #[must_use]
    pub const fn is_alive(&self, floor: u64) -> bool {
        match self.kind {
            Kind::Token => self.value > floor,
            Kind::Time | Kind::Counter => true,
        }
    }

    /// Returns whether this fact makes `other` unnecessary, so that a store may drop `other`. A
    /// token that has expired at the floor of this fact is covered too.
    ///
    /// Covering is transitive. So a store may drop each fact that a later one covers, even if it
    /// drops the later one too, for a third fact.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        if self.floor < other.floor || self.since < other.since {
            return false;
        }
        match other.kind {
            Kind::Time => true,
            Kind::Token => {
                self.floor >= other.value || (self.is_about(other) && self.value >= other.value)
            }
            Kind::Counter => {
                self.is_about(other) && {
                    let (last, window) =
                        joined((self.value, self.window), (other.value, other.window));
                    (last, window) == (self.value, self.window)
                }
            }
        }
    }

    fn is_about(&self, other: &Self) -> bool {
        self.kind == other.kind && self.id == other.id
    }
}

/// Returns the identifier of a kind and two texts. The lengths are hashed too, so that two
/// different pairs never give the same input. `None` differs from every text.
pub(super) fn id(kind: u8, texts: [Option<&[u8]>; 2]) -> [u8; ID_LEN] {
    let [first, second] = texts.map(|text| {
        let len = text.map_or(u64::MAX, |text| {
            u64::try_from(text.len()).unwrap_or_default()
        });
        (len.to_be_bytes(), text.unwrap_or_default())
    });
    let hash = digest_of([&[kind], &first.0, first.1, &second.0, second.1]);
    hash.first_chunk().copied().unwrap_or_default()
}

/// Returns the union of two windows: the last number, and the bits of the numbers before it.
pub(super) const fn joined(one: (u64, u64), other: (u64, u64)) -> (u64, u64) {
    let (high, low) = if one.0 >= other.0 {
        (one, other)
    } else {
        (other, one)
    };
    let behind = high.0.wrapping_sub(low.0);
    // The lower window is shifted by `behind` places. The lower number itself becomes a bit.
    let moved = match behind {
        0 => low.1,
        1..=64 => {
            let place = 1_u64 << behind.wrapping_sub(1);
            let rest = if behind == 64 { 0 } else { low.1 << behind };
            place | rest
        }
        _ => 0,
    };
    (high.0, high.1 | moved)
}
