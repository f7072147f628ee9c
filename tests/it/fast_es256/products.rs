//! Long products by themselves, as a library for long numbers has them: of words of 32 bits, of words of 64 bits, and of words
//! whose products are put together of half words.

use p256::elliptic_curve::bigint::U256;

use super::{
    arithmetic::{field32, field64, halves, limb::Limb},
    oracle::bytes,
    random::{Random, Words, cases, edges},
};

/// A word as a core without long products has it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Halves(u32);

/// On which all but the product is as on any other.
impl Limb for Halves {
    type Bit = bool;
    const CLEAR: bool = false;

    fn multiply_add(self, factor: Self, first: Self, second: Self) -> (Self, Self) {
        let (low, high) = halves::multiply_add(self.0, factor.0, first.0, second.0);
        (Self(low), Self(high))
    }

    fn constant(value: u64) -> Self {
        Self(u32::constant(value))
    }

    fn opaque_zero() -> Self {
        Self(0)
    }

    fn add(self, other: Self, carry: bool) -> (Self, bool) {
        let (sum, carry) = Limb::add(self.0, other.0, carry);
        (Self(sum), carry)
    }

    fn add_four(first: [Self; 4], second: [Self; 4], carry: bool) -> ([Self; 4], bool) {
        let [first, second] = [first, second].map(|words| words.map(|word| word.0));
        let (sum, carry) = u32::add_four(first, second, carry);
        (sum.map(Self), carry)
    }

    fn add_four_if(
        bit: bool,
        first: [Self; 4],
        second: [Self; 4],
        carry: bool,
    ) -> ([Self; 4], bool) {
        if bit {
            Self::add_four(first, second, carry)
        } else {
            (first, false)
        }
    }

    fn sub_four(first: [Self; 4], second: [Self; 4], borrow: bool) -> ([Self; 4], bool) {
        let [first, second] = [first, second].map(|words| words.map(|word| word.0));
        let (difference, borrow) = u32::sub_four(first, second, borrow);
        (difference.map(Self), borrow)
    }

    fn doubled(self, below: Self) -> Self {
        Self(self.0.doubled(below.0))
    }

    fn bottom(self) -> bool {
        self.0.bottom()
    }

    fn halved(self, above: Self) -> Self {
        Self(Limb::halved(self.0, above.0))
    }

    fn only_if(self, bit: bool) -> Self {
        Self(self.0.only_if(bit))
    }

    fn top(self) -> bool {
        self.0.top()
    }

    fn up_by_half(self) -> (Self, Self) {
        let (low, high) = self.0.up_by_half();
        (Self(low), Self(high))
    }

    fn of(bit: bool) -> Self {
        Self(u32::of(bit))
    }
}

/// The product in words of 32 bits, by crypto-bigint.
fn oracle(a: Words, b: Words) -> [u32; 16] {
    let [a, b] = [a, b].map(|words| U256::from_be_slice(&bytes(words)));
    let (low, high) = a.widening_mul(&b);
    let words =
        [low, high].map(|half| crate::fast_es256::oracle::words(&half.to_be_bytes().into()));
    words.concat().try_into().unwrap()
}

fn long(words: Words) -> [u64; 4] {
    [0, 2, 4, 6].map(|at| u64::from(words[at]) | u64::from(words[at + 1]) << 32)
}

fn short(words: [u64; 8]) -> Vec<u32> {
    let halves = words.map(|word| [word & 0xffff_ffff, word >> 32]);
    let words = halves.concat().into_iter();
    words.map(|word| u32::try_from(word).unwrap()).collect()
}

fn agree(a: Words, b: Words) {
    let expected = oracle(a, b);
    assert_eq!(field32::product(&a, &b), expected);
    assert_eq!(short(field64::product(&long(a), &long(b))), expected);
    let product = field32::product(&a.map(Halves), &b.map(Halves));
    assert_eq!(product.map(|word| word.0), expected);

    let expected = oracle(a, a);
    assert_eq!(field32::square(&a), expected);
    assert_eq!(short(field64::square(&long(a))), expected);
    let square = field32::square(&a.map(Halves));
    assert_eq!(square.map(|word| word.0), expected);
}

/// Not only elements of the field: any 256 bits.
#[test]
fn of_long_numbers() {
    let mut random = Random::new(6);
    for _ in 0..cases() {
        agree(random.number(), random.number());
    }
    let edges = edges();
    for a in &edges {
        for b in &edges {
            agree(*a, *b);
        }
    }
    println!("{} long products: as crypto-bigint has them", cases());
}

/// `a b + first + second` from half words as from one long product, for all words whose halves are at an edge.
#[test]
fn of_half_words() {
    let halves_of_words = [0, 1, 2, 0x7fff, 0x8000, 0xfffe, 0xffff];
    let words = halves_of_words
        .map(|high| halves_of_words.map(|low| high << 16 | low))
        .concat();
    let addends = [
        0,
        1,
        0xffff,
        0x1_0000,
        0x7fff_ffff,
        0xffff_0000,
        u32::MAX - 1,
        u32::MAX,
    ];
    for a in &words {
        for b in &words {
            for first in addends {
                for second in addends {
                    let expected = Limb::multiply_add(*a, *b, first, second);
                    assert_eq!(halves::multiply_add(*a, *b, first, second), expected);
                }
            }
        }
    }
    let mut random = Random::new(7);
    for _ in 0..cases() {
        let [a, b, c, d, ..] = random.uniform();
        assert_eq!(
            halves::multiply_add(a, b, c, d),
            Limb::multiply_add(a, b, c, d)
        );
    }
}
