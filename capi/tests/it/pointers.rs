//! Pointers and lengths that are wrong, one in each row: an error, and an output that nothing wrote to.

use core::ptr;
use std::ffi::CString;

use embedded_jwt_c::{
    code::{
        EJWT_CONFLICT, EJWT_INVALID_VALUE, EJWT_MISALIGNED, EJWT_NOT_FILLED, EJWT_NOT_UTF8,
        EJWT_NULL_POINTER, EJWT_OK, EJWT_OVERLAP, EJWT_TOO_LONG, EJWT_TOO_MANY, ejwt_code,
    },
    jwk::ejwt_jwk,
    key::{EJWT_KEY_ES256_TABLE_16, EJWT_KEY_HS256_SLOT, EJWT_MAX_KEYS, ejwt_key},
    policy::{EJWT_MAX_NAMES, EJWT_MAX_TEXT, EJWT_POLICY_ACCESS_TOKEN, ejwt_policy},
    verifier::{ejwt_time, ejwt_token, ejwt_verifier, ejwt_verify, ejwt_verify_in_place},
};

use crate::{
    core_common::{Alg, GOOD, HEADER, mint},
    support::{TRUSTED, bytes_of, keys, verifier, zeroed},
};

/// The name of a fault, how a call gets it, and the code.
type Row = (&'static str, fn(&mut Call), ejwt_code);

/// A call that is accepted, until a row changes it.
struct Call {
    keys: Vec<ejwt_key>,
    policy: ejwt_policy,
    names: Vec<*const core::ffi::c_char>,
    texts: Vec<CString>,
    token: Vec<u8>,
    buffer: Vec<u8>,
    out: Box<ejwt_token>,
    jwks: Vec<ejwt_jwk>,
    arguments: Arguments,
}

struct Arguments {
    verifier: *const ejwt_verifier,
    c: ejwt_verifier,
    time: ejwt_time,
    token: *mut u8,
    token_len: usize,
    buffer: *mut u8,
    buffer_len: usize,
    out: *mut ejwt_token,
}

impl Call {
    fn new() -> Box<Self> {
        let mut call = Box::new(Self {
            keys: keys(),
            policy: zeroed(),
            names: Vec::new(),
            texts: Vec::new(),
            token: mint(Alg::Hs256, HEADER, GOOD),
            buffer: vec![0x5a; 512],
            out: Box::new(zeroed()),
            jwks: Vec::new(),
            arguments: Arguments {
                verifier: ptr::null(),
                c: zeroed(),
                time: TRUSTED,
                token: ptr::null_mut(),
                token_len: 0,
                buffer: ptr::null_mut(),
                buffer_len: 0,
                out: ptr::null_mut(),
            },
        });
        call.arguments.c = verifier(&call.keys, &call.policy);
        call.arguments.verifier = &raw const call.arguments.c;
        call.arguments.token = call.token.as_mut_ptr();
        call.arguments.token_len = call.token.len();
        call.arguments.buffer = call.buffer.as_mut_ptr();
        call.arguments.buffer_len = call.buffer.len();
        call.arguments.out = &raw mut *call.out;
        call
    }

    /// A text of the call, which lives as long as it.
    fn text(&mut self, bytes: &[u8]) -> *const core::ffi::c_char {
        self.texts.push(CString::new(bytes).unwrap());
        self.texts.last().unwrap().as_ptr()
    }

    /// A list of `len` names.
    fn names(&mut self, len: usize) -> *const *const core::ffi::c_char {
        let name = self.text(b"name");
        self.names = vec![name; len];
        self.names.as_ptr()
    }

    fn in_place(&mut self) -> ejwt_code {
        let it = &self.arguments;
        unsafe { ejwt_verify_in_place(it.verifier, it.time, it.token, it.token_len, it.out) }
    }

    fn with_buffer(&mut self) -> ejwt_code {
        let it = &self.arguments;
        let (token, token_len) = (it.token, it.token_len);
        let (buffer, buffer_len) = (it.buffer, it.buffer_len);
        unsafe {
            ejwt_verify(
                it.verifier,
                it.time,
                token,
                token_len,
                buffer,
                buffer_len,
                it.out,
            )
        }
    }

    fn is_untouched(&self) -> bool {
        bytes_of(&*self.out).iter().all(|byte| *byte == 0)
    }
}

/// Rows for both ways to verify.
const BOTH: &[Row] = &[
    (
        "verifier NULL",
        |it| it.arguments.verifier = ptr::null(),
        EJWT_NULL_POINTER,
    ),
    (
        "verifier misaligned",
        |it| it.arguments.verifier = it.arguments.verifier.wrapping_byte_add(1),
        EJWT_MISALIGNED,
    ),
    (
        "token NULL",
        |it| it.arguments.token = ptr::null_mut(),
        EJWT_NULL_POINTER,
    ),
    (
        "token NULL without a length",
        |it| (it.arguments.token, it.arguments.token_len) = (ptr::null_mut(), 0),
        EJWT_NULL_POINTER,
    ),
    // The core's `NotThreeSegments`.
    (
        "token without a length",
        |it| it.arguments.token_len = 0,
        13,
    ),
    // The core's `TokenTooLong`. No byte beyond the token is looked at.
    (
        "token longer than the limit",
        |it| it.arguments.token_len = 16 * 1024 + 1,
        10,
    ),
    (
        "token of 2^31 bytes",
        |it| it.arguments.token_len = 1 << 31,
        10,
    ),
    (
        "token of SIZE_MAX bytes",
        |it| it.arguments.token_len = usize::MAX,
        EJWT_TOO_LONG,
    ),
    (
        "token of half the address space",
        |it| it.arguments.token_len = 1 << (usize::BITS - 1),
        EJWT_TOO_LONG,
    ),
    (
        "out NULL",
        |it| it.arguments.out = ptr::null_mut(),
        EJWT_NULL_POINTER,
    ),
    (
        "out misaligned",
        |it| it.arguments.out = it.arguments.out.wrapping_byte_add(4),
        EJWT_MISALIGNED,
    ),
    (
        "out in the verifier",
        |it| it.arguments.out = ptr::from_mut(&mut it.arguments.c).cast(),
        EJWT_OVERLAP,
    ),
    (
        "out in the policy",
        |it| it.arguments.out = ptr::from_mut(&mut it.policy).cast(),
        EJWT_OVERLAP,
    ),
    (
        "out in the keys",
        |it| it.arguments.out = it.keys.as_mut_ptr().cast(),
        EJWT_OVERLAP,
    ),
    (
        "clock unknown to us",
        |it| it.arguments.time.kind = 3,
        EJWT_INVALID_VALUE,
    ),
    (
        "clock 2^32 - 1",
        |it| it.arguments.time.kind = u32::MAX,
        EJWT_INVALID_VALUE,
    ),
    (
        "flags of the verifier",
        |it| it.arguments.c.flags = 2,
        EJWT_INVALID_VALUE,
    ),
    (
        "policy NULL",
        |it| it.arguments.c.policy = ptr::null(),
        EJWT_NULL_POINTER,
    ),
    (
        "policy misaligned",
        |it| it.arguments.c.policy = it.arguments.c.policy.wrapping_byte_add(1),
        EJWT_MISALIGNED,
    ),
    (
        "flags of the policy",
        |it| it.policy.flags = 32,
        EJWT_INVALID_VALUE,
    ),
    (
        "all flags of the policy",
        |it| it.policy.flags = u32::MAX,
        EJWT_INVALID_VALUE,
    ),
    (
        "keys NULL",
        |it| it.arguments.c.keys = ptr::null(),
        EJWT_NULL_POINTER,
    ),
    // The core's `KeyNotFound`.
    ("no keys", |it| it.arguments.c.keys_len = 0, 50),
    (
        "keys of SIZE_MAX",
        |it| it.arguments.c.keys_len = usize::MAX,
        EJWT_TOO_LONG,
    ),
    (
        "one key too many",
        |it| {
            it.keys = vec![it.keys[0]; EJWT_MAX_KEYS + 1];
            it.arguments.c.keys = it.keys.as_ptr();
            it.arguments.c.keys_len = it.keys.len();
        },
        EJWT_TOO_MANY,
    ),
    (
        "jwks NULL",
        |it| it.arguments.c.jwks_len = 1,
        EJWT_NULL_POINTER,
    ),
    (
        "jwk that nothing filled",
        |it| {
            it.jwks = vec![zeroed()];
            (it.arguments.c.jwks, it.arguments.c.jwks_len) = (it.jwks.as_ptr(), 1);
        },
        EJWT_NOT_FILLED,
    ),
    (
        "jwk that is something else",
        |it| {
            // A token's mark, 0x6a777431.
            let token = [0x6a77_7431_6a77_7431_u64; 13];
            it.jwks = vec![unsafe { core::mem::transmute::<[u64; 13], ejwt_jwk>(token) }];
            (it.arguments.c.jwks, it.arguments.c.jwks_len) = (it.jwks.as_ptr(), 1);
        },
        EJWT_NOT_FILLED,
    ),
    (
        "kind of a key 0",
        |it| it.keys[0].kind = 0,
        EJWT_INVALID_VALUE,
    ),
    (
        "kind of a key 8",
        |it| it.keys[0].kind = 8,
        EJWT_INVALID_VALUE,
    ),
    (
        "kind of a key 2^32 - 1",
        |it| it.keys[1].kind = u32::MAX,
        EJWT_INVALID_VALUE,
    ),
    (
        "flags of a key",
        |it| it.keys[0].flags = 2,
        EJWT_INVALID_VALUE,
    ),
    (
        "material NULL",
        |it| it.keys[0].material = ptr::null(),
        EJWT_NULL_POINTER,
    ),
    // The core's `KeyTooShort`, `KeyLength`.
    (
        "secret without a length",
        |it| it.keys[0].material_len = 0,
        110,
    ),
    (
        "point without a length",
        |it| it.keys[1].material_len = 0,
        111,
    ),
    ("point of 64 bytes", |it| it.keys[1].material_len = 64, 111),
    (
        "material of SIZE_MAX",
        |it| it.keys[0].material_len = usize::MAX,
        EJWT_TOO_LONG,
    ),
    (
        "material of 2^31",
        |it| it.keys[0].material_len = 1 << 31,
        EJWT_TOO_LONG,
    ),
    (
        "secret in the output",
        |it| it.keys[0].material = it.arguments.out.cast_const().cast(),
        EJWT_OVERLAP,
    ),
    (
        "table of the wrong length",
        |it| it.keys[0].kind = EJWT_KEY_ES256_TABLE_16,
        111,
    ),
    (
        "slot with a material",
        |it| it.keys[0].kind = EJWT_KEY_HS256_SLOT,
        EJWT_INVALID_VALUE,
    ),
    (
        "kid in the output",
        |it| it.keys[0].kid = it.arguments.out.cast_const().cast::<core::ffi::c_char>(),
        EJWT_OVERLAP,
    ),
    (
        "kid that is too long",
        |it| it.keys[0].kid = it.text(&[b'k'; EJWT_MAX_TEXT + 1]),
        EJWT_TOO_LONG,
    ),
    (
        "kid that is not UTF-8",
        |it| it.keys[0].kid = it.text(b"\xff"),
        EJWT_NOT_UTF8,
    ),
    (
        "issuer of a key that is not UTF-8",
        |it| it.keys[0].issuer = it.text(b"\xc3\x28"),
        EJWT_NOT_UTF8,
    ),
    (
        "issuer that is not UTF-8",
        |it| it.policy.issuer = it.text(b"\xff"),
        EJWT_NOT_UTF8,
    ),
    (
        "names NULL",
        |it| it.policy.audiences_len = 1,
        EJWT_NULL_POINTER,
    ),
    (
        "name NULL",
        |it| {
            it.policy.audiences = it.names(2);
            it.policy.audiences_len = 2;
            it.names[1] = ptr::null();
        },
        EJWT_NULL_POINTER,
    ),
    (
        "one name too many",
        |it| {
            it.policy.required_claims = it.names(EJWT_MAX_NAMES + 1);
            it.policy.required_claims_len = EJWT_MAX_NAMES + 1;
        },
        EJWT_TOO_MANY,
    ),
    (
        "names of SIZE_MAX",
        |it| {
            it.policy.issuers = it.names(1);
            it.policy.issuers_len = usize::MAX;
        },
        EJWT_TOO_MANY,
    ),
    (
        "audience and audiences",
        |it| {
            it.policy.audience = it.text(b"a");
            it.policy.audiences = it.names(1);
            it.policy.audiences_len = 1;
        },
        EJWT_CONFLICT,
    ),
    (
        "issuer and issuers",
        |it| {
            it.policy.issuer = it.text(b"a");
            it.policy.issuers = it.names(1);
            it.policy.issuers_len = 1;
        },
        EJWT_CONFLICT,
    ),
    (
        "access token without issuer",
        |it| it.policy.flags = EJWT_POLICY_ACCESS_TOKEN,
        EJWT_CONFLICT,
    ),
    (
        "scope_claim without scope",
        |it| it.policy.scope_claim = it.text(b"scp"),
        EJWT_CONFLICT,
    ),
    (
        "crypto misaligned",
        |it| it.arguments.c.crypto = ptr::without_provenance(1),
        EJWT_MISALIGNED,
    ),
];

#[test]
fn a_wrong_call_is_an_error_in_place() {
    for (name, change, expected) in BOTH {
        let mut call = Call::new();
        change(&mut call);
        let code = call.in_place();
        assert_eq!(code, *expected, "{name}");
        assert!(code == EJWT_OK || call.is_untouched(), "{name}");
    }
}

#[test]
fn a_wrong_call_is_an_error_with_a_buffer() {
    let rows: &[Row] = &[
        (
            "buffer NULL",
            |it| it.arguments.buffer = ptr::null_mut(),
            EJWT_NULL_POINTER,
        ),
        // The core's `BufferTooSmall`.
        (
            "buffer without a length",
            |it| it.arguments.buffer_len = 0,
            21,
        ),
        (
            "buffer of SIZE_MAX",
            |it| it.arguments.buffer_len = usize::MAX,
            EJWT_TOO_LONG,
        ),
        (
            "buffer over the token",
            |it| it.arguments.buffer = it.arguments.token,
            EJWT_OVERLAP,
        ),
        (
            "buffer over the last byte of the token",
            |it| {
                it.arguments.token_len = 512;
                it.token.resize(512, b'A');
                it.arguments.token = it.token.as_mut_ptr();
                it.arguments.buffer = it.arguments.token.wrapping_add(511);
                it.arguments.buffer_len = 1;
            },
            EJWT_OVERLAP,
        ),
        (
            "buffer over the output",
            |it| it.arguments.buffer = it.arguments.out.cast(),
            EJWT_OVERLAP,
        ),
        (
            "output in the buffer",
            |it| {
                let offset = it.arguments.buffer.align_offset(align_of::<ejwt_token>());
                it.arguments.out = it.arguments.buffer.wrapping_add(offset).cast();
            },
            EJWT_OVERLAP,
        ),
        (
            "secret in the buffer",
            |it| {
                it.buffer[..32].copy_from_slice(&crate::core_common::SECRET);
                it.keys[0].material = it.arguments.buffer.cast_const().cast();
            },
            EJWT_OVERLAP,
        ),
        (
            "name in the buffer",
            |it| {
                it.buffer[..2].copy_from_slice(b"a\0");
                it.policy.issuer = it.arguments.buffer.cast_const().cast();
            },
            EJWT_OVERLAP,
        ),
    ];
    for (name, change, expected) in BOTH.iter().chain(rows) {
        let mut call = Call::new();
        change(&mut call);
        let code = call.with_buffer();
        assert_eq!(code, *expected, "{name}");
        assert!(code == EJWT_OK || call.is_untouched(), "{name}");
    }
}

#[test]
fn what_overlaps_with_the_token_is_an_error_in_place() {
    let rows: &[Row] = &[
        (
            "output in the token",
            |it| {
                it.token.resize(1024, b'A');
                it.arguments.token = it.token.as_mut_ptr();
                it.arguments.token_len = 1024;
                let offset = it.arguments.token.align_offset(align_of::<ejwt_token>());
                it.arguments.out = it.arguments.token.wrapping_add(offset).cast();
            },
            EJWT_OVERLAP,
        ),
        (
            "secret in the token",
            |it| it.keys[0].material = it.arguments.token.cast_const().cast(),
            EJWT_OVERLAP,
        ),
        (
            "kid in the token",
            |it| {
                it.token.push(0);
                it.arguments.token = it.token.as_mut_ptr();
                it.keys[0].kid = it.arguments.token.cast_const().cast();
            },
            EJWT_OVERLAP,
        ),
    ];
    for (name, change, expected) in rows {
        let mut call = Call::new();
        change(&mut call);
        assert_eq!(call.in_place(), *expected, "{name}");
        assert!(call.is_untouched(), "{name}");
    }
}

#[test]
fn a_call_without_a_fault_is_accepted() {
    assert_eq!(Call::new().in_place(), EJWT_OK);
    assert_eq!(Call::new().with_buffer(), EJWT_OK);
}
