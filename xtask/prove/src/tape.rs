//! What a routine did, step by step, and how it could have been written wrong.

/// A value on a tape: the inputs first, then what each step puts out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wire(pub(crate) usize);

impl Wire {
    /// Zero, an empty column, no carry.
    pub(crate) const ZERO: Self = Self(0);
}

/// What a step does with its operands. [`model`](crate::model) says what that means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Constant(u64),
    /// First factor, second factor, two summands: low word, high word.
    MultiplyAdd,
    /// Two words and a carry: sum, carry.
    Add,
    /// Two words and a borrow: difference, borrow.
    Sub,
    /// A word and the word below.
    Doubled,
    Top,
    Bottom,
    /// A word and the word above.
    Halved,
    /// A word: low word, high word.
    UpByHalf,
    /// A word and a bit.
    OnlyIf,
    /// A bit, the word where it is set, the word where it is clear.
    Choose,
    /// Two bits.
    Both,
    /// A column and a word.
    Plus,
    Minus,
    /// A column: low word, the rest.
    Take,
    /// A word: lower half, upper half.
    Halves,
    ProductOfHalves,
    /// A branch on a bit, and which way it went.
    IsSet(bool),
    /// A branch on a word.
    IsLargest(bool),
}

impl Operation {
    /// How many values it puts out.
    pub(crate) fn outputs(self) -> usize {
        match self {
            Self::IsSet(_) | Self::IsLargest(_) => 0,
            Self::MultiplyAdd
            | Self::Add
            | Self::Sub
            | Self::UpByHalf
            | Self::Take
            | Self::Halves => 2,
            _ => 1,
        }
    }

    /// Whether its last output goes to the next place: a carry, a borrow, a high word.
    fn carries(self) -> bool {
        matches!(self, Self::Top | Self::Bottom | Self::Both) || self.outputs() == 2
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) operation: Operation,
    pub(crate) operands: Vec<Wire>,
    /// Its first output; the second is the next.
    pub(crate) output: Wire,
}

impl Step {
    pub(crate) fn second_output(&self) -> Wire {
        Wire(self.output.0.saturating_add(1))
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Tape {
    /// Bits of a word.
    pub(crate) width: u32,
    /// How many of the inputs are words; the others are bits.
    pub(crate) words: usize,
    pub(crate) inputs: Vec<Wire>,
    pub(crate) steps: Vec<Step>,
    pub(crate) outputs: Vec<Wire>,
}

/// One thing wrong in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// What it carries to the next place is dropped.
    Carry,
    /// One operand is left out.
    Operand(usize),
    /// It adds to a column in place of subtracting, or the other way round.
    Sign,
    /// One bit of a constant is wrong.
    Constant(u32),
    /// A branch goes the wrong way.
    Branch,
}

impl Tape {
    /// Every fault that a step can have.
    pub(crate) fn faults(&self, step: &Step) -> Vec<Fault> {
        let operands = step.operands.iter().enumerate();
        let mut faults: Vec<_> = operands
            .filter(|(_, wire)| **wire != Wire::ZERO)
            .map(|(place, _)| Fault::Operand(place))
            .collect();
        if step.operation.carries() {
            faults.push(Fault::Carry);
        }
        match step.operation {
            Operation::Plus | Operation::Minus => faults.push(Fault::Sign),
            Operation::IsSet(_) | Operation::IsLargest(_) => faults.push(Fault::Branch),
            Operation::Constant(_) => faults.extend((0..self.width).map(Fault::Constant)),
            _ => (),
        }
        faults
    }

    /// With that fault in the step at `place`.
    pub(crate) fn with(&self, fault: Fault, place: usize) -> Self {
        let mut tape = self.clone();
        let Some(step) = tape.steps.get_mut(place) else {
            return tape;
        };
        match (fault, &mut step.operation) {
            (Fault::Carry, operation) => {
                let carry = if operation.outputs() == 2 {
                    step.second_output()
                } else {
                    step.output
                };
                tape.drop_wire(carry);
            }
            (Fault::Operand(number), _) => {
                if let Some(operand) = step.operands.get_mut(number) {
                    *operand = Wire::ZERO;
                }
            }
            (Fault::Sign, operation @ Operation::Plus) => *operation = Operation::Minus,
            (Fault::Sign, operation) => *operation = Operation::Plus,
            (Fault::Constant(bit), Operation::Constant(value)) => *value ^= 1 << bit,
            (Fault::Branch, Operation::IsSet(answer) | Operation::IsLargest(answer)) => {
                *answer = !*answer;
            }
            (Fault::Constant(_) | Fault::Branch, _) => (),
        }
        tape
    }

    /// Whoever reads it reads zero.
    fn drop_wire(&mut self, wire: Wire) {
        let operands = self.steps.iter_mut().flat_map(|step| &mut step.operands);
        for reader in operands.chain(&mut self.outputs) {
            if *reader == wire {
                *reader = Wire::ZERO;
            }
        }
    }
}
