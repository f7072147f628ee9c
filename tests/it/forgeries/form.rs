//! Defects of the compact serialization: one token has one spelling.

use embedded_jwt::{Compact, Error, Error::*, limits::MAX_IN_PLACE_HEADER_LEN};

use crate::common::{Alg, GOOD, HEADER, encode, fill, join, mint, signing_input, verdict};

const SYMBOLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn good(alg: Alg) -> Vec<u8> {
    mint(alg, HEADER, GOOD)
}

/// The segments of a good token, set into `form` for `H`, `P` and `S`.
fn formed(alg: Alg, form: &str) -> Vec<u8> {
    let token = String::from_utf8(good(alg)).unwrap();
    let segments: Vec<&str> = token.split('.').collect();
    let parts = form.chars().map(|symbol| match symbol {
        'H' => segments[0].to_owned(),
        'P' => segments[1].to_owned(),
        'S' => segments[2].to_owned(),
        other => other.to_string(),
    });
    parts.collect::<String>().into_bytes()
}

rows! { formed;
    nothing_wrong: "H.P.S" => Ok(());
    token_empty: "" => Err(NotThreeSegments);
    token_of_a_dot: "." => Err(NotThreeSegments);
    token_of_two_dots: ".." => Err(EmptyHeader);
    token_of_three_dots: "..." => Err(NotThreeSegments);
    one_segment: "H" => Err(NotThreeSegments);
    two_segments: "H.P" => Err(NotThreeSegments);
    four_segments: "H.P.S.S" => Err(NotThreeSegments);
    five_segments: "H.P.S.S.S" => Err(EncryptedToken);
    six_segments: "H.P.S.S.S.S" => Err(NotThreeSegments);
    dot_leading: ".H.P.S" => Err(NotThreeSegments);
    dot_leading_two_segments: ".P.S" => Err(EmptyHeader);
    dot_trailing: "H.P.S." => Err(NotThreeSegments);
    dot_trailing_two_segments: "H.P." => Err(EmptySignature);
    dot_doubled_first: "H..P.S" => Err(NotThreeSegments);
    dot_doubled_last: "H.P..S" => Err(NotThreeSegments);
    header_empty: ".P.S" => Err(EmptyHeader);
    // An empty payload is a JWS (RFC 7515); here it is one that nobody signed.
    payload_empty: "H..S" => Err(InvalidSignature);
    signature_empty: "H.P." => Err(EmptySignature);
    header_and_payload_swapped: "P.H.S" => Err(MissingAlg);
    payload_and_signature_swapped: "H.S.P" => Err(SignatureLength);
    header_for_payload: "H.H.S" => Err(InvalidSignature);
    bearer_scheme: "Bearer H.P.S" => Err(Whitespace);
    quoted: "\"H.P.S\"" => Err(HeaderNotBase64url);
    comma_for_dot: "H,P,S" => Err(NotThreeSegments);
    fullwidth_dot: "H\u{ff0e}P\u{ff0e}S" => Err(NotThreeSegments);
    json_flattened: r#"{"protected":"H","payload":"P","signature":"S"}"# => Err(JsonSerialization);
    json_general: r#"{"payload":"P","signatures":[{"protected":"H","signature":"S"}]}"# => Err(JsonSerialization);
    json_behind_whitespace: " \r\n\t{\"protected\":\"H\",\"payload\":\"P\",\"signature\":\"S\"}" => Err(JsonSerialization);
    // One symbol more than whole groups of four: six bits, which are no byte.
    header_length_1_mod_4: "HA.P.S" => Err(HeaderNotBase64url);
    header_of_one_symbol: "A.P.S" => Err(HeaderNotBase64url);
    payload_of_one_symbol: "H.A.S" => Err(PayloadNotBase64url);
    signature_of_one_symbol: "H.P.A" => Err(SignatureNotBase64url);
    payload_of_five_symbols: "H.AAAAA.S" => Err(PayloadNotBase64url);
    signature_of_five_symbols: "H.P.AAAAA" => Err(SignatureNotBase64url);
}

const UNENCODED: &str = r#"{"alg":"<alg>","b64":false,"crit":["b64"]}"#;

