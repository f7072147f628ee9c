//! What a device remembers.

use core::{
    ffi::{CStr, c_void},
    ptr, slice,
};

use embedded_jwt::Error;
use embedded_jwt_c::{
    code::{
        EJWT_ABSENT, EJWT_END, EJWT_NOT_FILLED, EJWT_NULL_POINTER, EJWT_OK, EJWT_OVERLAP,
        EJWT_STORE_EMPTY, EJWT_STORE_FAILED, EJWT_STORE_TOO_FULL, EJWT_WRONG_TYPE, ejwt_code,
    },
    device::{
        EJWT_FACT_LEN, EJWT_GUARD_TOKENS, EJWT_NONCE_LEN, ejwt_guard, ejwt_guard_init,
        ejwt_guard_is_open, ejwt_guard_provision, ejwt_guard_restore, ejwt_guard_time, ejwt_nonce,
        ejwt_nonce_issue, ejwt_once, ejwt_store, ejwt_verify_once,
    },
    key::EJWT_KEY_IS_TIME_SOURCE,
    policy::{EJWT_POLICY_ACCEPT_UNPROVED_FRESHNESS, ejwt_policy},
    verifier::{EJWT_TIME_AT_LEAST, ejwt_token},
};

use crate::{
    core_common::{Alg, HEADER, NOW, SECRET, forge, mint},
    support::{bytes_of, context, hs256_key, verifier, zeroed},
};

const BUILT: u64 = NOW - 1000;

/// A flash of the test.
#[derive(Default)]
struct Flash {
    facts: Vec<[u8; EJWT_FACT_LEN]>,
    is_broken: bool,
}

unsafe extern "C" fn append(context: *mut c_void, fact: *const u8) -> ejwt_code {
    let flash = unsafe { &mut *context.cast::<Flash>() };
    if flash.is_broken {
        return 1;
    }
    let fact = unsafe { slice::from_raw_parts(fact, EJWT_FACT_LEN) };
    flash.facts.push(fact.try_into().unwrap());
    EJWT_OK
}

unsafe extern "C" fn read(context: *mut c_void, index: usize, fact: *mut u8) -> ejwt_code {
    let flash = unsafe { &mut *context.cast::<Flash>() };
    if flash.is_broken {
        return 1;
    }
    let Some(found) = flash.facts.get(index) else {
        return EJWT_END;
    };
    unsafe { fact.copy_from(found.as_ptr(), EJWT_FACT_LEN) };
    EJWT_OK
}

struct Device {
    guard: Box<ejwt_guard>,
    flash: Box<Flash>,
    store: ejwt_store,
    once: ejwt_once,
}

impl Device {
    /// A device whose guard is closed.
    fn new(mut flash: Box<Flash>) -> Self {
        let mut guard: Box<ejwt_guard> = Box::new(zeroed());
        assert_eq!(
            unsafe { ejwt_guard_init(&raw mut *guard, BUILT, 0, 0) },
            EJWT_OK
        );
        let store = ejwt_store {
            context: context(&mut *flash),
            append: Some(append),
            read: Some(read),
        };
        let once = ejwt_once {
            guard: &raw mut *guard,
            ..zeroed()
        };
        Self {
            guard,
            flash,
            store,
            once,
        }
    }

    fn provisioned() -> Self {
        let mut device = Self::new(Box::default());
        let code = unsafe { ejwt_guard_provision(&raw mut *device.guard, &raw const device.store) };
        assert_eq!(code, EJWT_OK);
        device
    }

    fn restore(&mut self) -> ejwt_code {
        unsafe { ejwt_guard_restore(&raw mut *self.guard, &raw const self.store) }
    }

    fn verify(&mut self, token: Vec<u8>) -> Result<(), u32> {
        self.once.store = &raw const self.store;
        let once = self.once;
        self.verify_by(&raw const once, token)
    }

    fn verify_by(&mut self, once: *const ejwt_once, mut token: Vec<u8>) -> Result<(), u32> {
        let mut key = hs256_key(&SECRET, None);
        key.flags = EJWT_KEY_IS_TIME_SOURCE;
        let keys = [key];
        let policy = ejwt_policy {
            flags: EJWT_POLICY_ACCEPT_UNPROVED_FRESHNESS,
            ..zeroed()
        };
        let verifier = verifier(&keys, &policy);
        let mut out: ejwt_token = zeroed();
        let time = unsafe { ejwt_guard_time(&raw const *self.guard) };
        let (start, len) = (token.as_mut_ptr(), token.len());
        let place = &raw mut out;
        match unsafe { ejwt_verify_once(&raw const verifier, time, start, len, once, place) } {
            EJWT_OK => Ok(()),
            code => {
                assert!(bytes_of(&out).iter().all(|byte| *byte == 0));
                Err(code)
            }
        }
    }
}

fn token(jti: &str, seq: &str) -> Vec<u8> {
    let claims = format!(
        r#"{{"exp":{},"iat":{NOW},"iss":"a","jti":"{jti}","seq":{seq}}}"#,
        NOW + 60
    );
    mint(Alg::Hs256, HEADER, claims)
}

