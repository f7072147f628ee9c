//! The inverse modulo n, by division steps (Bernstein and Yang, "Fast constant-time gcd computation and modular inversion",
//! 2019), of which 30 at a time are done on single words. Here they take the time that they take: all is public.
//!
//! It is not proved, and need not be: who calls it multiplies, and sees whether it is the inverse.

use super::word::{low_and_high, words};

/// A number in words of 30 bits, the lowest first; the last has the sign.
type Long = [i32; 9];

const BITS: u32 = 30;
const MASK: i32 = (1 << BITS) - 1;

/// The order n of the curve's group.
const ORDER: Long = [
    0x3c63_2551,
    0x0ee7_2b0b,
    0x3179_e84f,
    0x39be_ab69,
    0x3fff_ffbc,
    0x3fff_ffff,
    0x0000_0fff,
    0x3fff_c000,
    0x0000_ffff,
];

/// 1 / n modulo 2^30.
const ORDER_INVERSE: i32 = 0x11ff_43b1;

/// Most rounds that a number of 256 bits takes: 741 steps (theorem 11.2).
const MAX_ROUNDS: usize = 25;

/// What 30 steps make of f and g, times 2^30: `u f + v g` and `q f + r g`.
struct Steps {
    u: i32,
    v: i32,
    q: i32,
    r: i32,
}

/// 1 / `number` modulo n, for a number from 1 to n - 1, both big-endian.
pub(crate) fn inverse(number: &[u8; 32]) -> [u8; 32] {
    // d number = f and e number = g modulo n, all the way; f and g get shorter.
    let (mut f, mut g) = (ORDER, long(number));
    let (mut d, mut e) = ([0; 9], [1, 0, 0, 0, 0, 0, 0, 0, 0]);
    let (mut eta, mut length) = (-1, f.len());
    for _ in 0..MAX_ROUNDS {
        let steps = steps(&mut eta, low(&f), low(&g));
        steps.modulo_n(&mut d, &mut e);
        steps.exactly(first(&mut f, length), first(&mut g, length));
        if g.iter().take(length).all(|word| *word == 0) {
            break;
        }
        // Where the last words hold nothing but signs, those before have room for them.
        if let ([.., f, sign_of_f @ (-1 | 0)], [.., g, sign_of_g @ (-1 | 0)]) =
            (first(&mut f, length), first(&mut g, length))
        {
            *f |= sign_of_f.wrapping_shl(BITS);
            *g |= sign_of_g.wrapping_shl(BITS);
            length = length.wrapping_sub(1);
        }
    }
    // f is 1 or -1, the greatest common divisor.
    let is_negative = f.get(length.wrapping_sub(1)).is_some_and(|top| *top < 0);
    bytes(&between_0_and_n(d, is_negative))
}

/// 30 division steps on the lowest words of f, which is odd, and g.
fn steps(eta: &mut i32, mut f: i32, mut g: i32) -> Steps {
    let Steps {
        mut u,
        mut v,
        mut q,
        mut r,
    } = Steps {
        u: 1,
        v: 0,
        q: 0,
        r: 1,
    };
    let mut left = BITS;
    loop {
        // A step on an even g halves it; here u and v are doubled in its place.
        let zeros = g.trailing_zeros().min(left);
        g = g.wrapping_shr(zeros);
        u = u.wrapping_shl(zeros);
        v = v.wrapping_shl(zeros);
        *eta = eta.wrapping_sub_unsigned(zeros);
        left = left.wrapping_sub(zeros);
        if left == 0 {
            return Steps { u, v, q, r };
        }
        if *eta < 0 {
            *eta = eta.wrapping_neg();
            (f, g) = (g, f.wrapping_neg());
            (u, q) = (q, u.wrapping_neg());
            (v, r) = (r, v.wrapping_neg());
        }
        // The multiple of f that makes up to six bits of g zero, of those that no other exchange comes between.
        let bits = eta.unsigned_abs().wrapping_add(1).min(left).min(6);
        let inverse = f.wrapping_mul(f.wrapping_mul(f).wrapping_sub(2));
        let factor = inverse.wrapping_mul(g) & 1i32.wrapping_shl(bits).wrapping_sub(1);
        g = g.wrapping_add(f.wrapping_mul(factor));
        q = q.wrapping_add(u.wrapping_mul(factor));
        r = r.wrapping_add(v.wrapping_mul(factor));
    }
}

impl Steps {
    /// On f and g themselves, whose lowest 30 bits become zero and are left out.
    fn exactly(&self, f: &mut [i32], g: &mut [i32]) {
        let (mut carry_f, mut carry_g) = (0, 0);
        let mut places = None;
        for (f, g) in f.iter_mut().zip(g) {
            carry_f = sum(carry_f, [(self.u, *f), (self.v, *g)]);
            carry_g = sum(carry_g, [(self.q, *f), (self.r, *g)]);
            put(places, &mut carry_f, &mut carry_g);
            places = Some((f, g));
        }
        put_rest(places, carry_f, carry_g);
    }

