//! Proves the arithmetic of P-256 under prepared keys: the routines of `field32` and `field64`, and the product of half
//! words for Cortex-M0. It is the library's own code that is proved, in both widths: its files are compiled into this
//! program ([`files`]), and called with words that write down each step ([`recorder`]).
//!
//! What is proved, for all inputs, with integers alone ([`model`], [`claims`]):
//! - Product and square are those of their numbers, and `halves::multiply_add` is `a b + first + second`.
//! - `reduced` is its argument over R modulo p, and below 2p, for any argument below p R; the bit behind its words is one.
//! - Sum and difference are exact, with their carry and borrow.
//! - `halved`, doubled, is its argument modulo p, and below p.
//! - `below_p` and `not_negative` bring what the others leave between 0 and p - 1, by adding or subtracting p at most once.
//! - No word and no column of `i64` overflows on the way, and a carry that is dropped is zero, or a multiple of what the result is
//!   exact to.
//! - The claims fit together: what a routine leaves is what the next one takes.
//!
//! A proof that cannot fail proves nothing. So each carry is dropped in turn, each operand left out, each sign turned, each
//! bit of p flipped and each branch turned round, and the proof has to fail ([`faults`]).
//!
//! What is tested:
//! - The operations on `u32` and `u64` do what the model has them do, at choices of edges and on random numbers ([`operations`]).
//! - Each routine gives what its tape comes to, with numbers for its inputs.
//! - The methods of the elements, which call one routine after the other, are those of the field ([`elements`]).
//!
//! What is trusted: this program, its big integers and the compiler; that an operation is on all words what it is on
//! those that were tried; and that `multiply_add` on Cortex-M0 is `halves::multiply_add`. It is the host's machine code that is tested,
//! not that of a board. Nothing is said about the formulas of the curve, nor about the arithmetic modulo n.
#![deny(clippy::arithmetic_side_effects, clippy::as_conversions)]

mod claims;
mod code;
mod elements;
mod faults;
mod files;
mod model;
mod numbers;
mod operations;
mod polynomial;
mod recorder;
mod routines;
mod tape;

use std::process::ExitCode;

use faults::Counts;
use numbers::Numbers;

/// How often each routine is held against its tape.
const REPLAYS: usize = 500;

fn main() -> ExitCode {
    if check_all() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Prints the table; gives whether all of it is as it has to be.
fn check_all() -> bool {
    let mut numbers = Numbers::new();
    let mut all_right = true;

    let compared = operations::compare(&mut numbers);
    println!(
        "operations on u32 and u64: {} are as the model has them, on {} inputs",
        compared.operations.saturating_sub(compared.wrong.len()),
        compared.inputs
    );
    for name in &compared.wrong {
        println!("  WRONG: {name} is not as the model has it");
        all_right = false;
    }
    let (tried, wrong) = elements::compare(&mut numbers);
    println!("elements: {tried} products, squares, sums, differences and halves compared");
    for name in wrong {
        println!("  WRONG: {name}");
        all_right = false;
    }
    if !claims::fit_together() {
        println!("  WRONG: the claims do not fit together");
        all_right = false;
    }

    println!("\nfaults planted one at a time: noticed by the proof, of so many");
    println!("routine                 steps  ways   carries  operands  signs  constants  branches");
    let mut total = Counts::default();
    for (claim, code) in routines::all() {
        let (counts, is_right) = routine(claim, &code, &mut numbers);
        all_right &= is_right;
        for (total, count) in total.iter_mut().zip(counts) {
            *total = total.plus(count);
        }
    }
    summary(&total);
    all_right
}

/// Proves one, and prints its row; gives whether it is as it has to be.
fn routine(claim: claims::Claim, code: &code::Code, numbers: &mut Numbers) -> (Counts, bool) {
    let steps = code.tapes.iter().map(|tape| tape.steps.len()).max();
    let mut faults = Vec::new();
    if let Err(refusal) = faults::prove(claim, &code.tapes) {
        faults.push(format!("not proved: {refusal:?}"));
    }
    if !(0..REPLAYS).all(|_| code.agrees(&numbers.inputs(code, claim))) {
        faults.push("it runs otherwise than recorded".to_owned());
    }
    // What is planted in a routine that is wrong already says nothing.
    let counts = if faults.is_empty() {
        faults::plant(claim, code, numbers)
    } else {
        Counts::default()
    };
    if counts.iter().any(|count| count.missed > 0) {
        faults.push("a fault is not noticed".to_owned());
    }
    let [carries, operands, signs, constants, branches] =
        counts.map(|count| match (count.noticed, count.all()) {
            (_, 0) => "-".to_owned(),
            (noticed, all) => format!("{noticed}/{all}"),
        });
    print!(
        "{:<22}{:>7}{:>6}{carries:>10}{operands:>10}{signs:>7}{constants:>11}{branches:>10}",
        code.name,
        steps.unwrap_or(0),
        code.tapes.len()
    );
    if faults.is_empty() {
        println!("  proved");
    } else {
        println!("  WRONG: {}", faults.join(", "));
    }
    (counts, faults.is_empty())
}

fn summary(total: &Counts) {
    let [carries, others @ ..] = total;
    let others = others
        .iter()
        .fold(faults::Count::default(), |sum, count| sum.plus(*count));
    println!();
    for (what, count) in [
        ("carries dropped", *carries),
        ("other faults planted", others),
    ] {
        println!(
            "{} {what} in turn: {} noticed ({} changed a result that was tried), {} proved to change none, {} missed",
            count.all(),
            count.noticed,
            count.shown,
            count.harmless,
            count.missed
        );
    }
}
