//! Public keys: their encodings, and the curve itself, held against the p256 crate.

use embedded_jwt::{Error, Error::*, Key, crypto::PublicKey};
use p256::ecdsa::VerifyingKey;
use proptest::prelude::*;

use super::opens;
use crate::common::{Alg, ISSUER_POINT, decode};

/// DER of a public key of P-256 with an uncompressed point, up to its `04` (RFC 5480 section 2).
const SPKI: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE";
/// The prime of the field.
const P: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
];

fn number(value: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[31] = value;
    bytes
}

/// The sum, which has to stay below 2^256.
fn plus(a: [u8; 32], b: [u8; 32]) -> [u8; 32] {
    let (mut sum, mut carry) = ([0; 32], 0);
    for at in (0..32).rev() {
        let digit = u16::from(a[at]) + u16::from(b[at]) + carry;
        sum[at] = u8::try_from(digit & 0xff).unwrap();
        carry = digit >> 8;
    }
    assert_eq!(carry, 0);
    sum
}

fn minus(a: [u8; 32], b: [u8; 32]) -> [u8; 32] {
    let (mut difference, mut borrow) = ([0; 32], 0);
    for at in (0..32).rev() {
        let digit = i16::from(a[at]) - i16::from(b[at]) - borrow;
        borrow = i16::from(digit < 0);
        difference[at] = u8::try_from(digit.rem_euclid(256)).unwrap();
    }
    assert_eq!(borrow, 0);
    difference
}

fn sec1(tag: u8, x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[tag], x, y].concat()
}

fn issuer() -> ([u8; 32], [u8; 32]) {
    (
        ISSUER_POINT[1..33].try_into().unwrap(),
        ISSUER_POINT[33..].try_into().unwrap(),
    )
}

/// The two points with this x, where there are any, by p256.
fn points_at(x: &[u8; 32]) -> Vec<[u8; 32]> {
    let points = [2, 3]
        .into_iter()
        .filter_map(|tag| VerifyingKey::from_sec1_bytes(&sec1(tag, x, &[])).ok());
    points
        .map(|key| {
            key.to_sec1_point(false).as_bytes()[33..]
                .try_into()
                .unwrap()
        })
        .collect()
}

/// Our verdict on a point; that of p256 has to be the same.
fn is_point(x: &[u8; 32], y: &[u8; 32]) -> bool {
    let point = sec1(4, x, y);
    let ours = PublicKey::from_coordinates(x, y).map(|_| ());
    assert_eq!(ours, Key::es256(&point).map(|_| ()), "the two constructors");
    assert_eq!(
        ours.is_ok(),
        VerifyingKey::from_sec1_bytes(&point).is_ok(),
        "{x:02x?} {y:02x?}"
    );
    if let Err(error) = ours {
        assert_eq!(error, KeyNotOnCurve);
    }
    ours.is_ok()
}

fn point(bytes: &[u8]) -> Result<(), Error> {
    Key::es256(bytes).map(|_| ())
}

#[test]
fn good_in_every_encoding() {
    let (x, y) = issuer();
    assert!(opens(Key::es256(&ISSUER_POINT).unwrap(), Alg::Es256));
    assert!(opens(
        PublicKey::from_coordinates(&x, &y).map(Key::from).unwrap(),
        Alg::Es256
    ));
    assert!(opens(
        Key::es256_spki(&spki(&ISSUER_POINT[1..])).unwrap(),
        Alg::Es256
    ));
}

#[test]
fn lengths() {
    for len in (0..200).filter(|len| *len != 65) {
        let mut bytes = ISSUER_POINT.clone();
        bytes.resize(len, 0);
        assert_eq!(point(&bytes), Err(KeyLength), "{len}");
    }
    let (x, y) = issuer();
    assert_eq!(point(&[x, y].concat()), Err(KeyLength), "without its tag");
}

#[test]
fn forms() {
    let (x, y) = issuer();
    for (bytes, error) in [
        (vec![0], KeyNotUncompressed),
        (sec1(0, &x, &y), KeyNotUncompressed),
        (sec1(2, &x, &[]), KeyNotUncompressed),
        (sec1(3, &x, &[]), KeyNotUncompressed),
        (sec1(2, &x, &y), KeyNotUncompressed),
        (sec1(6, &x, &y), KeyNotUncompressed),
        (sec1(7, &x, &y), KeyNotUncompressed),
        (sec1(5, &x, &[]), KeyLength),
        (sec1(1, &x, &y), KeyLength),
        (sec1(0x84, &x, &y), KeyLength),
        (sec1(4, &y, &x), KeyNotOnCurve),
        (sec1(4, &[0; 32], &[0; 32]), KeyNotOnCurve),
        (sec1(4, &[0xff; 32], &[0xff; 32]), KeyNotOnCurve),
        (vec![4], KeyLength),
        (vec![], KeyLength),
    ] {
        assert_eq!(point(&bytes), Err(error), "{bytes:02x?}");
    }
    // The generator of P-384, cut to this length, and whole.
    assert_eq!(point(&[4; 97]), Err(KeyLength));
}

