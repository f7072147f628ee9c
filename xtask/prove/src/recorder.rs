//! A word that writes down what happens to it, on the tape of this thread. It is no number, so what is recorded holds for
//! all numbers: a routine that asks for a [`Limb`] cannot look at its words. One that asks for a [`Branch`] can, and is
//! run once for each way that it can go.

use std::{array, cell::RefCell};

use crate::{
    files::{
        field32::Column,
        halves::Halves,
        limb::{Branch, Limb},
    },
    tape::{Operation, Step, Tape, Wire},
};

/// A word of `WIDTH` bits.
#[derive(Clone, Copy)]
pub(crate) struct Recorded<const WIDTH: u32>(Wire);

/// A carry or a borrow.
#[derive(Clone, Copy)]
pub(crate) struct Bit(Wire);

/// A sum of words.
#[derive(Clone, Copy)]
pub(crate) struct Sum(Wire);

/// What is being recorded.
#[derive(Default)]
struct Recorder {
    tape: Tape,
    wires: usize,
    /// Which way the branches go; those behind the last are not taken.
    way: Vec<bool>,
    branches: usize,
}

thread_local! {
    static RECORDER: RefCell<Recorder> = RefCell::default();
}

impl Recorder {
    fn wire(&mut self) -> Wire {
        self.wires = self.wires.saturating_add(1);
        Wire(self.wires)
    }

    fn step(&mut self, operation: Operation, operands: &[Wire]) -> Wire {
        let output = Wire(self.wires.saturating_add(1));
        self.wires = self.wires.saturating_add(operation.outputs());
        let operands = operands.to_vec();
        self.tape.steps.push(Step {
            operation,
            operands,
            output,
        });
        output
    }

    fn branch(&mut self, operation: impl FnOnce(bool) -> Operation, operand: Wire) -> bool {
        if self.branches == self.way.len() {
            self.way.push(false);
        }
        let answer = self.way.get(self.branches).is_some_and(|answer| *answer);
        self.branches = self.branches.saturating_add(1);
        self.step(operation(answer), &[operand]);
        answer
    }
}

/// A routine over recorded words: from words and bits to words.
pub(crate) type Recordable<const WIDTH: u32> =
    fn(&[Recorded<WIDTH>], &[Bit]) -> Option<Vec<Recorded<WIDTH>>>;

/// What `routine` does with so many words and bits: a tape for each way that its branches can go.
pub(crate) fn record<const WIDTH: u32>(
    routine: Recordable<WIDTH>,
    words: usize,
    bits: usize,
) -> Vec<Tape> {
    let mut tapes = Vec::new();
    let mut way = Vec::new();
    loop {
        let inputs = RECORDER.with_borrow_mut(|recorder| {
            *recorder = Recorder::default();
            recorder.way.clone_from(&way);
            (0..words.saturating_add(bits))
                .map(|_| recorder.wire())
                .collect::<Vec<_>>()
        });
        let (of_words, of_bits) = inputs.split_at_checked(words).unwrap_or_default();
        let of_words: Vec<_> = of_words.iter().map(|wire| Recorded(*wire)).collect();
        let of_bits: Vec<_> = of_bits.iter().map(|wire| Bit(*wire)).collect();
        let outputs = routine(&of_words, &of_bits).unwrap_or_default();
        let recorder = RECORDER.take();
        tapes.push(Tape {
            width: WIDTH,
            words,
            inputs,
            outputs: outputs.iter().map(|word| word.0).collect(),
            ..recorder.tape
        });
        // The next way: the last branch that was not taken is, and those behind it begin anew.
        way = recorder.way;
        while way.pop_if(|taken| *taken).is_some() {}
        match way.last_mut() {
            Some(branch) => *branch = true,
            None => return tapes,
        }
    }
}

fn step(operation: Operation, operands: &[Wire]) -> Wire {
    RECORDER.with_borrow_mut(|recorder| recorder.step(operation, operands))
}

fn two(operation: Operation, operands: &[Wire]) -> [Wire; 2] {
    let first = step(operation, operands);
    [first, Wire(first.0.saturating_add(1))]
}

fn branch(operation: impl FnOnce(bool) -> Operation, operand: Wire) -> bool {
    RECORDER.with_borrow_mut(|recorder| recorder.branch(operation, operand))
}

