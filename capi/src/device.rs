//! The memory of a device: replay guard, counters, time floor, nonces.

use core::{
    ffi::{c_char, c_void},
    fmt, slice,
};

use embedded_jwt::{
    Time,
    device::{Candidate, Fact, Nonce, ReplayGuard, Restored, Store},
    json::Value,
};
use rand_core::{TryCryptoRng, TryRng};

use crate::{
    code::{
        EJWT_ABSENT, EJWT_END, EJWT_INVALID_VALUE, EJWT_NULL_POINTER, EJWT_NULL_VALUE, EJWT_OK,
        EJWT_STORE_EMPTY, EJWT_STORE_FAILED, EJWT_STORE_TOO_FULL, EJWT_WRONG_TYPE, ejwt_code,
        verdict,
    },
    memory::{Area, Memory, Opaque, Refused, fill, filled, filled_mut, put},
    verifier::{
        Accepted, EJWT_TIME_AT_LEAST, ejwt_time, ejwt_token, ejwt_verifier, token_area, with,
    },
};

/// The maximum number of tokens that a guard remembers at one time. If so many have not expired, a new
/// token is rejected (`EJWT_ERROR_REPLAY_GUARD_FULL`).
pub const EJWT_GUARD_TOKENS: usize = 32;
/// The maximum number of issuers whose counters a guard remembers.
pub const EJWT_GUARD_COUNTERS: usize = 4;
/// The number of 64-bit words in an `ejwt_guard`.
pub const EJWT_GUARD_WORDS: usize = 128;
/// The number of 64-bit words in an `ejwt_nonce`.
pub const EJWT_NONCE_WORDS: usize = 9;
/// The length of a fact in bytes.
pub const EJWT_FACT_LEN: usize = 49;
/// The length of a nonce as text in bytes, with the NUL.
pub const EJWT_NONCE_LEN: usize = 44;
/// The maximum number of facts that a guard reads from a store.
pub const EJWT_MAX_FACTS: usize = 65_536;

const _: () = assert!(EJWT_FACT_LEN == Fact::LEN);

/// A flag of a guard, for links that reorder commands. A counter also accepts each of the 64 numbers below
/// the last one, once.
pub const EJWT_GUARD_ACCEPT_REORDERED: u32 = 1;

type Guard = ReplayGuard<EJWT_GUARD_TOKENS, EJWT_GUARD_COUNTERS>;

/// A replay guard: it remembers the tokens that the device has used. Place it in RAM, set it to zero, and
/// call `ejwt_guard_init`.
///
/// The guard never forgets a token that has not expired. It identifies a token by `iss` and `jti`. It has a
/// time floor: a lower bound of the present, which tokens of time sources and trusted clocks raise. A guard
/// that was not restored from its store is closed: it accepts only a token with a fresh nonce.
///
/// Only one thread at a time may use a guard.
#[repr(C)]
#[derive(Debug)]
pub struct ejwt_guard {
    private_words: [u64; EJWT_GUARD_WORDS],
}

impl Opaque for ejwt_guard {
    type Value<'a> = Guard;
    const MARK: u32 = 0x6a77_7435;
}

/// A random value that the device issues once. The issuer of the token copies it into the claim `nonce`.
/// Place it in RAM, set it to zero, and call `ejwt_nonce_issue`.
#[repr(C)]
#[derive(Debug)]
pub struct ejwt_nonce {
    private_words: [u64; EJWT_NONCE_WORDS],
}

impl Opaque for ejwt_nonce {
    type Value<'a> = Nonce;
    const MARK: u32 = 0x6a77_7436;
}

/// Memory that keeps facts through a power cut. The functions must not call the library with the same
/// structs, and must return.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ejwt_store {
    /// The first argument of each function. May be NULL.
    pub context: *mut c_void,
    /// Stores a fact, `EJWT_FACT_LEN` bytes. Returns `EJWT_OK` only when `read` will return the fact after
    /// every later restart. Returns any other number if the fact could not be stored. Not NULL.
    pub append: Option<unsafe extern "C" fn(context: *mut c_void, fact: *const u8) -> ejwt_code>,
    /// Reads the fact with this `index`, counted from 0, into `fact`, `EJWT_FACT_LEN` bytes. Returns
    /// `EJWT_OK`, or `EJWT_END` if there is no such fact. Returns any other number if the memory cannot be
    /// read. The facts may be in any order, and a fact may occur several times. Not NULL.
    pub read: Option<
        unsafe extern "C" fn(context: *mut c_void, index: usize, fact: *mut u8) -> ejwt_code,
    >,
}

