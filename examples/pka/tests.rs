//! Genuine and forged tokens with working and broken hardware, both waiting and awaiting.

use super::*;
use crate::{
    back_end::Cause,
    peripheral::{INVALID, MEMORY_ERROR},
};

/// Verifies by waiting and by awaiting. Both must have the same result.
fn both(pka: &mut Pka, token: &[u8]) -> (Result<(), Error>, Option<Cause>) {
    let verifier = Verifier::new(&KEYS, &POLICY);
    let mut buffer = [0; 512];
    let waited = verifier
        .verify_with(pka, token, BEFORE_EXPIRY, &mut buffer)
        .map(drop);
    let waited = (waited, pka.cause.take());
    let (awaited, _) = block_on(asynchronous::verify(
        pka,
        verifier,
        token,
        BEFORE_EXPIRY,
        &mut buffer,
    ));
    let awaited = (awaited.map(drop), pka.cause);
    assert_eq!(waited, awaited);
    waited
}

#[test]
fn genuine_is_accepted_and_forged_refused() {
    let mut pka = Pka::new(LIMIT);
    let refused = Err(Error::InvalidSignature);
    assert_eq!(both(&mut pka, TOKEN), (Ok(()), None));
    // Rejected because it is forged: the hardware works.
    assert_eq!(both(&mut pka, FORGED), (refused, None));
    assert_eq!(both(&mut pka, TOKEN), (Ok(()), None));
    assert_eq!(pka.registers.starts, 6);
}

#[test]
fn faults_refuse_and_leave_their_cause() {
    let failed = Cause::Failed(MEMORY_ERROR);
    for (fault, token, cause) in [
        (Fault::Stuck, TOKEN, Cause::TimedOut),
        (Fault::Memory, TOKEN, failed),
        (Fault::Memory, FORGED, failed),
        (Fault::Verdict(0), TOKEN, Cause::Implausible(0)),
        (
            Fault::Verdict(u32::MAX),
            FORGED,
            Cause::Implausible(u32::MAX),
        ),
        // A glitch that produces exactly one of the two valid words: r reveals it.
        (Fault::Verdict(VALID), FORGED, Cause::Implausible(VALID)),
        (Fault::Verdict(INVALID), TOKEN, Cause::Implausible(INVALID)),
    ] {
        let mut pka = Pka::new(LIMIT);
        pka.registers.fault = fault;
        let refused = Err(Error::InvalidSignature);
        assert_eq!(both(&mut pka, token), (refused, Some(cause)), "{fault:?}");
        // The fault has no effect after the hardware works again.
        pka.registers.fault = Fault::None;
        assert_eq!(both(&mut pka, TOKEN), (Ok(()), None), "{fault:?}");
    }
}

#[test]
fn limit_is_a_number_of_looks() {
    for (limit, expected) in [
        (DURATION, (Ok(()), None)),
        (
            DURATION / 2,
            (Err(Error::InvalidSignature), Some(Cause::TimedOut)),
        ),
        (0, (Err(Error::InvalidSignature), Some(Cause::TimedOut))),
    ] {
        assert_eq!(both(&mut Pka::new(limit), TOKEN), expected, "{limit}");
    }
}

#[test]
fn busy_for_somebody_else() {
    let mut pka = Pka::new(LIMIT);
    pka.registers
        .write(peripheral::CONTROL, peripheral::ENABLE | peripheral::START);
    let refused = Err(Error::InvalidSignature);
    assert_eq!(both(&mut pka, TOKEN), (refused, Some(Cause::Busy)));
    assert_eq!(pka.registers.starts, 1, "the other computation goes on");
}

#[test]
fn what_is_wrong_before_the_signature_never_starts_it() {
    let mut pka = Pka::new(LIMIT);
    let rest = TOKEN
        .strip_prefix(b"eyJhbGciOiJFUzI1NiJ9")
        .unwrap_or_default();
    let other_algorithm = [b"eyJhbGciOiJIUzI1NiJ9", rest].concat();
    assert_eq!(
        both(&mut pka, &other_algorithm),
        (Err(Error::AlgMismatch), None)
    );
    assert_eq!(both(&mut pka, b"x"), (Err(Error::NotThreeSegments), None));
    assert_eq!(pka.registers.starts, 0);
}

/// Cancels a task while the hardware computes for it.
#[test]
fn abandoned_computation_blocks_nobody() {
    let mut pka = Pka::new(LIMIT);
    let mut buffer = [0; 512];
    {
        let verifier = Verifier::new(&KEYS, &POLICY);
        let task = asynchronous::verify(&mut pka, verifier, TOKEN, BEFORE_EXPIRY, &mut buffer);
        let mut context = Context::from_waker(Waker::noop());
        assert!(pin!(task).poll(&mut context).is_pending());
    }
    assert_eq!(both(&mut pka, TOKEN), (Ok(()), None));
}

/// RFC 6979 appendix A.2.5.
static OTHER_KEY: [u8; 65] = *b"\x04\
    \x60\xfe\xd4\xba\x25\x5a\x9d\x31\xc9\x61\xeb\x74\xc6\x35\x6d\x68\
    \xc0\x49\xb8\x92\x3b\x61\xfa\x6c\xe6\x69\x62\x2e\x60\xf2\x9f\xb6\
    \x79\x03\xfe\x10\x08\xb8\xbc\x99\xa4\x1a\xe9\xe9\x56\x28\xbc\x64\
    \xf2\xf1\xb2\x0c\x2d\x7e\x9f\x51\x77\xa3\xc2\x94\xd4\x46\x22\x99";

/// Verifies with the second of two keys that fit the header.
#[test]
fn each_candidate_is_asked_about() {
    let (mut pka, mut buffer) = (Pka::new(LIMIT), [0; 512]);
    let keys = [const_key!(Key::es256(&OTHER_KEY)), KEYS[0]];
    let verifier = Verifier::new(&keys, &POLICY);
    let task = asynchronous::verify(&mut pka, verifier, TOKEN, BEFORE_EXPIRY, &mut buffer);
    assert!(block_on(task).0.is_ok());
    assert_eq!(pka.registers.starts, 2);
}
