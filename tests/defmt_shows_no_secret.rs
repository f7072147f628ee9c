//! What `defmt` puts on the wire for a key, a verifier and an error holds no byte of a secret.
#![cfg(all(feature = "defmt", feature = "hs256"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Mutex;

use embedded_jwt::{Error, Key, Policy, Verifier};

static WIRE: Mutex<Vec<u8>> = Mutex::new(Vec::new());

#[defmt::global_logger]
struct Wire;

// SAFETY: there is one test in this file, so `acquire` has nobody to exclude.
#[allow(unsafe_code, reason = "defmt has no other way to implement a logger")]
unsafe impl defmt::Logger for Wire {
    fn acquire() {}
    unsafe fn flush() {}
    unsafe fn release() {}
    unsafe fn write(bytes: &[u8]) {
        WIRE.lock().unwrap().extend_from_slice(bytes);
    }
}

defmt::timestamp!("");

#[test]
fn keys_log_their_kid_and_not_their_secret() {
    let secret = *b"this secret has just enough byte";
    let keys = [Key::hs256(&secret).unwrap().kid("the kid")];
    let policy = Policy::new().issuer("the issuer");
    let verifier = Verifier::new(&keys, &policy);
    defmt::error!(
        "{} {} {}",
        keys,
        verifier,
        Error::BufferTooSmall { needed: 0x1234 }
    );

    #[cfg(feature = "prepared")]
    log_a_prepared_key();

    let wire = WIRE.lock().unwrap();
    let holds = |bytes: &[u8]| wire.windows(bytes.len()).any(|window| window == bytes);
    assert!(
        holds(b"the kid") && holds(b"the issuer") && holds(&[0x34, 0x12]),
        "{wire:?}"
    );
    for piece in secret.windows(3) {
        assert!(!holds(piece), "{piece:?} in {wire:?}");
    }
}

/// A public key is no secret, but its table is nothing for a log either: sizes, and no word of it.
#[cfg(feature = "prepared")]
fn log_a_prepared_key() {
    use embedded_jwt::{KeyTable4, TableRoom};

    // No table of any key, and easily found.
    let table = KeyTable4::trusted([[0xa5a5_a5a5; 16]; 15]);
    let room: TableRoom<15> = KeyTable4::room();
    let key = Key::es256_prepared(table.key()).kid("prepared kid");
    let before = WIRE.lock().unwrap().len();
    defmt::error!("{} {} {} {}", table, room, table.key(), key);
    let wire = WIRE.lock().unwrap();
    let logged = wire.get(before..).unwrap();
    let holds = |bytes: &[u8]| logged.windows(bytes.len()).any(|window| window == bytes);
    assert!(
        holds(b"prepared kid") && holds(&[15, 0, 0, 0]),
        "{logged:?}"
    );
    assert!(!holds(&[0xa5, 0xa5]) && logged.len() < 100, "{logged:?}");
}
