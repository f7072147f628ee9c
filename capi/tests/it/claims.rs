//! Reading claims: each type by each function.

use core::{
    ffi::{CStr, c_char},
    ptr,
};
use std::ffi::CString;

use embedded_jwt_c::{
    code::{
        EJWT_ABSENT, EJWT_END, EJWT_NOT_FILLED, EJWT_NULL_POINTER, EJWT_NULL_VALUE, EJWT_OK,
        EJWT_OVERLAP, EJWT_STRING_WITH_NUL, EJWT_TOO_LONG, EJWT_WRONG_TYPE, ejwt_code,
    },
    value::{
        ejwt_array, ejwt_array_next, ejwt_claim, ejwt_claim_array, ejwt_claim_bool, ejwt_claim_is,
        ejwt_claim_string, ejwt_claim_u64, ejwt_value, ejwt_value_array, ejwt_value_bool,
        ejwt_value_is, ejwt_value_member, ejwt_value_string, ejwt_value_type, ejwt_value_u64,
    },
    verifier::ejwt_token,
};

use crate::support::{Verified, verified, zeroed};

const CLAIMS: &str = r#"{"n":18446744073709551615,"big":18446744073709551616,"neg":-1,"frac":1.0,
    "yes":true,"no":false,"null":null,"s":"\u0061bc","empty":"","nul":"a\u0000b","utf8":"é",
    "list":[1,"two",null,[3],{"four":4}],"none":[],"o":{"in":{"x":7}}}"#;

fn u64_of(token: *const ejwt_token, name: &CStr) -> Result<u64, ejwt_code> {
    let mut out = 42;
    match unsafe { ejwt_claim_u64(token, name.as_ptr(), &raw mut out) } {
        EJWT_OK => Ok(out),
        code => {
            assert_eq!(out, 42, "a refused call wrote to its output");
            Err(code)
        }
    }
}

fn bool_of(token: *const ejwt_token, name: &CStr) -> Result<bool, ejwt_code> {
    let mut out = true;
    match unsafe { ejwt_claim_bool(token, name.as_ptr(), &raw mut out) } {
        EJWT_OK => Ok(out),
        code => {
            assert!(out);
            Err(code)
        }
    }
}

fn string_of(token: *const ejwt_token, name: &CStr, room: usize) -> Result<String, ejwt_code> {
    let mut out = vec![b'#'; room];
    let mut len = usize::MAX;
    let place: *mut c_char = out.as_mut_ptr().cast();
    match unsafe { ejwt_claim_string(token, name.as_ptr(), place, room, &raw mut len) } {
        EJWT_OK => {
            let text = CStr::from_bytes_until_nul(&out).unwrap().to_str().unwrap();
            assert_eq!(text.len(), len);
            Ok(text.to_owned())
        }
        code => {
            assert!(out.iter().all(|byte| *byte == b'#'));
            assert!(code != 21 || len >= room, "the length that is needed");
            Err(code)
        }
    }
}

fn value_of(token: &ejwt_token, name: &CStr) -> ejwt_value {
    let mut value = zeroed();
    let code = unsafe { ejwt_claim(token, name.as_ptr(), &raw mut value) };
    assert_eq!(code, EJWT_OK);
    value
}

