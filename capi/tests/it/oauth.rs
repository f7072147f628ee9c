//! The bearer header and the challenge.

use core::{ffi::c_char, ptr};

use embedded_jwt::{
    Error,
    oauth::{Challenge, Refusal, Scheme},
};
use embedded_jwt_c::{
    code::{
        EJWT_INVALID_VALUE, EJWT_NO_CHALLENGE, EJWT_NO_CREDENTIALS, EJWT_NULL_POINTER, EJWT_OK,
        EJWT_OVERLAP, EJWT_TOO_LONG, ejwt_code,
    },
    oauth::{ejwt_bearer_token, ejwt_challenge, ejwt_http_status},
};

use crate::support::text;

fn bearer(value: &[u8]) -> Result<(usize, usize), ejwt_code> {
    let (mut start, mut len) = (77, 78);
    match unsafe { ejwt_bearer_token(value.as_ptr(), value.len(), &raw mut start, &raw mut len) } {
        EJWT_OK => Ok((start, len)),
        code => {
            assert_eq!((start, len), (77, 78));
            Err(code)
        }
    }
}

#[test]
fn the_token_of_a_header_is_that_of_the_core() {
    let values: [&[u8]; 9] = [
        b"Bearer a.b.c",
        b"bearer    a.b.c",
        b"Bearer",
        b"Bearer ",
        b"Basic eA",
        b"",
        b"Bearer a b",
        b"Bearer a,b",
        b"Bearer a\0b",
    ];
    for value in values {
        let core = Scheme::Bearer
            .token(value)
            .map_err(|error| u32::from(error.code()));
        let ours = bearer(value).map(|(start, len)| &value[start..start + len]);
        assert_eq!(ours, core, "{value:?}");
    }
}

#[test]
fn a_wrong_call_is_an_error() {
    let (mut start, mut len) = (0, 0);
    let value = b"Bearer a.b.c";
    let (s, l) = (&raw mut start, &raw mut len);
    let rows = [
        (
            unsafe { ejwt_bearer_token(ptr::null(), 0, s, l) },
            EJWT_NO_CREDENTIALS,
        ),
        (
            unsafe { ejwt_bearer_token(value.as_ptr(), 12, ptr::null_mut(), l) },
            EJWT_NULL_POINTER,
        ),
        (
            unsafe { ejwt_bearer_token(value.as_ptr(), 12, s, s) },
            EJWT_OVERLAP,
        ),
        (
            unsafe { ejwt_bearer_token(value.as_ptr(), usize::MAX, s, l) },
            EJWT_TOO_LONG,
        ),
        // The core's `TokenTooLong`.
        (
            unsafe { ejwt_bearer_token(value.as_ptr(), 1 << 20, s, l) },
            10,
        ),
    ];
    for (at, (code, expected)) in rows.into_iter().enumerate() {
        assert_eq!(code, expected, "row {at}");
    }
}

fn challenge(code: ejwt_code, room: usize) -> Result<String, (ejwt_code, usize)> {
    let mut out = vec![b'#'; room];
    let mut len = 0;
    let place: *mut c_char = out.as_mut_ptr().cast();
    let scope = c"pump:write".as_ptr();
    match unsafe { ejwt_challenge(c"pump-7".as_ptr(), scope, code, place, room, &raw mut len) } {
        EJWT_OK => {
            assert_eq!(text(place).len(), len);
            Ok(text(place).to_owned())
        }
        refused => {
            assert!(out.iter().all(|byte| *byte == b'#'));
            Err((refused, len))
        }
    }
}

/// For every code there is, the answer of the core.
#[test]
fn a_challenge_is_that_of_the_core() {
    let core = Challenge::new("pump-7").scope("pump:write");
    for error in (0..1000).filter_map(Error::from_code) {
        let code = error.code().into();
        let refusal = Refusal::from(error);
        assert_eq!(
            ejwt_http_status(code),
            u32::from(refusal.status()),
            "{error:?}"
        );
        let mut buffer = [0; 512];
        match core.write(refusal, &mut buffer).unwrap() {
            Some(expected) => {
                assert_eq!(challenge(code, 512).as_deref(), Ok(expected));
                assert_eq!(challenge(code, expected.len() + 1).as_deref(), Ok(expected));
                assert_eq!(challenge(code, expected.len()), Err((21, expected.len())));
            }
            None => assert_eq!(challenge(code, 512), Err((EJWT_NO_CHALLENGE, 0))),
        }
    }
    let none = r#"Bearer realm="pump-7", scope="pump:write""#;
    assert_eq!(challenge(EJWT_NO_CREDENTIALS, 64).as_deref(), Ok(none));
    assert_eq!(challenge(EJWT_OK, 64), Err((EJWT_INVALID_VALUE, 0)));
    assert_eq!(challenge(EJWT_OVERLAP, 64), Err((EJWT_NO_CHALLENGE, 0)));
    let statuses = [
        EJWT_OK,
        EJWT_NO_CREDENTIALS,
        EJWT_NULL_POINTER,
        65_626,
        u32::MAX,
    ];
    assert_eq!(
        statuses.map(|code| ejwt_http_status(code)),
        [200, 401, 500, 500, 500]
    );
}