impl fmt::Debug for ejwt_store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ejwt_store").finish_non_exhaustive()
    }
}

/// A store of the caller, as the guard sees it.
struct FactStore<'a>(&'a ejwt_store);

impl Store for FactStore<'_> {
    type Error = Refused;

    fn append(&mut self, fact: &Fact) -> Result<(), Refused> {
        let append = self.0.append.ok_or(Refused(EJWT_NULL_POINTER))?;
        let bytes = fact.to_bytes();
        // SAFETY: the bytes have the documented length, and the function has to keep the rules of the
        // header.
        match unsafe { append(self.0.context, bytes.as_ptr()) } {
            EJWT_OK => Ok(()),
            _ => Err(Refused(EJWT_STORE_FAILED)),
        }
    }

    fn facts(&mut self, mut each: impl FnMut(&Fact)) -> Result<(), Refused> {
        let read = self.0.read.ok_or(Refused(EJWT_NULL_POINTER))?;
        for index in 0..EJWT_MAX_FACTS {
            let mut bytes = [0; Fact::LEN];
            // SAFETY: the bytes have the documented length, and the function has to keep the rules of
            // the header.
            match unsafe { read(self.0.context, index, bytes.as_mut_ptr()) } {
                EJWT_OK => {}
                EJWT_END => return Ok(()),
                _ => return Err(Refused(EJWT_STORE_FAILED)),
            }
            // Bytes of another version do not tell which tokens were used.
            let fact = Fact::from_bytes(&bytes).ok_or(Refused(EJWT_STORE_FAILED))?;
            each(&fact);
        }
        Err(Refused(EJWT_STORE_FAILED))
    }
}

/// The replay guard for a verification, and how it identifies a token. Set the members that the device
/// needs. The others are zero.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ejwt_once {
    /// The guard. Not NULL.
    pub guard: *mut ejwt_guard,
    /// The store of the guard. Not NULL.
    pub store: *const ejwt_store,
    /// The name of the claim with the number of a command, a whole number that grows with each token of an
    /// issuer. If it is NULL, `jti` identifies a token. Then the claims `jti` and `exp` are required.
    pub counter: *const c_char,
    /// The nonce that the token has to carry, or NULL.
    pub nonce: *mut ejwt_nonce,
    /// The present in ticks since the start of the device. Only used with a nonce.
    pub nonce_now: u64,
    /// The number of ticks for which the nonce is valid. Only used with a nonce.
    pub nonce_lifetime: u64,
}

/// Returns the number of a command.
fn number(value: Option<Value<'_>>) -> Result<u64, Refused> {
    match value {
        None => Err(Refused(EJWT_ABSENT)),
        Some(Value::Null) => Err(Refused(EJWT_NULL_VALUE)),
        Some(value) => value.as_u64().ok_or(Refused(EJWT_WRONG_TYPE)),
    }
}

