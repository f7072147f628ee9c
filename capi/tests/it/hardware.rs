//! Functions of the caller that verify signatures, keys in slots, and tables.

use core::{ffi::c_void, ptr, slice};

use embedded_jwt::{Error, crypto::PublicKey, prepared::KeyTable};
use embedded_jwt_c::{
    crypto::{EJWT_ALGORITHM_ES256, EJWT_ALGORITHM_HS256, EJWT_SIGNATURE_VALID, ejwt_crypto},
    key::{
        EJWT_KEY_ES256_SLOT, EJWT_KEY_ES256_TABLE_16, EJWT_KEY_ES256_TABLE_64, EJWT_KEY_HS256_SLOT,
        ejwt_key,
    },
    policy::ejwt_policy,
};

use crate::{
    core_common::{Alg, GOOD, HEADER, ISSUER_POINT, OTHER_POINT, SECRET, forge, hs256, mint},
    support::{TRUSTED, context, es256_key, hs256_key, in_place, verifier, zeroed},
};

/// What a function answers, and what it was asked.
struct Hardware {
    answer: u32,
    calls: Vec<String>,
}

unsafe extern "C" fn on_hs256(
    context: *mut c_void,
    secret: *const u8,
    secret_len: usize,
    message: *const u8,
    message_len: usize,
    mac: *const u8,
) -> u32 {
    let hardware = unsafe { &mut *context.cast::<Hardware>() };
    let [secret, message] = [(secret, secret_len), (message, message_len)]
        .map(|(start, len)| unsafe { slice::from_raw_parts(start, len) });
    let mac = unsafe { slice::from_raw_parts(mac, 32) };
    assert_eq!(hs256(secret, message), mac, "the genuine MAC");
    hardware.calls.push("hs256".to_owned());
    hardware.answer
}

unsafe extern "C" fn on_es256(
    context: *mut c_void,
    x: *const u8,
    y: *const u8,
    _digest: *const u8,
    _signature: *const u8,
) -> u32 {
    let hardware = unsafe { &mut *context.cast::<Hardware>() };
    let point = [x, y]
        .map(|start| unsafe { slice::from_raw_parts(start, 32) })
        .concat();
    assert_eq!(point, ISSUER_POINT[1..]);
    hardware.calls.push("es256".to_owned());
    hardware.answer
}

unsafe extern "C" fn on_slot(
    context: *mut c_void,
    slot: u32,
    algorithm: u32,
    _message: *const u8,
    _message_len: usize,
    _signature: *const u8,
    signature_len: usize,
) -> u32 {
    let hardware = unsafe { &mut *context.cast::<Hardware>() };
    hardware
        .calls
        .push(format!("slot {slot} {algorithm} {signature_len}"));
    hardware.answer
}

fn judge(
    keys: &[ejwt_key],
    crypto: impl FnOnce(&mut ejwt_crypto),
    answer: u32,
    token: &[u8],
) -> (Result<(), u32>, Vec<String>) {
    let mut hardware = Hardware {
        answer,
        calls: Vec::new(),
    };
    let mut functions: ejwt_crypto = zeroed();
    functions.context = context(&mut hardware);
    crypto(&mut functions);
    let policy: ejwt_policy = zeroed();
    let mut verifier = verifier(keys, &policy);
    verifier.crypto = &raw const functions;
    let verdict = in_place(&verifier, TRUSTED, &mut token.to_vec()).map(|_| ());
    (verdict, hardware.calls)
}

fn invalid() -> Result<(), u32> {
    Err(Error::InvalidSignature.code().into())
}

#[test]
fn only_one_number_accepts() {
    let keys = [hs256_key(&SECRET, None), es256_key(&ISSUER_POINT, None)];
    let all = |functions: &mut ejwt_crypto| {
        functions.hs256 = Some(on_hs256);
        functions.es256_digest = Some(on_es256);
    };
    for alg in [Alg::Hs256, Alg::Es256] {
        let token = mint(alg, HEADER, GOOD);
        let (verdict, calls) = judge(&keys, all, EJWT_SIGNATURE_VALID, &token);
        assert_eq!((verdict, calls.len()), (Ok(()), 1));
        for answer in [
            0,
            1,
            u32::MAX,
            !EJWT_SIGNATURE_VALID,
            EJWT_SIGNATURE_VALID ^ 1,
        ] {
            assert_eq!(judge(&keys, all, answer, &token).0, invalid(), "{answer}");
        }
    }
}

#[test]
fn without_a_function_the_software_verifies() {
    let keys = [hs256_key(&SECRET, None), es256_key(&ISSUER_POINT, None)];
    for alg in [Alg::Hs256, Alg::Es256] {
        assert_eq!(judge(&keys, |_| {}, 0, &mint(alg, HEADER, GOOD)).0, Ok(()));
        assert_eq!(
            judge(&keys, |_| {}, 0, &forge(alg, HEADER, GOOD)).0,
            invalid()
        );
    }
}

#[test]
fn a_slot_is_verified_by_its_function_alone() {
    let slot = |kind| ejwt_key {
        kind,
        slot: 7,
        ..zeroed()
    };
    let rows = [
        (
            Alg::Hs256,
            EJWT_KEY_HS256_SLOT,
            format!("slot 7 {EJWT_ALGORITHM_HS256} 32"),
        ),
        (
            Alg::Es256,
            EJWT_KEY_ES256_SLOT,
            format!("slot 7 {EJWT_ALGORITHM_ES256} 64"),
        ),
    ];
    for (alg, kind, call) in rows {
        let (keys, token) = ([slot(kind)], mint(alg, HEADER, GOOD));
        let with = |functions: &mut ejwt_crypto| functions.slot = Some(on_slot);
        let answer = judge(&keys, with, EJWT_SIGNATURE_VALID, &token);
        assert_eq!(answer, (Ok(()), vec![call]));
        assert_eq!(judge(&keys, with, 1, &token).0, invalid());
        assert_eq!(judge(&keys, |_| {}, 1, &token), (invalid(), vec![]));
    }
}

#[test]
fn a_table_verifies_as_its_key_does() {
    fn table<const POINTS: usize>(kind: u32, point: &[u8]) {
        let mut room = Box::new(KeyTable::<POINTS>::room());
        let table = room.prepare(PublicKey::from_sec1(point).unwrap());
        let points: &[[u32; 16]; POINTS] = table.points();
        let keys = [ejwt_key {
            kind,
            material: points.as_ptr().cast(),
            material_len: size_of_val(points),
            ..zeroed()
        }];
        let is_issuer = point == &**ISSUER_POINT;
        let expected = if is_issuer {
            [Ok(()), invalid()]
        } else {
            [invalid(), Ok(())]
        };
        let tokens = [
            mint(Alg::Es256, HEADER, GOOD),
            forge(Alg::Es256, HEADER, GOOD),
        ];
        for (token, expected) in tokens.iter().zip(expected) {
            assert_eq!(judge(&keys, |_| {}, 0, token).0, expected);
        }
        let misaligned = [ejwt_key {
            material: ptr::without_provenance(1),
            ..keys[0]
        }];
        assert_eq!(judge(&misaligned, |_| {}, 0, &tokens[0]).0, Err(2001));
    }
    for point in [&**ISSUER_POINT, &**OTHER_POINT] {
        table::<16>(EJWT_KEY_ES256_TABLE_16, point);
        table::<64>(EJWT_KEY_ES256_TABLE_64, point);
    }
}
