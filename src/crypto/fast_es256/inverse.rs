//! The inverse modulo n or p, computed with division steps, 30 at a time on single words (Bernstein
//! and Yang, "Fast constant-time gcd computation and modular inversion", 2019). All data is public,
//! so this variant is not constant time.
//!
//! The algorithm is not proved. It need not be, because the caller checks the result with a
//! multiplication.

use super::word::low_and_high;

/// A number in words of 30 bits, least significant first. The last word has the sign.
type Long = [i32; 9];

const BITS: u32 = 30;
const MASK: i32 = (1 << BITS) - 1;

/// An odd number of 256 bits.
pub(crate) struct Modulus {
    words: Long,
    /// 1 / the modulus, modulo 2^30.
    inverse: i32,
}

/// The order n of the curve's group.
pub(crate) const ORDER: Modulus = Modulus {
    words: [
        0x3c63_2551,
        0x0ee7_2b0b,
        0x3179_e84f,
        0x39be_ab69,
        0x3fff_ffbc,
        0x3fff_ffff,
        0x0000_0fff,
        0x3fff_c000,
        0x0000_ffff,
    ],
    inverse: 0x11ff_43b1,
};

/// The prime p of the field.
pub(crate) const PRIME: Modulus = Modulus {
    words: [
        0x3fff_ffff,
        0x3fff_ffff,
        0x3fff_ffff,
        0x0000_003f,
        0x0000_0000,
        0x0000_0000,
        0x0000_1000,
        0x3fff_c000,
        0x0000_ffff,
    ],
    inverse: 0x3fff_ffff,
};

/// The largest number of rounds that a number of 256 bits takes: 741 steps (theorem 11.2).
const MAX_ROUNDS: usize = 25;

/// The effect of 30 steps on f and g, times 2^30: `u f + v g` and `q f + r g`.
struct Steps {
    u: i32,
    v: i32,
    q: i32,
    r: i32,
}

/// Returns 1 / `number` modulo `modulus`, for a number other than 0 and below the modulus. Both are
/// words, least significant first.
// Not inlined: it is called with two moduli, and its stack is needed only once.
#[inline(never)]
pub(crate) fn inverse(number: &[u32; 8], modulus: &Modulus) -> [u32; 8] {
    // Invariant: d times `number` is f, and e times `number` is g, modulo the modulus. f and g get
    // shorter.
    let (mut f, mut g) = (modulus.words, long(number));
    let (mut d, mut e) = ([0; 9], [1, 0, 0, 0, 0, 0, 0, 0, 0]);
    let (mut eta, mut length) = (-1, f.len());
    for _ in 0..MAX_ROUNDS {
        let steps = steps(&mut eta, low(&f), low(&g));
        steps.modulo(modulus, &mut d, &mut e);
        // The lowest 30 bits of f and g become zero by themselves.
        let (first_f, first_g) = (first(&mut f, length), first(&mut g, length));
        steps.apply(modulus, (0, 0), first_f, first_g);
        if g.iter().take(length).all(|word| *word == 0) {
            break;
        }
        // If the last words hold only signs, the signs move to the words before them.
        if let ([.., f, sign_of_f @ (-1 | 0)], [.., g, sign_of_g @ (-1 | 0)]) =
            (first(&mut f, length), first(&mut g, length))
        {
            *f |= sign_of_f.wrapping_shl(BITS);
            *g |= sign_of_g.wrapping_shl(BITS);
            length = length.wrapping_sub(1);
        }
    }
    // f is now 1 or -1, the greatest common divisor.
    let is_negative = f.get(length.wrapping_sub(1)).is_some_and(|top| *top < 0);
    words(&reduced(d, is_negative, modulus))
}

/// Computes 30 division steps on the lowest words of f, which is odd, and g.
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
        // A step on an even g halves g. Here, u and v are doubled to compensate.
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
        // Adds the multiple of f that makes up to six bits of g zero. `eta` limits the bits,
        // because the steps after the next exchange use another f.
        let bits = eta.unsigned_abs().wrapping_add(1).min(left).min(6);
        let inverse = f.wrapping_mul(f.wrapping_mul(f).wrapping_sub(2));
        let factor = inverse.wrapping_mul(g) & 1i32.wrapping_shl(bits).wrapping_sub(1);
        g = g.wrapping_add(f.wrapping_mul(factor));
        q = q.wrapping_add(u.wrapping_mul(factor));
        r = r.wrapping_add(v.wrapping_mul(factor));
    }
}

