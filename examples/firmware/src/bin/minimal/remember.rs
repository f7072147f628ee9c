//! The memory of a device in flash: identifiers, a counter, nonces and keys.

use core::{convert::Infallible, hint::black_box};

use embedded_jwt::{
    Error, Time, Verifier,
    device::{Nonce, ReplayGuard},
};
use embedded_jwt_store::{FlashLog, FlashValue};
use embedded_storage::nor_flash::NorFlashErrorKind;

use crate::{KEYS, POLICY, flash::Flash};

type FlashError = embedded_jwt_store::Error<NorFlashErrorKind>;
type Guard = ReplayGuard<4, 2>;

/// The reason why nothing was done.
pub(crate) enum Fault {
    Token(Error),
    Flash(FlashError),
}

impl Fault {
    pub(crate) fn code(self) -> u16 {
        match self {
            Self::Token(error) => error.code(),
            Self::Flash(error) => u16::from(error == FlashError::Full),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Token(error)
    }
}

impl From<FlashError> for Fault {
    fn from(error: FlashError) -> Self {
        Self::Flash(error)
    }
}

/// Uses everything that a guard and its store offer.
pub(crate) fn remember(token: &mut [u8], buffer: &mut [u8]) -> Result<(), Fault> {
    let [log, value] = Flash::parts();
    let mut log = FlashLog::new(log, 0..Flash::LEN, Guard::FACTS)?;
    let mut value = FlashValue::new(value, 0..Flash::LEN)?;
    let mut guard = Guard::new(black_box(0)).accept_reordered();
    _ = black_box(guard.restore(&mut log)?);
    guard.provision(&mut log)?;
    guard.open_since(black_box(0), &mut log)?;

    let mut nonce = Nonce::new();
    black_box(nonce.issue(&mut Source, black_box(0)))?;
    let verifier = Verifier::new(KEYS, &POLICY);
    let known = verifier.verify(&*token, guard.time(), buffer)?;
    let candidate = nonce.redeem(known, black_box(0), 60)?;
    let permit = guard.check(candidate, Time::Unknown)?;
    _ = black_box(permit.commit(&mut log)?);

    let known = verifier.verify_in_place(token, guard.time())?;
    let permit = guard.check_counter(known, black_box(0), guard.time())?;
    _ = black_box(permit.commit(&mut log)?);
    log.format()?;

    #[cfg(feature = "fast-es256")]
    rotate(buffer, &mut value)?;
    value.store(black_box(b"a value"))?;
    black_box(value.load(buffer)?);
    Ok(())
}

/// Accepts a signed set of keys, and stores the ring.
#[cfg(feature = "fast-es256")]
fn rotate(buffer: &mut [u8], value: &mut FlashValue<Flash>) -> Result<(), Fault> {
    use embedded_jwt::jwk::{KeyRing, RingTables, SetKeys};

    let mut ring = KeyRing::<4>::new("https://auth.example", 3600).numbered_by("version");
    if let Some(saved) = value.load(buffer)? {
        ring.load(saved)?;
    }
    let set = black_box(&[0; 512][..]);
    _ = black_box(ring.update_signed(set, SetKeys::new(black_box(KEYS)), Time::Unknown, buffer)?);
    value.store(ring.save(buffer)?)?;
    let mut tables = RingTables::<2, 16>::new();
    tables.prepare(&ring);
    let keys = tables.keys(&ring, &POLICY);
    let token = keys.verify(set, Time::Unknown, buffer)?;
    black_box(token.freshness());
    Ok(())
}

/// A source of randomness that the compiler cannot see through.
struct Source;

impl rand_core::TryRng for Source {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(black_box(0))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(black_box(0))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(black_box(0));
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Source {}
