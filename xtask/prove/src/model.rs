//! What the steps of a tape mean: each value is a polynomial in the inputs and in the carries, and is known to lie
//! between two bounds. Whatever is cut in two (a sum that is longer than a word, a product) becomes `low + 2^n high = the whole`,
//! where `high` is a new symbol between the bounds of the whole over 2^n. All of it is about integers, which do not
//! overflow; that the words do not is what is checked at each step.
//!
//! With numbers for inputs nothing is unknown, and the same lines compute: so the model is held against the code.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_traits::{One as _, Zero as _};

use crate::{
    polynomial::{Polynomial, Symbol},
    tape::{Operation, Step, Tape, Wire},
};

/// Why a tape is not accepted.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// These inputs do not go this way.
    OtherWay,
    Unproved(String),
}

pub(crate) fn unproved<T>(reason: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Unproved(reason.into()))
}

/// From `low` to `high`; none, if that is less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) low: BigInt,
    pub(crate) high: BigInt,
}

impl Range {
    pub(crate) fn new(low: impl Into<BigInt>, high: impl Into<BigInt>) -> Self {
        let (low, high) = (low.into(), high.into());
        Self { low, high }
    }

    fn only(value: BigInt) -> Self {
        Self::new(value.clone(), value)
    }

    fn is_only(&self) -> bool {
        self.low == self.high
    }

    pub(crate) fn is_within(&self, other: &Self) -> bool {
        self.low >= other.low && self.high <= other.high
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.low > self.high
    }

    pub(crate) fn common(self, other: &Self) -> Self {
        let low = self.low.max(other.low.clone());
        Self::new(low, self.high.min(other.high.clone()))
    }

    fn plus(&self, other: &Self) -> Self {
        Self::new(&self.low + &other.low, &self.high + &other.high)
    }

    fn minus(&self, other: &Self) -> Self {
        Self::new(&self.low - &other.high, &self.high - &other.low)
    }

    fn product(&self, other: &Self) -> Self {
        let ends = [
            &self.low * &other.low,
            &self.low * &other.high,
            &self.high * &other.low,
            &self.high * &other.high,
        ];
        let zero = BigInt::zero();
        let low = ends.iter().min().unwrap_or(&zero).clone();
        Self::new(low, ends.iter().max().unwrap_or(&zero).clone())
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) polynomial: Polynomial,
    pub(crate) range: Range,
}

impl Value {
    fn constant(value: BigInt) -> Self {
        Self {
            polynomial: Polynomial::constant(value.clone()),
            range: Range::only(value),
        }
    }

    fn plus(&self, other: &Self) -> Self {
        Self {
            polynomial: self.polynomial.clone() + &other.polynomial,
            range: self.range.plus(&other.range),
        }
    }

    fn minus(&self, other: &Self) -> Self {
        Self {
            polynomial: self.polynomial.clone() - &other.polynomial,
            range: self.range.minus(&other.range),
        }
    }

    fn product(&self, other: &Self) -> Self {
        Self {
            polynomial: self.polynomial.product(&other.polynomial),
            range: self.range.product(&other.range),
        }
    }

    fn times(&self, factor: &BigInt) -> Self {
        Self {
            polynomial: self.polynomial.times(factor),
            range: self.range.product(&Range::only(factor.clone())),
        }
    }
}

/// 2^`exponent`.
pub(crate) fn power(exponent: u32) -> BigInt {
    BigInt::one() << exponent
}

#[derive(Clone)]
pub(crate) struct Model {
    width: u32,
    values: Vec<Value>,
    /// By their index.
    symbols: Vec<Range>,
    /// The top bits of the words that were asked for them.
    tops: BTreeMap<Wire, Value>,
    /// The lowest bits, and the halves above them.
    bottoms: BTreeMap<Wire, [Value; 2]>,
    /// The words, in the order in which they came up.
    words: Vec<Wire>,
}

