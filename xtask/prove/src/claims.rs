//! What is claimed of a routine, and how it follows from its tape.
//!
//! W is 2^width, n words are a number below R = W^n = 2^256, and p is written here as FIPS 186-5 has it: it is not
//! taken from the code.

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_traits::{One as _, Zero as _};

use crate::{
    model::{Model, Range, Refusal, Value, power, unproved},
    polynomial::Polynomial,
    tape::{Tape, Wire},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// All words of `a b`.
    Product,
    /// All words of `a a`.
    Square,
    /// Both words of `a b + first + second`.
    MultiplyAdd,
    /// `a + b`, with the carry as a word more.
    Sum,
    /// `a - b + borrow R`, and the borrow.
    Difference,
    /// For t below p R: a number below 2p, the last bit as a word more, which times R is t modulo p.
    Reduced,
    /// For a number below 2p, with a bit more: it or p less, whichever is between 0 and p - 1.
    BelowP,
    /// For a number below p: one from 0 to p - 1 that doubled is the number, or p more.
    Halved,
    /// For a difference above -p and below p, with its borrow: it or p more, whichever is between 0 and p - 1.
    NotNegative,
}

/// 2^256.
pub(crate) fn r() -> BigInt {
    power(256)
}

/// The prime of the field.
pub(crate) fn p() -> BigInt {
    power(256) - power(224) + power(192) + power(96) - 1u32
}

/// What the claims, put together, need of p: a product of two elements may be reduced, a sum is below 2p.
pub(crate) fn fit_together() -> bool {
    let most = p() - 1u32;
    &most * &most < p() * r() && &most + &most < p() * 2u32
}

impl Claim {
    /// Proves it of one way through the routine.
    pub(crate) fn check(self, tape: &Tape, model: &Model) -> Result<(), Refusal> {
        let case = Case::new(tape, model)?;
        match self {
            Self::Product => case.equals(&case.first()?.product(&case.second()?)),
            Self::Square => case.equals(&case.first()?.product(&case.first()?)),
            Self::Sum => case.equals(&(case.first()? + &case.second()?)),
            Self::MultiplyAdd => match case.inputs.as_slice() {
                [a, b, first, second] => {
                    let product = a.polynomial.product(&b.polynomial);
                    case.equals(&(product + &first.polynomial + &second.polynomial))
                }
                _ => unproved("other inputs"),
            },
            Self::Difference => case.difference(),
            Self::Reduced => case.reduced(),
            Self::Halved => case.halved(),
            Self::BelowP | Self::NotNegative => case.between_0_and_p(self),
        }
    }
}

struct Case<'a> {
    tape: &'a Tape,
    model: &'a Model,
    inputs: Vec<Value>,
    outputs: Vec<Value>,
    /// Words of 256 bits.
    words: usize,
}

impl<'a> Case<'a> {
    fn new(tape: &'a Tape, model: &'a Model) -> Result<Self, Refusal> {
        let values = |wires: &[Wire]| -> Result<Vec<Value>, Refusal> {
            let values = wires.iter().map(|wire| model.value(*wire).cloned());
            values.collect()
        };
        let words = usize::try_from(256u32.div_euclid(tape.width.max(1))).unwrap_or(0);
        Ok(Self {
            tape,
            model,
            inputs: values(&tape.inputs)?,
            outputs: values(&tape.outputs)?,
            words,
        })
    }

    fn number(&self, words: &[Value]) -> Polynomial {
        let base = power(self.tape.width);
        words.iter().rev().fold(Polynomial::default(), |sum, word| {
            sum.times(&base) + &word.polynomial
        })
    }

    /// The first number of the inputs.
    fn first(&self) -> Result<Polynomial, Refusal> {
        match self.inputs.get(..self.words) {
            Some(words) => Ok(self.number(words)),
            None => unproved("other inputs"),
        }
    }

    fn second(&self) -> Result<Polynomial, Refusal> {
        match self.inputs.get(self.words..) {
            Some(words) if words.len() == self.words => Ok(self.number(words)),
            _ => unproved("other inputs"),
        }
    }

    /// The number that comes out, and what is behind it: a bit.
    fn number_and_bit(&self) -> Result<(Polynomial, &Polynomial), Refusal> {
        match self.outputs.split_at_checked(self.words) {
            Some((words, [bit])) => {
                self.are_words(words)?;
                Ok((self.number(words), &bit.polynomial))
            }
            _ => unproved("other outputs"),
        }
    }

    fn are_words(&self, values: &[Value]) -> Result<(), Refusal> {
        let range = self.model.word_range();
        if values.iter().any(|value| !value.range.is_within(&range)) {
            return unproved("not words");
        }
        Ok(())
    }

    /// The outputs are `expected`. They are words, so their number and `expected` lie both from 0 to below some power of W: if
    /// they differ by a multiple of that, they do not differ. What is carried beyond it is zero, then, and may be dropped.
    fn equals(&self, expected: &Polynomial) -> Result<(), Refusal> {
        self.are_words(&self.outputs)?;
        let end = (0..self.outputs.len()).fold(BigInt::one(), |end, _| end << self.tape.width);
        let range = self.model.range(expected);
        if !range.is_within(&Range::new(0, &end - 1u32)) {
            return unproved("there are too few words");
        }
        match (self.number(&self.outputs) - expected).divided(&end) {
            Some(_) => Ok(()),
            None => unproved("the words are not those of the result"),
        }
    }