#[test]
fn each_type_is_told_apart() {
    let Verified { token, .. } = &verified(CLAIMS);
    let numbers = [
        (c"n", Ok(u64::MAX)),
        (c"big", Err(EJWT_WRONG_TYPE)),
        (c"neg", Err(EJWT_WRONG_TYPE)),
        (c"frac", Err(EJWT_WRONG_TYPE)),
        (c"yes", Err(EJWT_WRONG_TYPE)),
        (c"s", Err(EJWT_WRONG_TYPE)),
        (c"list", Err(EJWT_WRONG_TYPE)),
        (c"null", Err(EJWT_NULL_VALUE)),
        (c"absent", Err(EJWT_ABSENT)),
        (c"", Err(EJWT_ABSENT)),
    ];
    for (name, expected) in numbers {
        assert_eq!(u64_of(token, name), expected, "{name:?}");
    }
    let bools = [
        (c"yes", Ok(true)),
        (c"no", Ok(false)),
        (c"n", Err(EJWT_WRONG_TYPE)),
        (c"null", Err(EJWT_NULL_VALUE)),
        (c"absent", Err(EJWT_ABSENT)),
    ];
    for (name, expected) in bools {
        assert_eq!(bool_of(token, name), expected, "{name:?}");
    }
    let strings = [
        (c"s", 4, Ok("abc")),
        (c"s", 3, Err(21)),
        (c"s", 1, Err(21)),
        (c"empty", 1, Ok("")),
        (c"utf8", 3, Ok("é")),
        (c"utf8", 2, Err(21)),
        (c"nul", 9, Err(EJWT_STRING_WITH_NUL)),
        (c"n", 9, Err(EJWT_WRONG_TYPE)),
        (c"null", 9, Err(EJWT_NULL_VALUE)),
        (c"absent", 9, Err(EJWT_ABSENT)),
    ];
    for (name, room, expected) in strings {
        let expected = expected.map(str::to_owned);
        assert_eq!(string_of(token, name, room), expected, "{name:?}");
    }
    let types = [
        (c"null", 1),
        (c"yes", 2),
        (c"frac", 3),
        (c"s", 4),
        (c"list", 5),
        (c"o", 6),
    ];
    for (name, expected) in types {
        let value = value_of(token, name);
        assert_eq!(
            unsafe { ejwt_value_type(&raw const value) },
            expected,
            "{name:?}"
        );
    }
    let mut value: ejwt_value = zeroed();
    let absent = unsafe { ejwt_claim(token, c"absent".as_ptr(), &raw mut value) };
    assert_eq!(absent, EJWT_ABSENT);
    assert_eq!(unsafe { ejwt_value_type(&raw const value) }, 0);
}

#[test]
fn a_string_is_compared_as_a_whole() {
    let Verified { token, .. } = &verified(CLAIMS);
    let is = |name: &CStr, expected: &CStr| unsafe {
        ejwt_claim_is(token, name.as_ptr(), expected.as_ptr())
    };
    assert!(is(c"s", c"abc"));
    assert!(is(c"empty", c""));
    for (name, expected) in [
        (c"s", c"ab"),
        (c"s", c"abcd"),
        (c"s", c"ABC"),
        (c"nul", c"a"),
        (c"n", c"18446744073709551615"),
        (c"null", c"null"),
        (c"absent", c""),
    ] {
        assert!(!is(name, expected), "{name:?}");
    }
    let value = value_of(token, c"s");
    assert!(unsafe { ejwt_value_is(&raw const value, c"abc".as_ptr()) });
    assert!(!unsafe { ejwt_value_is(&raw const value, ptr::null()) });
}

#[test]
fn an_array_is_walked_to_its_end() {
    let Verified { token, .. } = &verified(CLAIMS);
    let mut walk: ejwt_array = zeroed();
    let code = unsafe { ejwt_claim_array(token, c"list".as_ptr(), &raw mut walk) };
    assert_eq!(code, EJWT_OK);
    let mut types = Vec::new();
    let mut value: ejwt_value = zeroed();
    while unsafe { ejwt_array_next(&raw mut walk, &raw mut value) } == EJWT_OK {
        types.push(unsafe { ejwt_value_type(&raw const value) });
    }
    assert_eq!(types, [3, 4, 1, 5, 6]);
    let end = unsafe { ejwt_array_next(&raw mut walk, &raw mut value) };
    assert_eq!(end, EJWT_END);
    // The last element is still there: the end wrote nothing.
    let mut four: ejwt_value = zeroed();
    let code = unsafe { ejwt_value_member(&raw const value, c"four".as_ptr(), &raw mut four) };
    assert_eq!(code, EJWT_OK);
    let mut number = 0;
    assert_eq!(
        unsafe { ejwt_value_u64(&raw const four, &raw mut number) },
        EJWT_OK
    );
    assert_eq!(number, 4);

    for (name, expected) in [
        (c"none", EJWT_OK),
        (c"s", EJWT_WRONG_TYPE),
        (c"null", EJWT_NULL_VALUE),
        (c"absent", EJWT_ABSENT),
    ] {
        let mut walk: ejwt_array = zeroed();
        let code = unsafe { ejwt_claim_array(token, name.as_ptr(), &raw mut walk) };
        assert_eq!(code, expected, "{name:?}");
        let next = unsafe { ejwt_array_next(&raw mut walk, &raw mut value) };
        assert_eq!(
            next,
            if code == EJWT_OK {
                EJWT_END
            } else {
                EJWT_NOT_FILLED
            }
        );
    }
}

