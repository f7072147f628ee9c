//! Base64url of the segments of a token against the crate `base64`: the same texts are accepted, and they decode to the same bytes.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use proptest::prelude::*;

use crate::source::base64url;

/// Holds one text against the other decoder, by every way to decode.
fn compare(text: &[u8]) {
    let expected = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
    assert_eq!(
        base64url::is_canonical(text),
        expected.is_some(),
        "{text:?}"
    );
    let Some(expected) = expected else {
        return;
    };
    let mut out = vec![0xaa; expected.len() + 1];
    assert_eq!(
        base64url::decode_canonical(text, &mut out).unwrap(),
        expected,
        "{text:?}"
    );
    assert_eq!(out.last(), Some(&0xaa), "{text:?} wrote beyond its bytes");
    out.truncate(expected.len().saturating_sub(1));
    if !expected.is_empty() {
        assert_eq!(base64url::decode_canonical(text, &mut out), None);
    }
    let mut place = text.to_vec();
    assert_eq!(base64url::decode_in_place(&mut place), expected, "{text:?}");
}

#[test]
fn every_text_of_up_to_two_bytes() {
    compare(b"");
    for first in 0..=u8::MAX {
        compare(&[first]);
        for second in 0..=u8::MAX {
            compare(&[first, second]);
        }
    }
}

/// With neighbours at the ends of the alphabet's ranges, so that a carry from one character to the next would show.
#[test]
fn every_byte_at_every_place() {
    for neighbour in *b"-_09AZaz" {
        // Short ones, and those that end just before, at and behind a block.
        for len in (1..=9).chain([15, 16, 17, 31, 32, 33, 66]) {
            for at in 0..len {
                for byte in 0..=u8::MAX {
                    let mut text = vec![neighbour; len];
                    text[at] = byte;
                    compare(&text);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text(text in proptest::collection::vec(any::<u8>(), 0..40)) {
        compare(&text);
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        compare(BASE64_URL_SAFE_NO_PAD.encode(&bytes).as_bytes());
    }
}