    /// On d and e, with a multiple of n that makes their lowest 30 bits zero; they stay between -2n and n.
    fn modulo_n(&self, d: &mut Long, e: &mut Long) {
        // What is negative gets n first.
        let if_negative = |number: &Long, value| if is_negative(number) { value } else { 0 };
        let factor_d = if_negative(d, self.u).wrapping_add(if_negative(e, self.v));
        let factor_e = if_negative(d, self.q).wrapping_add(if_negative(e, self.r));
        let factor = |factor: i32, [(u, d), (v, e)]: [(i32, i32); 2]| {
            let low = u.wrapping_mul(d).wrapping_add(v.wrapping_mul(e));
            let excess = low.wrapping_mul(ORDER_INVERSE).wrapping_add(factor) & MASK;
            factor.wrapping_sub(excess)
        };
        let factor_d = factor(factor_d, [(self.u, low(d)), (self.v, low(e))]);
        let factor_e = factor(factor_e, [(self.q, low(d)), (self.r, low(e))]);
        let (mut carry_d, mut carry_e) = (0, 0);
        let mut places = None;
        for ((d, e), n) in d.iter_mut().zip(e).zip(&ORDER) {
            carry_d = sum(carry_d, [(self.u, *d), (self.v, *e), (factor_d, *n)]);
            carry_e = sum(carry_e, [(self.q, *d), (self.r, *e), (factor_e, *n)]);
            put(places, &mut carry_d, &mut carry_e);
            places = Some((d, e));
        }
        put_rest(places, carry_d, carry_e);
    }
}

/// A place in each of two numbers.
type Places<'p> = Option<(&'p mut i32, &'p mut i32)>;

fn sum<const N: usize>(carry: i64, products: [(i32, i32); N]) -> i64 {
    products.into_iter().fold(carry, |sum, (a, b)| {
        sum.wrapping_add(i64::from(a).wrapping_mul(i64::from(b)))
    })
}

/// Takes a word off each sum, and puts it to its place, if there is one: the lowest are zero, and go nowhere.
fn put(places: Places<'_>, first: &mut i64, second: &mut i64) {
    let words = (low_word(*first) & MASK, low_word(*second) & MASK);
    if let Some((place_of_first, place_of_second)) = places {
        (*place_of_first, *place_of_second) = words;
    }
    *first >>= BITS;
    *second >>= BITS;
}

/// Puts what is left, with its sign, to the last place.
fn put_rest(places: Places<'_>, first: i64, second: i64) {
    if let Some((place_of_first, place_of_second)) = places {
        (*place_of_first, *place_of_second) = (low_word(first), low_word(second));
    }
}

/// A number between -2n and n, or its negative if so wanted, modulo n.
fn between_0_and_n(mut number: Long, negated: bool) -> Long {
    add_n_if(is_negative(&number), &mut number, 1);
    add_n_if(false, &mut number, if negated { -1 } else { 1 });
    add_n_if(is_negative(&number), &mut number, 1);
    number
}

/// `sign` times the number, after n was added to it, if so wanted.
fn add_n_if(is_wanted: bool, number: &mut Long, sign: i32) {
    let mut carry = 0;
    let mut last = None;
    for (place, n) in number.iter_mut().zip(&ORDER) {
        let n = if is_wanted { *n } else { 0 };
        carry = sum(carry, [(sign, *place), (sign, n)]);
        *place = low_word(carry) & MASK;
        carry >>= BITS;
        last = Some(place);
    }
    // The last word has what would be the next.
    if let Some(last) = last {
        *last |= low_word(carry).wrapping_shl(BITS);
    }
}

fn is_negative(number: &Long) -> bool {
    number.last().is_some_and(|top| *top < 0)
}

/// From 32 bytes, the highest first.
fn long(bytes: &[u8; 32]) -> Long {
    let words = words::<u32, 8>(bytes);
    from_bits(words.map(u64::from), u32::BITS, BITS)
        .map(|word| low_and_high(word).0.cast_signed() & MASK)
}

/// 32 bytes, the highest first, of a number from 0 to n - 1.
fn bytes(number: &Long) -> [u8; 32] {
    let words = number.map(|word| u64::from(word.unsigned_abs()));
    let words: [u64; 8] = from_bits(words, BITS, u32::BITS);
    let mut bytes = [0; 32];
    for (place, word) in bytes.as_rchunks_mut().1.iter_mut().rev().zip(words) {
        *place = low_and_high(word).0.to_be_bytes();
    }
    bytes
}

/// Words of `from` bits as words of at least `to` bits, of which the higher ones are to be cut off.
fn from_bits<const N: usize, const M: usize>(words: [u64; N], from: u32, to: u32) -> [u64; M] {
    let mut words = words.into_iter();
    // What has been read and not been given out, and how many bits that is.
    let (mut read, mut bits) = (0u64, 0u32);
    [(); M].map(|()| {
        while bits < to {
            read |= words.next().unwrap_or_default().wrapping_shl(bits);
            bits = bits.wrapping_add(from);
        }
        let word = read;
        read = read.wrapping_shr(to);
        bits = bits.saturating_sub(to);
        word
    })
}

/// The low word of a sum.
fn low_word(sum: i64) -> i32 {
    low_and_high(sum.cast_unsigned()).0.cast_signed()
}

fn first(words: &mut Long, length: usize) -> &mut [i32] {
    words.get_mut(..length).unwrap_or_default()
}

const fn low(words: &Long) -> i32 {
    let [low, ..] = *words;
    low
}
