//! The factors of a verification, modulo the order n of the curve's group (FIPS 186-5 section 6.4.2, steps 3 to 5).

use super::limb::Word;

/// n, and what Montgomery's product modulo it needs, in words of some width.
pub(crate) trait Order<const N: usize>: Word {
    /// n.
    const ORDER: [Self; N];
    /// R^2 / R = 2^256 modulo n.
    const R: [Self; N];
    /// -1 / n modulo a word.
    const FACTOR: Self;
}

impl Order<8> for u32 {
    const ORDER: [Self; 8] = [
        0xfc63_2551,
        0xf3b9_cac2,
        0xa717_9e84,
        0xbce6_faad,
        0xffff_ffff,
        0xffff_ffff,
        0,
        0xffff_ffff,
    ];
    const R: [Self; 8] = [
        0x039c_daaf,
        0x0c46_353d,
        0x58e8_617b,
        0x4319_0552,
        0,
        0,
        0xffff_ffff,
        0,
    ];
    const FACTOR: Self = 0xee00_bc4f;
}

impl Order<4> for u64 {
    const ORDER: [Self; 4] = [
        0xf3b9_cac2_fc63_2551,
        0xbce6_faad_a717_9e84,
        0xffff_ffff_ffff_ffff,
        0xffff_ffff_0000_0000,
    ];
    const R: [Self; 4] = [
        0x0c46_353d_039c_daaf,
        0x4319_0552_58e8_617b,
        0,
        0x0000_0000_ffff_ffff,
    ];
    const FACTOR: Self = 0xccd1_c8aa_ee00_bc4f;
}

/// `digest / s` and `r / s` modulo n, in bytes, the lowest first; `None` unless r and s are between 1 and n - 1. The
/// arguments are big-endian.
pub(crate) fn factors<W: Order<N>, const N: usize>(
    digest: &[u8; 32],
    r: &[u8; 32],
    s: &[u8; 32],
) -> Option<([u8; 32], [u8; 32])> {
    let [r, s] = [r, s].map(words::<W, N>);
    if [r, s]
        .iter()
        .any(|number| is_zero(number) || !is_below(number, &W::ORDER))
    {
        return None;
    }
    let inverse = montgomery_inverse(&s)?;
    let mut digest = words::<W, N>(digest);
    // A digest is below 2^256, which is below 2n.
    if !is_below(&digest, &W::ORDER) {
        subtract(&mut digest, &W::ORDER);
    }
    Some((
        bytes(&product(&digest, &inverse)),
        bytes(&product(&r, &inverse)),
    ))
}

/// `R / number` modulo n, for a number from 1 to n - 1.
///
/// It is checked by a product with the number. So a fault in the inversion could refuse a good signature, but accept no bad one.
fn montgomery_inverse<W: Order<N>, const N: usize>(number: &[W; N]) -> Option<[W; N]> {
    let (inverse, exponent) = almost_inverse(number)?;
    // 2^(512 - exponent), of which Montgomery's product takes 256 away again.
    let power = power_of_two(512u32.checked_sub(exponent)?)?;
    let inverse = product(&inverse, &power);
    (product(number, &inverse) == power_of_two(0)?).then_some(inverse)
}

/// Montgomery's product modulo n, `a b / 2^256`: below n, if one of the factors is.
fn product<W: Order<N>, const N: usize>(a: &[W; N], b: &[W; N]) -> [W; N] {
    let mut sum = [W::ZERO; N];
    let mut top = W::ZERO;
    for factor in b {
        let mut carry = W::ZERO;
        for (word, a) in sum.iter_mut().zip(a) {
            (*word, carry) = a.multiply_add(*factor, *word, carry);
        }
        let (above, over) = top.add(carry, false);
        // The multiple of n that makes the lowest word zero; which then is left out.
        let factor = sum
            .first()
            .map_or(W::ZERO, |low| low.low_product(W::FACTOR));
        let mut carry = W::ZERO;
        for (word, n) in sum.iter_mut().zip(&W::ORDER) {
            (*word, carry) = n.multiply_add(factor, *word, carry);
        }
        let (above, over_again) = above.add(carry, false);
        sum.rotate_left(1);
        if let Some(last) = sum.last_mut() {
            *last = above;
        }
        top = W::of(over | over_again);
    }
    if top != W::ZERO || !is_below(&sum, &W::ORDER) {
        subtract(&mut sum, &W::ORDER);
    }
    sum
}

