//! Checks whether two numbers are the coordinates of a point of P-256.
//!
//! The check is `const`, so that the compiler can check a key in flash. It also runs on the device,
//! for keys that arrive at run time, so it must be fast too. It handles only public data, so its
//! time may depend on the data.
//!
//! Curve and constants: NIST SP 800-186 section 3.2.1.3.

/// A number below 2^256 in words of 64 bits, least significant first.
type Number = [u64; 4];

/// The prime p of the field.
const P: Number = [
    0xffff_ffff_ffff_ffff,
    0x0000_0000_ffff_ffff,
    0x0000_0000_0000_0000,
    0xffff_ffff_0000_0001,
];
/// R^2 modulo p, for R = 2^256. A product with it brings a number into Montgomery's form.
const R_SQUARED: Number = [
    0x0000_0000_0000_0003,
    0xffff_fffb_ffff_ffff,
    0xffff_ffff_ffff_fffe,
    0x0000_0004_ffff_fffd,
];
/// 3 in Montgomery's form.
const THREE: Number = [
    0x0000_0000_0000_0003,
    0xffff_fffd_0000_0000,
    0xffff_ffff_ffff_ffff,
    0x0000_0002_ffff_fffc,
];
/// The constant b of the curve y^2 = x^3 - 3x + b in Montgomery's form.
const B: Number = [
    0xd89c_df62_29c4_bddf,
    0xacf0_05cd_7884_3090,
    0xe5a2_20ab_f721_2ed6,
    0xdc30_061d_0487_4834,
];

/// Returns whether x and y are the coordinates of a point. Infinity has no coordinates.
pub(super) const fn is_on_curve(x: &[u8; 32], y: &[u8; 32]) -> bool {
    let (Some(x), Some(y)) = (number(x), number(y)) else {
        return false;
    };
    if !difference(x, P).1 || !difference(y, P).1 {
        return false;
    }
    let (x, y) = (product(x, R_SQUARED), product(y, R_SQUARED));
    let right = sum(product(less(product(x, x), THREE), x), B);
    let [w0, w1, w2, w3] = less(product(y, y), right);
    w0 | w1 | w2 | w3 == 0
}

/// Creates a number from big-endian bytes.
const fn number(bytes: &[u8; 32]) -> Option<Number> {
    match bytes.as_chunks() {
        ([w3, w2, w1, w0], []) => Some([
            u64::from_be_bytes(*w0),
            u64::from_be_bytes(*w1),
            u64::from_be_bytes(*w2),
            u64::from_be_bytes(*w3),
        ]),
        _ => None,
    }
}

/// Returns Montgomery's product of two elements of the field, `a b / R` modulo p.
const fn product(a: Number, [b0, b1, b2, b3]: Number) -> Number {
    let sum = row([0; 5], a, b0);
    let sum = row(sum, a, b1);
    let sum = row(sum, a, b2);
    let [w0, w1, w2, w3, over] = row(sum, a, b3);
    below_p([w0, w1, w2, w3], over != 0)
}

/// Returns `(sum + a factor + m p) / 2^64`, where m makes the lowest word zero. It is below 2p if a
/// is below p and the sum below 2p.
///
/// -1 / p is 1 modulo 2^64, so m is the lowest word itself.
const fn row(sum: [u64; 5], [a0, a1, a2, a3]: Number, factor: u64) -> [u64; 5] {
    let [s0, s1, s2, s3, s4] = sum;
    let (m, carry) = multiply_add(a0, factor, s0, 0);
    let (s1, carry) = multiply_add(a1, factor, s1, carry);
    let (s2, carry) = multiply_add(a2, factor, s2, carry);
    let (s3, carry) = multiply_add(a3, factor, s3, carry);
    let (s4, s5) = multiply_add(1, s4, carry, 0);
    let [p0, p1, p2, p3] = P;
    let (_, carry) = multiply_add(p0, m, m, 0);
    let (s1, carry) = multiply_add(p1, m, s1, carry);
    let (s2, carry) = multiply_add(p2, m, s2, carry);
    let (s3, carry) = multiply_add(p3, m, s3, carry);
    let (s4, over) = multiply_add(1, s4, carry, 0);
    [s1, s2, s3, s4, s5.wrapping_add(over)]
}

/// Returns `a b + c + d`, low word and high word. It fits: (2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1.
#[allow(
    clippy::as_conversions,
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    reason = "`From` is not `const`, and the upper half is cut off on purpose"
)]
const fn multiply_add(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let product = (a as u128).wrapping_mul(b as u128);
    let whole = product.wrapping_add(c as u128).wrapping_add(d as u128);
    (whole as u64, (whole >> 64) as u64)
}

/// Returns the sum of two elements of the field.
const fn sum([a0, a1, a2, a3]: Number, [b0, b1, b2, b3]: Number) -> Number {
    let (s0, carry) = multiply_add(1, a0, b0, 0);
    let (s1, carry) = multiply_add(1, a1, b1, carry);
    let (s2, carry) = multiply_add(1, a2, b2, carry);
    let (s3, carry) = multiply_add(1, a3, b3, carry);
    below_p([s0, s1, s2, s3], carry != 0)
}

/// Returns the difference of two elements of the field.
const fn less(a: Number, b: Number) -> Number {
    let (difference, is_negative) = difference(a, b);
    if is_negative {
        let [d0, d1, d2, d3] = difference;
        let [p0, p1, p2, p3] = P;
        let (s0, carry) = multiply_add(1, d0, p0, 0);
        let (s1, carry) = multiply_add(1, d1, p1, carry);
        let (s2, carry) = multiply_add(1, d2, p2, carry);
        let (s3, _) = multiply_add(1, d3, p3, carry);
        [s0, s1, s2, s3]
    } else {
        difference
    }
}

/// Reduces a number below 2p, one bit longer if `over` is set, to a number below p.
const fn below_p(words: Number, over: bool) -> Number {
    let (difference, is_below) = difference(words, P);
    if is_below && !over { words } else { difference }
}

/// Returns the difference modulo 2^256, and whether it is negative.
const fn difference([a0, a1, a2, a3]: Number, [b0, b1, b2, b3]: Number) -> (Number, bool) {
    let (d0, borrow) = subtract(a0, b0, false);
    let (d1, borrow) = subtract(a1, b1, borrow);
    let (d2, borrow) = subtract(a2, b2, borrow);
    let (d3, borrow) = subtract(a3, b3, borrow);
    ([d0, d1, d2, d3], borrow)
}

/// Returns `a - b - borrow`, and the borrow.
const fn subtract(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    let (difference, under) = a.overflowing_sub(b);
    let (difference, under_by_borrow) = difference.overflowing_sub(if borrow { 1 } else { 0 });
    (difference, under || under_by_borrow)
}
