//! The seam for other back-ends: what they are asked, and that their verdict decides.

use core::mem;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use embedded_jwt::{
    Compact, Error, Key, Policy, Verifier,
    crypto::{Algorithm, Crypto, InvalidSignature, PublicKey},
};

use crate::common::rfc7515::{A1, A3, A3_JWK, BEFORE_EXP};

/// Of the signing input of `A3`, by `sha256sum`.
const A3_DIGEST: &str = "21c67368f436577f447f805162ca13b80d046a3fe467247e65ea477aa750fa2e";

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Hs256 {
        secret: Vec<u8>,
        signing_input: Vec<u8>,
        mac: [u8; 32],
    },
    Es256Digest {
        x: [u8; 32],
        y: [u8; 32],
        digest: [u8; 32],
        signature: [u8; 64],
    },
    #[cfg(feature = "fast-es256")]
    Es256Prepared {
        coordinates: ([u8; 32], [u8; 32]),
        signing_input: Vec<u8>,
        signature: [u8; 64],
    },
    Slot {
        slot: u32,
        algorithm: Algorithm,
        signing_input: Vec<u8>,
        signature: Vec<u8>,
    },
}

/// Hardware that writes down what it is asked, and answers what it is told.
struct Recorder {
    asked: Vec<Asked>,
    verdict: Result<(), InvalidSignature>,
}

impl Recorder {
    fn answering(verdict: Result<(), InvalidSignature>) -> Self {
        Self {
            asked: Vec::new(),
            verdict,
        }
    }
}

impl Crypto for Recorder {
    fn hs256(
        &mut self,
        secret: &[u8],
        signing_input: &[u8],
        mac: &[u8; 32],
    ) -> Result<(), InvalidSignature> {
        let (secret, signing_input) = (secret.to_vec(), signing_input.to_vec());
        self.asked.push(Asked::Hs256 {
            secret,
            signing_input,
            mac: *mac,
        });
        self.verdict
    }

    fn es256_digest(
        &mut self,
        key: PublicKey<'_>,
        digest: &[u8; 32],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        self.asked.push(Asked::Es256Digest {
            x: *key.x(),
            y: *key.y(),
            digest: *digest,
            signature: *signature,
        });
        self.verdict
    }

    #[cfg(feature = "fast-es256")]
    fn es256_prepared(
        &mut self,
        key: embedded_jwt::prepared::PreparedKey<'_>,
        signing_input: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        self.asked.push(Asked::Es256Prepared {
            coordinates: key.coordinates(),
            signing_input: signing_input.to_vec(),
            signature: *signature,
        });
        self.verdict
    }

    fn slot(
        &mut self,
        slot: u32,
        algorithm: Algorithm,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let (signing_input, signature) = (signing_input.to_vec(), signature.to_vec());
        self.asked.push(Asked::Slot {
            slot,
            algorithm,
            signing_input,
            signature,
        });
        self.verdict
    }
}

fn segment(token: &[u8], index: usize) -> Vec<u8> {
    let segment = token.split(|byte| *byte == b'.').nth(index).unwrap();
    BASE64_URL_SAFE_NO_PAD.decode(segment).unwrap()
}

fn signing_input(token: &[u8]) -> Vec<u8> {
    let end = token.iter().rposition(|byte| *byte == b'.').unwrap();
    token.iter().copied().take(end).collect()
}

#[test]
fn hs256_back_end_gets_secret_signing_input_and_mac() {
    let mut hardware = Recorder::answering(Ok(()));
    let secret = *b"32 bytes or more, kept in flash.";
    let keys = [Key::hs256(&secret).unwrap()];
    let policy = Policy::new();
    let mut buffer = [0; 512];
    let verifier = Verifier::new(&keys, &policy);
    verifier
        .verify_with(&mut hardware, A1, BEFORE_EXP, &mut buffer)
        .unwrap();
    let mac = segment(A1, 2).try_into().unwrap();
    let expected = Asked::Hs256 {
        secret: secret.to_vec(),
        signing_input: signing_input(A1),
        mac,
    };
    assert_eq!(hardware.asked, [expected]);
}

