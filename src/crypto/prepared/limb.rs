//! What the routines ask of the words of long numbers, least significant first.
//!
//! The routines of the fields are generic over their words, so that the code that is proved is the code that runs: the
//! prover calls them with words that record each operation. `word.rs` has the words of a processor.
//!
//! ```text
//! Limb      straight-line routines of the fields: no comparison, no branch      u32, u64, the prover's
//! Branch    routines that branch on a carry                                     u32, u64, the prover's
//! Word      arithmetic modulo n, which compares and branches                    u32, u64
//! Halves    products of half words (halves.rs)                                  u32, the prover's
//! ```

/// A word, and what the straight-line routines of the fields do with it.
pub(crate) trait Limb: Copy {
    /// A carry or a borrow.
    type Bit: Copy;
    /// No carry.
    const CLEAR: Self::Bit;

    /// The low word of a constant.
    fn constant(value: u64) -> Self;
    /// Zero, of which the compiler does not know that it is: it then keeps each [`Limb::multiply_add`] one instruction, where
    /// a core has one for that, in place of a shorter one with more moves around it.
    fn opaque_zero() -> Self;
    /// `self * factor + first + second`, low word and high word.
    fn multiply_add(self, factor: Self, first: Self, second: Self) -> (Self, Self);
    /// `self + other + carry`.
    fn add(self, other: Self, carry: Self::Bit) -> (Self, Self::Bit);
    /// The sum of two numbers of four words and a carry.
    fn add_four(first: [Self; 4], second: [Self; 4], carry: Self::Bit) -> ([Self; 4], Self::Bit);
    /// The same where `bit` is set, else the first number; the carry is clear then.
    #[cfg_attr(
        target_pointer_width = "64",
        allow(dead_code, reason = "the field of 32 bits alone needs it")
    )]
    fn add_four_if(
        bit: Self::Bit,
        first: [Self; 4],
        second: [Self; 4],
        carry: Self::Bit,
    ) -> ([Self; 4], Self::Bit);
    /// The difference of two numbers of four words, less a borrow.
    fn sub_four(first: [Self; 4], second: [Self; 4], borrow: Self::Bit) -> ([Self; 4], Self::Bit);
    /// Twice the word, without its top bit, and the top bit of the word below.
    fn doubled(self, below: Self) -> Self;
    /// The word where `bit` is set, else zero.
    #[cfg_attr(
        not(target_pointer_width = "64"),
        allow(dead_code, reason = "the field of 64 bits alone needs it")
    )]
    fn only_if(self, bit: Self::Bit) -> Self;
    /// The top bit.
    fn top(self) -> Self::Bit;
    /// The word shifted up by half its width: low word and high word.
    #[cfg_attr(
        all(
            not(target_pointer_width = "64"),
            not(all(target_arch = "arm", not(target_has_atomic = "32")))
        ),
        allow(
            dead_code,
            reason = "the field of 64 bits and the halves alone need it"
        )
    )]
    fn up_by_half(self) -> (Self, Self);
    /// A bit as a word.
    fn of(bit: Self::Bit) -> Self;
}

/// A word that a routine may branch on. Those that ask for no more than a [`Limb`] cannot.
pub(crate) trait Branch: Limb {
    /// Whether the bit is set.
    fn is_set(bit: Self::Bit) -> bool;
    /// Whether no word is larger.
    #[cfg_attr(
        target_pointer_width = "64",
        allow(dead_code, reason = "the field of 32 bits alone needs it")
    )]
    fn is_largest(self) -> bool;
}

/// A word that runs, and what the arithmetic modulo n, which branches, needs of it.
pub(crate) trait Word: Limb<Bit = bool> + PartialOrd {
    /// Bytes of a word.
    const BYTES: usize;

    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// `self - other - borrow`.
    fn sub(self, other: Self, borrow: bool) -> (Self, bool);
    /// The low word of the product.
    fn low_product(self, factor: Self) -> Self;
    /// From [`Word::BYTES`] bytes, the highest first.
    fn from_be_bytes(bytes: &[u8]) -> Self;
    /// Its bytes, the lowest first.
    fn to_le_bytes(self) -> impl AsRef<[u8]>;
}