impl Model {
    /// With unknown inputs, or with these.
    pub(crate) fn new(tape: &Tape, numbers: Option<&[u64]>) -> Result<Self, Refusal> {
        let mut model = Self {
            width: tape.width,
            values: vec![Value::constant(BigInt::zero())],
            symbols: Vec::new(),
            tops: BTreeMap::new(),
            bottoms: BTreeMap::new(),
            words: Vec::new(),
        };
        for (place, wire) in tape.inputs.iter().enumerate() {
            let is_word = place < tape.words;
            if is_word {
                model.words.push(*wire);
            }
            let most = if is_word {
                model.largest()
            } else {
                BigInt::one()
            };
            let value = match numbers.and_then(|numbers| numbers.get(place)) {
                Some(number) => Value::constant((*number).into()),
                None => model.unknown(Range::new(0, most)),
            };
            model.values.push(value);
        }
        for (place, step) in tape.steps.iter().enumerate() {
            model.step(step).map_err(|refusal| match refusal {
                Refusal::Unproved(reason) => {
                    Refusal::Unproved(format!("step {place}, {:?}: {reason}", step.operation))
                }
                Refusal::OtherWay => refusal,
            })?;
        }
        Ok(model)
    }

    pub(crate) fn value(&self, wire: Wire) -> Result<&Value, Refusal> {
        let value = self.values.get(wire.0);
        value.ok_or_else(|| Refusal::Unproved("no such value".into()))
    }

    pub(crate) fn words(&self) -> impl Iterator<Item = &Value> {
        self.words.iter().filter_map(|wire| self.values.get(wire.0))
    }

    fn largest(&self) -> BigInt {
        power(self.width) - 1u32
    }

    /// The largest word, or all others.
    fn largest_or_not(&self, is_largest: bool) -> Range {
        if is_largest {
            Range::only(self.largest())
        } else {
            Range::new(0, self.largest() - 1u32)
        }
    }

    pub(crate) fn word_range(&self) -> Range {
        Range::new(0, self.largest())
    }

    /// A new symbol, or the one value that it can have.
    fn unknown(&mut self, range: Range) -> Value {
        if range.is_only() {
            return Value::constant(range.low);
        }
        let symbol = Symbol {
            index: self.symbols.len(),
            is_bit: range == Range::new(0, 1),
        };
        self.symbols.push(range.clone());
        Value {
            polynomial: symbol.into(),
            range,
        }
    }

    /// `low + 2^bits high = whole`, 0 <= `low` < 2^bits.
    fn cut(&mut self, whole: &Value, bits: u32) -> [Value; 2] {
        let unit = power(bits);
        let high = self.unknown(Range::new(
            whole.range.low.div_floor(&unit),
            whole.range.high.div_floor(&unit),
        ));
        let mut low = whole.minus(&high.times(&unit));
        if !high.range.is_only() {
            low.range = Range::new(0, unit - 1u32);
        }
        [low, high]
    }

    /// The top bit, the same whenever it is asked for.
    fn top(&mut self, wire: Wire, word: &Value) -> Value {
        if let Some(top) = self.tops.get(&wire) {
            return top.clone();
        }
        let [_, top] = self.cut(word, self.width.saturating_sub(1));
        self.tops.insert(wire, top.clone());
        top
    }

    /// The lowest bit and half the rest, the same whenever they are asked for.
    ///
    /// A branch has to ask for a symbol. So a word that is a symbol becomes `2 half + bit` everywhere, with two new symbols:
    /// that is no more than to say that each word has a lowest bit. What is even but for a constant has the bit of that.
    fn bottom(&mut self, wire: Wire, word: &Value) -> Result<[Value; 2], Refusal> {
        if let Some(parts) = self.bottoms.get(&wire) {
            return Ok(parts.clone());
        }
        let two = BigInt::from(2);
        let settled = self.settled(&word.polynomial);
        let constant = Polynomial::constant(settled.constant_term().mod_floor(&two));
        let parts = if let Some(half) = (settled.clone() - &constant).divided(&two) {
            let bit = constant.as_constant().unwrap_or_default();
            let range = Range::new(
                (&word.range.low - &bit).div_ceil(&two),
                (&word.range.high - &bit).div_floor(&two),
            );
            let polynomial = half;
            [Value::constant(bit), Value { polynomial, range }]
        } else if let Some(symbol) = word.polynomial.as_symbol().filter(|word| !word.is_bit) {
            let bit = self.unknown(Range::new(0, 1));
            let half = self.unknown(Range::new(
                word.range.low.div_floor(&two),
                word.range.high.div_floor(&two),
            ));
            let whole = half.times(&two).plus(&bit).polynomial;
            let kept = self
                .tops
                .values_mut()
                .chain(self.bottoms.values_mut().flatten());
            for value in self.values.iter_mut().chain(kept) {
                if value.polynomial.multiplies(symbol) {
                    return unproved("the lowest bit of a word that was multiplied");
                }
                value.polynomial = value.polynomial.replaced(symbol, &whole);
            }
            [bit, half]
        } else {
            self.cut(word, 1)
        };
        self.bottoms.insert(wire, parts.clone());
        Ok(parts)
    }

