//! The field: each operation as fiat-crypto has it.

use super::{
    arithmetic::{field::Field, field32, field64},
    oracle::{PRIME, fiat, inverse_in_field, is_below, minus, plus},
    random::{Random, Words, cases, edges, power_of_two},
};

under_both_fields! {
    pairs
    pairs_at_the_edges
    numbers_and_inverses
    inverses_by_division_steps
    halves
    reductions
    every_end_of_a_product
    every_end_of_a_sum
    is_reduced_below_p
}

fn agree<F: Field>(a: Words, b: Words) {
    let (x, y) = (F::from_montgomery(a), F::from_montgomery(b));
    for (name, ours, oracle) in [
        ("mul", x.mul(&y), fiat::mul(a, b)),
        ("square", x.square(), fiat::square(a)),
        ("add", x.add(&y), fiat::add(a, b)),
        ("sub", x.sub(&y), fiat::sub(a, b)),
        ("doubled", x.doubled(), fiat::add(a, a)),
        ("as it is", x, a),
    ] {
        assert_eq!(ours.montgomery(), oracle, "{name} {a:08x?} {b:08x?}");
    }
    assert_eq!(x == y, a == b);
    assert_eq!(x.is_zero(), a == [0; 8]);
}

fn pairs<F: Field>() {
    let mut random = Random::new(1);
    for _ in 0..cases() {
        agree::<F>(random.number_below(PRIME), random.number_below(PRIME));
    }
    println!("{} pairs of elements: as fiat-crypto has them", cases());
}

fn elements_at_the_edges() -> Vec<Words> {
    let mut elements = edges();
    elements.retain(|words| is_below(*words, PRIME));
    elements
}

fn pairs_at_the_edges<F: Field>() {
    let elements = elements_at_the_edges();
    for a in &elements {
        for b in &elements {
            agree::<F>(*a, *b);
        }
    }
    assert!(elements.len() > 100);
}

fn numbers_and_inverses<F: Field>() {
    let mut random = Random::new(2);
    let mut elements = elements_at_the_edges();
    elements.extend((0..cases() / 10).map(|_| random.number_below(PRIME)));
    let one = fiat::of_number([1, 0, 0, 0, 0, 0, 0, 0]);
    for words in elements {
        let element = F::from_montgomery(words);
        assert_eq!(element.number(), fiat::number(words));
        assert_eq!(F::from_number(words).montgomery(), fiat::of_number(words));
        assert_eq!(F::from_number(words).number(), words);
        let inverse = element.inverse().map_or([0; 8], F::montgomery);
        let product = fiat::mul(inverse, words);
        // 0 has none.
        let expected = if words == [0; 8] { words } else { one };
        assert_eq!(product, expected, "{words:08x?}");
    }
    assert_eq!(F::one().montgomery(), one);
    assert_eq!(F::zero().montgomery(), [0; 8]);
}

fn inverses_by_division_steps<F: Field>() {
    let mut random = Random::new(15);
    let mut elements = elements_at_the_edges();
    // Long runs of zeros and of ones, in the form that is inverted.
    elements.extend((0..256).flat_map(|bit| {
        let power = power_of_two(bit);
        let below = minus(power, [1, 0, 0, 0, 0, 0, 0, 0]);
        [power, below, minus(PRIME, power)]
    }));
    elements.extend((0..cases()).map(|_| random.number_below(PRIME)));
    elements.retain(|words| is_below(*words, PRIME));
    for words in elements {
        let element = F::from_montgomery(words);
        let expected = (words != [0; 8]).then(|| inverse_in_field(element).montgomery());
        let ours = element.inverse().map(F::montgomery);
        assert_eq!(ours, expected, "{words:08x?}");
    }
}

/// Half of an element is what doubled is the element, and the only one, p being odd.
fn halves<F: Field>() {
    let mut random = Random::new(16);
    let mut elements = elements_at_the_edges();
    elements.extend((0..cases()).map(|_| random.number_below(PRIME)));
    for words in elements {
        let half = F::from_montgomery(words).halved();
        assert!(half.is_reduced(), "{words:08x?}");
        let half = half.montgomery();
        assert_eq!(fiat::add(half, half), words);
        // Of a double, whose sum had the carry that is shifted in here.
        let double = F::from_montgomery(fiat::add(words, words));
        assert_eq!(double.halved().montgomery(), words);
    }
}

/// A field, and its routines before their results are brought below p: words, and whether 2^256 comes on top.
trait Steps: Field {
    fn reduce(low: Words, high: Words) -> (Words, bool);
    fn multiply(a: Words, b: Words) -> (Words, bool);
    fn square_of(a: Words) -> (Words, bool);
}

impl Steps for field32::Element {
    fn reduce(low: Words, high: Words) -> (Words, bool) {
        let words: [u32; 16] = [low, high].concat().try_into().unwrap();
        field32::reduced::<u32, i64>(&words)
    }

    fn multiply(a: Words, b: Words) -> (Words, bool) {
        field32::reduced::<u32, i64>(&field32::product(&a, &b))
    }

    fn square_of(a: Words) -> (Words, bool) {
        field32::reduced::<u32, i64>(&field32::square(&a))
    }
}

fn long(words: Words) -> [u64; 4] {
    [0, 2, 4, 6].map(|at| u64::from(words[at]) | u64::from(words[at + 1]) << 32)
}