/// Every bit of a point matters.
#[test]
fn flipped_bits() {
    let (x, y) = issuer();
    for bit in 0..256 {
        let flip = |mut bytes: [u8; 32]| {
            bytes[bit / 8] ^= 1 << (bit % 8);
            bytes
        };
        assert!(!is_point(&flip(x), &y));
        assert!(!is_point(&x, &flip(y)));
    }
}

/// Each coordinate has one encoding: the one below p.
#[test]
fn coordinates_at_and_above_p() {
    let edges = [
        number(0),
        number(1),
        number(2),
        minus(P, number(2)),
        minus(P, number(1)),
        P,
        plus(P, number(1)),
        [0xff; 32],
    ];
    for x in edges {
        for y in edges {
            is_point(&x, &y);
        }
        for y in points_at(&x) {
            assert!(is_point(&x, &y));
        }
    }
    let mut small = 0;
    for value in 0..=32 {
        let x = number(value);
        for y in points_at(&x) {
            small += 1;
            assert!(is_point(&x, &y));
            assert!(is_point(&x, &minus(P, y)), "the negative");
            assert!(!is_point(&plus(x, P), &y), "x + p is x");
        }
    }
    assert!(small > 20);
    assert_eq!(
        points_at(&number(0)).len(),
        2,
        "the curve meets the y axis, so that x = p would be x = 0"
    );
}

/// Points whose y leaves room for y + p below 2^256: the roots of x^3 - 3x + b - y^2 for a small y.
#[test]
fn y_above_p() {
    for (x, y) in [
        (
            *b"\xd7\x32\x5d\x76\x46\xcd\x60\xd8\x0a\x92\x73\x8c\xeb\x34\x5f\x84\
               \x4c\xff\xaf\x35\x84\x10\x22\xca\xb1\x76\xf6\x92\xde\x8d\xe1\xd7",
            number(5),
        ),
        (
            *b"\x9b\x21\xc2\xde\x1d\xa3\x1d\x68\x73\x1d\xbd\xaf\x97\xd7\xab\x3f\
               \x97\x91\x31\xe2\x8e\x3d\xc5\xb2\x07\x7d\x5a\x71\x87\x91\x4a\x78",
            number(6),
        ),
    ] {
        assert!(is_point(&x, &y));
        assert!(is_point(&x, &minus(P, y)), "the negative");
        assert!(!is_point(&x, &plus(P, y)), "y + p is y");
    }
    let (x, y) = issuer();
    assert!(!is_point(&x, &P));
    assert!(is_point(&x, &minus(P, y)));
}

fn spki(coordinates: &[u8]) -> Vec<u8> {
    [&*decode(SPKI), coordinates].concat()
}

#[test]
fn der_of_other_keys() {
    let (x, _) = issuer();
    for (name, der, error) in [
        (
            "Ed25519",
            [&*decode("MCowBQYDK2VwAyEA"), &x].concat(),
            KeyOtherCurve,
        ),
        (
            "a private key (PKCS #8)",
            [
                &*decode("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg"),
                &x,
            ]
            .concat(),
            KeyPrivate,
        ),
        (
            "a private key (SEC 1)",
            [&*decode("MHcCAQEEIA"), &x].concat(),
            KeyPrivate,
        ),
        (
            "an RSA key (PKCS #1)",
            [&*decode("MIIBCgKCAQEA"), &x].concat(),
            KeyRsa,
        ),
        (
            "a certificate",
            [&*decode("MIIBezCCASKgAwIBAgIU"), &x].concat(),
            KeyCertificate,
        ),
        (
            "PEM",
            b"\n-----BEGIN PUBLIC KEY-----\n".to_vec(),
            KeyPemNotDer,
        ),
    ] {
        assert_eq!(Key::es256_spki(&der).map(|_| ()), Err(error), "{name}");
    }
}

