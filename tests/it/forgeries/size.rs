//! Tokens at the bounds of `limits`, one over, and far over, on little stack.

use embedded_jwt::{
    Compact, Error,
    Error::*,
    Policy, Time, Verifier, buffer_len,
    json::{JsonError, Value},
    limits::{MAX_HEADER_LEN, MAX_IN_PLACE_HEADER_LEN, MAX_JSON_LEN, MAX_TOKEN_LEN},
};

use crate::common::{Alg, GOOD, HEADER, NOW, encode, keys, mint, on_small_stack, verdict};

/// What a task of a small firmware may have in all; std's own start of a thread takes its part of it.
const SMALL_STACK: usize = 64 * 1024;

/// A good header that is `len` bytes long, decoded.
fn header_of(alg: Alg, len: usize) -> String {
    let header = format!(r#"{{"alg":"{}","x":""#, alg.name());
    let fill = "x".repeat(len - header.len() - 2);
    header + &fill + "\"}"
}

/// A good token that is `len` bytes long.
fn token_of(alg: Alg, len: usize) -> Vec<u8> {
    // Not every length comes out of every header: a segment never has 1 modulo 4 symbols.
    for header in 40..43 {
        let header = header_of(alg, header);
        let others = encode(&header).len() + 2 + encode(vec![0; alg.signature_len()]).len();
        let payload = (len - others) / 4 * 3 + [0, 0, 1, 2][(len - others) % 4];
        let fill = "x".repeat(payload - r#"{"exp":1790000060,"x":""}"#.len());
        let token = mint(alg, header, format!(r#"{{"exp":1790000060,"x":"{fill}"}}"#));
        if token.len() == len {
            return token;
        }
    }
    panic!("no token of {len} bytes");
}

fn in_place(mut token: Vec<u8>) -> Result<(), Error> {
    Verifier::new(&keys(), &Policy::new())
        .verify_in_place(&mut token, Time::Trusted(NOW))
        .map(|_| ())
}

/// The limits that the README and `docs/guarantees.md` name.
#[test]
fn documented_limits() {
    assert_eq!(MAX_TOKEN_LEN, 16_384);
    assert_eq!(MAX_HEADER_LEN, 4_096);
}

#[test]
fn token_of_the_limit() {
    for alg in Alg::ALL {
        assert_eq!(verdict(&token_of(*alg, MAX_TOKEN_LEN)), Ok(()));
        assert_eq!(verdict(&token_of(*alg, MAX_TOKEN_LEN - 1)), Ok(()));
    }
}

#[test]
fn token_over_the_limit() {
    for alg in Alg::ALL {
        assert_eq!(
            verdict(&token_of(*alg, MAX_TOKEN_LEN + 1)),
            Err(TokenTooLong)
        );
        assert_eq!(verdict(&token_of(*alg, 1 << 20)), Err(TokenTooLong));
    }
}

#[test]
fn junk_of_a_mebibyte() {
    for byte in [b'.', b'A', b' ', b'=', b'{', 0, 0xff] {
        assert_eq!(verdict(&vec![byte; 1 << 20]), Err(TokenTooLong));
    }
}

#[test]
fn junk_of_the_limit() {
    for (byte, error) in [
        (b'.', NotThreeSegments),
        (b'A', NotThreeSegments),
        (b' ', Whitespace),
        (b'=', NotThreeSegments),
        (b'{', JsonSerialization),
        (0, NotThreeSegments),
        (0xff, NotThreeSegments),
    ] {
        assert_eq!(verdict(&[byte; MAX_TOKEN_LEN]), Err(error), "{byte:#04x}");
    }
}

#[test]
fn header_of_the_limit() {
    for alg in Alg::ALL {
        let token = mint(*alg, header_of(*alg, MAX_HEADER_LEN), GOOD);
        assert_eq!(verdict(&token), Ok(()));
        let token = mint(*alg, header_of(*alg, MAX_HEADER_LEN + 1), GOOD);
        assert_eq!(verdict(&token), Err(HeaderTooLong));
    }
}

#[test]
fn header_of_the_limit_in_place() {
    for alg in Alg::ALL {
        let token = mint(*alg, header_of(*alg, MAX_IN_PLACE_HEADER_LEN), GOOD);
        assert_eq!(verdict(&token), Ok(()));
        assert_eq!(in_place(token), Ok(()));
        let token = mint(*alg, header_of(*alg, MAX_IN_PLACE_HEADER_LEN + 1), GOOD);
        assert_eq!(verdict(&token), Ok(()));
        assert_eq!(in_place(token), Err(HeaderTooLong));
    }
}

/// The length is refused before the content is looked at.
#[test]
fn header_too_long_and_not_json() {
    for alg in Alg::ALL {
        let token = mint(*alg, "x".repeat(MAX_HEADER_LEN + 1), GOOD);
        assert_eq!(verdict(&token), Err(HeaderTooLong));
        assert_eq!(in_place(token), Err(HeaderTooLong));
    }
}

/// `buffer_len` of a token's length suffices, whatever its segments are.
#[test]
fn buffer_len_suffices() {
    for alg in Alg::ALL {
        for header in 30..36 {
            for space in 0..4 {
                let header = header_of(*alg, header);
                let token = mint(*alg, header, GOOD.to_owned() + &" ".repeat(space));
                let compact = Compact::parse(&token).unwrap();
                assert!(compact.buffer_len() <= buffer_len(token.len()));
                assert_eq!(verdict(&token), Ok(()));
            }
        }
    }
}

#[test]
fn buffer_len_does_not_wrap() {
    assert_eq!(buffer_len(0), 0);
    assert!(buffer_len(usize::MAX) > usize::MAX / 4 * 3 - 4);
}

#[test]
fn buffer_of_nothing() {
    for alg in Alg::ALL {
        let token = mint(*alg, HEADER, GOOD);
        let needed = Compact::parse(&token).unwrap().buffer_len();
        let (keys, policy) = (keys(), Policy::new());
        let verdict = Verifier::new(&keys, &policy).verify(&token, Time::Trusted(NOW), &mut []);
        assert_eq!(verdict.unwrap_err(), BufferTooSmall { needed });
        let header = Compact::parse(&token).unwrap();
        let needed = needed - GOOD.len();
        assert_eq!(
            header.peek_header(&mut []).unwrap_err(),
            BufferTooSmall { needed }
        );
        assert!(header.peek_header(&mut vec![0; needed]).is_ok());
    }
}

/// A hundred thousand brackets as a text, which is longer than any segment can be.
#[test]
fn hundred_thousand_brackets() {
    on_small_stack(SMALL_STACK, || {
        for bracket in ["[", "{", "{\"\":", "[{\"\":"] {
            let text = bracket.repeat(100_000 / bracket.len());
            let verdict = |mut text: Vec<u8>| Value::parse(&mut text).map(|_| ());
            assert_eq!(verdict(text.clone().into_bytes()), Err(JsonError::TooLong));
            let longest = text.as_bytes()[..MAX_JSON_LEN].to_vec();
            let error = if bracket == "{" {
                JsonError::Syntax
            } else {
                JsonError::TooDeep
            };
            assert_eq!(verdict(longest), Err(error));
            for alg in Alg::ALL {
                let in_header = format!("{}..AA", encode(&text));
                assert_eq!(
                    Compact::parse(in_header.as_bytes()).unwrap_err(),
                    TokenTooLong
                );
                let in_payload = mint(*alg, HEADER, &text);
                assert_eq!(Compact::parse(&in_payload).unwrap_err(), TokenTooLong);
            }
        }
    });
}

/// As many brackets as a header and a payload can hold, verified on little stack.
#[test]
fn brackets_on_a_small_stack() {
    for alg in Alg::ALL {
        let brackets = "[".repeat(4_000);
        let in_header = mint(*alg, brackets, GOOD);
        let in_payload = mint(*alg, HEADER, "[".repeat(12_000));
        on_small_stack(SMALL_STACK, move || {
            let (keys, policy) = (keys(), Policy::new());
            let verifier = Verifier::new(&keys, &policy);
            let mut buffer = vec![0; buffer_len(MAX_TOKEN_LEN)];
            let verdict = verifier.verify(&in_header, Time::Trusted(NOW), &mut buffer);
            assert_eq!(verdict.unwrap_err(), HeaderTooDeep);
            let verdict = verifier.verify(&in_payload, Time::Trusted(NOW), &mut buffer);
            assert_eq!(verdict.unwrap_err(), PayloadTooDeep);
            let mut token = in_payload;
            let verdict = verifier.verify_in_place(&mut token, Time::Trusted(NOW));
            assert_eq!(verdict.unwrap_err(), PayloadTooDeep);
        });
    }
}

/// What a caller's struct leaves out is skipped without recursion.
#[test]
fn deepest_claims_are_skipped_on_a_small_stack() {
    #[derive(serde::Deserialize)]
    struct Exp {
        exp: u64,
    }
    for alg in Alg::ALL {
        let (open, close) = ("[".repeat(15), "]".repeat(15));
        let token = mint(
            *alg,
            HEADER,
            format!(r#"{{"x":{open}"\n"{close},"exp":1790000060}}"#),
        );
        on_small_stack(SMALL_STACK, move || {
            let (keys, policy) = (keys(), Policy::new());
            let mut buffer = [0; 256];
            let verifier = Verifier::new(&keys, &policy);
            let token = verifier
                .verify(&token, Time::Trusted(NOW), &mut buffer)
                .unwrap();
            assert_eq!(token.claims().deserialize::<Exp>().unwrap().exp, NOW + 60);
        });
    }
}