impl Steps {
    /// Applies the steps to two numbers, and adds these multiples of the modulus. After that, the
    /// lowest 30 bits are zero and are dropped.
    // Not inlined, so that the image needs it only once. f and g use it with the multiples 0.
    #[inline(never)]
    fn apply(
        &self,
        modulus: &Modulus,
        (factor_a, factor_b): (i32, i32),
        a: &mut [i32],
        b: &mut [i32],
    ) {
        let (mut carry_a, mut carry_b) = (0, 0);
        let mut places = None;
        for ((a, b), m) in a.iter_mut().zip(b).zip(&modulus.words) {
            carry_a = sum(carry_a, [(self.u, *a), (self.v, *b), (factor_a, *m)]);
            carry_b = sum(carry_b, [(self.q, *a), (self.r, *b), (factor_b, *m)]);
            put(places, &mut carry_a, &mut carry_b);
            places = Some((a, b));
        }
        put_rest(places, carry_a, carry_b);
    }

    /// Applies the steps to d and e, modulo the modulus m. Adding a multiple of m makes their
    /// lowest 30 bits zero. d and e stay between -2m and m.
    fn modulo(&self, modulus: &Modulus, d: &mut Long, e: &mut Long) {
        // m is added to negative numbers first.
        let if_negative = |number: &Long, value| if is_negative(number) { value } else { 0 };
        let factor_d = if_negative(d, self.u).wrapping_add(if_negative(e, self.v));
        let factor_e = if_negative(d, self.q).wrapping_add(if_negative(e, self.r));
        let factor = |factor: i32, [(u, d), (v, e)]: [(i32, i32); 2]| {
            let low = u.wrapping_mul(d).wrapping_add(v.wrapping_mul(e));
            let excess = low.wrapping_mul(modulus.inverse).wrapping_add(factor) & MASK;
            factor.wrapping_sub(excess)
        };
        let factor_d = factor(factor_d, [(self.u, low(d)), (self.v, low(e))]);
        let factor_e = factor(factor_e, [(self.q, low(d)), (self.r, low(e))]);
        self.apply(modulus, (factor_d, factor_e), d, e);
    }
}

/// The places of one word in each of two numbers, or `None` before the first word.
type Places<'p> = Option<(&'p mut i32, &'p mut i32)>;

fn sum<const N: usize>(carry: i64, products: [(i32, i32); N]) -> i64 {
    products.into_iter().fold(carry, |sum, (a, b)| {
        sum.wrapping_add(i64::from(a).wrapping_mul(i64::from(b)))
    })
}

/// Moves the lowest word of each sum to its place. If there is no place, the words are zero and are
/// dropped.
fn put(places: Places<'_>, first: &mut i64, second: &mut i64) {
    let words = (low_word(*first) & MASK, low_word(*second) & MASK);
    if let Some((place_of_first, place_of_second)) = places {
        (*place_of_first, *place_of_second) = words;
    }
    *first >>= BITS;
    *second >>= BITS;
}

/// Writes the rest of each sum, with its sign, to the last place.
fn put_rest(places: Places<'_>, first: i64, second: i64) {
    if let Some((place_of_first, place_of_second)) = places {
        (*place_of_first, *place_of_second) = (low_word(first), low_word(second));
    }
}

/// Reduces a number between -2m and m to a number below m. Negates it if `negated` is set.
fn reduced(mut number: Long, negated: bool, modulus: &Modulus) -> Long {
    add_if(is_negative(&number), &mut number, 1, modulus);
    add_if(false, &mut number, if negated { -1 } else { 1 }, modulus);
    add_if(is_negative(&number), &mut number, 1, modulus);
    number
}

/// Multiplies the number by `sign`, after adding the modulus if `is_wanted` is set.
fn add_if(is_wanted: bool, number: &mut Long, sign: i32, modulus: &Modulus) {
    let mut carry = 0;
    let mut last = None;
    for (place, m) in number.iter_mut().zip(&modulus.words) {
        let m = if is_wanted { *m } else { 0 };
        carry = sum(carry, [(sign, *place), (sign, m)]);
        *place = low_word(carry) & MASK;
        carry >>= BITS;
        last = Some(place);
    }
    // The last word also keeps the bits that would start the next word.
    if let Some(last) = last {
        *last |= low_word(carry).wrapping_shl(BITS);
    }
}

fn is_negative(number: &Long) -> bool {
    number.last().is_some_and(|top| *top < 0)
}

/// Creates a number from words of 32 bits.
fn long(words: &[u32; 8]) -> Long {
    from_bits(words.map(u64::from), u32::BITS, BITS)
        .map(|word| low_and_high(word).0.cast_signed() & MASK)
}

/// Returns a number that is not negative in words of 32 bits.
fn words(number: &Long) -> [u32; 8] {
    let words = number.map(|word| u64::from(word.unsigned_abs()));
    from_bits(words, BITS, u32::BITS).map(|word| low_and_high(word).0)
}

/// Converts words of `from` bits into words of at least `to` bits. The caller cuts off the bits
/// above `to`.
fn from_bits<const N: usize, const M: usize>(words: [u64; N], from: u32, to: u32) -> [u64; M] {
    let mut words = words.into_iter();
    // The bits that were read but not returned yet, and their number.
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

/// Returns the low word of a sum.
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
