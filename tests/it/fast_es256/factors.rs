//! The two factors of a verification, modulo n: as p256 has them, in words of either width.

use super::{
    arithmetic::scalar,
    oracle::{ORDER, bytes, inverse, is_below, minus, number, plus, scalar},
    random::{Random, Words, cases, edges, power_of_two},
};

const ONE: Words = [1, 0, 0, 0, 0, 0, 0, 0];

/// Both widths, which have to agree; the highest byte first.
fn factors(digest: Words, r: Words, s: Words) -> Option<[[u8; 32]; 2]> {
    let [digest, r, s] = [digest, r, s].map(bytes);
    let short = scalar::factors::<u32, 8>(&digest, &r, &s);
    let long = scalar::factors::<u64, 4>(&digest, &r, &s);
    assert_eq!(short, long, "the widths differ");
    short.map(|(first, second)| {
        [first, second].map(|mut factor| {
            factor.reverse();
            factor
        })
    })
}

fn agree(digest: Words, r: Words, s: Words) {
    let in_range = [r, s]
        .iter()
        .all(|number| *number != [0; 8] && is_below(*number, ORDER));
    let expected = in_range.then(|| {
        let inverse = inverse(&scalar(s));
        [digest, r].map(|factor| bytes(number(&(scalar(factor) * inverse))))
    });
    assert_eq!(
        factors(digest, r, s),
        expected,
        "{digest:08x?} {r:08x?} {s:08x?}"
    );
}

#[test]
fn any() {
    let mut random = Random::new(8);
    for _ in 0..cases() {
        agree(random.number(), random.number(), random.number());
        agree(
            random.number(),
            random.number_below(ORDER),
            random.number_below(ORDER),
        );
    }
    println!("{} pairs of factors: as p256 has them", cases());
}

/// What is inverted, at its edges: long runs of zeros and of ones, at either end and in the middle.
#[test]
fn inverses() {
    let mut numbers: Vec<Words> = (1..300).map(|low| [low, 0, 0, 0, 0, 0, 0, 0]).collect();
    for exponent in 0..256 {
        let power = power_of_two(exponent);
        // 2^i, a few times that, ones up to there, and ones from there on.
        let odd = [3, 0x8000_0001, u32::MAX].map(|odd| shifted(odd, exponent));
        numbers.extend([
            power,
            plus(power, ONE),
            minus(power, ONE),
            minus([0; 8], power),
        ]);
        numbers.extend(odd);
        // 2^i modulo n times 2^j.
        numbers.extend([31, 32, 63, 64].map(|other| plus(power, power_of_two(other))));
    }
    let below_n = numbers.iter().map(|small| minus(ORDER, *small));
    // (n + 1) / 2 is 1 / 2.
    let half = number(&inverse(&scalar([2, 0, 0, 0, 0, 0, 0, 0])));
    let near_half = [half, minus(half, ONE), plus(half, ONE)];
    let numbers: Vec<Words> = numbers
        .iter()
        .copied()
        .chain(below_n)
        .chain(near_half)
        .collect();
    let mut inverted = 0;
    for s in numbers {
        agree(ORDER, ONE, s);
        inverted += usize::from(s != [0; 8] && is_below(s, ORDER));
    }
    assert!(inverted > 4_000, "{inverted}");
}

/// Numbers that take many division steps to invert, the lowest word first, and how many. A random number takes 531, and of a
/// thousand none takes 565. These come of a search that chose the bits from the lowest on, for the most steps on average.
const SLOW: [(usize, Words); 6] = [
    (
        617,
        [
            0x855f_84bd,
            0xd020_5b73,
            0xc8eb_05ed,
            0xfc21_42ff,
            0x23d9_e0da,
            0x1b68_3e69,
            0x174b_7ecf,
            0xb143_367c,
        ],
    ),
    (
        617,
        [
            0x855f_84bd,
            0xd020_5b73,
            0xc8eb_05ed,
            0xfc21_42ff,
            0x23d9_e0da,
            0x5458_3e69,
            0xd7d0_4f62,
            0xe890_a7e5,
        ],
    ),
    (
        619,
        [
            0x855f_84bd,
            0xd020_5b73,
            0xc8eb_05ed,
            0xfc21_42ff,
            0x23d9_e0da,
            0x5458_3e69,
            0x09e3_7f62,
            0x81e4_c7b4,
        ],
    ),
    (
        619,
        [
            0x4808_f6fd,
            0x2d5e_fd9d,
            0xa875_0b8e,
            0x93be_34de,
            0x803d_76be,
            0x99f9_c51c,
            0xcb8f_87a0,
            0xf61b_3391,
        ],
    ),
    (
        621,
        [
            0x855f_84bd,
            0xd020_5b73,
            0xc8eb_05ed,
            0xfc21_42ff,
            0x23d9_e0da,
            0xf14e_7e69,
            0x92e3_581d,
            0x4ad6_bd5f,
        ],
    ),
    (
        624,
        [
            0x855f_84bd,
            0xd020_5b73,
            0xc8eb_05ed,
            0xfc21_42ff,
            0x23d9_e0da,
            0x1b68_3e69,
            0xbc8f_2c13,
            0xe1c5_fb21,
        ],
    ),
];

