//! Every input that is stored for the fuzzer: the C API has the verdict of the core, and the same claims.

#[allow(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::duplicate_mod,
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "the fuzzer's own file, which is a crate of its own too"
)]
#[path = "../../../fuzz/src/lib.rs"]
mod fuzz;

use core::ffi::{CStr, c_char};
use std::{ffi::CString, fs, path::Path};

use embedded_jwt::{
    Key, Policy, Time, Verifier,
    json::{Object, Value},
    jwk::JwkSet,
    limits::MAX_IN_PLACE_HEADER_LEN,
};
use embedded_jwt_c::{
    code::{EJWT_ABSENT, EJWT_OK, EJWT_STRING_WITH_NUL},
    jwk::{ejwt_jwk, ejwt_jwk_parse, ejwt_jwk_set_parse, ejwt_jwk_set_report},
    key::EJWT_MAX_KEYS,
    policy::{EJWT_POLICY_IGNORE_AUDIENCE, ejwt_policy},
    value::{
        ejwt_array, ejwt_array_next, ejwt_claim, ejwt_value, ejwt_value_array, ejwt_value_bool,
        ejwt_value_is, ejwt_value_member, ejwt_value_string, ejwt_value_type, ejwt_value_u64,
    },
    verifier::{EJWT_TIME_AT_LEAST, EJWT_TIME_TRUSTED, EJWT_TIME_UNKNOWN, ejwt_time, ejwt_token},
};

use crate::{
    core_common::{Alg, ISSUER_POINT, NOW, mint},
    support::{self, hs256_key, zeroed},
};

/// The secret of the fuzz targets.
const SECRET: [u8; 32] = *b"a secret for fuzzing, of 32 byte";

/// Every stored input, with the name of its target.
fn inputs() -> Vec<(String, Vec<u8>)> {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds");
    let mut inputs = Vec::new();
    for target in fs::read_dir(seeds).unwrap() {
        let target = target.unwrap();
        let name = target.file_name().into_string().unwrap();
        for file in fs::read_dir(target.path()).unwrap() {
            inputs.push((name.clone(), fs::read(file.unwrap().path()).unwrap()));
        }
    }
    assert!(inputs.len() > 300, "the stored inputs are gone");
    inputs
}

/// Judges a token by the core and by the C API, at each kind of time.
fn same_verdict(secret: &[u8], token: &[u8]) {
    let core_keys = [
        Key::hs256(secret).unwrap(),
        Key::es256(&ISSUER_POINT).unwrap(),
    ];
    let core_policy = Policy::new().issuer("joe").ignore_audience();
    let core = Verifier::new(&core_keys, &core_policy);
    let keys = [
        hs256_key(secret, None),
        support::es256_key(&ISSUER_POINT, None),
    ];
    let policy = ejwt_policy {
        issuer: c"joe".as_ptr(),
        flags: EJWT_POLICY_IGNORE_AUDIENCE,
        ..zeroed()
    };
    let verifier = support::verifier(&keys, &policy);
    for (kind, time) in [
        (EJWT_TIME_TRUSTED, Time::Trusted(NOW)),
        (EJWT_TIME_AT_LEAST, Time::AtLeast(NOW)),
        (EJWT_TIME_UNKNOWN, Time::Unknown),
    ] {
        let now = ejwt_time { kind, seconds: NOW };
        let len = embedded_jwt::buffer_len(token.len()).max(1);
        let (mut one, mut other) = (vec![0; len], vec![0; len]);
        let expected = core.verify(token, time, &mut one);
        let ours = support::with_buffer(&verifier, now, token, &mut other);
        match (expected, ours) {
            (Ok(expected), Ok(ours)) => same_claims(&ours, expected.claims().object()),
            (Err(expected), Err(ours)) => assert_eq!(u32::from(expected.code()), ours),
            (expected, ours) => panic!("{expected:?} by the core, {:?} in C", ours.err()),
        }
        let (mut one, mut other) = (token.to_vec(), token.to_vec());
        let expected = core.verify_in_place(&mut one, time);
        let ours = support::in_place(&verifier, now, &mut other);
        match (expected, ours) {
            (Ok(expected), Ok(ours)) => same_claims(&ours, expected.claims().object()),
            (Err(expected), Err(ours)) => assert_eq!(u32::from(expected.code()), ours),
            (expected, ours) => panic!("{expected:?} by the core, {:?} in C", ours.err()),
        }
    }
}

/// Reads every claim in C, and compares it with the core's.
fn same_claims(token: &ejwt_token, claims: Object<'_>) {
    for (name, expected) in claims.members() {
        let Ok(name) = CString::new(name.as_str()) else {
            continue;
        };
        let mut value: ejwt_value = zeroed();
        let code = unsafe { ejwt_claim(token, name.as_ptr(), &raw mut value) };
        if name.as_bytes().len() < 1024 {
            assert_eq!(code, EJWT_OK);
            same_value(&value, expected);
        }
    }
    let mut value: ejwt_value = zeroed();
    let absent = unsafe { ejwt_claim(token, c"no such claim".as_ptr(), &raw mut value) };
    assert_eq!(absent, EJWT_ABSENT);
}

