//! Defects of the signature, and of what it covers.

use embedded_jwt::Error::*;

use crate::common::{Alg, GOOD, HEADER, join, mint, signing_input, verdict};

/// A token whose signature was changed after signing.
fn changed(alg: Alg, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let input = signing_input(alg, HEADER, GOOD);
    let mut signature = alg.sign(&input);
    change(&mut signature);
    join(&input, signature)
}

rows! { changed;
    unchanged: |_: &mut Vec<u8>| () => Ok(());
    zeros: |signature: &mut Vec<u8>| signature.fill(0) => Err(InvalidSignature);
    ones: |signature: &mut Vec<u8>| signature.fill(0xff) => Err(InvalidSignature);
    reversed: |signature: &mut Vec<u8>| signature.reverse() => Err(InvalidSignature);
    longer_by_a_byte: |signature: &mut Vec<u8>| signature.push(0) => Err(SignatureLength);
    longer_by_a_leading_zero: |signature: &mut Vec<u8>| signature.insert(0, 0) => Err(SignatureLength);
    shorter_by_a_byte: |signature: &mut Vec<u8>| signature.truncate(signature.len() - 1) => Err(SignatureLength);
    shorter_by_its_first_byte: |signature: &mut Vec<u8>| { signature.remove(0); } => Err(SignatureLength);
    half: |signature: &mut Vec<u8>| signature.truncate(signature.len() / 2) => Err(SignatureLength);
    one_byte: |signature: &mut Vec<u8>| signature.truncate(1) => Err(SignatureLength);
    none: |signature: &mut Vec<u8>| signature.clear() => Err(EmptySignature);
    twice: |signature: &mut Vec<u8>| signature.extend_from_within(..) => Err(SignatureLength);
    longer_than_any: |signature: &mut Vec<u8>| signature.resize(1000, 0) => Err(SignatureLength);
    as_text: |signature: &mut Vec<u8>| *signature = crate::common::encode(&*signature).into_bytes() => Err(SignatureLength);
}

/// One bit of every byte for each algorithm, and with MACs, which are fast, all eight.
#[test]
fn flipped_bits() {
    for alg in Alg::ALL {
        for at in 0..alg.signature_len() {
            let bits = if *alg == Alg::Hs256 {
                0..8
            } else {
                at % 8..at % 8 + 1
            };
            for bit in bits {
                let token = changed(*alg, |signature| signature[at] ^= 1 << bit);
                assert_eq!(
                    verdict(&token),
                    Err(InvalidSignature),
                    "bit {bit} of byte {at}"
                );
            }
        }
    }
}

/// A MAC in hex is as long as an ES256 signature, and no better for it.
#[test]
fn in_hex() {
    for alg in Alg::ALL {
        let token = changed(*alg, |signature| {
            let hex: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
            *signature = hex.into_bytes();
        });
        assert_eq!(verdict(&token), Err(SignatureLength));
    }
}

