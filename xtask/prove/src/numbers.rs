//! Numbers to try: those at the edges, and random ones, the same at every run.

use num_bigint::BigInt;
use num_integer::Integer as _;

use crate::{
    claims::{Claim, p, r},
    code::Code,
    model::power,
};

pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new() -> Self {
        Self(0)
    }

    /// The next of Steele, Lea and Flood's `SplitMix64`.
    pub(crate) fn random(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn one_of<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(choices.len()).ok()?;
        let place = self.random().checked_rem(count)?;
        choices.get(usize::try_from(place).ok()?)
    }

    /// As often at an edge as not.
    fn word(&mut self, width: u32) -> u64 {
        let random = self.random() & largest(width);
        if self.random().is_multiple_of(2) {
            return random;
        }
        self.one_of(&edges(width)).copied().unwrap_or(random)
    }

    /// Any words and bits.
    pub(crate) fn any(&mut self, code: &Code) -> Vec<u64> {
        let mut inputs: Vec<_> = (0..code.words).map(|_| self.word(code.width)).collect();
        inputs.extend((0..code.bits).map(|_| self.random() & 1));
        inputs
    }

    /// What the claim is about.
    pub(crate) fn inputs(&mut self, code: &Code, claim: Claim) -> Vec<u64> {
        let (p, r) = (p(), r());
        let inputs = self.any(code);
        // As one number, its sign aside.
        let number = join(&inputs, code.width);
        match claim {
            Claim::Reduced => {
                let end = &p * &r;
                let edges = [
                    BigInt::ZERO,
                    &end - 1u32,
                    &r - 1u32,
                    r.clone(),
                    p.clone(),
                    &p * &p,
                ];
                let number = if self.random().is_multiple_of(8) {
                    self.one_of(&edges).cloned().unwrap_or_default()
                } else {
                    number.mod_floor(&end)
                };
                split(&number, code.width, code.words)
            }
            Claim::Halved => {
                let edges = [BigInt::ZERO, 1u32.into(), &p - 1u32, &p - 2u32, &p / 2u32];
                let number = if self.random().is_multiple_of(8) {
                    self.one_of(&edges).cloned().unwrap_or_default()
                } else {
                    number.mod_floor(&p)
                };
                split(&number, code.width, code.words)
            }
            Claim::BelowP | Claim::NotNegative => {
                let (low, high) = match claim {
                    Claim::BelowP => (BigInt::ZERO, &p * 2u32),
                    _ => (1u32 - &p, p.clone()),
                };
                let around = [low.clone(), -&p, BigInt::ZERO, p, r.clone(), high.clone()];
                let number = if self.random().is_multiple_of(2) {
                    let middle = self.one_of(&around).cloned().unwrap_or_default();
                    middle + BigInt::from(self.random().rem_euclid(5)) - 2u32
                } else {
                    number
                };
                let number = (number - &low).mod_floor(&(high - &low)) + low;
                // What is beyond the words is the bit: a carry, or a borrow.
                let (bit, words) = number.div_mod_floor(&r);
                let mut inputs = split(&words, code.width, code.words);
                inputs.push(u64::from(bit != BigInt::ZERO));
                inputs
            }
            _ => inputs,
        }
    }
}

/// The edges of a word; the sharpest first.
pub(crate) fn edges(width: u32) -> [u64; 11] {
    let half = 1u64.wrapping_shl(width.div_euclid(2));
    let top = 1u64.wrapping_shl(width.wrapping_sub(1));
    let largest = largest(width);
    [
        0,
        largest,
        1,
        top,
        largest.wrapping_sub(1),
        top.wrapping_sub(1),
        half,
        half.wrapping_sub(1),
        2,
        top.wrapping_add(1),
        half.wrapping_add(1),
    ]
}

fn largest(width: u32) -> u64 {
    u64::MAX.wrapping_shr(64u32.wrapping_sub(width))
}

/// The number that these words are, the lowest first.
pub(crate) fn join(words: &[u64], width: u32) -> BigInt {
    words
        .iter()
        .rev()
        .fold(BigInt::ZERO, |number, word| (number << width) + *word)
}

/// The words of a number, the lowest first.
pub(crate) fn split(number: &BigInt, width: u32, words: usize) -> Vec<u64> {
    let mut rest = number.clone();
    let take = |_| {
        let (above, word) = rest.div_mod_floor(&power(width));
        rest = above;
        u64::try_from(word).unwrap_or_default()
    };
    (0..words).map(take).collect()
}
