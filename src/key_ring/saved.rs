//! A key ring as bytes, for a device that starts without a network.
//!
//! ```text
//! version   1   the number 1
//! issuer   16   SHA-256 of the issuer, cut
//! date      9   of the last set: 0 or 1, seconds since 1970
//! number    9   of the last set, where the issuer numbers its sets: 0 or 1, the number
//! count     1   of the slots
//! slot          kid: 0, or its length plus 1, and its bytes; x 32; y 32;
//!               state: 0 listed, 1 withdrawn with two times of 8 bytes, 2 published
//! check    16   SHA-256 of all bytes before, cut
//! ```
//!
//! Numbers are big-endian.

use heapless::{String, Vec};

use super::{
    KeyRing,
    slot::{Slot, State},
};
use crate::{
    crypto::{PublicKey, owned_public_key::OwnedPublicKey, sha256::digest},
    error::Error,
    keys::Withdrawal,
    limits::MAX_KID_LEN,
};

const VERSION: u8 = 1;
/// The length of a digest that is cut. The check detects damage, not forgery: an attacker who can
/// write the bytes can also write a valid check. So a longer digest would not help.
const DIGEST_LEN: usize = 16;
const MAX_SLOT_LEN: usize = 1 + MAX_KID_LEN + 32 + 32 + 1 + 8 + 8;

fn cut_digest(bytes: &[u8]) -> [u8; DIGEST_LEN] {
    digest(bytes).first_chunk().copied().unwrap_or_default()
}

impl<const N: usize> KeyRing<'_, N> {
    /// Returns the maximum number of bytes that [`KeyRing::save`] writes.
    #[must_use]
    pub const fn max_saved_len() -> usize {
        N.saturating_mul(MAX_SLOT_LEN)
            .saturating_add(1 + DIGEST_LEN + 9 + 9 + 1 + DIGEST_LEN)
    }

    /// Writes the keys, their states, and the date and number of the last set to `buffer`. Returns
    /// the bytes written. Save the ring after each [`KeyRing::update`].
    ///
    /// The bytes are not secret. They hold a version and a check. The check detects damage, not
    /// forgery: an attacker who can write to this memory can add keys.
    ///
    /// ```
    /// use embedded_jwt::{Error, jwk::KeyRing};
    /// # let set = br#"{"keys":[{"kty":"EC","crv":"P-256","kid":"2026",
    /// #     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    /// #     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
    /// let mut ring: KeyRing<'_, 8> = KeyRing::new("https://auth.example", 3600);
    /// ring.update(set, 1_790_000_000, &mut [0; 512])?;
    /// let mut flash = [0xff; KeyRing::<'_, 8>::max_saved_len()];
    /// ring.save(&mut flash)?;
    ///
    /// // After a restart. Bytes after the saved ones are ignored.
    /// let mut ring: KeyRing<'_, 8> = KeyRing::new("https://auth.example", 3600);
    /// ring.load(&flash)?;
    /// assert_eq!((ring.len(), ring.updated_at()), (1, Some(1_790_000_000)));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BufferTooSmall`]
    pub fn save<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], Error> {
        let kid_len = |slot: &Slot| slot.kid.as_ref().map_or(0, |kid| kid.len());
        let state_len = |slot: &Slot| match slot.state {
            State::Withdrawn(_) => 17_usize,
            State::Listed | State::Published => 1,
        };
        let slots_len = self.slots.iter().fold(0_usize, |sum, slot| {
            let fixed = state_len(slot).saturating_add(1_usize + 32 + 32);
            sum.saturating_add(kid_len(slot)).saturating_add(fixed)
        });
        let checked = slots_len.saturating_add(1 + DIGEST_LEN + 9 + 9 + 1);
        let needed = checked.saturating_add(DIGEST_LEN);
        let buffer = buffer
            .get_mut(..needed)
            .ok_or(Error::BufferTooSmall { needed })?;
        let mut writer = Writer(buffer);
        writer.put(&[VERSION])?;
        writer.put(&cut_digest(self.issuer.as_bytes()))?;
        for number in [self.updated_at, self.number] {
            writer.put(&[u8::from(number.is_some())])?;
            writer.put(&number.unwrap_or_default().to_be_bytes())?;
        }
        writer.put(&[u8::try_from(self.slots.len()).map_err(|_| Error::KeyRingFull)?])?;
        for slot in &self.slots {
            match &slot.kid {
                None => writer.put(&[0])?,
                Some(kid) => {
                    let len = u8::try_from(kid.len()).map_err(|_| Error::KeyRingKidTooLong)?;
                    writer.put(&[len.saturating_add(1)])?;
                    writer.put(kid.as_bytes())?;
                }
            }
            let key = slot.key.as_public_key();
            writer.put(key.x())?;
            writer.put(key.y())?;
            match &slot.state {
                State::Listed => writer.put(&[0])?,
                State::Withdrawn(Withdrawal { at, end }) => {
                    writer.put(&[1])?;
                    writer.put(&at.to_be_bytes())?;
                    writer.put(&end.to_be_bytes())?;
                }
                State::Published => writer.put(&[2])?,
            }
        }
        let (text, check) = buffer
            .split_at_mut_checked(checked)
            .ok_or(Error::BufferTooSmall { needed })?;
        Writer(check).put(&cut_digest(text))?;
        Ok(buffer)
    }

    /// Replaces the keys, their states, and the date and number of the last set with the values
    /// that [`KeyRing::save`] wrote. The settings of the ring, such as the lifetime of a token,
    /// stay.
    ///
    /// Every point is checked to be on the curve, as in a JWK.
    ///
    /// # Errors
    /// After an error, the ring is unchanged.
    /// - [`Error::KeyRingStateInvalid`] if the bytes are damaged or of another version
    /// - [`Error::KeyRingStateForeign`] if they belong to another issuer
    /// - [`Error::KeyRingStale`] if they are older than the last set
    /// - [`Error::KeyRingFull`] for more than `N` keys
    pub fn load(&mut self, saved: impl AsRef<[u8]>) -> Result<(), Error> {
        let saved = saved.as_ref();
        let mut reader = Reader(saved);
        if reader.byte()? != VERSION {
            return Err(Error::KeyRingStateInvalid);
        }
        let issuer = *reader.take::<DIGEST_LEN>()?;
        let (updated_at, number) = (reader.optional_number()?, reader.optional_number()?);
        let count = reader.byte()?;
        let mut slots = Vec::new();
        let mut has_room = true;
        for _ in 0..count {
            // Slots that do not fit are read too, so that damage is reported first.
            has_room &= slots.push(reader.slot()?).is_ok();
        }
        let checked = saved.len().saturating_sub(reader.0.len());
        let text = saved.get(..checked).unwrap_or_default();
        if *reader.take::<DIGEST_LEN>()? != cut_digest(text) {
            return Err(Error::KeyRingStateInvalid);
        }
        if issuer != cut_digest(self.issuer.as_bytes()) {
            return Err(Error::KeyRingStateForeign);
        }
        if updated_at < self.updated_at || number < self.number {
            return Err(Error::KeyRingStale);
        }
        if !has_room {
            return Err(Error::KeyRingFull);
        }
        (self.slots, self.updated_at, self.number) = (slots, updated_at, number);
        Ok(())
    }
}