fn short((words, over): ([u64; 4], bool)) -> (Words, bool) {
    let halves = words.map(|word| [word & 0xffff_ffff, word >> 32]);
    let words = halves
        .concat()
        .into_iter()
        .map(|word| u32::try_from(word).unwrap());
    (words.collect::<Vec<_>>().try_into().unwrap(), over)
}

impl Steps for field64::Element {
    fn reduce(low: Words, high: Words) -> (Words, bool) {
        let words: [u64; 8] = [long(low), long(high)].concat().try_into().unwrap();
        short(field64::reduced(&words))
    }

    fn multiply(a: Words, b: Words) -> (Words, bool) {
        short(field64::reduced(&field64::product(&long(a), &long(b))))
    }

    fn square_of(a: Words) -> (Words, bool) {
        short(field64::reduced(&field64::square(&long(a))))
    }
}

/// Where a number below 2p lies, which is what its last step asks.
#[derive(Default, Debug)]
struct Ends {
    /// Its top word is not full, which settles it.
    clearly_below: usize,
    /// It has a full top word.
    just_below: usize,
    /// p or more, in 256 bits.
    above: usize,
    /// More than 256 bits.
    longer: usize,
}

impl Ends {
    /// Counts the number, and brings it below p.
    fn end(&mut self, (words, over): (Words, bool)) -> Words {
        let is_below = is_below(words, PRIME);
        *match (over, is_below) {
            (true, _) => &mut self.longer,
            (false, false) => &mut self.above,
            (false, true) if words[7] == u32::MAX => &mut self.just_below,
            (false, true) => &mut self.clearly_below,
        } += 1;
        if over || !is_below {
            minus(words, PRIME)
        } else {
            words
        }
    }

    fn all_were_met(&self, least: usize) {
        let Self {
            clearly_below,
            just_below,
            above,
            longer,
        } = self;
        for count in [clearly_below, just_below, above, longer] {
            assert!(*count >= least, "{self:?}");
        }
    }
}

/// Any number below p R, not only products: as `high + low / R` of fiat-crypto, and below 2p.
fn reductions<F: Steps>() {
    let mut random = Random::new(3);
    let mut ends = Ends::default();
    let mut check = |low: Words, high: Words| {
        let low_below_p = if is_below(low, PRIME) {
            low
        } else {
            minus(low, PRIME)
        };
        let oracle = fiat::add(high, fiat::number(low_below_p));
        let ours = ends.end(F::reduce(low, high));
        assert_eq!(ours, oracle, "{low:08x?} {high:08x?}");
    };
    for _ in 0..cases() {
        check(random.number(), random.number_below(PRIME));
    }
    for low in edges() {
        for high in elements_at_the_edges() {
            check(low, high);
        }
    }
    println!("{} reductions: as fiat-crypto has them", cases());
    ends.all_were_met(20);
}

/// Products and squares that come out at the edges, by way of each end.
fn every_end_of_a_product<F: Steps>() {
    let mut random = Random::new(4);
    let (mut products, mut squares) = (Ends::default(), Ends::default());
    // (p + 1) / 4: p is 3 modulo 4, so that this power of a square is its root.
    let exponent = plus(
        minus(power_of_two(254), power_of_two(222)),
        plus(power_of_two(190), power_of_two(94)),
    );
    let results = elements_at_the_edges();
    let random_ones = (0..cases() / 10).map(|_| {
        // Below 2^224, as all that may come out as p or more.
        let mut words = random.number();
        words[7] = 0;
        words
    });
    for result in results.into_iter().chain(random_ones.collect::<Vec<_>>()) {
        for _ in 0..4 {
            let a = random.number_below(PRIME);
            let b = fiat::mul(result, inverse_in_field(F::from_montgomery(a)).montgomery());
            let expected = fiat::mul(a, b);
            assert_eq!(products.end(F::multiply(a, b)), expected);
            agree::<F>(a, b);
        }
        let root = fiat::power(result, exponent);
        if fiat::square(root) == result {
            for root in [root, fiat::sub([0; 8], root)] {
                assert_eq!(squares.end(F::square_of(root)), result);
                agree::<F>(root, root);
            }
        }
    }
    products.all_were_met(20);
    squares.all_were_met(10);
}

/// Words of p and more are known for what they are.
fn is_reduced_below_p<F: Field>() {
    let mut random = Random::new(12);
    let numbers = edges()
        .into_iter()
        .chain((0..cases()).map(|_| random.number()));
    let mut met = [0, 0];
    for number in numbers.collect::<Vec<_>>() {
        let is_below = is_below(number, PRIME);
        assert_eq!(
            F::from_montgomery(number).is_reduced(),
            is_below,
            "{number:08x?}"
        );
        met[usize::from(is_below)] += 1;
    }
    assert!(met[0] > 20 && met[1] > 100, "{met:?}");
}

/// Sums and differences that come out at the edges.
fn every_end_of_a_sum<F: Field>() {
    let mut random = Random::new(5);
    let mut ends = Ends::default();
    for result in elements_at_the_edges() {
        for _ in 0..8 {
            let a = random.number_below(PRIME);
            let b = fiat::sub(result, a);
            let sum = plus(a, b);
            assert_eq!(ends.end((sum, is_below(sum, a))), result);
            agree::<F>(a, b);
            agree::<F>(a, fiat::sub(a, result));
        }
    }
    ends.all_were_met(20);
}