    fn difference(&self) -> Result<(), Refusal> {
        let (number, borrow) = self.number_and_bit()?;
        if !self.model.range(borrow).is_within(&Range::new(0, 1)) {
            return unproved("the borrow is not a bit");
        }
        if number - &borrow.times(&r()) != self.first()? - &self.second()? {
            return unproved("the words are not those of the difference");
        }
        Ok(())
    }

    /// With m the integer for which `result R = t + m p`: it is found by division, and then written in words of the tape. So
    /// it is from 0 to R - 1, whatever the inputs are, and that bounds the result.
    fn reduced(&self) -> Result<(), Refusal> {
        let (number, bit) = self.number_and_bit()?;
        let result = number + &bit.times(&r());
        let t = self.number(&self.inputs);
        let Some(mut m) = (result.times(&r()) - &t).divided(&p()) else {
            return unproved("times R it is not t modulo p");
        };
        let base = power(self.tape.width);
        for _ in 0..self.words {
            let rest = self
                .model
                .words()
                .find_map(|word| (m.clone() - &word.polynomial).divided(&base));
            match rest {
                Some(rest) => m = rest,
                None => return unproved("m is not made of words"),
            }
        }
        if m != Polynomial::default() {
            return unproved("m is too long");
        }
        // t + m p is at least 0, and at most (p R - 1) + (R - 1) p.
        let most = (p() * r() - 1u32 + (r() - 1u32) * p()).div_floor(&r());
        if most >= p() * 2u32 {
            return unproved("it may be 2p");
        }
        // What is behind the words: at least (0 - (R - 1)) / R, rounded up, which is 0; at most
        let over = most.div_floor(&r());
        if over > BigInt::one() {
            return unproved("it may be longer by more than a bit");
        }
        Ok(())
    }

    /// Twice the result is the number and k times p, for a k that is 0 or 1. So it is at most (p - 1 + p) / 2 = p - 1, rounded
    /// down.
    fn halved(&self) -> Result<(), Refusal> {
        if self.outputs.len() != self.words {
            return unproved("other outputs");
        }
        self.are_words(&self.outputs)?;
        let excess = self.number(&self.outputs).times(&2.into()) - &self.first()?;
        let Some(k) = self.model.settled(&excess).divided(&p()) else {
            return unproved("twice it is not the number modulo p");
        };
        if !self.model.range(&k).is_within(&Range::new(0, 1)) {
            return unproved("twice it may be another multiple of p too much");
        }
        Ok(())
    }

    fn between_0_and_p(&self, claim: Claim) -> Result<(), Refusal> {
        let (words, bit) = match self.inputs.split_at_checked(self.words) {
            Some((words, [bit])) => (self.number(words), &bit.polynomial),
            _ => return unproved("other inputs"),
        };
        if self.outputs.len() != self.words {
            return unproved("other outputs");
        }
        self.are_words(&self.outputs)?;
        let Some(symbol) = bit.as_symbol() else {
            return unproved("the bit is none");
        };
        let p = p();
        let (number, range, shifts) = match claim {
            Claim::BelowP => (
                words + &bit.times(&r()),
                Range::new(0, &p * 2u32 - 1u32),
                [BigInt::zero(), -p],
            ),
            _ => (
                words - &bit.times(&r()),
                Range::new(1u32 - &p, &p - 1u32),
                [BigInt::zero(), p],
            ),
        };
        for value in [0, 1] {
            let mut model = self.model.clone();
            if model.assume(symbol, &Range::new(value, value)).is_err() {
                continue;
            }
            let is_right = |shift: &BigInt| {
                let wanted = number.clone() + &Polynomial::constant(shift.clone());
                self.is_between_0_and_p(&model, &wanted, &number, &range)
            };
            if !shifts.iter().any(is_right) {
                return unproved("it is not brought between 0 and p - 1");
            }
        }
        Ok(())
    }

    /// Whether the output is `wanted`, and `wanted` from 0 to p - 1, if `number` is in `range`.
    fn is_between_0_and_p(
        &self,
        model: &Model,
        wanted: &Polynomial,
        number: &Polynomial,
        range: &Range,
    ) -> bool {
        let wanted = model.settled(wanted);
        let output = model.settled(&self.number(&self.outputs));
        // The words that come one after the other on the tape are a number, from 0 to R - 1: what a comparison was for.
        let words: Vec<_> = model.words().cloned().collect();
        let numbers = words.windows(self.words).map(|words| {
            let number = model.settled(&self.number(words));
            (number, Range::new(0, r() - 1u32))
        });
        let mut bounds = model.range(&wanted);
        for (known, range) in numbers.chain([(model.settled(number), range.clone())]) {
            if let Some(shift) = (wanted.clone() - &known).as_constant() {
                bounds = bounds.common(&Range::new(range.low + &shift, range.high + shift));
            }
        }
        if bounds.is_empty() {
            // No number goes this way.
            return true;
        }
        // Both are from 0 to R - 1, and so they are equal if they differ by a multiple of R.
        bounds.is_within(&Range::new(0, p() - 1u32)) && (output - &wanted).divided(&r()).is_some()
    }
}
