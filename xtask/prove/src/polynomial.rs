//! Polynomials with integer coefficients. What two of them agree in holds for whatever their symbols stand for.

use std::{
    collections::BTreeMap,
    ops::{Add, Neg, Sub},
};

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_traits::{One as _, Zero as _};

/// An unknown integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Symbol {
    pub(crate) index: usize,
    /// Whether it is 0 or 1: then it is its own square.
    pub(crate) is_bit: bool,
}

/// Its terms: a product of symbols, in their order, and a coefficient that is not 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Polynomial(BTreeMap<Vec<Symbol>, BigInt>);

impl Polynomial {
    pub(crate) fn constant(value: BigInt) -> Self {
        let mut polynomial = Self::default();
        polynomial.add_term(Vec::new(), value);
        polynomial
    }

    pub(crate) fn terms(&self) -> impl Iterator<Item = (&[Symbol], &BigInt)> {
        self.0
            .iter()
            .map(|(symbols, factor)| (symbols.as_slice(), factor))
    }

    /// Its value, if that depends on no symbol.
    pub(crate) fn as_constant(&self) -> Option<BigInt> {
        let mut terms = self.terms();
        match (terms.next(), terms.next()) {
            (None, _) => Some(BigInt::zero()),
            (Some(([], factor)), None) => Some(factor.clone()),
            _ => None,
        }
    }

    /// What it is without its symbols.
    pub(crate) fn constant_term(&self) -> BigInt {
        self.0.get(&Vec::new()).cloned().unwrap_or_default()
    }

    /// The symbol, if it is nothing else.
    pub(crate) fn as_symbol(&self) -> Option<Symbol> {
        let mut terms = self.terms();
        match (terms.next(), terms.next()) {
            (Some(([symbol], factor)), None) if factor.is_one() => Some(*symbol),
            _ => None,
        }
    }

    pub(crate) fn times(&self, factor: &BigInt) -> Self {
        let mut product = Self::default();
        for (symbols, old) in self.terms() {
            product.add_term(symbols.to_vec(), old * factor);
        }
        product
    }

    pub(crate) fn product(&self, other: &Self) -> Self {
        let mut product = Self::default();
        for (symbols, factor) in self.terms() {
            for (more, other_factor) in other.terms() {
                let mut symbols = [symbols, more].concat();
                symbols.sort_unstable();
                symbols.dedup_by(|next, last| next == last && last.is_bit);
                product.add_term(symbols, factor * other_factor);
            }
        }
        product
    }

    /// With numbers in place of some symbols.
    pub(crate) fn with(&self, value_of: impl Fn(Symbol) -> Option<BigInt>) -> Self {
        let mut result = Self::default();
        for (symbols, factor) in self.terms() {
            let (mut rest, mut factor) = (Vec::new(), factor.clone());
            for symbol in symbols {
                match value_of(*symbol) {
                    Some(value) => factor *= value,
                    None => rest.push(*symbol),
                }
            }
            result.add_term(rest, factor);
        }
        result
    }

    /// With a polynomial in place of a symbol, which is not a bit and stands in no product.
    pub(crate) fn replaced(&self, symbol: Symbol, by: &Self) -> Self {
        let mut result = self.clone();
        match result.0.remove(&vec![symbol]) {
            Some(factor) => result + &by.times(&factor),
            None => result,
        }
    }

    /// Whether the symbol stands in a product with another, or with itself.
    pub(crate) fn multiplies(&self, symbol: Symbol) -> bool {
        self.terms()
            .any(|(symbols, _)| symbols.len() > 1 && symbols.contains(&symbol))
    }

    /// The quotient, if every coefficient is a multiple of `divisor`.
    pub(crate) fn divided(&self, divisor: &BigInt) -> Option<Self> {
        let mut quotient = Self::default();
        for (symbols, factor) in self.terms() {
            let (factor, rest) = factor.div_rem(divisor);
            if !rest.is_zero() {
                return None;
            }
            quotient.add_term(symbols.to_vec(), factor);
        }
        Some(quotient)
    }

    fn add_term(&mut self, symbols: Vec<Symbol>, factor: BigInt) {
        use std::collections::btree_map::Entry;
        if factor.is_zero() {
            return;
        }
        match self.0.entry(symbols) {
            Entry::Vacant(place) => {
                place.insert(factor);
            }
            Entry::Occupied(mut place) => {
                *place.get_mut() += factor;
                if place.get().is_zero() {
                    place.remove();
                }
            }
        }
    }
}

impl From<Symbol> for Polynomial {
    fn from(symbol: Symbol) -> Self {
        let mut polynomial = Self::default();
        polynomial.add_term(vec![symbol], BigInt::one());
        polynomial
    }
}

impl Add<&Self> for Polynomial {
    type Output = Self;

    fn add(mut self, other: &Self) -> Self {
        for (symbols, factor) in other.terms() {
            self.add_term(symbols.to_vec(), factor.clone());
        }
        self
    }
}

impl Sub<&Self> for Polynomial {
    type Output = Self;

    fn sub(mut self, other: &Self) -> Self {
        for (symbols, factor) in other.terms() {
            self.add_term(symbols.to_vec(), -factor);
        }
        self
    }
}

impl Neg for Polynomial {
    type Output = Self;

    fn neg(self) -> Self {
        Self::default() - &self
    }
}
