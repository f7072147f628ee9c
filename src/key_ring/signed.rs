//! Signed JWK Sets, for a device that cannot authenticate the party that it gets them from.

use super::{KeyRing, RingUpdate, slot::drop_published};
use crate::{
    claims::Claims,
    crypto::Software,
    error::Error,
    json::Value,
    jws::{Compact, Source},
    keys::{JwkSet, Key},
    policy::Policy,
    time::Time,
};

/// The number of seconds by which the clocks of device and issuer may differ.
const LEEWAY: u64 = 60;

/// The keys with which an issuer signs its JWK Sets.
///
/// They have a type of their own, so that a key that verifies tokens cannot change the keys of a
/// ring. Do not list them in a set.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SetKeys<'k>(&'k [Key<'k>]);

impl<'k> SetKeys<'k> {
    /// Wraps the keys.
    #[must_use]
    pub const fn new(keys: &'k [Key<'k>]) -> Self {
        Self(keys)
    }
}

impl<const N: usize> KeyRing<'_, N> {
    /// Updates the ring from a signed JWK Set, which may come from any party
    /// (`signed_jwks_uri` in `OpenID` Federation 1.0 section 5.2.1.1).
    ///
    /// The set is a token with `typ` `jwk-set+jwt`, a `kid` in the header, and the claims `keys`,
    /// `iat`, `iss` and `sub`. Both `iss` and `sub` must be the issuer of the ring. A set with
    /// `aud` is rejected. `exp` is optional.
    ///
    /// The sets are ordered by `iat`, or by the claim of [`KeyRing::numbered_by`]. A set that is
    /// not newer than the last one is rejected. This also holds after a restart if the ring was
    /// saved ([`KeyRing::save`]). The set changes the ring as in [`KeyRing::update`].
    ///
    /// `time` is what the device knows about the present. With a trusted time, an `iat` more than
    /// 60 seconds ahead is rejected. Without one, any later date is accepted. This opens nothing: a
    /// party that can sign a set can replace the keys in any case.
    ///
    /// `buffer` has to be as long as [`buffer_len`](crate::buffer_len) returns for the token.
    ///
    /// ```
    /// use embedded_jwt::{Error, Key, Time, jwk::{KeyRing, SetKeys}};
    ///
    /// // `set_keys` are in flash, each with its `kid`.
    /// fn receive(
    ///     ring: &mut KeyRing<'_, 8>,
    ///     set_keys: &[Key<'_>],
    ///     set: &[u8],
    ///     time: Time,
    /// ) -> Result<(), Error> {
    ///     let update = ring.update_signed(set, SetKeys::new(set_keys), time, &mut [0; 2048])?;
    ///     // Now save the ring, and log `update.rejected`.
    ///     # _ = update;
    ///     Ok(())
    /// }
    /// let mut ring = KeyRing::new("https://auth.example", 3600);
    /// assert_eq!(receive(&mut ring, &[], b"garbage", Time::Unknown), Err(Error::NotThreeSegments));
    /// ```
    ///
    /// # Errors
    /// The errors of [`Verifier::verify`](crate::Verifier::verify), [`Error::MissingIat`] and
    /// [`Error::KeyRingMissingNumber`]: the ring is unchanged. Then the errors of
    /// [`KeyRing::update`].
    pub fn update_signed(
        &mut self,
        set: impl AsRef<[u8]>,
        keys: SetKeys<'_>,
        time: Time,
        buffer: &mut [u8],
    ) -> Result<RingUpdate, Error> {
        let source = Source {
            keys: keys.0,
            kid_required: true,
        };
        let set = Compact::parse(&set)?.verify_by(&mut Software, source, buffer)?;
        let (header, key, payload) = set.into_parts();
        let policy = Policy::new()
            .typ("jwk-set+jwt")
            .issuer(self.issuer)
            .subject(self.issuer)
            .leeway(LEEWAY)
            .allow_missing_exp()
            .accept_unproved_freshness();
        let (last, number_claim) = ((self.updated_at, self.number), self.number_claim);
        let (mut date, mut number) = (0, None);
        let (slots, mut has_dropped) = (&mut self.slots, false);
        let set = JwkSet::parse_in_place(
            payload,
            |payload| {
                let claims = Claims::parse(payload)?;
                policy.check(key, &header, &claims, time)?;
                (date, number) = order(&claims, number_claim, last)?;
                Ok(claims.object())
            },
            &mut |jwk| has_dropped |= drop_published(slots, jwk),
        )?;
        self.number = number;
        self.take_over(set, date, has_dropped)
    }
}

/// Returns the date and the number of a set that is newer than the last one.
fn order(
    claims: &Claims<'_>,
    number_claim: Option<&str>,
    (last_date, last_number): (Option<u64>, Option<u64>),
) -> Result<(u64, Option<u64>), Error> {
    let date = claims.iat().ok_or(Error::MissingIat)?;
    let is_later = last_date.is_none_or(|last| date > last);
    let Some(name) = number_claim else {
        return if is_later {
            Ok((date, None))
        } else {
            Err(Error::KeyRingStale)
        };
    };
    let number = claims.get(name).and_then(Value::as_u64);
    let number = number.ok_or(Error::KeyRingMissingNumber)?;
    // Where no number is known, a date may be (`KeyRing::reset_at`).
    if !last_number.map_or(is_later, |last| number > last) {
        return Err(Error::KeyRingStale);
    }
    // The number orders the sets. The date must not go back either, because it decides when
    // withdrawn keys end.
    Ok((date.max(last_date.unwrap_or_default()), Some(number)))
}