fn same_value(value: &ejwt_value, expected: Value<'_>) {
    let (mut number, mut flag) = (0, false);
    let has_number = unsafe { ejwt_value_u64(value, &raw mut number) } == EJWT_OK;
    assert_eq!(has_number.then_some(number), expected.as_u64());
    let has_flag = unsafe { ejwt_value_bool(value, &raw mut flag) } == EJWT_OK;
    assert_eq!(has_flag.then_some(flag), expected.as_bool());
    let (mut room, mut len) = (vec![0_u8; 16_384], 0);
    let place: *mut c_char = room.as_mut_ptr().cast();
    let code = unsafe { ejwt_value_string(value, place, room.len(), &raw mut len) };
    match expected.as_str() {
        Some(text) if text.contains('\0') => assert_eq!(code, EJWT_STRING_WITH_NUL),
        Some(text) => {
            let ours = CStr::from_bytes_until_nul(&room).unwrap();
            assert_eq!((code, ours.to_str(), len), (EJWT_OK, Ok(text), text.len()));
            if text.len() < 1024 {
                assert!(unsafe { ejwt_value_is(value, place) });
            }
        }
        None => assert_ne!(code, EJWT_OK),
    }
    let kind = match expected {
        Value::Null => 1,
        Value::Bool(_) => 2,
        Value::Number(_) => 3,
        Value::String(_) => 4,
        Value::Array(elements) => {
            let mut walk: ejwt_array = zeroed();
            assert_eq!(unsafe { ejwt_value_array(value, &raw mut walk) }, EJWT_OK);
            for expected in elements.elements() {
                let mut element: ejwt_value = zeroed();
                let code = unsafe { ejwt_array_next(&raw mut walk, &raw mut element) };
                assert_eq!(code, EJWT_OK);
                same_value(&element, expected);
            }
            5
        }
        Value::Object(object) => {
            for (name, expected) in object.members() {
                let Ok(name) = CString::new(name.as_str()) else {
                    continue;
                };
                if name.as_bytes().len() < 1024 {
                    let mut member: ejwt_value = zeroed();
                    let place = &raw mut member;
                    let code = unsafe { ejwt_value_member(value, name.as_ptr(), place) };
                    assert_eq!(code, EJWT_OK);
                    same_value(&member, expected);
                }
            }
            6
        }
    };
    assert_eq!(unsafe { ejwt_value_type(value) }, kind);
}

#[test]
fn as_tokens() {
    for (_, input) in inputs() {
        same_verdict(&SECRET, &input);
    }
}

/// Behind a good signature: as the input of the targets that sign, as payload and as header.
#[test]
fn as_signed_tokens() {
    for (_, input) in inputs() {
        for token in fuzz::tokens(&input) {
            same_verdict(&SECRET, &token);
        }
        let issuer = &crate::core_common::SECRET;
        same_verdict(issuer, &mint(Alg::Hs256, r#"{"alg":"<alg>"}"#, &input));
        let claims = r#"{"iss":"joe","exp":1790000060}"#;
        if input.len() < MAX_IN_PLACE_HEADER_LEN {
            same_verdict(issuer, &mint(Alg::Hs256, &input, claims));
        }
    }
}

#[test]
fn as_jwks() {
    for (_, input) in inputs() {
        let mut room = vec![0; input.len().max(1)];
        let core = Key::from_jwk(&input, &mut room).map_err(|error| u32::from(error.code()));
        let core = core.map(|_| ()).err().unwrap_or(EJWT_OK);
        let mut key: ejwt_jwk = zeroed();
        let mut room = vec![0; input.len().max(1)];
        let (start, len) = (input.as_ptr(), input.len());
        let place = room.as_mut_ptr();
        let code = unsafe { ejwt_jwk_parse(start, len, place, room.len(), &raw mut key) };
        assert_eq!(code, core);

        let mut room = vec![0; input.len().max(1)];
        let core = JwkSet::parse(&input, &mut room).and_then(JwkSet::keys::<EJWT_MAX_KEYS>);
        let mut keys: [ejwt_jwk; EJWT_MAX_KEYS] = zeroed();
        let mut report: ejwt_jwk_set_report = zeroed();
        let mut room = vec![0; input.len().max(1)];
        let place = room.as_mut_ptr();
        let out = keys.as_mut_ptr();
        let code = unsafe {
            let report = &raw mut report;
            ejwt_jwk_set_parse(start, len, place, room.len(), out, EJWT_MAX_KEYS, report)
        };
        match core {
            Ok(core) => {
                assert_eq!((code, report.keys), (EJWT_OK, core.len()));
                assert_eq!(report.skipped, core.skipped());
                let rejected = core.rejected().map_or(0, |jwk| jwk.reason.code().into());
                assert_eq!(report.rejected, rejected);
            }
            Err(error) => assert_eq!(code, u32::from(error.code())),
        }
    }
}