unsafe fn verify_once(
    verifier: *const ejwt_verifier,
    time: ejwt_time,
    (token, token_len): (*mut u8, usize),
    once: *const ejwt_once,
    out: *mut ejwt_token,
) -> Result<(), Refused> {
    let written = [token_area(token, token_len)?, Area::of(out, 1)?];
    // SAFETY: the caller keeps the rules of the header.
    let once: &ejwt_once = unsafe { Memory::new(&written)?.one(once) }?;
    let [for_token, for_out] = written;
    let for_guard = Area::of(once.guard, 1)?;
    let written = [
        for_token,
        for_out,
        for_guard,
        Area::of_optional(once.nonce)?,
    ];
    let memory = Memory::new(&written)?;
    // `once` is checked again, now that all areas are known.
    memory.check(Area::of(once, 1)?)?;
    let time = time.read()?;
    // SAFETY: the caller keeps the rules of the header.
    let store: &ejwt_store = unsafe { memory.one(once.store) }?;
    if store.append.is_none() {
        return Err(Refused(EJWT_NULL_POINTER));
    }
    // SAFETY: the caller keeps the rules of the header.
    let counter = unsafe { memory.text(once.counter) }?;
    // SAFETY: an area of this call.
    let guard = unsafe { filled_mut(once.guard) }?;
    let nonce = if once.nonce.is_null() {
        None
    } else {
        // SAFETY: an area of this call.
        Some(unsafe { filled_mut(once.nonce) }?)
    };
    // SAFETY: an area of this call.
    let token = unsafe { slice::from_raw_parts_mut(token, token_len) };
    // SAFETY: the caller keeps the rules of the header.
    let accepted = unsafe {
        with(&memory, verifier, |verifier, keys, hook| {
            let token = verifier.verify_in_place_with(hook, token, time)?;
            let accepted = Accepted::new(&token, keys);
            let number = counter.map(|name| number(token.claims().get(name)));
            let candidate: Candidate<'_, '_, '_> = match nonce {
                Some(nonce) => nonce.redeem(token, once.nonce_now, once.nonce_lifetime)?,
                None => token.into(),
            };
            let permit = match number {
                Some(number) => guard.check_counter(candidate, number?, time)?,
                None => guard.check(candidate, time)?,
            };
            // This is the last step: nothing may reject the token after it is stored as used.
            _ = permit.commit(&mut FactStore(store))?;
            Ok(accepted)
        })
    }?;
    // SAFETY: an area of this call.
    unsafe { fill(out, accepted) }
    Ok(())
}

/// Verifies a token in place as `ejwt_verify_in_place` does, checks that it was not used before, and
/// stores that it is used. One code is the verdict on all steps. `EJWT_OK` fills `*out`. Every other code
/// leaves `*out` and the guard unchanged. After `EJWT_STORE_FAILED`, the token may be stored as used.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_verify_once(
    verifier: *const ejwt_verifier,
    time: ejwt_time,
    token: *mut u8,
    token_len: usize,
    once: *const ejwt_once,
    out: *mut ejwt_token,
) -> ejwt_code {
    // SAFETY: the caller keeps the rules of the header.
    verdict(unsafe { verify_once(verifier, time, (token, token_len), once, out) })
}

/// Makes a closed guard. `build_time` is the time of the firmware's build in seconds since 1970, and the
/// first time floor. `largest_step` is the maximum number of seconds by which one token without a nonce
/// raises the time floor. 0 means 30 days. `flags` is `EJWT_GUARD_ACCEPT_REORDERED` or 0.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_guard_init(
    guard: *mut ejwt_guard,
    build_time: u64,
    largest_step: u64,
    flags: u32,
) -> ejwt_code {
    let init = || {
        Area::of(guard, 1)?;
        let mut made = Guard::new(build_time);
        if largest_step != 0 {
            made = made.largest_step(largest_step);
        }
        made = match flags {
            0 => made,
            EJWT_GUARD_ACCEPT_REORDERED => made.accept_reordered(),
            _ => return Err(Refused(EJWT_INVALID_VALUE)),
        };
        // SAFETY: checked above; the caller keeps the rules of the header.
        unsafe { fill(guard, made) }
        Ok(())
    };
    verdict(init())
}

/// Calls `work` with a guard and its store.
unsafe fn with_store(
    guard: *mut ejwt_guard,
    store: *const ejwt_store,
    work: impl FnOnce(&mut Guard, &mut FactStore<'_>) -> Result<(), Refused>,
) -> ejwt_code {
    let call = || {
        let written = [Area::of(guard, 1)?];
        let memory = Memory::new(&written)?;
        // SAFETY: the caller keeps the rules of the header.
        let store: &ejwt_store = unsafe { memory.one(store) }?;
        // SAFETY: an area of this call.
        work(unsafe { filled_mut(guard) }?, &mut FactStore(store))
    };
    verdict(call())
}

/// Reads the facts of the store after a restart, before the first token. After `EJWT_OK`, the guard is
/// open. After `EJWT_STORE_EMPTY`, `EJWT_STORE_TOO_FULL` or `EJWT_STORE_FAILED`, it is closed.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_guard_restore(
    guard: *mut ejwt_guard,
    store: *const ejwt_store,
) -> ejwt_code {
    let restore = |guard: &mut Guard, store: &mut FactStore<'_>| match guard.restore(store)? {
        Restored::Open => Ok(()),
        Restored::Nothing => Err(Refused(EJWT_STORE_EMPTY)),
        Restored::Full => Err(Refused(EJWT_STORE_TOO_FULL)),
    };
    // SAFETY: the caller keeps the rules of the header.
    unsafe { with_store(guard, store, restore) }
}