#[test]
fn a_value_is_read_by_its_type() {
    let Verified { token, .. } = &verified(CLAIMS);
    let (yes, text, list) = (
        value_of(token, c"yes"),
        value_of(token, c"s"),
        value_of(token, c"list"),
    );
    let (mut flag, mut number, mut walk) = (false, 0, zeroed::<ejwt_array>());
    assert_eq!(
        unsafe { ejwt_value_bool(&raw const yes, &raw mut flag) },
        EJWT_OK
    );
    assert!(flag);
    assert_eq!(
        unsafe { ejwt_value_u64(&raw const yes, &raw mut number) },
        EJWT_WRONG_TYPE
    );
    assert_eq!(
        unsafe { ejwt_value_array(&raw const list, &raw mut walk) },
        EJWT_OK
    );
    let mut room: [c_char; 4] = [0; 4];
    let (place, none) = (room.as_mut_ptr(), ptr::null_mut());
    assert_eq!(
        unsafe { ejwt_value_string(&raw const text, place, 4, none) },
        EJWT_OK
    );
    let mut x: ejwt_value = zeroed();
    for (object, name, expected) in [
        (c"o", c"in", EJWT_OK),
        (c"o", c"x", EJWT_ABSENT),
        (c"s", c"x", EJWT_WRONG_TYPE),
        (c"null", c"x", EJWT_NULL_VALUE),
    ] {
        let object = value_of(token, object);
        let code = unsafe { ejwt_value_member(&raw const object, name.as_ptr(), &raw mut x) };
        assert_eq!(code, expected);
    }
}

#[test]
fn a_wrong_call_is_an_error() {
    let verified = &mut verified(CLAIMS);
    let token = &raw mut verified.token;
    let empty: ejwt_token = zeroed();
    assert_eq!(u64_of(ptr::null(), c"n"), Err(EJWT_NULL_POINTER));
    assert_eq!(u64_of(&raw const empty, c"n"), Err(EJWT_NOT_FILLED));
    let (mut number, n) = (0, c"n".as_ptr());
    let long = CString::new(vec![b'n'; 1024]).unwrap();
    let rows = [
        (
            unsafe { ejwt_claim_u64(token, ptr::null(), &raw mut number) },
            EJWT_NULL_POINTER,
        ),
        (
            unsafe { ejwt_claim_u64(token, n, ptr::null_mut()) },
            EJWT_NULL_POINTER,
        ),
        (
            unsafe { ejwt_claim_u64(token, long.as_ptr(), &raw mut number) },
            EJWT_TOO_LONG,
        ),
        (
            unsafe { ejwt_claim_u64(token, n, token.cast()) },
            EJWT_OVERLAP,
        ),
        (
            unsafe { ejwt_claim_string(token, n, ptr::null_mut(), 8, ptr::null_mut()) },
            EJWT_NULL_POINTER,
        ),
        (
            unsafe { ejwt_claim_string(token, n, token.cast(), 8, ptr::null_mut()) },
            EJWT_OVERLAP,
        ),
        (
            unsafe { ejwt_claim_string(token, n, token.cast(), usize::MAX, ptr::null_mut()) },
            EJWT_TOO_LONG,
        ),
        (
            unsafe { ejwt_claim(token, n, ptr::null_mut()) },
            EJWT_NULL_POINTER,
        ),
        (
            unsafe { ejwt_array_next(ptr::null_mut(), ptr::null_mut()) },
            EJWT_NULL_POINTER,
        ),
    ];
    for (at, (code, expected)) in rows.into_iter().enumerate() {
        assert_eq!(code, expected, "row {at}");
    }
    // A room that lies in the bytes of the string itself.
    let inside = verified.bytes.as_mut_ptr().cast();
    let len = verified.bytes.len();
    let code = unsafe { ejwt_claim_string(token, c"s".as_ptr(), inside, len, ptr::null_mut()) };
    assert_eq!(code, EJWT_OVERLAP);
    // The output and its length in one place.
    let mut room = [0_usize; 4];
    let (out, len) = (room.as_mut_ptr().cast(), room.as_mut_ptr().wrapping_add(1));
    let code = unsafe { ejwt_claim_string(token, c"s".as_ptr(), out, 32, len) };
    assert_eq!(code, EJWT_OVERLAP);
    assert_eq!(number, 0);
}
