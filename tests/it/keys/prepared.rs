//! Keys whose multiples stand in a table: what makes one, what shows of it, and that it is the key in all else. That their
//! verdict is that of the plain key on every token is in `common::verify`, for every test that goes through it.

use embedded_jwt::{
    Error, Key, Policy, Time,
    crypto::PublicKey,
    prepared::{KeyTable, KeyTable16, KeyTable64, KeyTable256},
};

use super::opens;
use crate::{
    common::{
        Alg, GOOD, HEADER, ISSUER_POINT, NOW, OTHER_POINT, encode, es256, forge, join, mint,
        signing_input, verify,
    },
    fast_es256::arithmetic::comb16,
};

fn public_key(point: &[u8]) -> PublicKey<'_> {
    PublicKey::from_sec1(point).unwrap()
}

/// The table of a key.
fn table<const POINTS: usize>(point: &[u8]) -> KeyTable<POINTS> {
    KeyTable::room().prepare(public_key(point)).clone()
}

/// A test for each size of a table.
macro_rules! of_every_size {
    ($($name:ident)*) => {
        mod with_16_points {
            $(#[test] fn $name() { super::$name::<16>() })*
        }
        mod with_64_points {
            $(#[test] fn $name() { super::$name::<64>() })*
        }
        mod with_256_points {
            $(#[test] fn $name() { super::$name::<256>() })*
        }
    };
}
of_every_size! {
    opens_what_the_key_opens
    words_make_the_table_again
    belongs_to_one_key
    room_is_used_again
    shows_nothing
    is_the_key
}

fn opens_what_the_key_opens<const POINTS: usize>() {
    let [own, other] = [&ISSUER_POINT, &OTHER_POINT].map(|point| table::<POINTS>(point));
    let [own, other] = [&own, &other].map(|table| Key::es256_prepared(table.key()));
    let verdict = |keys: &[Key<'_>], token: &[u8]| {
        verify(keys, &Policy::new(), Time::Trusted(NOW), token).map(|accepted| accepted.claims)
    };
    let good = mint(Alg::Es256, HEADER, GOOD);
    let named = mint(Alg::Es256, r#"{"alg":"<alg>","kid":"a"}"#, GOOD);
    let mac = mint(Alg::Hs256, HEADER, GOOD);
    let forged = forge(Alg::Es256, HEADER, GOOD);
    let refused = Err(Error::InvalidSignature);
    for (name, keys, token, expected) in [
        ("the key", &[own][..], &good, Ok(GOOD.to_owned())),
        ("another", &[other], &good, refused.clone()),
        (
            "the second of two",
            &[other, own],
            &good,
            Ok(GOOD.to_owned()),
        ),
        (
            "by its kid",
            &[other.with_kid("b"), own.with_kid("a")],
            &named,
            Ok(GOOD.to_owned()),
        ),
        (
            "of another's kid",
            &[other.with_kid("a"), own.with_kid("b")],
            &named,
            refused.clone(),
        ),
        ("forged", &[own], &forged, refused),
        ("a MAC", &[own], &mac, Err(Error::AlgMismatch)),
    ] {
        assert_eq!(verdict(keys, token), expected, "{name}");
    }
    assert!(opens(own, Alg::Es256) && !opens(other, Alg::Es256));
}

/// As they stand in flash.
fn words_make_the_table_again<const POINTS: usize>() {
    let made = table::<POINTS>(&ISSUER_POINT);
    let words: [[u32; 16]; POINTS] = *made.points();
    let constant = KeyTable::from_trusted(words);
    assert_eq!(constant.points(), made.points());
    assert!(constant == made);
    assert!(constant != table::<POINTS>(&OTHER_POINT));
    assert!(opens(Key::es256_prepared(constant.key()), Alg::Es256));
    let mut words = words;
    words[POINTS - 1][0] ^= 1;
    assert!(constant != KeyTable::from_trusted(words));
}

fn belongs_to_one_key<const POINTS: usize>() {
    let [own, other] = [&ISSUER_POINT, &OTHER_POINT].map(|point| public_key(point));
    let good = table::<POINTS>(&ISSUER_POINT);
    assert!(good.matches(own));
    assert!(!good.matches(other));
    assert!(!KeyTable::from_trusted([[0; 16]; POINTS]).matches(own));
    assert!(!KeyTable::from_trusted([[u32::MAX; 16]; POINTS]).matches(own));
    // A table for its own tokens under somebody else's key.
    let mut words = *table::<POINTS>(&OTHER_POINT).points();
    words[0] = good.points()[0];
    assert!(!KeyTable::from_trusted(words).matches(own));
    // Each entry alone.
    for at in (0..POINTS).step_by(POINTS / 16) {
        let mut words = *good.points();
        words[at][at % 16] ^= 1 << (at % 32);
        assert!(!KeyTable::from_trusted(words).matches(own), "{at}");
    }
}

/// A second key leaves nothing of the first.
fn room_is_used_again<const POINTS: usize>() {
    let mut room = KeyTable::<POINTS>::room();
    for point in [&ISSUER_POINT, &OTHER_POINT, &ISSUER_POINT] {
        let made = room.prepare(public_key(point));
        assert!(*made == table::<POINTS>(point));
        assert!(made.matches(public_key(point)));
    }
}

/// Sizes, and no word of the key.
fn shows_nothing<const POINTS: usize>() {
    let table = table::<POINTS>(&ISSUER_POINT);
    let key = table.key();
    assert_eq!(format!("{table:?}"), format!("KeyTable({POINTS} points)"));
    assert_eq!(
        format!("{:#?}", KeyTable::<POINTS>::room()),
        format!("TableRoom({POINTS} points)")
    );
    assert_eq!(format!("{key:?}"), "PreparedKey { .. }");
    let key = Key::es256_prepared(key).with_kid("pump");
    assert_eq!(
        format!("{key:?}"),
        r#"Key { algorithm: Es256, kid: Some("pump"), .. }"#
    );
}

fn is_the_key<const POINTS: usize>() {
    let table = table::<POINTS>(&ISSUER_POINT);
    let point = public_key(&ISSUER_POINT);
    assert_eq!(table.key().coordinates(), (*point.x(), *point.y()));
    let key = Key::es256_prepared(table.key());
    assert_eq!(key.algorithm().as_str(), "ES256");
    assert_eq!(key.kid(), None);
    assert_eq!(key.with_kid("a").kid(), Some("a"));
    #[cfg(any(feature = "es256", feature = "fast-es256"))]
    {
        let plain = Key::es256(&ISSUER_POINT).unwrap();
        assert_eq!(key.thumbprint(), plain.thumbprint());
        assert!(key.thumbprint().is_some());
        // Its coordinates stand nowhere as a `PublicKey` has them.
        assert_eq!(key.public_key(), None);
    }
    // What a back-end asks: a digest, and r and s in a row.
    let input = mint(Alg::Es256, HEADER, GOOD);
    let dot = input.iter().rposition(|byte| *byte == b'.').unwrap();
    let digest = {
        use sha2::{Digest as _, Sha256};
        Sha256::digest(&input[..dot]).into()
    };
    let signature = crate::common::decode(str::from_utf8(&input[dot + 1..]).unwrap());
    let signature: [u8; 64] = signature.try_into().unwrap();
    assert!(table.key().verify_digest(&digest, &signature).is_ok());
    for at in 0..64 {
        let mut signature = signature;
        signature[at] ^= 1;
        assert!(
            table.key().verify_digest(&digest, &signature).is_err(),
            "{at}"
        );
    }
    // What no token gets as far as: r and s out of their range.
    for signature in [[0; 64], [0xff; 64]] {
        assert!(table.key().verify_digest(&digest, &signature).is_err());
    }
}

/// A table that is at hand as words: that of the base point, whose private key is 1. Nothing is computed before `main`.
#[test]
fn in_flash() {
    static TABLE: KeyTable16 = KeyTable16::from_trusted(comb16::TABLE);
    static KEYS: [Key<'static>; 1] = [Key::es256_prepared(TABLE.key()).with_kid("flash")];
    let one = encode([&[0; 31][..], &[1]].concat());
    let input = signing_input(Alg::Es256, HEADER, GOOD);
    let token = join(&input, es256(&one, &input));
    let verdict = verify(&KEYS, &Policy::new(), Time::Trusted(NOW), &token);
    assert_eq!(
        verdict.map(|accepted| accepted.kid),
        Ok(Some("flash".to_owned()))
    );
    assert!(!opens(KEYS[0], Alg::Es256));
    let (x, y) = TABLE.key().coordinates();
    assert!(TABLE.matches(PublicKey::from_coordinates(&x, &y).unwrap()));
    assert_eq!(encode(x), "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY");
}

#[test]
fn sizes() {
    assert_eq!(size_of::<KeyTable16>(), 1_024);
    assert_eq!(size_of::<KeyTable64>(), 4_096);
    assert_eq!(size_of::<KeyTable256>(), 16_384);
}
