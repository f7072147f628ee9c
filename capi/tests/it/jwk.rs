//! Keys in JSON.

use core::ptr;

use embedded_jwt::Error;
use embedded_jwt_c::{
    code::{EJWT_NULL_POINTER, EJWT_OK, EJWT_OVERLAP, EJWT_TOO_LONG, ejwt_code},
    jwk::{ejwt_jwk, ejwt_jwk_parse, ejwt_jwk_set_parse, ejwt_jwk_set_report},
    policy::ejwt_policy,
    verifier::ejwt_verifier,
};

use crate::{
    core_common::{Alg, ISSUER_X, ISSUER_Y, OTHER_X, OTHER_Y, SECRET, encode, forge, mint},
    support::{TRUSTED, bytes_of, in_place, zeroed},
};

fn ec(x: &str, y: &str, more: &str) -> String {
    format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"{more}}}"#)
}

fn verdict(
    jwks: &[ejwt_jwk],
    issuer: *const core::ffi::c_char,
    mut token: Vec<u8>,
) -> Result<(), u32> {
    let policy: ejwt_policy = zeroed();
    let verifier = ejwt_verifier {
        jwks: jwks.as_ptr(),
        jwks_len: jwks.len(),
        jwks_issuer: issuer,
        policy: &raw const policy,
        ..zeroed()
    };
    in_place(&verifier, TRUSTED, &mut token).map(|_| ())
}

fn parse(text: &str, buffer: &mut [u8]) -> Result<ejwt_jwk, ejwt_code> {
    let mut out: ejwt_jwk = zeroed();
    let (start, len) = (buffer.as_mut_ptr(), buffer.len());
    match unsafe { ejwt_jwk_parse(text.as_ptr(), text.len(), start, len, &raw mut out) } {
        EJWT_OK => Ok(out),
        code => {
            assert!(bytes_of(&out).iter().all(|byte| *byte == 0));
            Err(code)
        }
    }
}

const TOKEN: (&str, &str) = (
    r#"{"alg":"<alg>","kid":"1"}"#,
    r#"{"exp":1790000060,"iss":"a"}"#,
);