/// The header, and behind it whatever there is, unencoded and with a good signature (RFC 7797 section 3).
fn unencoded(alg: Alg, (header, payload): (&str, impl AsRef<[u8]>)) -> Vec<u8> {
    let header = encode(fill(alg, header.as_bytes()));
    let input = [header.as_bytes(), b".", payload.as_ref()].concat();
    join(&input, alg.sign(&input))
}

rows! { unencoded;
    unencoded_payload_in_the_alphabet: (UNENCODED, "abcd") => Err(UnsupportedB64);
    unencoded_payload_empty: (UNENCODED, "") => Err(UnsupportedB64);
    unencoded_payload_of_a_dollar: (UNENCODED, "$") => Err(UnsupportedB64);
    unencoded_payload_with_a_dot: (UNENCODED, "$.02") => Err(UnsupportedB64);
    unencoded_payload_like_a_jwe: (UNENCODED, "a.b.c") => Err(UnsupportedB64);
    unencoded_payload_with_a_space: (UNENCODED, "open the valve") => Err(UnsupportedB64);
    unencoded_payload_with_a_line_break: (UNENCODED, "a\r\n") => Err(UnsupportedB64);
    unencoded_payload_padded: (UNENCODED, "YQ==") => Err(UnsupportedB64);
    unencoded_payload_of_json: (UNENCODED, GOOD) => Err(UnsupportedB64);
    unencoded_payload_not_utf8: (UNENCODED, b"\xff") => Err(UnsupportedB64);
    unencoded_payload_not_critical: (r#"{"alg":"<alg>","b64":false}"#, "$") => Err(UnsupportedB64);
    unencoded_payload_under_an_escaped_name: (r#"{"alg":"<alg>","b\u00364":false}"#, "$") => Err(UnsupportedB64);
    // Only where the header says so: no payload is guessed at.
    not_said_to_be_unencoded: (HEADER, "$") => Err(PayloadNotBase64url);
    not_said_to_be_unencoded_with_a_dot: (HEADER, "$.02") => Err(NotThreeSegments);
    said_to_be_encoded: (r#"{"alg":"<alg>","b64":true,"crit":["b64"]}"#, "$") => Err(PayloadNotBase64url);
    b64_null_before_no_base64url: (r#"{"alg":"<alg>","b64":null}"#, "$") => Err(PayloadNotBase64url);
    b64_deeper_before_no_base64url: (r#"{"alg":"<alg>","x":{"b64":false}}"#, "$") => Err(PayloadNotBase64url);
    b64_in_a_header_of_an_array: (r#"["b64",false]"#, "$") => Err(PayloadNotBase64url);
    b64_in_a_header_that_is_not_json: (r#"{"alg":"<alg>","b64":false"#, "$") => Err(PayloadNotBase64url);
    b64_twice_before_no_base64url: (r#"{"b64":false,"b64":false}"#, "$") => Err(PayloadNotBase64url);
}

/// A header that is over the limit for the stack is not looked into.
#[test]
fn unencoded_payload_behind_a_long_header() {
    for (len, error) in [
        (MAX_IN_PLACE_HEADER_LEN, UnsupportedB64),
        (MAX_IN_PLACE_HEADER_LEN + 1, PayloadNotBase64url),
    ] {
        let header = format!("{:<len$}", r#"{"alg":"HS256","b64":false}"#);
        let token = format!("{}.$.c2ln", encode(header));
        assert_eq!(Compact::parse(token.as_bytes()).unwrap_err(), error);
    }
}

/// A JWS without content has a good signature and no claims.
#[test]
fn payload_empty_and_signed() {
    for alg in Alg::ALL {
        assert_eq!(verdict(&mint(*alg, HEADER, "")), Err(PayloadNotJson));
    }
}

/// Which error names base64url that is wrong at this place of a token.
fn not_base64url(token: &[u8], at: usize) -> Error {
    match token[..at].iter().filter(|byte| **byte == b'.').count() {
        0 => HeaderNotBase64url,
        1 => PayloadNotBase64url,
        _ => SignatureNotBase64url,
    }
}

#[test]
fn dot_with_its_top_bit_for_a_dot() {
    for alg in Alg::ALL {
        let token = good(*alg);
        for at in (0..token.len()).filter(|at| token[*at] == b'.') {
            let mut other = token.clone();
            other[at] |= 0x80;
            assert_eq!(verdict(&other), Err(NotThreeSegments));
        }
    }
}

/// The token with a byte more, at every place.
fn inserted_anywhere(byte: u8, error: impl Fn(&[u8], usize) -> Error) {
    for alg in Alg::ALL {
        let token = good(*alg);
        for at in 0..=token.len() {
            let mut longer = token.clone();
            longer.insert(at, byte);
            assert_eq!(
                verdict(&longer),
                Err(error(&token, at)),
                "{byte:#04x} at {at}"
            );
        }
    }
}

/// The token with this byte for another one, at every place but the dots.
fn replaced_anywhere(byte: u8, error: impl Fn(&[u8], usize) -> Error) {
    for alg in Alg::ALL {
        let token = good(*alg);
        for at in (0..token.len()).filter(|at| token[*at] != b'.') {
            let mut other = token.clone();
            other[at] = byte;
            assert_eq!(
                verdict(&other),
                Err(error(&token, at)),
                "{byte:#04x} at {at}"
            );
        }
    }
}

macro_rules! bytes {
    ($how:ident; $($name:ident: $byte:expr => $error:expr;)*) => {$(
        #[test]
        fn $name() {
            $how($byte, $error);
        }
    )*};
}

bytes! { inserted_anywhere;
    space_inserted: b' ' => |_, _| Whitespace;
    tab_inserted: b'\t' => |_, _| Whitespace;
    carriage_return_inserted: b'\r' => |_, _| Whitespace;
    line_feed_inserted: b'\n' => |_, _| Whitespace;
    form_feed_inserted: 0x0c => |_, _| Whitespace;
    vertical_tab_inserted: 0x0b => not_base64url;
    padding_inserted: b'=' => |_, _| Padding;
    dot_inserted: b'.' => |_, _| NotThreeSegments;
    dot_with_its_top_bit_inserted: b'.' | 0x80 => not_base64url;
    plus_inserted: b'+' => not_base64url;
    slash_inserted: b'/' => not_base64url;
    nul_inserted: 0 => not_base64url;
    del_inserted: 0x7f => not_base64url;
    non_ascii_inserted: 0xe9 => not_base64url;
    continuation_byte_inserted: 0x80 => not_base64url;
    all_ones_inserted: 0xff => not_base64url;
}

bytes! { replaced_anywhere;
    space_for_a_symbol: b' ' => |_, _| Whitespace;
    line_feed_for_a_symbol: b'\n' => |_, _| Whitespace;
    padding_for_a_symbol: b'=' => |_, _| Padding;
    plus_for_a_symbol: b'+' => not_base64url;
    slash_for_a_symbol: b'/' => not_base64url;
    nul_for_a_symbol: 0 => not_base64url;
    non_ascii_for_a_symbol: 0xc3 => not_base64url;
    percent_for_a_symbol: b'%' => not_base64url;
}

/// The padding that other encoders add.
#[test]
fn padded_segments() {
    for alg in Alg::ALL {
        for form in ["H=.P.S", "H.P=.S", "H.P.S=", "H.P.S==", "H=.P=.S="] {
            assert_eq!(verdict(&formed(*alg, form)), Err(Padding), "{form}");
        }
    }
}

/// Every symbol that differs from the last one only in bits that are not part of any byte.
fn respelled(segment: &str) -> Vec<String> {
    let spare_bits = match segment.len() % 4 {
        2 => 4,
        3 => 2,
        _ => 0,
    };
    let (head, last) = segment.split_at(segment.len() - 1);
    let value = SYMBOLS
        .iter()
        .position(|symbol| last.as_bytes() == [*symbol])
        .unwrap();
    let others = 1..1 << spare_bits;
    others
        .map(|bits| format!("{head}{}", char::from(SYMBOLS[value | bits])))
        .collect()
}

/// All 3 or 15 other spellings of each segment, one at a time, and signed where the signature covers them.
#[test]
fn non_canonical_last_symbol() {
    for (more, alternatives) in [("", 3), (" ", 0), ("  ", 15)] {
        for alg in Alg::ALL {
            // Two bytes over whole groups of three leave two bits, three bytes none, one byte four.
            let align = |text: &str| {
                let spaces = text.len().next_multiple_of(3) + 2 - text.len();
                text.to_owned() + &" ".repeat(spaces) + more
            };
            let header = align(&HEADER.replace("<alg>", alg.name()));
            let payload = align(GOOD);
            let input = signing_input(*alg, &header, &payload);
            let token = join(&input, alg.sign(&input));
            assert_eq!(verdict(&token), Ok(()));

            let signature = encode(alg.sign(&input));
            let (header, payload) = (encode(header), encode(payload));
            assert_eq!(respelled(&header).len(), alternatives);
            for header in respelled(&header) {
                let input = format!("{header}.{payload}").into_bytes();
                assert_eq!(
                    verdict(&join(&input, alg.sign(&input))),
                    Err(HeaderNotBase64url)
                );
            }
            assert_eq!(respelled(&payload).len(), alternatives);
            for payload in respelled(&payload) {
                let input = format!("{header}.{payload}").into_bytes();
                assert_eq!(
                    verdict(&join(&input, alg.sign(&input))),
                    Err(PayloadNotBase64url)
                );
            }
            assert_eq!(
                respelled(&signature).len(),
                if *alg == Alg::Hs256 { 3 } else { 15 }
            );
            for signature in respelled(&signature) {
                let token = format!("{header}.{payload}.{signature}").into_bytes();
                assert_eq!(verdict(&token), Err(SignatureNotBase64url));
            }
        }
    }
}

/// Every byte for every other one: none but the token itself is accepted.
#[cfg(feature = "hs256")]
#[test]
fn any_byte_replaced() {
    use embedded_jwt::{Policy, Time, Verifier};

    use crate::common::{NOW, keys};

    let token = good(Alg::Hs256);
    let (keys, policy) = (keys(), Policy::new());
    let verifier = Verifier::new(&keys, &policy);
    let mut buffer = [0; 128];
    for at in 0..token.len() {
        for byte in 0..=0xff {
            let mut other = token.clone();
            other[at] = byte;
            let verdict = verifier.verify(&other, Time::Trusted(NOW), &mut buffer);
            assert_eq!(verdict.is_ok(), other == token, "{byte:#04x} at {at}");
        }
    }
}

/// Every token that is cut short, at either end.
#[test]
fn truncated() {
    for alg in Alg::ALL {
        let token = good(*alg);
        for at in 0..token.len() {
            assert!(verdict(&token[..at]).is_err(), "the first {at}");
            assert!(
                at == 0 || verdict(&token[at..]).is_err(),
                "without the first {at}"
            );
        }
    }
}

/// Who reads the log of a device must not find there what its tokens are: the signature makes a bearer token.
#[test]
fn debug_shows_no_signature() {
    for alg in Alg::ALL {
        let token = good(*alg);
        let compact = Compact::parse(&token).unwrap();
        let shown = format!("{compact:?}");
        let signature = compact.signature_segment();
        let bytes = format!("{signature:?}");
        assert!(!shown.contains(&bytes[1..bytes.len() - 1]), "as bytes");
        assert!(
            !shown.contains(str::from_utf8(signature).unwrap()),
            "as text"
        );
    }
}

/// A dot and no other byte separates two segments: neither one beyond ASCII.
#[test]
fn any_other_byte_for_a_dot() {
    for alg in Alg::ALL {
        let token = good(*alg);
        let dots: Vec<usize> = (0..token.len()).filter(|at| token[*at] == b'.').collect();
        assert_eq!(dots.len(), 2);
        for dot in dots {
            for byte in (0..=u8::MAX).filter(|byte| *byte != b'.') {
                let mut token = token.clone();
                token[dot] = byte;
                let error = if byte.is_ascii_whitespace() {
                    Whitespace
                } else {
                    NotThreeSegments
                };
                let refusal = Compact::parse(&token).unwrap_err();
                assert_eq!(refusal, error, "{byte:#04x} at {dot}");
            }
        }
    }
}