/// `2^exponent / number` modulo n and the exponent, from 256 to 512 (Kaliski). Its time depends on the number: all is public.
fn almost_inverse<W: Order<N>, const N: usize>(number: &[W; N]) -> Option<([W; N], u32)> {
    // Up to a common sign, r number = -u 2^exponent and s number = v 2^exponent modulo n; and u s + v r = 2n.
    let (mut u, mut v) = (W::ORDER, *number);
    let (mut r, mut s) = ([W::ZERO; ROOM], [W::ZERO; ROOM]);
    let mut exponent = 1;
    *s.first_mut()? = W::bit(exponent);
    let mut is_negative = true;
    // As u and v get shorter, r and s get longer.
    let (mut length, mut other_length) = (N, 1);
    while !is_zero(&v) {
        while let bits @ 1.. = v.first().map_or(0, |low| low.trailing_zeros()) {
            let bits = bits.min(W::BITS.wrapping_sub(1));
            shift_down(first(&mut v, length), bits);
            let over = shift_up(first(&mut r, other_length), bits);
            other_length = grown(&mut r, other_length, over);
            exponent = exponent.checked_add(bits)?;
        }
        // Both are odd: their difference is even.
        if is_below(&v, &u) {
            core::mem::swap(&mut u, &mut v);
            core::mem::swap(&mut r, &mut s);
            is_negative = !is_negative;
        }
        subtract(first(&mut v, length), &u);
        let over = add(first(&mut s, other_length), &r);
        other_length = grown(&mut s, other_length, W::of(over));
        while is_zero_at(&u, length) && is_zero_at(&v, length) {
            length = length.wrapping_sub(1);
        }
    }
    // Now u is 1, the greatest common divisor, and s is 2n; so r is below 2n.
    let (words, above) = r.split_first_chunk()?;
    let mut inverse = *words;
    if above.first() != Some(&W::ZERO) || !is_below(&inverse, &W::ORDER) {
        subtract(&mut inverse, &W::ORDER);
    }
    if is_negative {
        let positive = core::mem::replace(&mut inverse, W::ORDER);
        subtract(&mut inverse, &positive);
    }
    Some((inverse, exponent))
}

/// Words for numbers below 4n, of either width.
const ROOM: usize = 9;

/// Puts what went over the first `length` words of a number behind them; gives the new length.
fn grown<W: Word>(words: &mut [W; ROOM], length: usize, over: W) -> usize {
    match words.get_mut(length) {
        Some(word) if over != W::ZERO => {
            *word = over;
            length.wrapping_add(1)
        }
        _ => length,
    }
}

/// 2^`exponent` modulo n, for an exponent up to 256.
fn power_of_two<W: Order<N>, const N: usize>(exponent: u32) -> Option<[W; N]> {
    if exponent == 256 {
        return Some(W::R);
    }
    let mut power = [W::ZERO; N];
    let place = usize::try_from(exponent.checked_div(W::BITS)?).ok()?;
    *power.get_mut(place)? = W::bit(exponent.checked_rem(W::BITS)?);
    Some(power)
}

/// Whether the last of the first `length` words is zero.
fn is_zero_at<W: Word>(words: &[W], length: usize) -> bool {
    words.get(length.wrapping_sub(1)) == Some(&W::ZERO)
}

fn first<W>(words: &mut [W], length: usize) -> &mut [W] {
    words.get_mut(..length).unwrap_or_default()
}

fn shift_down<W: Word>(words: &mut [W], bits: u32) {
    let mut above = W::ZERO;
    for word in words.iter_mut().rev() {
        let old = *word;
        *word = old.down(above, bits);
        above = old;
    }
}

/// Gives what is shifted out.
fn shift_up<W: Word>(words: &mut [W], bits: u32) -> W {
    let mut below = W::ZERO;
    for word in words {
        let old = *word;
        *word = old.up(below, bits);
        below = old;
    }
    W::ZERO.up(below, bits)
}

fn add<W: Word>(words: &mut [W], other: &[W]) -> bool {
    let mut carry = false;
    for (word, other) in words.iter_mut().zip(other) {
        (*word, carry) = word.add(*other, carry);
    }
    carry
}

fn subtract<W: Word>(words: &mut [W], other: &[W]) {
    let mut borrow = false;
    for (word, other) in words.iter_mut().zip(other) {
        (*word, borrow) = word.sub(*other, borrow);
    }
}

fn is_zero<W: Word, const N: usize>(words: &[W; N]) -> bool {
    words.iter().all(|word| *word == W::ZERO)
}

fn is_below<W: Word>(words: &[W], other: &[W]) -> bool {
    words.iter().rev().lt(other.iter().rev())
}

/// From 32 bytes, the highest first.
pub(crate) fn words<W: Word, const N: usize>(bytes: &[u8; 32]) -> [W; N] {
    let mut words = [W::ZERO; N];
    for (word, bytes) in words.iter_mut().zip(bytes.rchunks(W::BYTES)) {
        *word = W::from_be_bytes(bytes);
    }
    words
}

/// 32 bytes, the lowest first.
fn bytes<W: Word, const N: usize>(words: &[W; N]) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.chunks_mut(W::BYTES).zip(words) {
        for (byte, of_word) in bytes.iter_mut().zip(word.to_le_bytes().as_ref()) {
            *byte = *of_word;
        }
    }
    bytes
}
