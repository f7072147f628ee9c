//! What `defmt` puts on the wire for every public type holds no byte of a token, a nonce, a proof or a key, and no
//! character by which a sender writes more than his own text.

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use core::any::type_name;
use std::{collections::HashSet, sync::Mutex};

use common::{
    encode,
    shown::{HOSTILE, Log, Material, Shown},
};
use embedded_jwt::{Error, Key, Policy, Verifier, json::Value};

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

/// What a value puts on the wire.
fn logged(value: &impl defmt::Format) -> Vec<u8> {
    let before = WIRE.lock().unwrap().len();
    defmt::error!("{}", value);
    WIRE.lock().unwrap().split_off(before)
}

/// What shows nothing.
struct Nothing;

impl defmt::Format for Nothing {
    fn format(&self, _: defmt::Formatter<'_>) {}
}

fn holds(wire: &[u8], bytes: &[u8]) -> bool {
    wire.windows(bytes.len()).any(|window| window == bytes)
}

/// Bytes of a secret that are too many to stand there by chance.
const PIECE: usize = 6;

/// What every value is held against.
struct Frames {
    /// Pieces of the secrets as they are, as base64url and as hexadecimal; those of one length in one set.
    pieces: [HashSet<Vec<u8>>; 3],
}

impl Log for Frames {
    fn show<T: Shown>(&mut self, value: &T) {
        let (name, wire) = (type_name::<T>(), logged(value));
        assert_ne!(wire, logged(&Nothing), "{name} shows nothing");
        for pieces in &self.pieces {
            let len = pieces.iter().next().unwrap().len();
            for window in wire
                .to_ascii_lowercase()
                .windows(len)
                .chain(wire.windows(len))
            {
                assert!(
                    !pieces.contains(window),
                    "{name} shows a secret: {window:?} in {wire:?}"
                );
            }
        }
        // Between its letters: alone, an ASCII control is a byte like others.
        let characters: Vec<char> = HOSTILE.chars().collect();
        for character in characters.windows(3).step_by(2) {
            let character = String::from_iter(character);
            assert!(
                !holds(&wire, character.as_bytes()),
                "{name} shows {character:?}: {wire:?}"
            );
        }
    }
}

#[test]
fn no_public_type_shows_a_secret_or_a_raw_character() {
    let material = Material::new();
    let secrets = material.secrets();
    let pieces = || secrets.iter().flat_map(|secret| secret.windows(PIECE));
    let hexadecimal = |piece: &[u8]| {
        piece
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<Vec<_>>()
            .concat()
    };
    material.show(&mut Frames {
        pieces: [
            pieces().map(<[u8]>::to_vec).collect(),
            pieces().map(|piece| encode(piece).into_bytes()).collect(),
            pieces()
                .map(|piece| hexadecimal(piece).into_bytes())
                .collect(),
        ],
    });
    something_is_shown();
}

/// The test above does not pass because nothing comes through.
fn something_is_shown() {
    let keys = [Key::hs256(&common::SECRET)
        .unwrap()
        .with_kid("the kid\u{9b}")];
    let policy = Policy::new().issuer("the issuer");
    let wire = logged(&Verifier::new(&keys, &policy));
    assert!(
        holds(&wire, b"the kid") && holds(&wire, b"the issuer"),
        "{wire:?}"
    );
    // Of an escaped character, the code.
    assert!(holds(&wire, &[0x9b, 0, 0, 0]), "{wire:?}");
    let wire = logged(&Error::BufferTooSmall { needed: 0x1234 });
    assert!(holds(&wire, &[0x34, 0x12]), "{wire:?}");
    assert!(holds(&logged(&"n0nce"), b"n0nce"));
    let mut text = br#"{"the name":["the value",7e3]}"#.to_vec();
    let wire = logged(&Value::parse(&mut text).unwrap());
    for part in ["the name", "the value", "7e3"] {
        assert!(holds(&wire, part.as_bytes()), "{part} in {wire:?}");
    }

    // A public key is no secret, but its table is nothing for a log either: sizes, and no word of it.
    #[cfg(feature = "fast-es256")]
    {
        let table = embedded_jwt::prepared::KeyTable16::from_trusted([[0xa5a5_a5a5; 16]; 16]);
        let wire = logged(&table);
        assert!(holds(&wire, &[16, 0, 0, 0]) && wire.len() < 100, "{wire:?}");
    }
}