#[test]
fn es256_back_end_gets_point_digest_and_signature() {
    let mut hardware = Recorder::answering(Ok(()));
    let mut for_key = [0; 512];
    let keys = [Key::from_jwk(A3_JWK, &mut for_key).unwrap()];
    let policy = Policy::new();
    let mut token = A3.to_vec();
    Verifier::new(&keys, &policy)
        .verify_in_place_with(&mut hardware, &mut token, BEFORE_EXP)
        .unwrap();

    let [
        Asked::Es256Digest {
            x,
            y,
            digest,
            signature,
        },
    ] = hardware.asked.as_slice()
    else {
        unreachable!("asked {:?}", hardware.asked)
    };
    assert_eq!((x.first(), x.last()), (Some(&0x7f), Some(&0x45)));
    assert_eq!((y.first(), y.last()), (Some(&0xc7), Some(&0xad)));
    assert_eq!(digest.map(|byte| format!("{byte:02x}")).concat(), A3_DIGEST);
    assert_eq!(signature.to_vec(), segment(A3, 2));
}

#[test]
fn key_in_a_slot_of_the_back_end() {
    let mut hardware = Recorder::answering(Ok(()));
    let keys = [Key::slot(Algorithm::Hs256, 5)];
    let mut buffer = [0; 512];
    let compact = Compact::parse(A1).unwrap();
    compact
        .verify_with(&mut hardware, &keys, &mut buffer)
        .unwrap();
    let expected = Asked::Slot {
        slot: 5,
        algorithm: Algorithm::Hs256,
        signing_input: signing_input(A1),
        signature: segment(A1, 2),
    };
    assert_eq!(hardware.asked, [expected]);
    // The software has no slots.
    assert_eq!(
        compact.verify(&keys, &mut buffer).unwrap_err(),
        Error::InvalidSignature
    );
}

#[test]
fn what_the_back_end_refuses_is_refused() {
    let mut hardware = Recorder::answering(Err(InvalidSignature));
    let mut for_key = [0; 512];
    let keys = [Key::from_jwk(A3_JWK, &mut for_key).unwrap()];
    let mut buffer = [0; 512];
    let compact = Compact::parse(A3).unwrap();
    compact.verify(&keys, &mut buffer).unwrap();
    let refusal = compact
        .verify_with(&mut hardware, &keys, &mut buffer)
        .unwrap_err();
    assert_eq!(refusal, Error::InvalidSignature);
    assert_eq!(hardware.asked.len(), 1);
}

/// A back-end may copy a signature to a place of its algorithm's length: it never sees one of another.
#[test]
fn signatures_of_another_length_never_reach_the_back_end() {
    let secret = *b"32 bytes or more, kept in flash.";
    let mut for_key = [0; 512];
    let es256 = Key::from_jwk(A3_JWK, &mut for_key).unwrap();
    #[cfg(feature = "fast-es256")]
    let mut room = embedded_jwt::prepared::KeyTable16::room();
    #[cfg(feature = "fast-es256")]
    let table = room.prepare(es256.public_key().unwrap());
    for (token, key, right) in [
        (A1, Key::hs256(&secret).unwrap(), 32),
        (A1, Key::slot(Algorithm::Hs256, 1), 32),
        (A3, es256, 64),
        (A3, Key::slot(Algorithm::Es256, 1), 64),
        #[cfg(feature = "fast-es256")]
        (A3, Key::es256_prepared(table.key()), 64),
    ] {
        for len in 1..=100 {
            // As r and as s, ones are in range.
            let signature = BASE64_URL_SAFE_NO_PAD.encode(vec![1; len]);
            let token = [signing_input(token).as_slice(), signature.as_bytes()].join(&b'.');
            let expected = if len == right {
                (Ok(()), 1)
            } else {
                (Err(Error::SignatureLength), 0)
            };
            let mut hardware = Recorder::answering(Ok(()));
            let verdict = Compact::parse(&token)
                .unwrap()
                .verify_with(&mut hardware, &[key], &mut [0; 512])
                .map(drop);
            assert_eq!((verdict, hardware.asked.len()), expected, "{key:?}: {len}");
            let mut hardware = Recorder::answering(Ok(()));
            let verdict = Verifier::new(&[key], &Policy::new())
                .verify_in_place_with(&mut hardware, &mut token.clone(), BEFORE_EXP)
                .map(drop);
            assert_eq!((verdict, hardware.asked.len()), expected, "{key:?}: {len}");
        }
    }
}

