//! The words of long numbers, least significant first, as the routines of the fields use them.
//!
//! The routines of the fields are generic over their words, so that the proved code is the code
//! that runs. The prover calls them with words that record each operation. `word.rs` has the words
//! of a processor.
//!
//! ```text
//! Limb      straight-line routines of the fields: no comparison, no branch      u32, u64, the prover's
//! Branch    routines that branch on a carry                                     u32, u64, the prover's
//! Word      arithmetic modulo n, which compares and branches                    u32, u64
//! Halves    products of half words (halves.rs)                                  u32, the prover's
//! ```

/// A word, with the operations of the straight-line routines of the fields.
pub(crate) trait Limb: Copy {
    /// A carry or a borrow.
    type Bit: Copy;
    /// No carry.
    const CLEAR: Self::Bit;

    /// Returns the low word of a constant.
    fn constant(value: u64) -> Self;
    /// Returns a zero that the optimizer cannot see through.
    ///
    /// With it, each [`Limb::multiply_add`] stays one instruction on a core that has such an
    /// instruction. Otherwise the compiler uses a shorter one with more moves around it.
    fn opaque_zero() -> Self;
    /// Returns `self * factor + first + second` as low word and high word.
    fn multiply_add(self, factor: Self, first: Self, second: Self) -> (Self, Self);
    /// Returns `self + other + carry`, and the carry.
    fn add(self, other: Self, carry: Self::Bit) -> (Self, Self::Bit);
    /// Returns the sum of two numbers of four words and a carry, and the new carry.
    fn add_four(first: [Self; 4], second: [Self; 4], carry: Self::Bit) -> ([Self; 4], Self::Bit);
    /// Returns the same as [`Limb::add_four`] if `bit` is set. Otherwise returns the first number
    /// and a clear carry.
    #[cfg_attr(
        target_pointer_width = "64",
        allow(dead_code, reason = "only the field of 32 bits needs it")
    )]
    fn add_four_if(
        bit: Self::Bit,
        first: [Self; 4],
        second: [Self; 4],
        carry: Self::Bit,
    ) -> ([Self; 4], Self::Bit);
    /// Returns the difference of two numbers of four words and a borrow, and the new borrow.
    fn sub_four(first: [Self; 4], second: [Self; 4], borrow: Self::Bit) -> ([Self; 4], Self::Bit);
    /// Returns twice the word, without its top bit, plus the top bit of the word below.
    fn doubled(self, below: Self) -> Self;
    /// Returns the lowest bit.
    fn bottom(self) -> Self::Bit;
    /// Returns half the word, rounded down, with the lowest bit of the word above as its top bit.
    fn halved(self, above: Self) -> Self;
    /// Returns the word if `bit` is set, otherwise zero.
    #[cfg_attr(
        not(target_pointer_width = "64"),
        allow(dead_code, reason = "only the field of 64 bits needs it")
    )]
    fn only_if(self, bit: Self::Bit) -> Self;
    /// Returns the top bit.
    fn top(self) -> Self::Bit;
    /// Returns the word shifted up by half its width, as low word and high word.
    #[cfg_attr(
        all(
            not(target_pointer_width = "64"),
            not(all(target_arch = "arm", not(target_has_atomic = "32")))
        ),
        allow(dead_code, reason = "only the field of 64 bits and the halves need it")
    )]
    fn up_by_half(self) -> (Self, Self);
    /// Returns a bit as a word.
    fn of(bit: Self::Bit) -> Self;
}

/// A word that a routine may branch on. Routines that require only a [`Limb`] cannot branch.
pub(crate) trait Branch: Limb {
    /// Returns whether the bit is set.
    fn is_set(bit: Self::Bit) -> bool;
    /// Returns whether the word is the largest value.
    #[cfg_attr(
        target_pointer_width = "64",
        allow(dead_code, reason = "only the field of 32 bits needs it")
    )]
    fn is_largest(self) -> bool;
}

/// A word of a processor, with the operations of the arithmetic modulo n, which branches.
pub(crate) trait Word: Limb<Bit = bool> + PartialOrd {
    /// The number of bytes in a word.
    const BYTES: usize;

    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Returns `self - other - borrow`, and the borrow.
    fn sub(self, other: Self, borrow: bool) -> (Self, bool);
    /// Returns the low word of the product.
    fn low_product(self, factor: Self) -> Self;
    /// Creates a word from [`Word::BYTES`] big-endian bytes.
    fn from_be_bytes(bytes: &[u8]) -> Self;
    /// Returns the little-endian bytes of the word.
    fn to_le_bytes(self) -> impl AsRef<[u8]>;
}
