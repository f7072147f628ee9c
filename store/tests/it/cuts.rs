//! Power cuts at every unit of work, and up to three in a row.

use embedded_jwt_store::FlashLog;

use crate::{
    commands::{Mode, script},
    flash::{Cut, Kind, Nor},
    life::{Memory, Order, Outcome, PAGE, live},
    random::{Random, cases},
};

pub(crate) const CUTS: [Cut; 4] = [Cut::Before, Cut::Torn, Cut::Scattered, Cut::After];
pub(crate) const COMMANDS: u64 = 20;

/// Cuts each unit of work of a life, in each way.
pub(crate) fn each_unit<const W: usize, M: Memory<W>>(
    kind: Kind,
    order: Order,
    mode: Mode,
    cuts: &[Cut],
) -> Outcome {
    let commands = script(mode, COMMANDS);
    let (mut sum, chip) = live::<W, M>(kind, order, &commands, &[(u64::MAX, Cut::Before)], (0, 2));
    assert_eq!(sum.violations(), 0, "without a cut: {sum:?}");
    let units = chip.borrow().words_written + chip.borrow().erases.iter().sum::<u64>();
    for unit in 0..units {
        for cut in cuts {
            let (outcome, _) = live::<W, M>(kind, order, &commands, &[(unit, *cut)], (unit, 2));
            sum.add(outcome);
        }
    }
    sum
}

/// Random cuts, up to three, which come soon after each restart.
pub(crate) fn in_a_row<const W: usize, M: Memory<W>>(
    kind: Kind,
    order: Order,
    mode: Mode,
    lives: u64,
) -> Outcome {
    let commands = script(mode, COMMANDS);
    let (_, chip) = live::<W, M>(kind, order, &commands, &[(u64::MAX, Cut::Before)], (0, 2));
    let units = chip.borrow().words_written + chip.borrow().erases.iter().sum::<u64>();
    // As long as the change to a new page.
    let change = units.min(10 * u64::try_from(PAGE / 8 / W).unwrap().max(3));
    let mut sum = Outcome::default();
    for seed in 0..lives {
        let mut random = Random(seed);
        let mut cut = |units| {
            (
                random.below(units),
                CUTS[usize::try_from(random.below(4)).unwrap()],
            )
        };
        let cuts = [cut(units), cut(change), cut(change)];
        // A third page only waits longer for its turn.
        let pages = 2 + usize::from(seed % 4 == 3);
        let (outcome, _) = live::<W, M>(kind, order, &commands, &cuts, (seed, pages));
        assert_eq!(
            outcome.violations(),
            0,
            "{W} {kind:?} {mode:?} {seed} {cuts:?}: {outcome:?}"
        );
        sum.add(outcome);
    }
    sum
}

type Log<const W: usize> = FlashLog<Nor<W, PAGE>>;

fn all<const W: usize>() {
    let mut sum = Outcome::default();
    for kind in [Kind::Plain, Kind::Ecc] {
        for mode in [Mode::Jti, Mode::Counter] {
            // Before and after a unit, both kinds are the same.
            let cuts = match kind {
                Kind::Plain => &CUTS[..],
                Kind::Ecc => &CUTS[1..3],
            };
            let each = each_unit::<W, Log<W>>(kind, Order::RecordThenAct, mode, cuts);
            assert_eq!(each.violations(), 0, "{W} {kind:?} {mode:?}: {each:?}");
            sum.add(each);
            sum.add(in_a_row::<W, Log<W>>(
                kind,
                Order::RecordThenAct,
                mode,
                cases(),
            ));
        }
    }
    println!(
        "words of {W} bytes: {} power cuts in {} lives, {} commands obeyed, {} violations",
        sum.cuts,
        sum.lives,
        sum.acted,
        sum.violations()
    );
}

#[test]
fn words_of_1_byte() {
    all::<1>();
}

#[test]
fn words_of_2_bytes() {
    all::<2>();
}

#[test]
fn words_of_4_bytes() {
    all::<4>();
}

#[test]
fn words_of_8_bytes() {
    all::<8>();
}

#[test]
fn words_of_16_bytes() {
    all::<16>();
}

#[test]
fn words_of_32_bytes() {
    all::<32>();
}