/// The bytes that are not written yet.
struct Writer<'b>(&'b mut [u8]);

impl Writer<'_> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let needed = bytes.len();
        let place = self
            .0
            .split_off_mut(..needed)
            .ok_or(Error::BufferTooSmall { needed })?;
        place.copy_from_slice(bytes);
        Ok(())
    }
}

/// The bytes that are not read yet.
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take<const LEN: usize>(&mut self) -> Result<&'b [u8; LEN], Error> {
        let (taken, rest) = self
            .0
            .split_first_chunk()
            .ok_or(Error::KeyRingStateInvalid)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Error> {
        let [byte] = *self.take()?;
        Ok(byte)
    }

    fn number(&mut self) -> Result<u64, Error> {
        Ok(u64::from_be_bytes(*self.take()?))
    }

    fn optional_number(&mut self) -> Result<Option<u64>, Error> {
        match (self.byte()?, self.number()?) {
            (0, 0) => Ok(None),
            (1, number) => Ok(Some(number)),
            _ => Err(Error::KeyRingStateInvalid),
        }
    }

    fn slot(&mut self) -> Result<Slot, Error> {
        let kid = match self.byte()?.checked_sub(1) {
            None => None,
            Some(len) => {
                let kid = self.0.split_off(..usize::from(len));
                let kid = kid.and_then(|kid| core::str::from_utf8(kid).ok());
                let kid = kid.and_then(|kid| String::try_from(kid).ok());
                Some(kid.ok_or(Error::KeyRingStateInvalid)?)
            }
        };
        let (x, y) = (self.take()?, self.take()?);
        let key = PublicKey::from_coordinates(x, y).map_err(|_| Error::KeyRingStateInvalid)?;
        let state = match self.byte()? {
            0 => State::Listed,
            1 => State::Withdrawn(Withdrawal {
                at: self.number()?,
                end: self.number()?,
            }),
            2 => State::Published,
            _ => return Err(Error::KeyRingStateInvalid),
        };
        Ok(Slot {
            kid,
            key: OwnedPublicKey::from(key),
            state,
        })
    }
}