#[test]
fn a_jwk_is_a_key() {
    let mut buffer = [0; 512];
    let key = parse(&ec(ISSUER_X, ISSUER_Y, r#","kid":"1""#), &mut buffer).unwrap();
    let (header, claims) = TOKEN;
    let none = ptr::null();
    assert_eq!(
        verdict(&[key], none, mint(Alg::Es256, header, claims)),
        Ok(())
    );
    let forged = forge(Alg::Es256, header, claims);
    assert_eq!(
        verdict(&[key], none, forged),
        Err(Error::InvalidSignature.code().into())
    );
    // Bound to an issuer.
    assert_eq!(
        verdict(&[key], c"a".as_ptr(), mint(Alg::Es256, header, claims)),
        Ok(())
    );
    let other = verdict(&[key], c"b".as_ptr(), mint(Alg::Es256, header, claims));
    assert_eq!(other, Err(Error::KeyIssuerMismatch.code().into()));

    let secret = format!(r#"{{"kty":"oct","k":"{}"}}"#, encode(SECRET));
    let key = parse(&secret, &mut buffer).unwrap();
    assert_eq!(
        verdict(&[key], none, mint(Alg::Hs256, header, claims)),
        Ok(())
    );
}

#[test]
fn a_bad_jwk_is_refused_as_by_the_core() {
    let good = ec(ISSUER_X, ISSUER_Y, "");
    let rows = [
        (good.clone(), good.len() - 1),
        (String::new(), 8),
        ("{".to_owned(), 64),
        (ec(ISSUER_X, ISSUER_X, ""), 512),
        (ec(ISSUER_X, "AA", ""), 512),
        (ec(ISSUER_X, ISSUER_Y, r#","use":"enc""#), 512),
        (r#"{"kty":"RSA"}"#.to_owned(), 512),
        (r#"{"kty":"oct","k":"AAAA"}"#.to_owned(), 512),
    ];
    for (text, room) in rows {
        let mut buffer = vec![0; room];
        let core = embedded_jwt::Key::from_jwk(text.as_bytes(), &mut buffer).unwrap_err();
        let code = parse(&text, &mut buffer).unwrap_err();
        assert_eq!(code, u32::from(core.code()), "{text}");
    }
}

struct Set {
    code: ejwt_code,
    keys: Vec<ejwt_jwk>,
    report: ejwt_jwk_set_report,
    _buffer: Vec<u8>,
}

fn set(text: &str, room: usize) -> Set {
    let mut buffer = vec![0; text.len().max(1)];
    let mut keys: Vec<ejwt_jwk> = (0..room).map(|_| zeroed()).collect();
    let mut report: ejwt_jwk_set_report = zeroed();
    let code = unsafe {
        ejwt_jwk_set_parse(
            text.as_ptr(),
            text.len(),
            buffer.as_mut_ptr(),
            buffer.len(),
            keys.as_mut_ptr(),
            room,
            &raw mut report,
        )
    };
    Set {
        code,
        keys,
        report,
        _buffer: buffer,
    }
}

#[test]
fn a_set_gives_the_keys_that_can_be_used() {
    let text = format!(
        r#"{{"keys":[{{"kty":"RSA","n":"AQAB","e":"AQAB"}},{},{},{}]}}"#,
        ec(OTHER_X, OTHER_Y, r#","kid":"2""#),
        ec(ISSUER_X, "AQ", ""),
        ec(ISSUER_X, ISSUER_Y, r#","kid":"1""#),
    );
    let set = set(&text, 4);
    assert_eq!(set.code, EJWT_OK);
    let report = set.report;
    let rejected = u32::from(Error::JwkInvalidMember.code());
    assert_eq!((report.keys, report.skipped), (2, 1));
    assert_eq!((report.rejected, report.rejected_index), (rejected, 2));
    let (header, claims) = TOKEN;
    let token = mint(Alg::Es256, header, claims);
    assert_eq!(verdict(&set.keys[..2], ptr::null(), token), Ok(()));
    // Nothing was written behind the keys.
    assert!(bytes_of(&set.keys[2]).iter().all(|byte| *byte == 0));
}

#[test]
fn a_bad_set_is_refused_and_nothing_is_written() {
    let one = ec(ISSUER_X, ISSUER_Y, "");
    let two = format!(r#"{{"keys":[{one},{}]}}"#, ec(OTHER_X, OTHER_Y, ""));
    let rows = [
        ("", 4, Error::JwkSetNotJson),
        ("{}", 4, Error::JwkSetMissingKeys),
        (r#"{"keys":1}"#, 4, Error::JwkSetInvalidKeys),
        (&two, 1, Error::JwkSetNoRoom),
    ];
    for (text, room, error) in rows {
        let set = set(text, room);
        assert_eq!(set.code, u32::from(error.code()), "{text}");
        assert!(set.keys.iter().flat_map(bytes_of).all(|byte| *byte == 0));
        assert_eq!(set.report.keys, 0);
    }
}

#[test]
fn a_wrong_call_is_an_error() {
    let text = ec(ISSUER_X, ISSUER_Y, "");
    let mut buffer = [0_u8; 512];
    let mut out: ejwt_jwk = zeroed();
    let (start, len, place) = (buffer.as_mut_ptr(), text.len(), &raw mut out);
    let rows = [
        (
            unsafe { ejwt_jwk_parse(ptr::null(), len, start, 512, place) },
            EJWT_NULL_POINTER,
        ),
        (
            unsafe { ejwt_jwk_parse(text.as_ptr(), len, ptr::null_mut(), 512, place) },
            EJWT_NULL_POINTER,
        ),
        (
            unsafe { ejwt_jwk_parse(text.as_ptr(), len, start, 512, ptr::null_mut()) },
            EJWT_NULL_POINTER,
        ),
        (
            unsafe { ejwt_jwk_parse(text.as_ptr(), 65_536, start, 512, place) },
            EJWT_TOO_LONG,
        ),
        (
            unsafe { ejwt_jwk_parse(text.as_ptr(), usize::MAX, start, 512, place) },
            EJWT_TOO_LONG,
        ),
        (
            unsafe { ejwt_jwk_parse(start, 512, start, 512, place) },
            EJWT_OVERLAP,
        ),
        (
            unsafe { ejwt_jwk_parse(text.as_ptr(), len, place.cast(), 64, place) },
            EJWT_OVERLAP,
        ),
    ];
    for (at, (code, expected)) in rows.into_iter().enumerate() {
        assert_eq!(code, expected, "row {at}");
    }
    assert!(bytes_of(&out).iter().all(|byte| *byte == 0));
}