#[test]
fn spki_of_other_forms() {
    let good = spki(&ISSUER_POINT[1..]);
    let changed = |at: usize, byte: u8| {
        let mut der = good.clone();
        der[at] = byte;
        der
    };
    let (x, y) = issuer();
    for (name, der, error) in [
        ("empty", vec![], KeyNotSpki),
        ("the bare point", ISSUER_POINT.clone(), KeyNotSpki),
        ("a trailing byte", [&*good, &[0]].concat(), KeyNotSpki),
        ("a leading byte", [&[0], &*good].concat(), KeyNotSpki),
        ("no tag of a sequence", changed(0, 0x31), KeyNotSpki),
        ("a length too short", changed(1, 0x58), KeyNotSpki),
        ("a length too long", changed(1, 0x5a), KeyNotSpki),
        (
            "a length in the long form",
            [&[0x30, 0x81], &good[1..]].concat(),
            KeyNotSpki,
        ),
        (
            "an indefinite length",
            [&[0x30, 0x80], &good[2..], &[0, 0]].concat(),
            KeyNotSpki,
        ),
        (
            "RSA",
            [&*decode("MFwwDQYJKoZIhvcNAQEBBQADSwA"), &[7; 75]].concat(),
            KeyRsa,
        ),
        (
            "an algorithm beside ecPublicKey",
            changed(12, 2),
            KeyNotSpki,
        ),
        (
            "secp256k1",
            {
                let rest = [
                    &[0x30, 0x56, 0x30, 0x10],
                    &good[4..13],
                    &decode("BgUrgQQACg"),
                    &good[23..],
                ];
                rest.concat()
            },
            KeyOtherCurve,
        ),
        ("P-192", changed(22, 1), KeyOtherCurve),
        (
            "P-384",
            [&*decode("MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE"), &[7; 96]].concat(),
            KeyOtherCurve,
        ),
        ("unused bits", changed(25, 1), KeyNotSpki),
        ("an octet string", changed(23, 4), KeyNotSpki),
        (
            "a compressed point",
            [&*decode("MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgAC"), &x].concat(),
            KeyNotUncompressed,
        ),
        (
            "infinity",
            [&*decode("MBkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDAgAA")].concat(),
            KeyNotSpki,
        ),
        ("a hybrid point", changed(26, 6), KeyNotUncompressed),
        ("another tag", changed(26, 5), KeyLength),
        ("coordinates swapped", spki(&[y, x].concat()), KeyNotOnCurve),
        ("zeros", spki(&[0; 64]), KeyNotOnCurve),
    ] {
        assert_eq!(Key::es256_spki(&der).map(|_| ()), Err(error), "{name}");
    }
    for len in 0..good.len() {
        assert_eq!(
            Key::es256_spki(&good[..len]).map(|_| ()),
            Err(KeyNotSpki),
            "the first {len}"
        );
    }
}

/// DER that another parser would read in the same way is still another text.
#[test]
fn spki_prefix_is_exact() {
    let good = spki(&ISSUER_POINT[1..]);
    for at in 0..26 {
        for bit in 0..8 {
            let mut der = good.clone();
            der[at] ^= 1 << bit;
            // The bytes of the OID select the curve.
            let error = if (15..23).contains(&at) {
                KeyOtherCurve
            } else {
                KeyNotSpki
            };
            assert_eq!(
                Key::es256_spki(&der).map(|_| ()),
                Err(error),
                "bit {bit} of {at}"
            );
        }
    }
}

#[test]
fn keys_in_flash() {
    use embedded_jwt::const_key;
    static POINT: [u8; 65] = {
        // The generator (SP 800-186 section 3.2.1.3).
        *b"\x04\
        \x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96\
        \x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5"
    };
    static KEYS: [Key<'static>; 1] = [const_key!(Key::es256(&POINT)).with_kid("generator")];
    assert_eq!(KEYS[0].kid(), Some("generator"));
    assert!(is_point(
        POINT[1..33].try_into().unwrap(),
        POINT[33..].try_into().unwrap()
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_public_key(scalar: [u8; 32]) {
        let key = p256::ecdsa::SigningKey::from_slice(&scalar);
        prop_assume!(key.is_ok());
        let point = key.unwrap().verifying_key().to_sec1_point(false);
        let (x, y) = point.as_bytes()[1..].split_at(32);
        let (x, y) = (x.try_into().unwrap(), y.try_into().unwrap());
        prop_assert!(is_point(&x, &y));
        prop_assert!(is_point(&x, &minus(P, y)));
        prop_assert!(!is_point(&y, &x));
    }

    #[test]
    fn any_coordinates(x: [u8; 32], y: [u8; 32]) {
        is_point(&x, &y);
        for y in points_at(&x) {
            prop_assert!(is_point(&x, &y));
        }
    }
}
