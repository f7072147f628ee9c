//! Faults that are planted, one at a time: the proof has to fail.
//!
//! Some change nothing: the last carry of a square is zero, and a borrow that nobody reads may be anything. There the proof
//! holds, and so must the result, on every number that is tried. A fault that is accepted and changes a result would be
//! a fault of the prover.

use crate::{
    claims::Claim,
    code::Code,
    model::{Model, Refusal},
    numbers::Numbers,
    tape::{Fault, Tape},
};

/// How many inputs are tried with each fault.
const INPUTS: usize = 64;

/// What became of the faults of one kind.
#[derive(Clone, Copy, Default)]
pub(crate) struct Count {
    /// The proof fails.
    pub(crate) noticed: usize,
    /// And an input was found whose result is wrong.
    pub(crate) shown: usize,
    /// The proof holds, and every result is right.
    pub(crate) harmless: usize,
    /// The proof holds, and some result is wrong.
    pub(crate) missed: usize,
}

impl Count {
    pub(crate) fn all(self) -> usize {
        self.noticed
            .saturating_add(self.harmless)
            .saturating_add(self.missed)
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            noticed: self.noticed.saturating_add(other.noticed),
            shown: self.shown.saturating_add(other.shown),
            harmless: self.harmless.saturating_add(other.harmless),
            missed: self.missed.saturating_add(other.missed),
        }
    }
}

/// The kinds: carries, operands, signs, bits of constants, branches.
pub(crate) type Counts = [Count; 5];

fn kind(fault: Fault) -> usize {
    match fault {
        Fault::Carry => 0,
        Fault::Operand(_) => 1,
        Fault::Sign => 2,
        Fault::Constant(_) => 3,
        Fault::Branch => 4,
    }
}

/// Proves the claim of every way.
pub(crate) fn prove(claim: Claim, tapes: &[Tape]) -> Result<(), Refusal> {
    for tape in tapes {
        match Model::new(tape, None) {
            Ok(model) => claim.check(tape, &model)?,
            // No input goes this way.
            Err(Refusal::OtherWay) => (),
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(())
}

/// Plants every fault, one after the other.
pub(crate) fn plant(claim: Claim, code: &Code, numbers: &mut Numbers) -> Counts {
    let inputs: Vec<_> = (0..INPUTS).map(|_| numbers.inputs(code, claim)).collect();
    let inputs: Vec<_> = inputs
        .into_iter()
        .map(|inputs| {
            let right = (code.run)(&inputs);
            (inputs, right)
        })
        .collect();
    let mut counts = Counts::default();
    for (way, tape) in code.tapes.iter().enumerate() {
        for (place, step) in tape.steps.iter().enumerate() {
            let before = code.tapes.get(..way).unwrap_or_default();
            if before.iter().any(|other| shares(other, tape, place)) {
                // The same line of the code; it had its faults already.
                continue;
            }
            for fault in tape.faults(step) {
                let faulty: Vec<_> = code
                    .tapes
                    .iter()
                    .map(|other| {
                        if shares(other, tape, place) {
                            other.with(fault, place)
                        } else {
                            other.clone()
                        }
                    })
                    .collect();
                let is_noticed = prove(claim, &faulty).is_err();
                let is_right = |(inputs, right): &(Vec<u64>, Vec<u64>)| {
                    Code::replay(&faulty, inputs).as_ref() == Some(right)
                };
                let are_right = inputs.iter().all(is_right);
                let one = Count {
                    noticed: is_noticed.into(),
                    shown: (is_noticed && !are_right).into(),
                    harmless: (!is_noticed && are_right).into(),
                    missed: (!is_noticed && !are_right).into(),
                };
                if let Some(count) = counts.get_mut(kind(fault)) {
                    *count = count.plus(one);
                }
            }
        }
    }
    counts
}

/// Whether both ways do the same up to the step at `place`; then that step is one and the same line of the code. A branch is
/// one line, whichever way it goes.
fn shares(tape: &Tape, other: &Tape, place: usize) -> bool {
    let same =
        tape.steps.get(..place).is_some() && tape.steps.get(..place) == other.steps.get(..place);
    let step = |tape: &Tape| {
        let step = tape.steps.get(place)?;
        Some((
            step.operands.clone(),
            std::mem::discriminant(&step.operation),
        ))
    };
    same && step(tape) == step(other)
}
