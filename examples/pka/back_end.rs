//! The driver of the accelerator, and the back-end that waits for it.
//!
//! `Crypto` is synchronous, so this back-end waits, with a limit. On a device the loop sleeps
//! (`wfi`) between two looks, with the accelerator's interrupt enabled.

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

/// The reason why the hardware has no verdict. The sender of a token sees an ordinary rejection.
/// The owner needs the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Another computation is running.
    Busy,
    /// The computation did not end within the limit. The accelerator was reset.
    TimedOut,
    /// The accelerator reports an error, with this status.
    Failed(u32),
    /// The verdict is neither of the two valid words, or contradicts the computed r.
    Implausible(u32),
}

/// A question to the accelerator: is `signature` valid for the key with these coordinates and the
/// message with this digest?
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
    /// How often the status is read before the driver gives up. A product counts microseconds.
    pub(crate) limit: u32,
    /// The reason why the last verification has no verdict. `None` if it has one.
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
        // This check comes before the first write, which would disturb a running computation.
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

    /// Keeps the cause for the owner. The caller gets only a verdict.
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

/// The back-end. The software computes the hash. A device with a hash unit implements `es256`
/// instead.
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

/// A running verification. When it is dropped, finished or not, the accelerator is reset. So an
/// abandoned verification does not block others.
#[derive(Debug)]
pub(crate) struct Computation<'p> {
    registers: &'p mut Peripheral,
    signature: [u8; 64],
    looks_left: u32,
}

impl Computation<'_> {
    /// Checks once whether there is a verdict.
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

    /// Returns the verdict. A single glitch must not make a forgery valid. So the verdict has to be
    /// one of two words, and the computed r has to agree with it. Only the whole computation yields
    /// the right r.
    fn verdict(&mut self) -> Result<bool, Cause> {
        let agrees = words(&self.signature)
            // r is the first half of the signature. The words are in reverse order, so it comes
            // last.
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

/// For firmware with an executor. There, the interrupt of the accelerator wakes the task.
impl Future for Computation<'_> {
    type Output = Result<bool, Cause>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let verdict = self.look();
        if verdict.is_pending() {
            // The mock has no interrupt, so the task is polled again at once.
            context.waker().wake_by_ref();
        }
        verdict
    }
}

/// Returns the words of a big-endian number, least significant first.
fn words(number: &[u8]) -> impl Iterator<Item = u32> {
    number.rchunks(4).map(|bytes| {
        bytes
            .iter()
            .fold(0, |word, byte| word << 8 | u32::from(*byte))
    })
}
