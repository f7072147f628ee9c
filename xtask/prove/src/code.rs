//! A piece of code, twice: recorded, and as it runs.

use crate::{
    model::{Model, Refusal},
    tape::Tape,
};

pub(crate) struct Code {
    pub(crate) name: &'static str,
    pub(crate) width: u32,
    pub(crate) words: usize,
    pub(crate) bits: usize,
    /// One for each way through it.
    pub(crate) tapes: Vec<Tape>,
    /// With these words, and bits behind them.
    pub(crate) run: fn(&[u64]) -> Vec<u64>,
}

impl Code {
    /// What the tapes come to with these numbers: of the ways, they go one.
    pub(crate) fn replay(tapes: &[Tape], numbers: &[u64]) -> Option<Vec<u64>> {
        let mut taken = tapes
            .iter()
            .filter_map(|tape| match Model::new(tape, Some(numbers)) {
                Err(Refusal::OtherWay) => None,
                result => Some(result.ok().and_then(|model| outputs(tape, &model))),
            });
        match (taken.next(), taken.next()) {
            (Some(outputs), None) => outputs,
            _ => None,
        }
    }

    /// Whether the model and the code agree on these numbers.
    pub(crate) fn agrees(&self, numbers: &[u64]) -> bool {
        Self::replay(&self.tapes, numbers) == Some((self.run)(numbers))
    }
}

fn outputs(tape: &Tape, model: &Model) -> Option<Vec<u64>> {
    let outputs = tape.outputs.iter().map(|wire| {
        let value = model.value(*wire).ok()?.polynomial.as_constant()?;
        u64::try_from(value).ok()
    });
    outputs.collect()
}

/// Code over words `w` and bits `b`, in terms of `L`, a word, `B`, a bit, and `C`, a column.
macro_rules! code {
    ($width:literal $word:ident, $name:expr, $words:literal + $bits:literal, |$w:ident, $b:ident| $code:expr) => {{
        mod recorded {
            #![allow(unused, reason = "not all code has columns, words and bits")]
            use super::*;
            pub(super) type L = $crate::recorder::Recorded<$width>;
            type C = $crate::recorder::Sum;
            pub(super) fn code($w: &[L], $b: &[$crate::recorder::Bit]) -> Option<Vec<L>> {
                $code
            }
        }
        mod native {
            #![allow(unused, reason = "not all code has columns, words and bits")]
            use super::*;
            type L = $word;
            type C = i64;
            fn code($w: &[L], $b: &[bool]) -> Option<Vec<L>> {
                $code
            }
            pub(super) fn run(numbers: &[u64]) -> Vec<u64> {
                let (words, bits) = numbers.split_at_checked($words).unwrap_or_default();
                let words: Vec<_> = words.iter().map(|word| L::constant(*word)).collect();
                let bits: Vec<_> = bits.iter().map(|bit| *bit == 1).collect();
                let outputs = code(&words, &bits).unwrap_or_default();
                outputs.into_iter().map(u64::from).collect()
            }
        }
        $crate::code::Code {
            name: $name,
            width: $width,
            words: $words,
            bits: $bits,
            tapes: $crate::recorder::record(recorded::code, $words, $bits),
            run: native::run,
        }
    }};
}
pub(crate) use code;
