//! HMAC secrets: their length, and the MAC of RFC 2104 at every length.

use embedded_jwt::{
    Error,
    Error::*,
    Key, Policy, Time,
    crypto::{Crypto as _, InvalidSignature as NotByTheKey, Software},
    prepared::{PreparedSecret, SecretRoom},
};
use sha2::{Digest as _, Sha256};

use crate::common::{self, Alg, GOOD, HEADER, NOW, join, signing_input};

fn secret(len: usize) -> Vec<u8> {
    (0..len)
        .map(|at| u8::try_from(at * 7 % 251).unwrap())
        .collect()
}

/// The verdict of a key of this secret on a MAC that jsonwebtoken made with it.
fn verdict(key: Key<'_>, secret: &[u8]) -> Result<(), Error> {
    let input = signing_input(Alg::Hs256, HEADER, GOOD);
    let token = join(&input, common::hs256(secret, &input));
    common::verify(&[key], &Policy::new(), Time::Trusted(NOW), &token).map(|_| ())
}

#[test]
fn secret_too_short() {
    for len in 0..32 {
        assert_eq!(Key::hs256(&secret(len)).unwrap_err(), KeyTooShort, "{len}");
    }
}

#[test]
fn secret_long_enough() {
    // Around the block length of SHA-256, over which HMAC hashes the secret.
    for len in [32, 33, 48, 63, 64, 65, 127, 128, 129, 1000] {
        let secret = secret(len);
        assert_eq!(
            verdict(Key::hs256(&secret).unwrap(), &secret),
            Ok(()),
            "{len}"
        );
    }
}

/// HMAC pads with zeros, so a secret of zeros is the empty one; and everybody knows what erased flash holds.
#[test]
fn secret_of_equal_bytes() {
    for byte in [0, 1, 0x5a, 0xff] {
        for len in [32, 33, 64, 65, 200] {
            let mut secret = vec![byte; len];
            assert_eq!(Key::hs256(&secret).unwrap_err(), WeakSecret);
            assert_eq!(
                PreparedSecret::room().prepare(&secret).unwrap_err(),
                WeakSecret
            );
            #[cfg(feature = "sign")]
            assert_eq!(
                embedded_jwt::sign::SigningKey::hs256(&secret).unwrap_err(),
                WeakSecret
            );
            // Systems in the field may have one, as they may have a short one.
            let legacy = Key::hs256_short_legacy(&secret).unwrap();
            assert_eq!(verdict(legacy, &secret), Ok(()));
            // One bit that differs, anywhere, makes it a secret.
            for at in [0, 1, len / 2, len - 1] {
                secret[at] ^= 1 << (at % 8);
                assert!(Key::hs256(&secret).is_ok(), "{byte} {len} {at}");
                secret[at] = byte;
            }
        }
        assert_eq!(Key::hs256(&[byte; 31]).unwrap_err(), KeyTooShort);
    }
}

#[test]
fn short_legacy_secret() {
    assert_eq!(Key::hs256_short_legacy(&[]).unwrap_err(), KeyTooShort);
    for len in 1..=65 {
        let secret = secret(len);
        assert_eq!(
            verdict(Key::hs256_short_legacy(&secret).unwrap(), &secret),
            Ok(()),
            "{len}"
        );
    }
}

/// HMAC pads a secret with zeros: one with a zero more is the same key up to the block length, and that is known
/// of HMAC. A secret that differs in a bit is another.
#[test]
fn another_secret() {
    let good = secret(32);
    for at in 0..32 {
        let mut other = good.clone();
        other[at] ^= 1;
        assert_eq!(
            verdict(Key::hs256(&other).unwrap(), &good),
            Err(InvalidSignature)
        );
    }
    for other in [secret(33), secret(64), good[..].repeat(2)] {
        assert_eq!(
            verdict(Key::hs256(&other).unwrap(), &good),
            Err(InvalidSignature)
        );
    }
}

/// The base64 text of a secret is not the secret.
#[test]
fn secret_as_text() {
    let good = secret(32);
    let text = common::encode(&good);
    assert_eq!(
        verdict(Key::hs256(text.as_bytes()).unwrap(), &good),
        Err(InvalidSignature)
    );
}

#[test]
fn prepared_secret() {
    for len in 0..32 {
        assert_eq!(
            PreparedSecret::room().prepare(&secret(len)).unwrap_err(),
            KeyTooShort,
            "{len}"
        );
    }
    for len in [32, 63, 64, 65, 1000] {
        let good = secret(len);
        let mut room = PreparedSecret::room();
        let prepared = room.prepare(&good).unwrap();
        assert_eq!(verdict(Key::hs256_prepared(prepared), &good), Ok(()));
        let mut other = good.clone();
        other[len - 1] ^= 1;
        // A room may be used again.
        let prepared = room.prepare(&other).unwrap();
        assert_eq!(
            verdict(Key::hs256_prepared(prepared), &good),
            Err(InvalidSignature)
        );
    }
    let mut room = PreparedSecret::room();
    assert_eq!(format!("{room:?}"), "SecretRoom");
    let shown = format!("{:?}", room.prepare(&secret(32)).unwrap());
    assert_eq!(shown, "PreparedSecret");
    assert_eq!(size_of::<PreparedSecret>(), 144);
    assert_eq!(size_of::<SecretRoom>(), 152);
}

/// HMAC as RFC 2104 section 2 defines it.
fn hmac(secret: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    if secret.len() > 64 {
        block[..32].copy_from_slice(&Sha256::digest(secret));
    } else {
        block[..secret.len()].copy_from_slice(secret);
    }
    let [inner, outer] = [0x36, 0x5c].map(|pad| block.map(|byte| byte ^ pad));
    let inner = Sha256::digest([&inner, message].concat());
    Sha256::digest([&outer[..], &inner].concat()).into()
}

/// Messages around every boundary of a block, and of the padding in it.
#[test]
fn message_of_every_length() {
    for secret in [32, 64, 65, 200].map(secret) {
        let mut room = PreparedSecret::room();
        let prepared = room.prepare(&secret).unwrap();
        for len in (0..=260).chain([1_000, 16_384]) {
            let message: Vec<u8> = (0..len)
                .map(|at| u8::try_from(at * 5 % 253).unwrap())
                .collect();
            let mut mac = hmac(&secret, &message);
            assert_eq!(Software.hs256(&secret, &message, &mac), Ok(()), "{len}");
            assert_eq!(Software.hs256_prepared(prepared, &message, &mac), Ok(()));
            mac[len % 32] ^= 1;
            assert_eq!(Software.hs256(&secret, &message, &mac), Err(NotByTheKey));
            assert_eq!(
                Software.hs256_prepared(prepared, &message, &mac),
                Err(NotByTheKey)
            );
        }
    }
}