    /// Half the word, with the lowest bit of the word above as its top bit.
    fn halved(&mut self, wire: Wire, above: Wire, words: &Range) -> Result<Value, Refusal> {
        let word = |model: &Self, wire| match model.value(wire) {
            Ok(value) if value.range.is_within(words) => Ok(value.clone()),
            _ => unproved("an operand is no word"),
        };
        let value = word(self, above)?;
        let [bit, _] = self.bottom(above, &value)?;
        // Read after that: it may be in other symbols now.
        let value = word(self, wire)?;
        let [_, half] = self.bottom(wire, &value)?;
        Ok(half.plus(&bit.times(&power(self.width.saturating_sub(1)))))
    }

    /// Twice the word, without its top bit.
    fn doubled(&mut self, wire: Wire, word: &Value) -> Value {
        let top = self.top(wire, word);
        let mut even = word.times(&2.into()).minus(&top.times(&power(self.width)));
        if !top.range.is_only() {
            even.range = Range::new(0, power(self.width) - 2u32);
        }
        even
    }

    /// `difference - 2^width borrow = word - less`.
    fn difference(&mut self, word: &Value, less: &Value) -> [Value; 2] {
        // What is borrowed is what there is less, in units of 2^width, rounded up: with 2^width - 1 more, rounded down.
        let whole = less.minus(word);
        let [_, borrow] = self.cut(&whole.plus(&Value::constant(self.largest())), self.width);
        let mut difference = borrow.times(&power(self.width)).minus(&whole);
        if !borrow.range.is_only() {
            difference.range = self.word_range();
        }
        [difference, borrow]
    }

    fn operand(&self, step: &Step, place: usize, range: &Range) -> Result<Value, Refusal> {
        let wire = step.operands.get(place).copied().unwrap_or(Wire::ZERO);
        let value = self.value(wire)?;
        if !value.range.is_within(range) {
            return unproved(format!(
                "operand {place} may be anything in {:?}",
                value.range
            ));
        }
        Ok(value.clone())
    }

