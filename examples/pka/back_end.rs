//! The driver of the accelerator, and the back-end that waits for it.
//!
//! `Crypto` is synchronous, so what it gets here is a wait with an end. On a device the loop sleeps (`wfi`) between two
//! looks, with the accelerator's interrupt enabled.

use core::{
    hint,
    pin::Pin,
    task::{Context, Poll},
};

use embedded_jwt::crypto::{Crypto, InvalidSignature, PublicKey};

use crate::peripheral::{
    BUSY, COMPUTED_R, CONTROL, DIGEST, DONE, ENABLE, INVALID, KEY_X, KEY_Y, Peripheral, R, S,
    START, STATUS, VALID, VERDICT,
};

/// Why the hardware has no verdict. To the sender of a token it is a refusal like another; the owner has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Somebody else's computation is running.
    Busy,
    /// It did not come to an end within the limit; it was reset.
    TimedOut,
    /// It reports an error, by this status.
    Failed(u32),
    /// What it says is no verdict, or contradicts what it computed.
    Implausible(u32),
}

/// What it is asked: is `signature` by the key with these coordinates over the message with this digest?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) x: [u8; 32],
    pub(crate) y: [u8; 32],
    pub(crate) digest: [u8; 32],
    pub(crate) signature: [u8; 64],
}

impl Question {
    pub(crate) fn new(key: PublicKey<'_>, digest: &[u8; 32], signature: &[u8; 64]) -> Self {
        Self {
            x: *key.x(),
            y: *key.y(),
            digest: *digest,
            signature: *signature,
        }
    }
}

/// The accelerator and its driver.
#[derive(Debug)]
pub(crate) struct Pka {
    pub(crate) registers: Peripheral,
    /// How often it is looked at before it is given up; a product counts microseconds.
    pub(crate) limit: u32,
    /// Why the last verification has no verdict, where it has none.
    pub(crate) cause: Option<Cause>,
}

impl Pka {
    pub(crate) const fn new(limit: u32) -> Self {
        Self {
            registers: Peripheral::new(),
            limit,
            cause: None,
        }
    }

    /// Starts a verification.
    pub(crate) fn start(&mut self, question: &Question) -> Result<Computation<'_>, Cause> {
        let registers = &mut self.registers;
        // Before the first write: to disturb another's computation would spoil both.
        if registers.read(STATUS) & BUSY != 0 {
            return Err(Cause::Busy);
        }
        registers.write(CONTROL, ENABLE);
        let (r, s) = question.signature.split_at(32);
        let operands: [(usize, &[u8]); 5] = [
            (KEY_X, &question.x),
            (KEY_Y, &question.y),
            (DIGEST, &question.digest),
            (R, r),
            (S, s),
        ];
        for (base, number) in operands {
            for (offset, word) in (base..).zip(words(number)) {
                registers.write(offset, word);
            }
        }
        registers.write(CONTROL, ENABLE | START);
        Ok(Computation {
            registers,
            signature: question.signature,
            looks_left: self.limit,
        })
    }

    fn wait(&mut self, question: &Question) -> Result<bool, Cause> {
        let mut computation = self.start(question)?;
        loop {
            if let Poll::Ready(verdict) = computation.look() {
                return verdict;
            }
            hint::spin_loop();
        }
    }

    /// Keeps the cause for the owner; everybody else gets a verdict.
    pub(crate) fn keep_cause(
        &mut self,
        verdict: Result<bool, Cause>,
    ) -> Result<(), InvalidSignature> {
        self.cause = verdict.err();
        match verdict {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(InvalidSignature),
        }
    }
}

/// The back-end. Hashing is left to the software; a device with a hash unit implements `es256` instead.
impl Crypto for Pka {
    fn es256_digest(
        &mut self,
        key: PublicKey<'_>,
        digest: &[u8; 32],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        let verdict = self.wait(&Question::new(key, digest, signature));
        self.keep_cause(verdict)
    }
}

/// A verification that is running. Dropped at any time, finished or not, it leaves the accelerator reset, so that an
/// abandoned one blocks nobody.
#[derive(Debug)]
pub(crate) struct Computation<'p> {
    registers: &'p mut Peripheral,
    signature: [u8; 64],
    looks_left: u32,
}

impl Computation<'_> {
    /// Looks once whether there is a verdict.
    fn look(&mut self) -> Poll<Result<bool, Cause>> {
        let status = self.registers.read(STATUS);
        if status & BUSY != 0 {
            let Some(left) = self.looks_left.checked_sub(1) else {
                return Poll::Ready(Err(Cause::TimedOut));
            };
            self.looks_left = left;
            return Poll::Pending;
        }
        if status != DONE {
            return Poll::Ready(Err(Cause::Failed(status)));
        }
        Poll::Ready(self.verdict())
    }

    /// A single glitch must not make a forgery good: the word has to be one of two, and r, which only the whole
    /// computation brings forth, has to agree with it.
    fn verdict(&mut self) -> Result<bool, Cause> {
        let agrees = words(&self.signature)
            // The first half of the signature, but its words come last.
            .skip(8)
            .zip(COMPUTED_R..)
            .all(|(word, offset)| self.registers.read(offset) == word);
        match (self.registers.read(VERDICT), agrees) {
            (VALID, true) => Ok(true),
            (INVALID, false) => Ok(false),
            (word, _) => Err(Cause::Implausible(word)),
        }
    }
}

impl Drop for Computation<'_> {
    fn drop(&mut self) {
        self.registers.write(CONTROL, 0);
    }
}

/// For firmware with an executor: there, the interrupt of the accelerator wakes the task.
impl Future for Computation<'_> {
    type Output = Result<bool, Cause>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let verdict = self.look();
        if verdict.is_pending() {
            // The mock has no interrupt: ask again.
            context.waker().wake_by_ref();
        }
        verdict
    }
}

/// A big-endian number as words, least significant first.
fn words(number: &[u8]) -> impl Iterator<Item = u32> {
    number.rchunks(4).map(|bytes| {
        bytes
            .iter()
            .fold(0, |word, byte| word << 8 | u32::from(*byte))
    })
}
