//! A mock of the accelerator: registers, and the mathematics, which `p256` does on the host.
//!
//! Firmware sees what real hardware shows: a control and a status register, memory for the
//! operands, and results after some time. Time passes when the status is read. The faults are for
//! the tests.

use p256::{
    ProjectivePoint, Scalar, U256,
    ecdsa::{Signature, VerifyingKey},
    elliptic_curve::{
        ops::{MulByGeneratorVartime as _, Reduce as _},
        point::AffineCoordinates as _,
    },
};

/// Word offsets of the registers.
pub(crate) const CONTROL: usize = 0;
pub(crate) const STATUS: usize = 1;
/// Word offset of the public key's x. This and the following operands are numbers of 8 words, least
/// significant first.
pub(crate) const KEY_X: usize = 8;
pub(crate) const KEY_Y: usize = 16;
pub(crate) const DIGEST: usize = 24;
pub(crate) const R: usize = 32;
pub(crate) const S: usize = 40;
/// Word offset of the result r, computed from the operands.
pub(crate) const COMPUTED_R: usize = 48;
/// Word offset of the verdict, one word.
pub(crate) const VERDICT: usize = 56;
const WORDS: usize = 57;

/// Bits of the control register. Without `ENABLE`, the accelerator is reset and drops its
/// computation.
pub(crate) const ENABLE: u32 = 1;
pub(crate) const START: u32 = 1 << 1;
/// Bits of the status register.
pub(crate) const BUSY: u32 = 1;
pub(crate) const DONE: u32 = 1 << 1;
pub(crate) const MEMORY_ERROR: u32 = 1 << 2;
/// Values of the verdict. They differ in many bits from each other and from erased or stuck memory.
pub(crate) const VALID: u32 = 0xd60d_5a96;
pub(crate) const INVALID: u32 = 0xa3b7_c1e5;

/// The duration of a verification, in reads of the status.
pub(crate) const DURATION: u32 = 1000;

/// A fault of the hardware.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fault {
    #[default]
    None,
    /// The computation never ends.
    Stuck,
    /// The accelerator finds a parity error in its memory.
    Memory,
    /// The verdict is replaced with this word.
    Verdict(u32),
}

/// The accelerator.
#[derive(Debug)]
pub(crate) struct Peripheral {
    words: [u32; WORDS],
    /// The number of reads of the status until the computation is done.
    left: u32,
    /// The fault to simulate, for the tests.
    pub(crate) fault: Fault,
    pub(crate) starts: u32,
}

impl Peripheral {
    pub(crate) const fn new() -> Self {
        Self {
            words: [0; WORDS],
            left: 0,
            fault: Fault::None,
            starts: 0,
        }
    }

    /// Reads a register.
    pub(crate) fn read(&mut self, offset: usize) -> u32 {
        if offset == STATUS && self.word(STATUS) & BUSY != 0 && self.fault != Fault::Stuck {
            self.left = self.left.saturating_sub(1);
            if self.left == 0 {
                self.finish();
            }
        }
        self.word(offset)
    }

    /// Writes a register.
    pub(crate) fn write(&mut self, offset: usize, word: u32) {
        self.set(offset, word);
        if offset != CONTROL {
            return;
        }
        if word & ENABLE == 0 {
            self.set(STATUS, 0);
        } else if word & START != 0 {
            self.starts = self.starts.saturating_add(1);
            self.left = DURATION;
            self.set(STATUS, BUSY);
            self.set(VERDICT, 0);
        }
    }

    fn finish(&mut self) {
        if self.fault == Fault::Memory {
            self.set(STATUS, MEMORY_ERROR);
            return;
        }
        let computed = self.compute().unwrap_or_default();
        let is_valid = computed == self.number(R);
        self.set_number(COMPUTED_R, computed);
        let verdict = match self.fault {
            Fault::Verdict(word) => word,
            _ if is_valid => VALID,
            _ => INVALID,
        };
        self.set(VERDICT, verdict);
        self.set(STATUS, DONE);
    }

    /// Computes the x coordinate of u1 G + u2 Q, modulo n (FIPS 186-5 section 6.4.2). Returns
    /// `None` for invalid operands.
    fn compute(&self) -> Option<[u8; 32]> {
        let mut point = [4; 65];
        point.get_mut(1..33)?.copy_from_slice(&self.number(KEY_X));
        point.get_mut(33..)?.copy_from_slice(&self.number(KEY_Y));
        let key = VerifyingKey::from_sec1_bytes(&point).ok()?;
        let signature = Signature::from_scalars(self.number(R), self.number(S)).ok()?;
        let (r, s) = signature.split_scalars();
        let digest = Scalar::reduce(&U256::from_be_slice(&self.number(DIGEST)));
        let inverse = s.invert_vartime().into_option()?;
        let (u1, u2) = (digest.multiply(&inverse), r.multiply(&inverse));
        let key = ProjectivePoint::from(*key.as_affine());
        let sum = ProjectivePoint::mul_by_generator_and_mul_add_vartime(&u1, &u2, &key);
        let x = Scalar::reduce(&U256::from_be_slice(&sum.to_affine().x()));
        Some(x.to_bytes().into())
    }

    fn word(&self, offset: usize) -> u32 {
        self.words.get(offset).copied().unwrap_or_default()
    }

    fn set(&mut self, offset: usize, word: u32) {
        if let Some(place) = self.words.get_mut(offset) {
            *place = word;
        }
    }

    /// Returns the number at `offset`, big-endian.
    fn number(&self, offset: usize) -> [u8; 32] {
        let mut bytes = [0; 32];
        let words = self.words.iter().skip(offset);
        for (bytes, word) in bytes.rchunks_mut(4).zip(words) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
        bytes
    }

    fn set_number(&mut self, offset: usize, number: [u8; 32]) {
        let words = self.words.iter_mut().skip(offset);
        for (word, bytes) in words.zip(number.rchunks(4)) {
            *word = bytes
                .iter()
                .fold(0, |word, byte| word << 8 | u32::from(*byte));
        }
    }
}
