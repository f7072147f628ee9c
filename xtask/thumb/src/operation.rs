//! What an instruction does, decoded.

/// The number of a register.
pub(crate) type Register = u8;
/// The stack pointer.
pub(crate) const SP: Register = 13;
/// The link register.
pub(crate) const LR: Register = 14;
/// The program counter. Read, it is the address of the instruction and 4.
pub(crate) const PC: Register = 15;

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Operation {
    /// `d = n (function) operand`
    Compute(Function, Flags, Register, Register, Operand),
    /// The flags of `n (function) operand`: TST, TEQ, CMP, CMN
    Test(Function, Register, Operand),
    /// `MOVT`
    MoveTop(Register, u32),
    Load(Width, Register, Register, Address),
    Store(Width, Register, Register, Address),
    /// A word or less of the code, at an address that the encoding gives
    LoadLiteral(Width, Register, u32),
    /// `LDRD` and `STRD`: two registers, the base
    LoadPair(Register, Register, Register, Address),
    StorePair(Register, Register, Register, Address),
    LoadMany(Register, u16, Many),
    StoreMany(Register, u16, Many),
    Branch(u32),
    BranchIf(Condition, u32),
    /// `BL`
    Call(u32),
    /// `BX`
    BranchTo(Register),
    /// `BLX`
    CallTo(Register),
    /// `CBZ`; with `true`, `CBNZ`
    BranchIfZero(bool, Register, u32),
    /// `TBB`; with `true`, `TBH`
    TableBranch(bool, Register, Register),
    /// The bits of ITSTATE
    IfThen(u8),
    /// `d = n + extended, rotated m`; without `n` if it is the PC
    Extend(Extension, Register, Register, Register, u32),
    /// `UBFX`; with `true`, `SBFX`: from, width
    Extract(bool, Register, Register, u32, u32),
    /// `BFI`, and `BFC` from the PC: from, width
    Insert(Register, Register, u32, u32),
    /// `SSAT` and `USAT`: signed, the operand, to so many bits
    Saturate(bool, Register, Register, Shift, u32),
    /// One operand
    Unary(Unary, Register, Register),
    /// Two operands that are no [`Operand`]
    Binary(Binary, Register, Register, Register),
    /// `d = a + n * m`, in the ways of [`Product`]: d, n, m, a
    Multiply(Product, Register, Register, Register, Register),
    /// The low and the high half of the result, n, m
    MultiplyLong(Long, Register, Register, Register, Register),
    /// `MRS` of APSR
    ReadFlags(Register),
    /// `MSR` to APSR
    WriteFlags(Register),
    /// Hints and barriers
    Nothing,
    /// Permanently undefined
    Undefined,
    /// Not implemented here
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Function {
    And,
    BitClear,
    Or,
    OrNot,
    ExclusiveOr,
    /// The operand alone
    Move,
    MoveNot,
    Add,
    AddCarry,
    Subtract,
    SubtractCarry,
    ReverseSubtract,
    PackBottomTop,
    PackTopBottom,
}

/// Whether the flags are set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Flags {
    Keep,
    Set,
    /// As most encodings of 16 bits
    SetOutsideIfThen,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Operand {
    /// A constant, and the carry that it sets
    Constant(u32, Option<bool>),
    Register(Register),
    Shifted(Register, Shift),
    /// Shifted by the low byte of the second register
    ShiftedBy(Register, Kind, Register),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Left,
    Right,
    ArithmeticRight,
    Rotate,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shift {
    By(Kind, u32),
    /// `RRX`
    RotateWithCarry,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Width {
    Byte,
    Half,
    Word,
    SignedByte,
    SignedHalf,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Address {
    /// The base and this
    Offset(u32),
    /// The base and this, which becomes the base
    Before(u32),
    /// The base, which this is added to then
    After(u32),
    /// The base and a register, shifted left
    Index(Register, u32),
}

/// How several registers lie in memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Many {
    /// Below the base, not from it on.
    pub(crate) below: bool,
    pub(crate) write_back: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Condition {
    Equal,
    CarrySet,
    Negative,
    Overflow,
    Higher,
    GreaterOrEqual,
    Greater,
    NotEqual,
    CarryClear,
    Positive,
    NoOverflow,
    LowerOrSame,
    Less,
    LessOrEqual,
    Always,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Extension {
    SignedHalf,
    Half,
    SignedByte,
    Byte,
    SignedBytes,
    Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Unary {
    ReverseBytes,
    ReverseHalves,
    ReverseSignedHalf,
    ReverseBits,
    LeadingZeros,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Binary {
    DivideSigned,
    Divide,
    /// `QADD`
    AddSaturated,
    /// `QSUB`
    SubtractSaturated,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Product {
    /// `MUL` and `MLA`
    Add,
    /// `MUL` of 16 bits, which sets flags outside of an IT block
    Flags,
    /// `MLS`
    Subtract,
    /// `SMULxy` and `SMLAxy`: whether n and m are top halves
    Halves(bool, bool),
    /// `SMMUL` and `SMMLA`: whether it rounds
    Top(bool),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Long {
    Signed,
    Unsigned,
    SignedAdd,
    UnsignedAdd,
    /// `UMAAL`
    UnsignedAddTwice,
}
