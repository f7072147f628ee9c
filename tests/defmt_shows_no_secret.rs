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
