//! The seam for other back-ends: what they are asked, and that their verdict decides.
#![allow(
    clippy::unwrap_used,
    clippy::unreachable,
    reason = "a test fails by panicking"
)]
#![cfg(all(feature = "hs256", feature = "es256"))]

use embedded_jwt::{
    Algorithm, Compact, Crypto, Error, InvalidSignature, Key, Policy, PublicKey, Time, Verifier,
};

/// RFC 7515 appendices A.1 and A.3.
const HS256: &[u8] = b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9\
    .eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ\
    .dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const ES256: &[u8] = b"eyJhbGciOiJFUzI1NiJ9\
    .eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ\
    .DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const ES256_JWK: &[u8] = br#"{"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
/// Of the signing input of `ES256`, by `sha256sum`.
const ES256_DIGEST: &str = "21c67368f436577f447f805162ca13b80d046a3fe467247e65ea477aa750fa2e";
const BEFORE_EXP: Time = Time::Trusted(1_300_819_379);

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
    use base64::Engine as _;
    let segment = token.split(|byte| *byte == b'.').nth(index).unwrap();
    base64::prelude::BASE64_URL_SAFE_NO_PAD
        .decode(segment)
        .unwrap()
}

fn signing_input(token: &[u8]) -> Vec<u8> {
    let end = token.iter().rposition(|byte| *byte == b'.').unwrap();
    token.iter().copied().take(end).collect()
}

#[test]
fn hs256_back_end_gets_secret_signing_input_and_mac() {
    let mut hardware = Recorder::answering(Ok(()));
    let secret = [7; 32];
    let keys = [Key::hs256(&secret).unwrap()];
    let policy = Policy::new();
    let mut buffer = [0; 512];
    let verifier = Verifier::new(&keys, &policy);
    verifier
        .verify_with(&mut hardware, HS256, BEFORE_EXP, &mut buffer)
        .unwrap();
    let mac = segment(HS256, 2).try_into().unwrap();
    let expected = Asked::Hs256 {
        secret: secret.to_vec(),
        signing_input: signing_input(HS256),
        mac,
    };
    assert_eq!(hardware.asked, [expected]);
}

#[test]
fn es256_back_end_gets_point_digest_and_signature() {
    let mut hardware = Recorder::answering(Ok(()));
    let mut for_key = [0; 512];
    let keys = [Key::from_jwk(ES256_JWK, &mut for_key).unwrap()];
    let policy = Policy::new();
    let mut token = ES256.to_vec();
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
    assert_eq!(
        digest.map(|byte| format!("{byte:02x}")).concat(),
        ES256_DIGEST
    );
    assert_eq!(signature.to_vec(), segment(ES256, 2));
}

#[test]
fn key_in_a_slot_of_the_back_end() {
    let mut hardware = Recorder::answering(Ok(()));
    let keys = [Key::slot(Algorithm::Hs256, 5)];
    let mut buffer = [0; 512];
    let compact = Compact::parse(HS256).unwrap();
    compact
        .verify_with(&mut hardware, &keys, &mut buffer)
        .unwrap();
    let expected = Asked::Slot {
        slot: 5,
        algorithm: Algorithm::Hs256,
        signing_input: signing_input(HS256),
        signature: segment(HS256, 2),
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
    let keys = [Key::from_jwk(ES256_JWK, &mut for_key).unwrap()];
    let mut buffer = [0; 512];
    let compact = Compact::parse(ES256).unwrap();
    compact.verify(&keys, &mut buffer).unwrap();
    let refusal = compact
        .verify_with(&mut hardware, &keys, &mut buffer)
        .unwrap_err();
    assert_eq!(refusal, Error::InvalidSignature);
    assert_eq!(hardware.asked.len(), 1);
}

/// Broken back-ends have accepted r = s = 0 for any message; ours are not asked about it.
#[test]
fn numbers_out_of_range_never_reach_the_back_end() {
    let mut hardware = Recorder::answering(Ok(()));
    let mut for_key = [0; 512];
    let keys = [
        Key::from_jwk(ES256_JWK, &mut for_key).unwrap(),
        Key::slot(Algorithm::Es256, 1),
    ];
    let mut buffer = [0; 512];
    let zeros = "A".repeat(86);
    let token = [signing_input(ES256).as_slice(), zeros.as_bytes()].join(&b'.');
    let refusal = Compact::parse(&token)
        .unwrap()
        .verify_with(&mut hardware, &keys, &mut buffer)
        .unwrap_err();
    assert_eq!(refusal, Error::InvalidSignature);
    assert_eq!(hardware.asked, []);
}

/// A back-end chosen at run time.
#[test]
fn back_end_behind_a_reference() {
    let mut hardware = Recorder::answering(Ok(()));
    let mut chosen: &mut dyn Crypto = &mut hardware;
    let keys = [
        Key::slot(Algorithm::Es256, 1),
        Key::hs256(&[7; 32]).unwrap(),
    ];
    let mut buffer = [0; 512];
    for token in [HS256, ES256] {
        let compact = Compact::parse(token).unwrap();
        compact
            .verify_with(&mut chosen, &keys, &mut buffer)
            .unwrap();
    }
    assert_eq!(hardware.asked.len(), 2);
}