fn code(error: Error) -> Result<(), u32> {
    Err(error.code().into())
}

#[test]
fn a_token_is_used_once_even_after_a_restart() {
    let mut device = Device::provisioned();
    assert_eq!(device.verify(token("1", "1")), Ok(()));
    assert_eq!(device.verify(token("1", "1")), code(Error::Replayed));
    assert_eq!(device.verify(token("2", "1")), Ok(()));
    assert_eq!(device.flash.facts.len(), 3);
    let mut device = Device::new(device.flash);
    assert_eq!(device.restore(), EJWT_OK);
    assert_eq!(device.verify(token("1", "1")), code(Error::Replayed));
    assert_eq!(device.verify(token("3", "1")), Ok(()));
}

#[test]
fn a_counter_grows() {
    let mut device = Device::provisioned();
    device.once.counter = c"seq".as_ptr();
    let rows = [
        ("5", Ok(())),
        ("5", code(Error::Replayed)),
        ("4", code(Error::Replayed)),
        ("7", Ok(())),
        ("6", code(Error::Replayed)),
        ("-1", Err(EJWT_WRONG_TYPE)),
        ("\"8\"", Err(EJWT_WRONG_TYPE)),
        ("null", Err(2011)),
    ];
    for (seq, expected) in rows {
        assert_eq!(device.verify(token("", seq)), expected, "{seq}");
    }
    device.once.counter = c"absent".as_ptr();
    assert_eq!(device.verify(token("", "9")), Err(EJWT_ABSENT));
    let mut reordering: Box<ejwt_guard> = Box::new(zeroed());
    assert_eq!(
        unsafe { ejwt_guard_init(&raw mut *reordering, BUILT, 0, 1) },
        EJWT_OK
    );
    device.once.guard = &raw mut *reordering;
    let store = &raw const device.store;
    assert_eq!(
        unsafe { ejwt_guard_provision(device.once.guard, store) },
        EJWT_OK
    );
    device.once.counter = c"seq".as_ptr();
    for (seq, expected) in [("5", Ok(())), ("4", Ok(())), ("4", code(Error::Replayed))] {
        assert_eq!(device.verify(token("", seq)), expected);
    }
}