/// The words of two numbers in turn, with what goes from one place to the next.
fn four<const WIDTH: u32>(
    operation: Operation,
    first: [Recorded<WIDTH>; 4],
    second: [Recorded<WIDTH>; 4],
    mut carry: Bit,
) -> ([Recorded<WIDTH>; 4], Bit) {
    let mut pairs = first.into_iter().zip(second);
    let words = array::from_fn(|_| {
        let Some((first, second)) = pairs.next() else {
            return Recorded(Wire::ZERO);
        };
        let [word, over] = two(operation, &[first.0, second.0, carry.0]);
        carry = Bit(over);
        Recorded(word)
    });
    (words, carry)
}

impl<const WIDTH: u32> Limb for Recorded<WIDTH> {
    type Bit = Bit;
    const CLEAR: Bit = Bit(Wire::ZERO);

    fn constant(value: u64) -> Self {
        Self(step(Operation::Constant(value), &[]))
    }

    fn opaque_zero() -> Self {
        Self(Wire::ZERO)
    }

    fn multiply_add(self, factor: Self, first: Self, second: Self) -> (Self, Self) {
        let operands = [self.0, factor.0, first.0, second.0];
        two(Operation::MultiplyAdd, &operands).map(Self).into()
    }

    fn add(self, other: Self, carry: Bit) -> (Self, Bit) {
        let [sum, carry] = two(Operation::Add, &[self.0, other.0, carry.0]);
        (Self(sum), Bit(carry))
    }

    fn add_four(first: [Self; 4], second: [Self; 4], carry: Bit) -> ([Self; 4], Bit) {
        four(Operation::Add, first, second, carry)
    }

    fn add_four_if(bit: Bit, first: [Self; 4], second: [Self; 4], carry: Bit) -> ([Self; 4], Bit) {
        let (sum, over) = Self::add_four(first, second, carry);
        let mut pairs = sum.into_iter().zip(first);
        let words = array::from_fn(|_| match pairs.next() {
            Some((sum, first)) => Self(step(Operation::Choose, &[bit.0, sum.0, first.0])),
            None => Self(Wire::ZERO),
        });
        (words, Bit(step(Operation::Both, &[bit.0, over.0])))
    }

    fn sub_four(first: [Self; 4], second: [Self; 4], borrow: Bit) -> ([Self; 4], Bit) {
        four(Operation::Sub, first, second, borrow)
    }

    fn doubled(self, below: Self) -> Self {
        Self(step(Operation::Doubled, &[self.0, below.0]))
    }

    fn bottom(self) -> Bit {
        Bit(step(Operation::Bottom, &[self.0]))
    }

    fn halved(self, above: Self) -> Self {
        Self(step(Operation::Halved, &[self.0, above.0]))
    }

    fn only_if(self, bit: Bit) -> Self {
        Self(step(Operation::OnlyIf, &[self.0, bit.0]))
    }

    fn top(self) -> Bit {
        Bit(step(Operation::Top, &[self.0]))
    }

    fn up_by_half(self) -> (Self, Self) {
        two(Operation::UpByHalf, &[self.0]).map(Self).into()
    }

    fn of(bit: Bit) -> Self {
        Self(bit.0)
    }
}

impl<const WIDTH: u32> Branch for Recorded<WIDTH> {
    fn is_set(bit: Bit) -> bool {
        branch(Operation::IsSet, bit.0)
    }

    fn is_largest(self) -> bool {
        branch(Operation::IsLargest, self.0)
    }
}

impl Halves for Recorded<32> {
    fn halves(self) -> (Self, Self) {
        two(Operation::Halves, &[self.0]).map(Self).into()
    }

    fn product_of_halves(self, factor: Self) -> Self {
        Self(step(Operation::ProductOfHalves, &[self.0, factor.0]))
    }
}

impl Column<Recorded<32>> for Sum {
    fn new() -> Self {
        Self(Wire::ZERO)
    }

    fn plus(self, limb: Recorded<32>) -> Self {
        Self(step(Operation::Plus, &[self.0, limb.0]))
    }

    fn minus(self, limb: Recorded<32>) -> Self {
        Self(step(Operation::Minus, &[self.0, limb.0]))
    }

    fn take(self) -> (Recorded<32>, Self) {
        let [low, rest] = two(Operation::Take, &[self.0]);
        (Recorded(low), Self(rest))
    }

    /// The rest itself. That it is 0 or 1 is for the claim to prove.
    fn rest(self) -> Bit {
        Bit(self.0)
    }
}
