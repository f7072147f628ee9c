//! Defects of the payload, under a good signature.

use embedded_jwt::{Error::*, limits::MAX_JSON_NAMES};

use crate::common::{Alg, HEADER, mint};

/// A token with this payload, whose signature is good.
fn with(alg: Alg, payload: impl AsRef<[u8]>) -> Vec<u8> {
    mint(alg, HEADER, payload)
}

/// A token with these members behind a good `exp`.
fn claims(alg: Alg, members: &str) -> Vec<u8> {
    with(alg, format!(r#"{{"exp":1790000060,{members}}}"#))
}

/// A token with this value for `exp`.
fn exp(alg: Alg, value: &str) -> Vec<u8> {
    with(alg, format!(r#"{{"exp":{value}}}"#))
}

/// A claims set of `depth` levels, itself included.
fn nested(depth: usize, open: &str, close: &str) -> String {
    let levels = depth - 1;
    let (open, close) = (open.repeat(levels), close.repeat(levels));
    format!(r#"{{"exp":1790000060,"x":{open}0{close}}}"#)
}

/// A claims set with `count` members.
fn members(count: usize) -> String {
    let more: String = (1..count).map(|n| format!(r#","{n}":0"#)).collect();
    format!(r#"{{"exp":1790000060{more}}}"#)
}

/// As many members, all but the first with names that differ in three digits only, which stand before `end`. Where that is
/// long, a name is told from another only after almost all of it was compared, from either side.
fn members_alike(count: usize, end: &str) -> String {
    let start = "name".repeat(8);
    let more: String = (1..count)
        .map(|n| format!(r#","{start}{n:03}{end}":0"#))
        .collect();
    format!(r#"{{"exp":1790000060{more}}}"#)
}

rows! { with;
    nothing_wrong: r#"{"exp":1790000060}"# => Ok(());
    not_json: "exp=1790000060" => Err(PayloadNotJson);
    empty: "" => Err(PayloadNotJson);
    whitespace: " \t\r\n" => Err(PayloadNotJson);
    unclosed: r#"{"exp":1790000060"# => Err(PayloadNotJson);
    trailing_comma: r#"{"exp":1790000060,}"# => Err(PayloadNotJson);
    missing_comma: r#"{"exp":1790000060 "x":1}"# => Err(PayloadNotJson);
    trailing_garbage: r#"{"exp":1790000060}x"# => Err(PayloadNotJson);
    trailing_nul: "{\"exp\":1790000060}\0" => Err(PayloadNotJson);
    twice: r#"{"exp":1790000060}{"exp":1790000060}"# => Err(PayloadNotJson);
    bom: "\u{feff}{\"exp\":1790000060}" => Err(PayloadNotJson);
    utf16: b"{\0\"\0e\0x\0p\0" => Err(PayloadNotJson);
    cbor: b"\xa1\x04\x1a\x6a\xb1\x0f\xbc" => Err(PayloadNotUtf8);
    raw_line_end_in_a_string: "{\"exp\":1790000060,\"x\":\"\n\"}" => Err(PayloadNotJson);
    array: "[1790000060]" => Err(PayloadNotObject);
    array_of_a_claims_set: r#"[{"exp":1790000060}]"# => Err(PayloadNotObject);
    string: r#""exp""# => Err(PayloadNotObject);
    string_of_a_claims_set: r#""{\"exp\":1790000060}""# => Err(PayloadNotObject);
    number: "1790000060" => Err(PayloadNotObject);
    null: "null" => Err(PayloadNotObject);
    yes: "true" => Err(PayloadNotObject);
    nested_token: b"eyJhbGciOiJub25lIn0.e30." => Err(PayloadNotJson);
    not_utf8: b"{\"exp\":1790000060,\"x\":\"\xff\"}" => Err(PayloadNotUtf8);
    not_utf8_name: b"{\"exp\":1790000060,\"\xff\":1}" => Err(PayloadNotUtf8);
    encoded_surrogate: b"{\"exp\":1790000060,\"x\":\"\xed\xa0\xb4\xed\xb4\x9e\"}" => Err(PayloadNotUtf8);
    beyond_unicode: b"{\"exp\":1790000060,\"x\":\"\xf4\x90\x80\x80\"}" => Err(PayloadNotUtf8);
    whitespace_around: " \t{ \"exp\"\r\n:\t1790000060 } \n" => Ok(());

    most_levels: nested(16, "[", "]") => Ok(());
    too_deep: nested(17, "[", "]") => Err(PayloadTooDeep);
    most_levels_of_objects: nested(16, r#"{"x":"#, "}") => Ok(());
    too_deep_by_objects: nested(17, r#"{"x":"#, "}") => Err(PayloadTooDeep);
    too_deep_and_mixed: nested(17, r#"[{"x":"#, "}]") => Err(PayloadTooDeep);
    ten_thousand_brackets: "[".repeat(10_000) => Err(PayloadTooDeep);
    ten_thousand_braces: r#"{"":"#.repeat(2_500) => Err(PayloadTooDeep);
    most_names: members(MAX_JSON_NAMES) => Ok(());
    too_many_names: members(MAX_JSON_NAMES + 1) => Err(PayloadTooManyNames);
    most_names_alike: members_alike(MAX_JSON_NAMES, "") => Ok(());
    too_many_names_alike: members_alike(MAX_JSON_NAMES + 1, "") => Err(PayloadTooManyNames);
    most_names_that_end_alike: members_alike(MAX_JSON_NAMES, "which is as long") => Ok(());
    too_many_names_that_end_alike: members_alike(MAX_JSON_NAMES + 1, "which is as long") => Err(PayloadTooManyNames);
    duplicate_among_many_names_that_end_alike: members_alike(MAX_JSON_NAMES - 1, "which is as long").replace("name126", "name001")
        => Err(PayloadDuplicateName);
    // The last one is like the first one that begins so.
    duplicate_among_many_names: members_alike(MAX_JSON_NAMES - 1, "").replace("name126", "name001")
        => Err(PayloadDuplicateName);
    // The limit is on what is open at one place.
    many_names_in_closed_objects: format!(
        r#"{{"exp":1790000060,"x":[{}]}}"#, [r#"{"a":1,"b":2,"c":3}"#; 60].join(",")
    ) => Ok(());
    too_many_names_in_open_objects: format!(
        r#"{{"exp":1790000060,"x":{},"y":0}}"#, members(MAX_JSON_NAMES - 1)
    ) => Err(PayloadTooManyNames);

    exp_duplicate: r#"{"exp":1790000060,"exp":1790000060}"# => Err(PayloadDuplicateName);
    exp_duplicate_escaped: r#"{"exp":1,"\u0065xp":1790000060}"# => Err(PayloadDuplicateName);
    exp_under_an_escaped_name: r#"{"\u0065xp":1}"# => Err(Expired);
    exp_under_an_escaped_name_and_good: r#"{"\u0065\u0078\u0070":1790000060}"# => Ok(());
    exp_nested_only: r#"{"x":{"exp":1790000060}}"# => Err(MissingExp);
    exp_in_capitals: r#"{"EXP":1790000060}"# => Err(MissingExp);
    exp_with_a_space: r#"{"exp ":1790000060}"# => Err(MissingExp);
    exp_with_a_nul: r#"{"exp\u0000":1790000060}"# => Err(MissingExp);
    exp_missing: "{}" => Err(MissingExp);
}

rows! { exp;
    exp_string: r#""1790000060""# => Err(InvalidExp);
    exp_date: r#""2026-09-21T14:14:20Z""# => Err(InvalidExp);
    exp_empty_string: r#""""# => Err(InvalidExp);
    exp_null: "null" => Err(InvalidExp);
    exp_true: "true" => Err(InvalidExp);
    exp_array: "[1790000060]" => Err(InvalidExp);
    exp_object: r#"{"$numberLong":1790000060}"# => Err(InvalidExp);
    exp_negative: "-1" => Err(InvalidExp);
    exp_negative_and_large: "-1790000060" => Err(InvalidExp);
    exp_2_to_the_64: "18446744073709551616" => Err(InvalidExp);
    exp_1e400: "1e400" => Err(InvalidExp);
    exp_1e20: "1e20" => Err(InvalidExp);
    exp_infinity: "Infinity" => Err(PayloadNotJson);
    exp_nan: "NaN" => Err(PayloadNotJson);
    exp_hexadecimal: "0x6ab13b00" => Err(PayloadNotJson);
    exp_with_a_leading_zero: "01790000060" => Err(PayloadNotJson);
    exp_with_underscores: "1_790_000_060" => Err(PayloadNotJson);
    exp_with_a_bare_point: "1790000060." => Err(PayloadNotJson);
    exp_with_a_bare_exponent: "179e" => Err(PayloadNotJson);
    // A fraction is dropped, so that it never prolongs a token.
    exp_float: "1790000000.99" => Err(Expired);
    exp_float_a_second_later: "1790000001.00" => Ok(());
    exp_exponent: "1.790000001e9" => Ok(());
    exp_largest: "18446744073709551615" => Ok(());
    exp_zero: "0" => Err(Expired);
    exp_minus_zero: "-0" => Err(Expired);
    exp_now: "1790000000" => Err(Expired);
    exp_in_milliseconds: "1790000060000" => Ok(());
}

rows! { claims;
    nbf_string: r#""nbf":"1""# => Err(InvalidNbf);
    nbf_null: r#""nbf":null"# => Err(InvalidNbf);
    nbf_false: r#""nbf":false"# => Err(InvalidNbf);
    nbf_array: r#""nbf":[1]"# => Err(InvalidNbf);
    nbf_object: r#""nbf":{}"# => Err(InvalidNbf);
    nbf_negative: r#""nbf":-1"# => Err(InvalidNbf);
    nbf_2_to_the_64: r#""nbf":18446744073709551616"# => Err(InvalidNbf);
    nbf_1e400: r#""nbf":1e400"# => Err(InvalidNbf);
    nbf_float: r#""nbf":1790000000.99"# => Err(NotYetValid);
    nbf_float_a_second_earlier: r#""nbf":1789999999.99"# => Ok(());
    nbf_duplicate: r#""nbf":1,"nbf":1"# => Err(PayloadDuplicateName);
    nbf_under_an_escaped_name: r#""n\u0062f":1790000001"# => Err(NotYetValid);
    iat_string: r#""iat":"1""# => Err(InvalidIat);
    iat_null: r#""iat":null"# => Err(InvalidIat);
    iat_true: r#""iat":true"# => Err(InvalidIat);
    iat_array: r#""iat":[1]"# => Err(InvalidIat);
    iat_object: r#""iat":{}"# => Err(InvalidIat);
    iat_negative: r#""iat":-1"# => Err(InvalidIat);
    iat_2_to_the_64: r#""iat":18446744073709551616"# => Err(InvalidIat);
    iat_1e400: r#""iat":1e400"# => Err(InvalidIat);
    iat_float: r#""iat":1790000000.99"# => Ok(());
    iat_in_the_future: r#""iat":1790000001"# => Err(IssuedInFuture);
    iat_under_an_escaped_name: r#""\u0069at":1790000001"# => Err(IssuedInFuture);

    aud_unexpected: r#""aud":"me""# => Err(UnexpectedAud);
    aud_under_an_escaped_name: r#""a\u0075d":"me""# => Err(UnexpectedAud);
    aud_empty_string: r#""aud":"""# => Err(UnexpectedAud);
    aud_empty_array: r#""aud":[]"# => Err(UnexpectedAud);
    aud_number: r#""aud":1"# => Err(InvalidAud);
    aud_null: r#""aud":null"# => Err(InvalidAud);
    aud_true: r#""aud":true"# => Err(InvalidAud);
    aud_object: r#""aud":{"me":1}"# => Err(InvalidAud);
    aud_nested_array: r#""aud":[["me"]]"# => Err(InvalidAud);
    aud_array_with_a_number: r#""aud":["me",1]"# => Err(InvalidAud);
    aud_array_with_null: r#""aud":[null,"me"]"# => Err(InvalidAud);
    aud_array_with_an_object: r#""aud":["me",{}]"# => Err(InvalidAud);
    aud_duplicate: r#""aud":"me","aud":"me""# => Err(PayloadDuplicateName);

    iss_number: r#""iss":1"# => Err(InvalidIss);
    iss_null: r#""iss":null"# => Err(InvalidIss);
    iss_array: r#""iss":["a"]"# => Err(InvalidIss);
    iss_object: r#""iss":{}"# => Err(InvalidIss);
    iss_duplicate: r#""iss":"a","i\u0073s":"b""# => Err(PayloadDuplicateName);
    sub_number: r#""sub":1"# => Err(InvalidSub);
    sub_null: r#""sub":null"# => Err(InvalidSub);
    sub_array: r#""sub":["a"]"# => Err(InvalidSub);
    sub_duplicate: r#""sub":"user","sub":"admin""# => Err(PayloadDuplicateName);
    jti_number: r#""jti":1"# => Err(InvalidJti);
    jti_null: r#""jti":null"# => Err(InvalidJti);
    jti_true: r#""jti":true"# => Err(InvalidJti);
    jti_duplicate: r#""jti":"1","\u006ati":"2""# => Err(PayloadDuplicateName);
    own_claim_duplicate: r#""role":"user","role":"admin""# => Err(PayloadDuplicateName);
    own_claim_duplicate_escaped: r#""role":"user","rol\u0065":"admin""# => Err(PayloadDuplicateName);
    own_claim_duplicate_nested: r#""cnf":{"kid":"a","k\u0069d":"b"}"# => Err(PayloadDuplicateName);
    own_claim_duplicate_in_an_array: r#""x":[[{"a":1,"a":1}]]"# => Err(PayloadDuplicateName);
    own_claim_duplicate_with_a_quote: r#""\"":1,"\u0022":2"# => Err(PayloadDuplicateName);
    own_claim_duplicate_with_a_control: r#""\u001F":1,"\u001f":2"# => Err(PayloadDuplicateName);
    // Two spellings of e with an acute accent are two names: JSON does not normalize Unicode.
    own_claim_composed_and_decomposed: "\"\u{e9}\":1,\"e\u{301}\":2" => Ok(());
    name_of_a_registered_claim_in_a_nested_object: r#""act":{"sub":"a","exp":null}"# => Ok(());

    high_surrogate: r#""x":"\ud834""# => Err(PayloadLoneSurrogate);
    low_surrogate: r#""x":"\udd1e""# => Err(PayloadLoneSurrogate);
    high_surrogate_and_scalar: r#""x":"\ud834\u0041""# => Err(PayloadLoneSurrogate);
    surrogate_in_a_name: r#""\udfff":1"# => Err(PayloadLoneSurrogate);
    surrogate_pair: r#""x":"\ud834\udd1e""# => Ok(());
    signed_escape: r#""x":"\u+041""# => Err(PayloadNotJson);
    unknown_escape: r#""x":"\a""# => Err(PayloadNotJson);
}
