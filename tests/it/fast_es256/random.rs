//! Numbers of 256 bits that are likely to break arithmetic, the same at every run.

use std::env;

pub(crate) use super::oracle::Words;
use super::oracle::{ORDER, PRIME, minus, plus};

/// How many random cases each test takes: `EMBEDDED_JWT_CASES`, which `cargo xtask differential` sets, or what is done in seconds
/// without optimization.
pub(crate) fn cases() -> usize {
    env::var("EMBEDDED_JWT_CASES").map_or(1_000, |cases| cases.parse().unwrap())
}

/// `SplitMix64`.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn word(&mut self) -> u32 {
        u32::try_from(self.next() >> 32).unwrap()
    }

    pub(crate) fn one_of<T: Copy>(&mut self, choice: &[T]) -> T {
        choice[self.below(choice.len())]
    }

    /// Any number, all alike.
    pub(crate) fn uniform(&mut self) -> Words {
        [0; 8].map(|_| self.word())
    }

    /// Any number; more often one of those at which something carries, borrows or ends.
    pub(crate) fn number(&mut self) -> Words {
        match self.below(8) {
            0..=2 => self.uniform(),
            // Words that carry, or take no carry.
            3 | 4 => [0; 8].map(|_| self.edge_word()),
            // Near the moduli, zero and 2^256.
            5 => {
                let base = self.one_of(&[[0; 8], PRIME, ORDER]);
                self.beside(base)
            }
            // Near a power of two: runs of zeros and of ones.
            6 => {
                let power = power_of_two(self.below(256));
                self.beside(power)
            }
            // A few bits.
            _ => (0..=self.below(6)).fold([0; 8], |number, _| {
                let power = power_of_two(self.below(256));
                if self.below(2) == 0 {
                    plus(number, power)
                } else {
                    minus(number, power)
                }
            }),
        }
    }

    /// Such a number below `modulus`.
    pub(crate) fn number_below(&mut self, modulus: Words) -> Words {
        loop {
            let number = self.number();
            if number.iter().rev().lt(modulus.iter().rev()) {
                return number;
            }
        }
    }

    fn edge_word(&mut self) -> u32 {
        let random = self.word();
        self.one_of(&[
            0,
            0,
            1,
            2,
            u32::MAX,
            u32::MAX,
            u32::MAX - 1,
            1 << 31,
            (1 << 31) - 1,
            0xffff,
            0xffff_0000,
            random,
        ])
    }

    fn beside(&mut self, number: Words) -> Words {
        let distance = match self.below(4) {
            0 => power_of_two(self.below(256)),
            _ => [u32::try_from(self.below(5)).unwrap(), 0, 0, 0, 0, 0, 0, 0],
        };
        if self.below(2) == 0 {
            plus(number, distance)
        } else {
            minus(number, distance)
        }
    }
}

pub(crate) fn power_of_two(exponent: usize) -> Words {
    let mut words = [0; 8];
    words[exponent / 32] = 1 << (exponent % 32);
    words
}

/// Numbers at the edges, all of which a test may go through.
pub(crate) fn edges() -> Vec<Words> {
    let small = [0, 1, 2, 3, 4, 5].map(|low| [low, 0, 0, 0, 0, 0, 0, 0]);
    // 2^256 - p, below which a number plus p fits into 256 bits.
    let one_more = minus([0; 8], PRIME);
    // R^2 and R modulo p are what Montgomery's form begins with; p - n is where an x coordinate is still r + n.
    let mut bases = vec![[0; 8], PRIME, ORDER, one_more, minus(PRIME, ORDER)];
    bases.extend([31, 32, 63, 64, 96, 127, 128, 191, 192, 223, 224, 255].map(power_of_two));
    bases.push(ORDER.map(|word| word & 0x5555_5555));
    let near = bases.iter().flat_map(|base| {
        let above = small.map(|small| plus(*base, small));
        above
            .into_iter()
            .chain(small.map(|small| minus(*base, small)))
    });
    let mut edges: Vec<Words> = near.collect();
    edges.sort_unstable();
    edges.dedup();
    edges
}