    fn step(&mut self, step: &Step) -> Result<(), Refusal> {
        let width = self.width;
        let half = width.div_euclid(2);
        let (words, bits) = (self.word_range(), Range::new(0, 1));
        let halves = Range::new(0, power(half) - 1u32);
        let columns = Range::new(i64::MIN, i64::MAX);
        let word = |model: &Self, place| model.operand(step, place, &words);
        let bit = |model: &Self, place| model.operand(step, place, &bits);
        let column = |model: &Self| model.operand(step, 0, &columns);
        let wire = step.operands.first().copied().unwrap_or(Wire::ZERO);
        // The outputs, and the ranges in which they have to be.
        let (outputs, ranges) = match step.operation {
            Operation::Constant(value) => {
                let value = BigInt::from(value).mod_floor(&power(width));
                (vec![Value::constant(value)], vec![words])
            }
            Operation::MultiplyAdd => {
                let product = word(self, 0)?.product(&word(self, 1)?);
                let whole = product.plus(&word(self, 2)?).plus(&word(self, 3)?);
                (self.cut(&whole, width).into(), vec![words.clone(), words])
            }
            Operation::Add => {
                let whole = word(self, 0)?.plus(&word(self, 1)?).plus(&bit(self, 2)?);
                (self.cut(&whole, width).into(), vec![words, bits])
            }
            Operation::Sub => {
                let less = word(self, 1)?.plus(&bit(self, 2)?);
                let [difference, borrow] = self.difference(&word(self, 0)?, &less);
                (vec![difference, borrow], vec![words, bits])
            }
            Operation::Doubled => {
                let wire_below = step.operands.get(1).copied().unwrap_or(Wire::ZERO);
                let below = word(self, 1)?;
                let low = self.top(wire_below, &below);
                let word = word(self, 0)?;
                (vec![self.doubled(wire, &word).plus(&low)], vec![words])
            }
            Operation::Top => {
                let word = word(self, 0)?;
                (vec![self.top(wire, &word)], vec![bits])
            }
            Operation::Bottom => {
                let word = word(self, 0)?;
                let [bit, _] = self.bottom(wire, &word)?;
                (vec![bit], vec![bits])
            }
            Operation::Halved => {
                let wire_above = step.operands.get(1).copied().unwrap_or(Wire::ZERO);
                (vec![self.halved(wire, wire_above, &words)?], vec![words])
            }
            Operation::UpByHalf => {
                let whole = word(self, 0)?.times(&power(half));
                (self.cut(&whole, width).into(), vec![words.clone(), words])
            }
            Operation::OnlyIf => (vec![word(self, 0)?.product(&bit(self, 1)?)], vec![words]),
            Operation::Choose => {
                let (bit, set, clear) = (bit(self, 0)?, word(self, 1)?, word(self, 2)?);
                let mut chosen = clear.plus(&set.minus(&clear).product(&bit));
                if !bit.range.is_only() {
                    chosen.range = words.clone();
                }
                (vec![chosen], vec![words])
            }
            Operation::Both => (vec![bit(self, 0)?.product(&bit(self, 1)?)], vec![bits]),
            Operation::Plus => (vec![column(self)?.plus(&word(self, 1)?)], vec![columns]),
            Operation::Minus => (vec![column(self)?.minus(&word(self, 1)?)], vec![columns]),
            Operation::Take => {
                let whole = column(self)?;
                (self.cut(&whole, width).into(), vec![words, columns])
            }
            Operation::Halves => {
                let whole = word(self, 0)?;
                (self.cut(&whole, half).into(), vec![halves.clone(), halves])
            }
            Operation::ProductOfHalves => {
                let [first, second] = [0, 1].map(|place| self.operand(step, place, &halves));
                (vec![first?.product(&second?)], vec![words])
            }
            Operation::IsSet(answer) => {
                let bit = bit(self, 0)?;
                self.restrict(&bit, &Range::only(u32::from(answer).into()))?;
                (Vec::new(), Vec::new())
            }
            Operation::IsLargest(answer) => {
                let word = word(self, 0)?;
                self.restrict(&word, &self.largest_or_not(answer))?;
                (Vec::new(), Vec::new())
            }
        };
        for (place, (output, range)) in outputs.iter().zip(&ranges).enumerate() {
            if !output.range.is_within(range) {
                return unproved(format!(
                    "output {place} may be anything in {:?}",
                    output.range
                ));
            }
            if *range == self.word_range() {
                self.words.push(Wire(step.output.0.saturating_add(place)));
            }
        }
        self.values.extend(outputs);
        Ok(())
    }

    /// From here on, the value is in `range`.
    fn restrict(&mut self, value: &Value, range: &Range) -> Result<(), Refusal> {
        match (value.polynomial.as_constant(), value.polynomial.as_symbol()) {
            (Some(value), _) if Range::only(value.clone()).is_within(range) => Ok(()),
            (Some(_), _) => Err(Refusal::OtherWay),
            (None, Some(symbol)) => self.assume(symbol, range),
            (None, None) => unproved("a branch on more than a symbol"),
        }
    }

    /// Of a symbol.
    pub(crate) fn assume(&mut self, symbol: Symbol, range: &Range) -> Result<(), Refusal> {
        if let Some(known) = self.symbols.get_mut(symbol.index) {
            *known = known.clone().common(range);
            if known.is_empty() {
                return Err(Refusal::OtherWay);
            }
        }
        Ok(())
    }

    /// With what the branches have settled.
    pub(crate) fn settled(&self, polynomial: &Polynomial) -> Polynomial {
        polynomial.with(|symbol| {
            let range = self.symbols.get(symbol.index)?;
            range.is_only().then(|| range.low.clone())
        })
    }

    /// Bounds of a polynomial, by those of its symbols.
    pub(crate) fn range(&self, polynomial: &Polynomial) -> Range {
        let mut sum = Range::new(0, 0);
        for (symbols, factor) in polynomial.terms() {
            let mut term = Range::only(factor.clone());
            for range in symbols
                .iter()
                .filter_map(|symbol| self.symbols.get(symbol.index))
            {
                term = term.product(range);
            }
            sum = sum.plus(&term);
        }
        sum
    }
}
