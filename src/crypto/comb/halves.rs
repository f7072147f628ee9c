//! Products of words for cores that multiply 32 bits by 32 bits into 32 bits.

/// `a * b + first + second`, low word and high word, from four products of half words.
#[inline(never)]
pub(crate) fn multiply_add(a: u32, b: u32, first: u32, second: u32) -> (u32, u32) {
    const HALF: u32 = 16;
    let low = |word: u32| word & 0xffff;
    let high = |word: u32| word >> HALF;
    let product = |a: u32, b: u32| a.wrapping_mul(b);
    let (middle, over) = product(low(a), high(b)).overflowing_add(product(high(a), low(b)));
    let (sum, carry_0) = product(low(a), low(b)).overflowing_add(middle << HALF);
    let (sum, carry_1) = sum.overflowing_add(first);
    let (sum, carry_2) = sum.overflowing_add(second);
    let carries = [carry_0, carry_1, carry_2].map(u32::from);
    let above = product(high(a), high(b))
        .wrapping_add(high(middle))
        .wrapping_add(u32::from(over) << HALF);
    (sum, carries.into_iter().fold(above, u32::wrapping_add))
}