/// Broken back-ends have accepted r = s = 0 for any message; ours are not asked about it.
#[test]
fn numbers_out_of_range_never_reach_the_back_end() {
    let mut hardware = Recorder::answering(Ok(()));
    let mut for_key = [0; 512];
    let keys = [
        Key::from_jwk(A3_JWK, &mut for_key).unwrap(),
        Key::slot(Algorithm::Es256, 1),
    ];
    let mut buffer = [0; 512];
    let mut verdict = |r: [u8; 32], s: [u8; 32]| {
        let signature = BASE64_URL_SAFE_NO_PAD.encode([r, s].concat());
        let token = [signing_input(A3).as_slice(), signature.as_bytes()].join(&b'.');
        let compact = Compact::parse(&token).unwrap();
        let verdict = compact.verify_with(&mut hardware, &keys, &mut buffer);
        (verdict.map(drop), mem::take(&mut hardware.asked).len())
    };
    let (mut one, mut last) = ([0; 32], ORDER);
    (one[31], last[31]) = (1, ORDER[31] - 1);
    for bad in [[0; 32], ORDER, [0xff; 32]] {
        assert_eq!(verdict(bad, one), (Err(Error::InvalidSignature), 0));
        assert_eq!(verdict(one, bad), (Err(Error::InvalidSignature), 0));
    }
    assert_eq!(verdict(one, last), (Ok(()), 1));
    assert_eq!(verdict(last, one), (Ok(()), 1));
}

/// The order n of the group (SP 800-186 section 3.2.1.3).
const ORDER: [u8; 32] = *b"\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\
    \xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51";

#[cfg(feature = "fast-es256")]
mod prepared {
    use embedded_jwt::prepared::{KeyTable16, KeyTable64, TableRoom};

    use super::*;

    /// The table of the key that signed [`A3`].
    fn table<const POINTS: usize>(room: &mut TableRoom<POINTS>) -> Key<'_> {
        let mut for_key = [0; 512];
        let key = Key::from_jwk(A3_JWK, &mut for_key).unwrap();
        Key::es256_prepared(room.prepare(key.public_key().unwrap()).key())
    }

    #[test]
    fn back_end_gets_the_key_the_signing_input_and_the_signature() {
        let mut hardware = Recorder::answering(Ok(()));
        let mut room = KeyTable16::room();
        let keys = [table(&mut room)];
        let policy = Policy::new();
        Verifier::new(&keys, &policy)
            .verify_with(&mut hardware, A3, BEFORE_EXP, &mut [0; 512])
            .unwrap();
        let [x, y] = [
            "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        ]
        .map(|text| BASE64_URL_SAFE_NO_PAD.decode(text).unwrap());
        let expected = Asked::Es256Prepared {
            coordinates: (x.try_into().unwrap(), y.try_into().unwrap()),
            signing_input: signing_input(A3),
            signature: segment(A3, 2).try_into().unwrap(),
        };
        assert_eq!(hardware.asked, [expected]);
    }

    #[test]
    fn what_the_back_end_refuses_is_refused() {
        let mut hardware = Recorder::answering(Err(InvalidSignature));
        let mut room = KeyTable64::room();
        let keys = [table(&mut room)];
        let compact = Compact::parse(A3).unwrap();
        compact.verify(&keys, &mut [0; 512]).unwrap();
        let mut buffer = [0; 512];
        let verdict = compact.verify_with(&mut hardware, &keys, &mut buffer);
        assert_eq!(verdict.map(drop), Err(Error::InvalidSignature));
        assert_eq!(hardware.asked.len(), 1);
    }

    #[test]
    fn numbers_out_of_range_never_reach_the_back_end() {
        let mut room = KeyTable16::room();
        let keys = [table(&mut room)];
        for (r, s, asked) in [
            ([0; 32], [1; 32], 0),
            ([1; 32], [0; 32], 0),
            (ORDER, [1; 32], 0),
            ([1; 32], ORDER, 0),
            ([0xff; 32], [0xff; 32], 0),
            ([1; 32], [1; 32], 1),
        ] {
            let mut hardware = Recorder::answering(Ok(()));
            let signature = BASE64_URL_SAFE_NO_PAD.encode([r, s].concat());
            let token = [signing_input(A3).as_slice(), signature.as_bytes()].join(&b'.');
            let compact = Compact::parse(&token).unwrap();
            let mut buffer = [0; 512];
            let verdict = compact.verify_with(&mut hardware, &keys, &mut buffer);
            assert_eq!((verdict.is_ok(), hardware.asked.len()), (asked == 1, asked));
        }
    }
}

/// A back-end chosen at run time.
#[test]
fn back_end_behind_a_reference() {
    let mut hardware = Recorder::answering(Ok(()));
    let chosen: &mut dyn Crypto = &mut hardware;
    let keys = [
        Key::slot(Algorithm::Es256, 1),
        Key::hs256(b"32 bytes or more, kept in flash.").unwrap(),
    ];
    let mut buffer = [0; 512];
    for token in [A1, A3] {
        let compact = Compact::parse(token).unwrap();
        compact.verify_with(chosen, &keys, &mut buffer).unwrap();
    }
    assert_eq!(hardware.asked.len(), 2);
}