#[test]
fn a_rejected_token_changes_nothing() {
    let mut device = Device::provisioned();
    let before = bytes_of(&*device.guard).to_vec();
    let forged = forge(Alg::Hs256, HEADER, r#"{"exp":1790000060,"jti":"1"}"#);
    assert_eq!(device.verify(forged), code(Error::InvalidSignature));
    let expired = mint(Alg::Hs256, HEADER, r#"{"exp":1,"jti":"1"}"#);
    assert_eq!(device.verify(expired), code(Error::Expired));
    let nameless = mint(Alg::Hs256, HEADER, r#"{"exp":1790000060}"#);
    assert_eq!(device.verify(nameless), code(Error::MissingJti));
    assert_eq!(bytes_of(&*device.guard), before);
    assert_eq!(device.flash.facts.len(), 1);

    device.flash.is_broken = true;
    assert_eq!(device.verify(token("1", "1")), Err(EJWT_STORE_FAILED));
    assert_eq!(bytes_of(&*device.guard), before);
    device.flash.is_broken = false;
    assert_eq!(device.verify(token("1", "1")), Ok(()));
}

#[test]
fn the_time_floor_rises_and_stays() {
    let mut device = Device::provisioned();
    let floor = |device: &Device| {
        let time = unsafe { ejwt_guard_time(&raw const *device.guard) };
        assert_eq!(time.kind, EJWT_TIME_AT_LEAST);
        time.seconds
    };
    assert_eq!(floor(&device), BUILT);
    assert_eq!(device.verify(token("1", "1")), Ok(()));
    assert_eq!(floor(&device), NOW);
    let mut device = Device::new(device.flash);
    assert_eq!(device.restore(), EJWT_OK);
    assert_eq!(floor(&device), NOW);
}

#[test]
fn a_full_guard_rejects() {
    let mut device = Device::provisioned();
    for number in 0..EJWT_GUARD_TOKENS {
        assert_eq!(device.verify(token(&number.to_string(), "1")), Ok(()));
    }
    assert_eq!(device.verify(token("x", "1")), code(Error::ReplayGuardFull));
    // A store of a larger guard.
    let mut other = Device::provisioned();
    for number in 0..3 {
        assert_eq!(other.verify(token(&format!("y{number}"), "1")), Ok(()));
    }
    device.flash.facts.extend(&other.flash.facts);
    let mut device = Device::new(device.flash);
    assert_eq!(device.restore(), EJWT_STORE_TOO_FULL);
    assert!(!unsafe { ejwt_guard_is_open(&raw const *device.guard) });
}

unsafe extern "C" fn random(_: *mut c_void, bytes: *mut u8, len: usize) -> ejwt_code {
    for at in 0..len {
        unsafe { bytes.add(at).write(u8::try_from(at).unwrap()) };
    }
    EJWT_OK
}

unsafe extern "C" fn no_random(_: *mut c_void, _: *mut u8, _: usize) -> ejwt_code {
    1
}

#[test]
fn a_nonce_opens_a_closed_guard_once() {
    let mut device = Device::new(Box::default());
    assert_eq!(device.restore(), EJWT_STORE_EMPTY);
    assert_eq!(
        device.verify(token("1", "1")),
        code(Error::ReplayGuardClosed)
    );

    let mut nonce: Box<ejwt_nonce> = Box::new(zeroed());
    let mut text: [core::ffi::c_char; EJWT_NONCE_LEN] = [0; EJWT_NONCE_LEN];
    let (place, none) = (text.as_mut_ptr(), ptr::null_mut());
    let issue = |random, nonce: &mut ejwt_nonce| unsafe {
        ejwt_nonce_issue(nonce, random, none, 100, place)
    };
    let failed = issue(Some(no_random), &mut nonce);
    assert_eq!(Err(failed), code(Error::NoRandomness));
    assert_eq!(issue(None, &mut nonce), EJWT_NULL_POINTER);
    assert_eq!(issue(Some(random), &mut nonce), EJWT_OK);
    let text = unsafe { CStr::from_ptr(place) }.to_str().unwrap();
    assert_eq!(text.len(), EJWT_NONCE_LEN - 1);

    let claims = format!(
        r#"{{"exp":{},"iat":{NOW},"iss":"a","jti":"1","nonce":"{text}"}}"#,
        NOW + 60
    );
    let token = |claims: &str| mint(Alg::Hs256, HEADER, claims);
    device.once.nonce = &raw mut *nonce;
    (device.once.nonce_now, device.once.nonce_lifetime) = (160, 60);
    assert_eq!(device.verify(token(&claims)), code(Error::NonceExpired));
    device.once.nonce_now = 159;
    let other = claims.replace(text, "x");
    assert_eq!(device.verify(token(&other)), code(Error::NonceMismatch));
    assert_eq!(device.verify(token(&claims)), Ok(()));
    assert!(unsafe { ejwt_guard_is_open(&raw const *device.guard) });
    assert_eq!(device.verify(token(&claims)), code(Error::NonceExpired));
}

#[test]
fn a_wrong_call_is_an_error() {
    let mut device = Device::provisioned();
    let store = device.store;
    let good = ejwt_once {
        store: &raw const store,
        ..device.once
    };
    let blank: Box<ejwt_guard> = Box::new(zeroed());
    let unfilled: Box<ejwt_nonce> = Box::new(zeroed());
    let silent = ejwt_store {
        append: None,
        ..store
    };
    let rows = [
        (
            "guard NULL",
            ejwt_once {
                guard: ptr::null_mut(),
                ..good
            },
            EJWT_NULL_POINTER,
        ),
        (
            "store NULL",
            ejwt_once {
                store: ptr::null(),
                ..good
            },
            EJWT_NULL_POINTER,
        ),
        (
            "append NULL",
            ejwt_once {
                store: &raw const silent,
                ..good
            },
            EJWT_NULL_POINTER,
        ),
        (
            "guard that is not initialised",
            ejwt_once {
                guard: (&raw const *blank).cast_mut(),
                ..good
            },
            EJWT_NOT_FILLED,
        ),
        (
            "nonce that was not given out",
            ejwt_once {
                nonce: (&raw const *unfilled).cast_mut(),
                ..good
            },
            EJWT_NOT_FILLED,
        ),
        (
            "nonce in the guard",
            ejwt_once {
                nonce: good.guard.cast(),
                ..good
            },
            EJWT_OVERLAP,
        ),
        (
            "store in the guard",
            ejwt_once {
                store: good.guard.cast(),
                ..good
            },
            EJWT_OVERLAP,
        ),
    ];
    for (name, once, expected) in rows {
        let verdict = device.verify_by(&raw const once, token("1", "1"));
        assert_eq!(verdict, Err(expected), "{name}");
    }
    assert_eq!(
        device.verify_by(ptr::null(), token("1", "1")),
        Err(EJWT_NULL_POINTER)
    );
    assert_eq!(device.verify_by(&raw const good, token("1", "1")), Ok(()));
    let place = &raw mut *device.guard;
    assert_eq!(unsafe { ejwt_guard_init(place, 0, 0, 2) }, 2005);
    assert_eq!(
        unsafe { ejwt_guard_init(ptr::null_mut(), 0, 0, 0) },
        EJWT_NULL_POINTER
    );
    assert_eq!(
        unsafe { ejwt_guard_restore(place, ptr::null()) },
        EJWT_NULL_POINTER
    );
    let time = unsafe { ejwt_guard_time(&raw const *blank) };
    assert_eq!((time.kind, time.seconds), (0, 0));
    assert!(!unsafe { ejwt_guard_is_open(ptr::null()) });
}
