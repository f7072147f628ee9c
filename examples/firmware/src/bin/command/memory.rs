//! The state that the device keeps through a reset and a power cut: the number of the last command,
//! the time floor, and the keys.

use embedded_jwt::{
    Key, const_key,
    device::{ReplayGuard, Restored},
    jwk::{KeyRing, OwnedPublicKey, RingUpdate, SetKeys},
};
use embedded_jwt_store::{FlashLog, FlashValue};
use embedded_storage::nor_flash::NorFlashErrorKind;
use firmware::Flash;

use crate::refusal::Refusal;

pub(crate) type FlashError = embedded_jwt_store::Error<NorFlashErrorKind>;

/// The guard has no room for identifiers (`jti`), and one counter for one issuer.
pub(crate) type Guard = ReplayGuard<0, 1>;
pub(crate) type Ring = KeyRing<'static, 4>;

pub(crate) const ISSUER: &str = "https://auth.example";

/// The release time of this firmware, in seconds since 1970-01-01 UTC (this is 2026-01-01). The
/// present cannot be earlier.
pub(crate) const RELEASED_AT: u64 = 1_767_225_600;

/// The longest lifetime of a command in seconds.
pub(crate) const LIFETIME: u64 = 3600;

/// The keys of a new device.
///
/// DEMONSTRATION KEY: its private key is published in RFC 6979, appendix A.2.5, so anyone can sign
/// with it.
const FACTORY_SET: &[u8] = br#"{"keys":[{"kty":"EC","crv":"P-256","kid":"gateway-2026",
    "x":"YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y",
    "y":"eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk"}]}"#;

/// The key for later sets of keys. It verifies no command. DEMONSTRATION KEY: its private half is
/// 32 times the byte 0x53.
static SET_KEY: OwnedPublicKey = const_key!(OwnedPublicKey::from_jwk(
    br#"{"kty":"EC","crv":"P-256",
    "x":"15dzfUCBVC3-ERqabLpqUukRGPJ6gU-Ogx6PctUWX5M",
    "y":"CNqWUiJOrzn0WQmLVF1SCQDTctpuc88zxAMqgmTnuuQ"}"#
));

/// The state of the device. Each change is stored in flash before the device acts on it.
pub(crate) struct Memory {
    pub(crate) guard: Guard,
    pub(crate) log: FlashLog<Flash>,
    pub(crate) ring: Ring,
    keys: FlashValue<Flash>,
}

impl Memory {
    /// Reads the state after a reset. If it is lost, the guard is closed and accepts no command.
    ///
    /// The factory opens the guard (`ReplayGuard::provision`), in the first content of the flash. A
    /// device in the field can also be opened if it has a source of randomness: it issues a
    /// `device::Nonce`, and the issuer signs a command with it. These boards have no such source.
    pub(crate) fn restore() -> Result<Self, FlashError> {
        let [log, keys] = Flash::parts();
        let mut memory = Self {
            guard: Guard::new(RELEASED_AT),
            log: FlashLog::new(log, 0..Flash::LEN, Guard::FACTS)?,
            ring: Ring::new(ISSUER, LIFETIME).as_time_source(),
            keys: FlashValue::new(keys, 0..Flash::LEN)?,
        };
        match memory.guard.restore(&mut memory.log) {
            Ok(Restored::Open) => {}
            Ok(Restored::Nothing | Restored::Full) => defmt::warn!("the memory is lost"),
            Err(error) => defmt::error!("the memory cannot be read: {}", error),
        }
        memory.load_keys();
        Ok(memory)
    }

    /// Reads the keys. Where a set was stored and is lost, no command of the gateway is accepted until
    /// a set comes that is dated after the time floor: neither the keys of the release nor an old
    /// set may bring a withdrawn key back.
    fn load_keys(&mut self) {
        let mut buffer = [0; Ring::max_saved_len()];
        let is_loaded = match self.keys.load(&mut buffer) {
            Ok(Some(saved)) => self.ring.load(saved).is_ok(),
            Ok(None) => {
                let update = self.ring.update(FACTORY_SET, RELEASED_AT, &mut buffer);
                update.is_ok()
            }
            Err(_) => false,
        };
        if !is_loaded {
            defmt::error!("the keys are lost");
            self.ring.reset_at(self.guard.time());
        }
    }

    /// Accepts a signed set of keys, from any party, and stores the changed ring.
    pub(crate) fn take_keys(&mut self, set: &[u8]) -> Result<RingUpdate, Refusal> {
        let set_keys = [Key::from(SET_KEY.as_public_key()).with_kid("sets-2026")];
        let (time, mut buffer) = (self.guard.time(), [0; Ring::max_saved_len()]);
        let before = self.ring.updated_at();
        let set_keys = SetKeys::new(&set_keys);
        let update = self.ring.update_signed(set, set_keys, time, &mut buffer);
        // A set with an error can withdraw keys too. A set that changed nothing must not wear the
        // flash.
        if self.ring.updated_at() != before {
            // Until the ring is stored, a reset restores the last set. So the answer is sent later.
            self.keys.store(self.ring.save(&mut buffer)?)?;
        }
        Ok(update?)
    }
}