/// The most steps that anything is known to take are within the rounds of 30 that the inversion does.
#[test]
fn slow_inverses() {
    for (steps, s) in SLOW {
        assert_eq!(division_steps(s), steps, "{s:08x?}");
        agree(ORDER, ONE, s);
    }
    assert!(SLOW.iter().any(|(steps, _)| *steps > 20 * 30));
}

/// How many division steps it takes from n and `number` to their greatest common divisor, as Bernstein and Yang define them
/// (section 8).
fn division_steps(number: Words) -> usize {
    // In two's complement, with a word above for the sign.
    let wide =
        |words: Words| -> [u32; 9] { core::array::from_fn(|at| *words.get(at).unwrap_or(&0)) };
    let (mut f, mut g) = (wide(ORDER), wide(number));
    let (mut delta, mut steps) = (1, 0);
    while g != [0; 9] {
        let is_odd = g[0] & 1 == 1;
        if is_odd && delta > 0 {
            // f, g = g, (g - f) / 2
            (delta, f, g) = (1 - delta, g, halved(sum(g, f.map(|word| !word), 1)));
        } else {
            delta += 1;
            g = halved(if is_odd { sum(g, f, 0) } else { g });
        }
        steps += 1;
    }
    steps
}

fn sum(a: [u32; 9], b: [u32; 9], carry: u64) -> [u32; 9] {
    let mut carry = carry;
    core::array::from_fn(|at| {
        let sum = u64::from(a[at]) + u64::from(b[at]) + carry;
        carry = sum >> 32;
        u32::try_from(sum & 0xffff_ffff).unwrap()
    })
}

fn halved(number: [u32; 9]) -> [u32; 9] {
    // The sign stays.
    core::array::from_fn(|at| {
        let above = number
            .get(at + 1)
            .map_or(number[8] >> 31, |above| above & 1);
        number[at] >> 1 | above << 31
    })
}

/// `odd` times 2^`exponent`, as far as it fits.
fn shifted(odd: u32, exponent: usize) -> Words {
    let mut words = [0; 8];
    let (place, bits) = (exponent / 32, exponent % 32);
    let long = u64::from(odd) << bits;
    words[place] = u32::try_from(long & 0xffff_ffff).unwrap();
    if let Some(above) = words.get_mut(place + 1) {
        *above = u32::try_from(long >> 32).unwrap();
    }
    words
}

/// Each of the three at each edge: those of r and s outside of 1 to n - 1 have no factors, and a digest may be n or more.
#[test]
fn at_the_edges() {
    let edges = edges();
    let ordinary = [7, 1, 8, 2, 8, 1, 8, 2];
    for edge in &edges {
        agree(*edge, ordinary, ordinary);
        agree(ordinary, *edge, ordinary);
        agree(ordinary, ordinary, *edge);
        agree(*edge, *edge, *edge);
    }
    let last = minus(ORDER, ONE);
    for (digest, r, s, expected) in [
        // u1, u2
        ([0; 8], ONE, ONE, Some([[0; 8], ONE])),
        (ORDER, ONE, ONE, Some([[0; 8], ONE])),
        (plus(ORDER, ONE), last, ONE, Some([ONE, last])),
        (last, ONE, last, Some([ONE, last])),
        (ONE, last, last, Some([last, ONE])),
        (ONE, [0; 8], ONE, None),
        (ONE, ONE, [0; 8], None),
        (ONE, ORDER, ONE, None),
        (ONE, ONE, ORDER, None),
        (ONE, plus(ORDER, ONE), ONE, None),
        (ONE, ONE, plus(ORDER, ONE), None),
        (ONE, [u32::MAX; 8], ONE, None),
        (ONE, ONE, [u32::MAX; 8], None),
    ] {
        assert_eq!(
            factors(digest, r, s),
            expected.map(|factors| factors.map(bytes))
        );
    }
}