/// Opens the guard of a new device, and stores that it is open. Call it only in the factory: on a device
/// that has lost its memory, every old token would be accepted again.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_guard_provision(
    guard: *mut ejwt_guard,
    store: *const ejwt_store,
) -> ejwt_code {
    // SAFETY: the caller keeps the rules of the header.
    unsafe { with_store(guard, store, |guard, store| guard.provision(store)) }
}

/// Returns what the guard knows about the time: the present is not before its time floor. On a device
/// without a clock, pass the result to the verification. For a guard that is not initialised, the time is
/// unknown.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ejwt_guard_time(guard: *const ejwt_guard) -> ejwt_time {
    let memory = Memory::new(&[]);
    // SAFETY: the caller keeps the rules of the header.
    let guard = memory.and_then(|memory| unsafe { filled(&memory, guard) });
    let (kind, seconds) = match guard.map(Guard::time) {
        Ok(Time::AtLeast(seconds)) => (EJWT_TIME_AT_LEAST, seconds),
        _ => (0, 0),
    };
    ejwt_time { kind, seconds }
}

/// Returns whether the guard accepts tokens without a nonce.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ejwt_guard_is_open(guard: *const ejwt_guard) -> bool {
    let memory = Memory::new(&[]);
    // SAFETY: the caller keeps the rules of the header.
    let guard = memory.and_then(|memory| unsafe { filled(&memory, guard) });
    guard.is_ok_and(Guard::is_open)
}

/// The caller's source of randomness.
struct Random {
    function: unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> ejwt_code,
    context: *mut c_void,
}

/// The error of a source of randomness that failed.
#[derive(Debug)]
struct NoRandomness;

impl fmt::Display for NoRandomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the source of randomness failed")
    }
}

impl core::error::Error for NoRandomness {}

impl TryRng for Random {
    type Error = NoRandomness;

    fn try_next_u32(&mut self) -> Result<u32, NoRandomness> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_ne_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, NoRandomness> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_ne_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        // SAFETY: pointer and length are those of a slice, and the function has to keep the rules of the
        // header.
        match unsafe { (self.function)(self.context, bytes.as_mut_ptr(), bytes.len()) } {
            EJWT_OK => Ok(()),
            _ => Err(NoRandomness),
        }
    }
}

impl TryCryptoRng for Random {}

/// Issues a new nonce: writes 43 characters of base64url and a NUL to `text`, which has `EJWT_NONCE_LEN`
/// bytes. `now` is the present in ticks since the start of the device. A nonce that was issued before is no
/// longer valid.
///
/// `random` fills `len` bytes with cryptographically secure randomness and returns `EJWT_OK`. It returns
/// any other number if it failed.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn ejwt_nonce_issue(
    nonce: *mut ejwt_nonce,
    random: Option<
        unsafe extern "C" fn(context: *mut c_void, bytes: *mut u8, len: usize) -> ejwt_code,
    >,
    context: *mut c_void,
    now: u64,
    text: *mut c_char,
) -> ejwt_code {
    let issue = || {
        let written = [Area::of(nonce, 1)?, Area::of(text, EJWT_NONCE_LEN)?];
        Memory::new(&written)?;
        let function = random.ok_or(Refused(EJWT_NULL_POINTER))?;
        let mut made = Nonce::new();
        let mut random = Random { function, context };
        let characters = made.issue(&mut random, now)?.bytes().chain([0]);
        for (at, byte) in characters.take(EJWT_NONCE_LEN).enumerate() {
            // SAFETY: checked above, and `at` is less than the length.
            unsafe { put(text.cast::<u8>().wrapping_add(at), byte) }
        }
        // SAFETY: checked above.
        unsafe { fill(nonce, made) }
        Ok(())
    };
    verdict(issue())
}
