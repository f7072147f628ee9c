//! Defects of the JOSE header, under a good signature: what the issuer's own key signs is still refused, and
//! before the signature is looked at.

use embedded_jwt::{Error::*, limits::MAX_JSON_NAMES};

use crate::common::{Alg, GOOD, mint, verdict};

/// A token with this header, whose signature is good.
fn with(alg: Alg, header: impl AsRef<[u8]>) -> Vec<u8> {
    mint(alg, header, GOOD)
}

/// `count` members with distinct names, behind the `alg`.
fn members(count: usize) -> String {
    let more: String = (1..count).map(|n| format!(r#","{n}":0"#)).collect();
    format!(r#"{{"alg":"<alg>"{more}}}"#)
}

/// A header of `depth` levels, itself included.
fn nested(depth: usize, open: &str, close: &str) -> String {
    let levels = depth - 1;
    let (open, close) = (open.repeat(levels), close.repeat(levels));
    format!(r#"{{"alg":"<alg>","x":{open}0{close}}}"#)
}

rows! { with;
    nothing_wrong: r#"{"alg":"<alg>","typ":"JWT"}"# => Ok(());

    alg_missing: r#"{"typ":"JWT"}"# => Err(MissingAlg);
    alg_in_an_empty_header: "{}" => Err(MissingAlg);
    alg_duplicate: r#"{"alg":"<alg>","alg":"<alg>"}"# => Err(HeaderDuplicateName);
    alg_duplicate_none_first: r#"{"alg":"none","alg":"<alg>"}"# => Err(HeaderDuplicateName);
    alg_duplicate_none_last: r#"{"alg":"<alg>","alg":"none"}"# => Err(HeaderDuplicateName);
    alg_duplicate_escaped: r#"{"alg":"<alg>","\u0061lg":"none"}"# => Err(HeaderDuplicateName);
    alg_duplicate_escaped_first: r#"{"\u0061\u006C\u0067":"none","alg":"<alg>"}"# => Err(HeaderDuplicateName);
    alg_under_an_escaped_name: r#"{"\u0061lg":"<alg>"}"# => Ok(());
    alg_none_under_an_escaped_name: r#"{"\u0061lg":"none"}"# => Err(AlgMismatch);
    alg_null: r#"{"alg":null}"# => Err(InvalidAlg);
    alg_number: r#"{"alg":256}"# => Err(InvalidAlg);
    alg_true: r#"{"alg":true}"# => Err(InvalidAlg);
    alg_array: r#"{"alg":["<alg>"]}"# => Err(InvalidAlg);
    alg_object: r#"{"alg":{"<alg>":null}}"# => Err(InvalidAlg);
    alg_nested_only: r#"{"x":{"alg":"<alg>"}}"# => Err(MissingAlg);
    alg_name_in_capitals: r#"{"ALG":"<alg>"}"# => Err(MissingAlg);
    alg_name_with_a_nul: r#"{"alg\u0000":"<alg>"}"# => Err(MissingAlg);
    alg_with_a_nul: r#"{"alg":"<alg>\u0000"}"# => Err(AlgMismatch);
    alg_with_a_space: r#"{"alg":"<alg> "}"# => Err(AlgMismatch);
    alg_with_more_digits: r#"{"alg":"<alg>0"}"# => Err(AlgMismatch);
    alg_with_its_key_size: r#"{"alg":"HS384"}"# => Err(AlgMismatch);
    alg_es256k: r#"{"alg":"ES256K"}"# => Err(AlgMismatch);
    alg_rs256: r#"{"alg":"RS256"}"# => Err(AlgMismatch);
    alg_lower_case: r#"{"alg":"hs256"}"# => Err(AlgMismatch);
    alg_lower_case_es: r#"{"alg":"es256"}"# => Err(AlgMismatch);
    alg_none: r#"{"alg":"none"}"# => Err(AlgMismatch);
    alg_none_capital: r#"{"alg":"None"}"# => Err(AlgMismatch);
    alg_none_capitals: r#"{"alg":"NONE"}"# => Err(AlgMismatch);
    alg_none_mixed: r#"{"alg":"nOnE"}"# => Err(AlgMismatch);
    alg_none_escaped: r#"{"alg":"\u006eone"}"# => Err(AlgMismatch);
    alg_empty: r#"{"alg":""}"# => Err(AlgMismatch);

    typ_null: r#"{"alg":"<alg>","typ":null}"# => Err(InvalidTyp);
    typ_array: r#"{"alg":"<alg>","typ":["JWT"]}"# => Err(InvalidTyp);
    typ_duplicate: r#"{"alg":"<alg>","typ":"JWT","typ":"JWT"}"# => Err(HeaderDuplicateName);
    cty_null: r#"{"alg":"<alg>","cty":null}"# => Err(InvalidCty);
    cty_number: r#"{"alg":"<alg>","cty":1}"# => Err(InvalidCty);
    kid_null: r#"{"alg":"<alg>","kid":null}"# => Err(InvalidKid);
    kid_number: r#"{"alg":"<alg>","kid":1}"# => Err(InvalidKid);
    kid_array: r#"{"alg":"<alg>","kid":["a"]}"# => Err(InvalidKid);
    kid_object: r#"{"alg":"<alg>","kid":{}}"# => Err(InvalidKid);
    kid_false: r#"{"alg":"<alg>","kid":false}"# => Err(InvalidKid);

    crit_unknown: r#"{"alg":"<alg>","crit":["x"],"x":1}"# => Err(UnsupportedCrit);
    crit_unknown_and_absent: r#"{"alg":"<alg>","crit":["x"]}"# => Err(UnsupportedCrit);
    crit_exp: r#"{"alg":"<alg>","crit":["exp"],"exp":9999999999}"# => Err(UnsupportedCrit);
    crit_registered_name: r#"{"alg":"<alg>","crit":["alg"]}"# => Err(UnsupportedCrit);
    crit_itself: r#"{"alg":"<alg>","crit":["crit"]}"# => Err(UnsupportedCrit);
    crit_empty_name: r#"{"alg":"<alg>","crit":[""],"":1}"# => Err(UnsupportedCrit);
    crit_b64_in_capitals: r#"{"alg":"<alg>","crit":["B64"],"B64":true}"# => Err(UnsupportedCrit);
    crit_unknown_behind_b64: r#"{"alg":"<alg>","crit":["b64","x"],"b64":true,"x":1}"# => Err(UnsupportedCrit);
    crit_empty: r#"{"alg":"<alg>","crit":[]}"# => Err(InvalidCrit);
    crit_null: r#"{"alg":"<alg>","crit":null}"# => Err(InvalidCrit);
    crit_string: r#"{"alg":"<alg>","crit":"b64","b64":true}"# => Err(InvalidCrit);
    crit_object: r#"{"alg":"<alg>","crit":{"b64":true},"b64":true}"# => Err(InvalidCrit);
    crit_true: r#"{"alg":"<alg>","crit":true}"# => Err(InvalidCrit);
    crit_of_a_number: r#"{"alg":"<alg>","crit":[64]}"# => Err(InvalidCrit);
    crit_of_null: r#"{"alg":"<alg>","crit":[null]}"# => Err(InvalidCrit);
    crit_of_an_array: r#"{"alg":"<alg>","crit":[["b64"]],"b64":true}"# => Err(InvalidCrit);
    crit_of_b64_and_a_number: r#"{"alg":"<alg>","crit":["b64",1],"b64":true}"# => Err(InvalidCrit);
    crit_b64_without_b64: r#"{"alg":"<alg>","crit":["b64"]}"# => Err(InvalidCrit);
    crit_b64_twice: r#"{"alg":"<alg>","crit":["b64","b64"],"b64":true}"# => Err(InvalidCrit);
    crit_b64_twice_escaped: r#"{"alg":"<alg>","crit":["b64","\u0062\u00364"],"b64":true}"# => Err(InvalidCrit);
    crit_under_an_escaped_name: r#"{"alg":"<alg>","\u0063rit":["x"],"x":1}"# => Err(UnsupportedCrit);
    crit_duplicate: r#"{"alg":"<alg>","crit":["b64"],"crit":["b64"],"b64":true}"# => Err(HeaderDuplicateName);
    crit_duplicate_escaped: r#"{"alg":"<alg>","crit":["b64"],"cri\u0074":["x"],"b64":true}"# => Err(HeaderDuplicateName);
    crit_before_alg: r#"{"crit":["x"],"x":1,"alg":"<alg>"}"# => Err(UnsupportedCrit);
    crit_in_a_nested_object: r#"{"alg":"<alg>","x":{"crit":["x"]}}"# => Ok(());
    crit_b64_true: r#"{"alg":"<alg>","crit":["b64"],"b64":true}"# => Ok(());
    crit_b64_true_escaped: r#"{"alg":"<alg>","crit":["\u006264"],"b64":true}"# => Ok(());

    b64_true_not_critical: r#"{"alg":"<alg>","b64":true}"# => Ok(());
    b64_false: r#"{"alg":"<alg>","b64":false}"# => Err(UnsupportedB64);
    b64_false_and_critical: r#"{"alg":"<alg>","crit":["b64"],"b64":false}"# => Err(UnsupportedB64);
    b64_false_under_an_escaped_name: r#"{"alg":"<alg>","b\u00364":false}"# => Err(UnsupportedB64);
    b64_null: r#"{"alg":"<alg>","b64":null}"# => Err(InvalidB64);
    b64_string: r#"{"alg":"<alg>","b64":"true"}"# => Err(InvalidB64);
    b64_number: r#"{"alg":"<alg>","b64":1}"# => Err(InvalidB64);

    header_not_json: "alg=<alg>" => Err(HeaderNotJson);
    header_of_whitespace: " \t\r\n" => Err(HeaderNotJson);
    header_unclosed: r#"{"alg":"<alg>""# => Err(HeaderNotJson);
    header_with_trailing_comma: r#"{"alg":"<alg>",}"# => Err(HeaderNotJson);
    header_with_leading_comma: r#"{,"alg":"<alg>"}"# => Err(HeaderNotJson);
    header_with_missing_comma: r#"{"alg":"<alg>","x":1 "crit":["x"]}"# => Err(HeaderNotJson);
    header_with_single_quotes: "{'alg':'<alg>'}" => Err(HeaderNotJson);
    header_with_a_bare_name: r#"{alg:"<alg>"}"# => Err(HeaderNotJson);
    header_with_a_comment: r#"{"alg":"<alg>"/* */}"# => Err(HeaderNotJson);
    header_with_a_raw_line_end_in_a_string: "{\"alg\":\"<alg>\",\"x\":\"\n\"}" => Err(HeaderNotJson);
    header_with_a_raw_nul_in_a_string: "{\"alg\":\"<alg>\",\"x\":\"\0\"}" => Err(HeaderNotJson);
    header_with_an_unknown_escape: r#"{"alg":"<alg>","x":"\x41"}"# => Err(HeaderNotJson);
    header_with_a_signed_escape: r#"{"alg":"<alg>","x":"\u+041"}"# => Err(HeaderNotJson);
    header_with_a_short_escape: r#"{"alg":"<alg>","x":"\u041"}"# => Err(HeaderNotJson);
    header_with_a_leading_zero: r#"{"alg":"<alg>","x":01}"# => Err(HeaderNotJson);
    header_with_a_plus: r#"{"alg":"<alg>","x":+1}"# => Err(HeaderNotJson);
    header_with_nan: r#"{"alg":"<alg>","x":NaN}"# => Err(HeaderNotJson);
    header_with_true_in_capitals: r#"{"alg":"<alg>","x":True}"# => Err(HeaderNotJson);
    header_with_a_mismatched_bracket: r#"{"alg":"<alg>","x":[1}}"# => Err(HeaderNotJson);
    header_with_trailing_garbage: r#"{"alg":"<alg>"}x"# => Err(HeaderNotJson);
    header_with_a_trailing_bracket: r#"{"alg":"<alg>"}}"# => Err(HeaderNotJson);
    header_with_a_trailing_nul: "{\"alg\":\"<alg>\"}\0" => Err(HeaderNotJson);
    header_twice: r#"{"alg":"<alg>"}{"alg":"<alg>"}"# => Err(HeaderNotJson);
    header_with_a_bom: "\u{feff}{\"alg\":\"<alg>\"}" => Err(HeaderNotJson);
    header_in_utf16: b"{\0\"\0a\0l\0g\0\"\0:\0" => Err(HeaderNotJson);
    header_with_whitespace_around: " \t{ \"alg\"\r\n:\t\"<alg>\" } \n" => Ok(());
    header_with_a_form_feed_around: "\u{c}{\"alg\":\"<alg>\"}" => Err(HeaderNotJson);
    header_array: r#"["alg","<alg>"]"# => Err(HeaderNotObject);
    header_empty_array: "[]" => Err(HeaderNotObject);
    header_string: r#""<alg>""# => Err(HeaderNotObject);
    header_number: "1" => Err(HeaderNotObject);
    header_null: "null" => Err(HeaderNotObject);
    header_true: "true" => Err(HeaderNotObject);

    header_not_utf8: b"{\"alg\":\"<alg>\",\"x\":\"\xff\"}" => Err(HeaderNotUtf8);
    header_latin1: b"{\"alg\":\"<alg>\",\"x\":\"\xe9\"}" => Err(HeaderNotUtf8);
    header_with_an_overlong_quote: b"{\"alg\":\"<alg>\",\"x\":\"\xc0\xa2\"}" => Err(HeaderNotUtf8);
    header_with_an_encoded_surrogate: b"{\"alg\":\"<alg>\",\"x\":\"\xed\xa0\x80\"}" => Err(HeaderNotUtf8);
    header_with_a_sequence_cut_by_a_quote: b"{\"alg\":\"<alg>\",\"x\":\"\xe2\x82\"}" => Err(HeaderNotUtf8);
    header_with_a_sequence_cut_by_an_escape: b"{\"alg\":\"<alg>\",\"x\":\"\xe2\\u0082\xac\"}" => Err(HeaderNotUtf8);
    header_with_a_name_not_utf8: b"{\"alg\":\"<alg>\",\"\x80\":1}" => Err(HeaderNotUtf8);
    header_beyond_ascii: r#"{"alg":"<alg>","x":"€ 𝄞"}"# => Ok(());

    header_with_nested_duplicates: r#"{"alg":"<alg>","x":{"a":1,"a":2}}"# => Err(HeaderDuplicateName);
    header_with_duplicates_in_an_array: r#"{"alg":"<alg>","x":[{},{"a":1,"\u0061":2}]}"# => Err(HeaderDuplicateName);
    header_with_empty_duplicates: r#"{"alg":"<alg>","":1,"":2}"# => Err(HeaderDuplicateName);
    header_with_duplicates_by_slash: r#"{"alg":"<alg>","a/b":1,"a\/b":2}"# => Err(HeaderDuplicateName);
    header_with_duplicates_by_surrogates: r#"{"alg":"<alg>","𝄞":1,"\ud834\udd1e":2}"# => Err(HeaderDuplicateName);
    header_with_duplicates_by_control: r#"{"alg":"<alg>","\n":1,"\u000A":2}"# => Err(HeaderDuplicateName);
    header_with_duplicates_by_quote: r#"{"alg":"<alg>","\"":1,"\u0022":2}"# => Err(HeaderDuplicateName);
    header_with_duplicates_by_backslash: r#"{"alg":"<alg>","\\":1,"\u005c":2}"# => Err(HeaderDuplicateName);
    header_with_duplicate_of_an_outer_name: r#"{"alg":"<alg>","x":{"alg":"none"}}"# => Ok(());
    header_with_a_name_again_behind_an_object: r#"{"alg":"<alg>","x":{"a":1},"x":2}"# => Err(HeaderDuplicateName);
    header_with_one_name_in_two_objects: r#"{"alg":"<alg>","x":{"a":1},"y":{"a":1}}"# => Ok(());

    header_high_surrogate: r#"{"alg":"<alg>","x":"\ud834"}"# => Err(HeaderLoneSurrogate);
    header_high_surrogate_and_text: r#"{"alg":"<alg>","x":"\ud834x"}"# => Err(HeaderLoneSurrogate);
    header_high_surrogate_and_escape: r#"{"alg":"<alg>","x":"\ud834\n"}"# => Err(HeaderLoneSurrogate);
    header_high_surrogate_and_scalar: r#"{"alg":"<alg>","x":"\ud834\u0041"}"# => Err(HeaderLoneSurrogate);
    header_high_surrogate_twice: r#"{"alg":"<alg>","x":"\ud834\ud834"}"# => Err(HeaderLoneSurrogate);
    header_low_surrogate: r#"{"alg":"<alg>","x":"\udd1e"}"# => Err(HeaderLoneSurrogate);
    header_surrogates_swapped: r#"{"alg":"<alg>","x":"\udd1e\ud834"}"# => Err(HeaderLoneSurrogate);
    header_surrogate_in_a_name: r#"{"alg":"<alg>","\ud834":1}"# => Err(HeaderLoneSurrogate);
    header_surrogate_pair: r#"{"alg":"<alg>","x":"\uD834\uDD1E"}"# => Ok(());

    header_of_most_levels: nested(16, "[", "]") => Ok(());
    header_too_deep: nested(17, "[", "]") => Err(HeaderTooDeep);
    header_of_most_levels_of_objects: nested(16, r#"{"x":"#, "}") => Ok(());
    header_too_deep_by_objects: nested(17, r#"{"x":"#, "}") => Err(HeaderTooDeep);
    header_too_deep_and_unclosed: format!(r#"{{"alg":"<alg>","x":{}"#, "[".repeat(3000)) => Err(HeaderTooDeep);
    header_of_brackets: "[".repeat(4000) => Err(HeaderTooDeep);
    header_of_most_names: members(MAX_JSON_NAMES) => Ok(());
    header_of_too_many_names: members(MAX_JSON_NAMES + 1) => Err(HeaderTooManyNames);
}

/// A resolved escape must not count as one of the alphabet's own: the value is compared, not its spelling.
#[test]
fn alg_value_in_escapes_is_its_value() {
    for alg in Alg::ALL {
        let escaped: String = alg
            .name()
            .bytes()
            .map(|byte| format!("\\u{byte:04x}"))
            .collect();
        assert_eq!(
            verdict(&with(*alg, format!(r#"{{"alg":"{escaped}"}}"#))),
            Ok(())
        );
    }
}

/// The first fault in the order of the text decides, except that a missing `alg` is known only at the end.
#[test]
fn two_faults() {
    for alg in Alg::ALL {
        for (header, error) in [
            (r#"{"typ":1,"alg":1}"#, InvalidTyp),
            (r#"{"alg":1,"typ":1}"#, InvalidAlg),
            (r#"{"crit":[],"b64":false}"#, UnsupportedB64),
            (r#"{"crit":[],"typ":1}"#, InvalidTyp),
            (r#"{"crit":[]}"#, InvalidCrit),
            (r#"{"kid":1,"kid":1}"#, HeaderDuplicateName),
            (r#"{"alg":"none","crit":["x"]}"#, UnsupportedCrit),
            (r#"{"alg":"none","kid":1}"#, InvalidKid),
        ] {
            assert_eq!(verdict(&with(*alg, header)), Err(error), "{header}");
        }
    }
}
