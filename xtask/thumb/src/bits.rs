//! Fields of an encoding.

/// Bits `high` to `low`.
pub(crate) const fn bits(word: u32, high: u32, low: u32) -> u32 {
    word >> low & (u32::MAX >> (31 - (high - low)))
}

/// One bit.
pub(crate) const fn bit(word: u32, number: u32) -> bool {
    word >> number & 1 == 1
}

/// The number of a register at `low`, four bits wide.
#[allow(clippy::cast_possible_truncation, reason = "four bits")]
pub(crate) const fn register(word: u32, low: u32) -> u8 {
    (word >> low & 15) as u8
}

/// The number of a register at `low`, three bits wide.
#[allow(clippy::cast_possible_truncation, reason = "three bits")]
pub(crate) const fn low_register(word: u32, low: u32) -> u8 {
    (word >> low & 7) as u8
}

/// Extends the sign of a number of `width` bits.
pub(crate) const fn signed(word: u32, width: u32) -> u32 {
    let unused = 32 - width;
    ((word << unused).cast_signed() >> unused).cast_unsigned()
}