/// A good signature of another token of the same issuer.
#[test]
fn of_another_token() {
    for alg in Alg::ALL {
        let input = signing_input(*alg, HEADER, GOOD);
        for (header, payload) in [
            (HEADER, r#"{"exp":1790000061}"#),
            (HEADER, r#"{"exp":1790000060 }"#),
            (r#"{"alg":"<alg>","typ":"JWT"}"#, GOOD),
        ] {
            let other = signing_input(*alg, header, payload);
            assert_eq!(
                verdict(&join(&input, alg.sign(&other))),
                Err(InvalidSignature)
            );
        }
    }
}

/// A signature of the decoded text, of a part of the input, of the input with a line end.
#[test]
fn of_something_else() {
    for alg in Alg::ALL {
        let input = signing_input(*alg, HEADER, GOOD);
        let dot = input.iter().position(|byte| *byte == b'.').unwrap();
        let others: [&[u8]; 6] = [
            b"",
            &input[..dot],
            &input[dot + 1..],
            &input[..=dot],
            &[&*input, b"\n"].concat(),
            &[&*input, b"."].concat(),
        ];
        for other in others {
            assert_eq!(
                verdict(&join(&input, alg.sign(other))),
                Err(InvalidSignature)
            );
        }
    }
}

/// What is wrong with a payload is not said, or even looked for, to one who did not sign it.
#[test]
fn payload_of_junk_under_a_bad_signature() {
    for alg in Alg::ALL {
        for payload in [
            "",
            "junk",
            "[",
            "{\"exp\":1,\"exp\":1}",
            "{\"exp\":null}",
            "{}",
            "\u{feff}{}",
        ] {
            let input = signing_input(*alg, HEADER, payload);
            assert_eq!(
                verdict(&join(&input, alg.forge(&input))),
                Err(InvalidSignature)
            );
            assert!(verdict(&mint(*alg, HEADER, payload)).is_err());
        }
    }
}

#[cfg(feature = "hs256")]
mod hs256 {
    use super::*;

    /// RFC 2104 allows truncated MACs, JWS does not.
    #[test]
    fn mac_of_any_other_length() {
        for len in (1..=64).filter(|len| *len != 32) {
            let token = changed(Alg::Hs256, |mac| mac.resize(len, 0));
            assert_eq!(verdict(&token), Err(SignatureLength), "{len}");
        }
    }

    /// A MAC without a key.
    #[test]
    fn plain_digest() {
        use sha2::{Digest, Sha256};
        let input = signing_input(Alg::Hs256, HEADER, GOOD);
        let keyed = [&crate::common::SECRET, &*input].concat();
        for message in [input.clone(), keyed] {
            let token = join(&input, Sha256::digest(message));
            assert_eq!(verdict(&token), Err(InvalidSignature));
        }
    }

    #[test]
    fn mac_under_an_empty_secret() {
        let input = signing_input(Alg::Hs256, HEADER, GOOD);
        // HMAC fills a secret up with zeros, so these are all the empty secret (RFC 2104 section 2).
        for secret in [&[0; 1][..], &[0; 32], &[0; 64]] {
            let token = join(&input, crate::common::hs256(secret, &input));
            assert_eq!(verdict(&token), Err(InvalidSignature));
        }
    }
}

#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod es256 {
    use embedded_jwt::{Policy, Time, Verifier};

    use super::*;
    use crate::common::{NOW, Spy, keys};

    const ZERO: [u8; 32] = [0; 32];
    const ONE: [u8; 32] = number(1);
    /// The order of the group (SP 800-186 section 3.2.1.3).
    const N: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
        0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    /// The prime of the field.
    const P: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    ];
    const TOP: [u8; 32] = [0xff; 32];

    const fn number(value: u8) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[31] = value;
        bytes
    }

    fn plus_one(mut bytes: [u8; 32]) -> [u8; 32] {
        bytes[31] += 1;
        bytes
    }

    fn minus(a: &[u8], b: &[u8]) -> Vec<u8> {
        let mut difference = vec![0; 32];
        let mut borrow = 0;
        for at in (0..32).rev() {
            let digit = i16::from(a[at]) - i16::from(b[at]) - borrow;
            borrow = i16::from(digit < 0);
            difference[at] = u8::try_from(digit.rem_euclid(256)).unwrap();
        }
        difference
    }

    /// Out of the range of FIPS 186-5 section 6.4.2: refused before a back-end sees them, because there are
    /// some that take them.
    fn out_of_range(r: Option<[u8; 32]>, s: Option<[u8; 32]>) {
        let token = changed(Alg::Es256, |signature| {
            if let Some(r) = r {
                signature[..32].copy_from_slice(&r);
            }
            if let Some(s) = s {
                signature[32..].copy_from_slice(&s);
            }
        });
        assert_eq!(verdict(&token), Err(InvalidSignature));
        let (keys, policy, mut spy) = (keys(), Policy::new(), Spy::default());
        let verdict = Verifier::new(&keys, &policy)
            .verify_with(&mut spy, &token, Time::Trusted(NOW), &mut [0; 128])
            .map(|_| ());
        assert_eq!((verdict, spy.calls), (Err(InvalidSignature), 0));
    }

    macro_rules! ranges {
        ($($name:ident: $r:expr, $s:expr;)*) => {$(
            #[test]
            fn $name() {
                out_of_range($r, $s);
            }
        )*};
    }
    ranges! {
        r_zero: Some(ZERO), None;
        s_zero: None, Some(ZERO);
        r_and_s_zero: Some(ZERO), Some(ZERO);
        r_zero_s_one: Some(ZERO), Some(ONE);
        r_one_s_zero: Some(ONE), Some(ZERO);
        r_n: Some(N), None;
        s_n: None, Some(N);
        r_and_s_n: Some(N), Some(N);
        r_n_s_zero: Some(N), Some(ZERO);
        r_zero_s_n: Some(ZERO), Some(N);
        r_above_n: Some(plus_one(N)), None;
        s_above_n: None, Some(plus_one(N));
        r_p: Some(P), None;
        s_p: None, Some(P);
        r_top: Some(TOP), None;
        s_top: None, Some(TOP);
        r_and_s_top: Some(TOP), Some(TOP);
    }

    /// In range, and by nobody.
    #[test]
    fn edges_of_the_range() {
        let below_n = {
            let mut bytes = N;
            bytes[31] -= 1;
            bytes
        };
        for r in [ONE, below_n] {
            for s in [ONE, below_n] {
                let token = changed(Alg::Es256, |signature| *signature = [r, s].concat());
                assert_eq!(verdict(&token), Err(InvalidSignature));
            }
        }
    }

    #[test]
    fn r_and_s_swapped() {
        let token = changed(Alg::Es256, |signature| signature.rotate_left(32));
        assert_eq!(verdict(&token), Err(InvalidSignature));
    }

    /// r or s moved up by n names the same number modulo n, and is no second spelling.
    #[test]
    fn r_as_a_negative() {
        let token = changed(Alg::Es256, |signature| {
            let negative = minus(&N, &signature[..32]);
            signature[..32].copy_from_slice(&negative);
        });
        assert_eq!(verdict(&token), Err(InvalidSignature));
    }

    /// JWS allows both s and n - s, and issuers send both.
    #[test]
    fn high_and_low_s_are_good() {
        for exp in 0..8 {
            let payload = format!(r#"{{"exp":179000006{exp}}}"#);
            let input = signing_input(Alg::Es256, HEADER, payload);
            let mut signature = Alg::Es256.sign(&input);
            assert_eq!(verdict(&join(&input, &signature)), Ok(()));
            let twin = minus(&N, &signature[32..]);
            signature[32..].copy_from_slice(&twin);
            assert_eq!(verdict(&join(&input, &signature)), Ok(()));
        }
    }

    /// What X.509, TLS and many signing chips produce.
    #[test]
    fn der() {
        fn integer(bytes: &[u8]) -> Vec<u8> {
            let from = bytes.iter().position(|byte| *byte != 0).unwrap();
            let zero = vec![0; usize::from(bytes[from] >= 0x80)];
            let content = [&zero, &bytes[from..]].concat();
            [&[2, u8::try_from(content.len()).unwrap()], &*content].concat()
        }
        let token = changed(Alg::Es256, |signature| {
            let (r, s) = signature.split_at(32);
            let content = [integer(r), integer(s)].concat();
            *signature = [&[0x30, u8::try_from(content.len()).unwrap()], &*content].concat();
        });
        assert_eq!(verdict(&token), Err(SignatureLength));
    }

    #[test]
    fn signature_of_any_other_length() {
        for len in (1..=132).filter(|len| *len != 64) {
            let token = changed(Alg::Es256, |signature| signature.resize(len, 0));
            assert_eq!(verdict(&token), Err(SignatureLength), "{len}");
        }
    }
}
