//! Random lives of a guard, with restarts, against a model that forgets nothing.

use std::collections::HashSet;

use embedded_jwt::{
    Error,
    device::{Fact, ReplayGuard, Restored},
};
use proptest::prelude::*;

use super::{Kept, command, token};
use crate::common::NOW;

#[derive(Clone, Debug)]
enum Step {
    /// A token with this number for a `jti`, issued so long after the start, and its life.
    Command {
        jti: u8,
        iat: u64,
        life: u64,
        is_dropped: bool,
    },
    /// A token of a stream.
    Number(u64),
    /// The guard is made anew from the store, whose facts come in another order.
    Restart(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..12_u8, 0..40_u64, 1..30_u64, any::<bool>())
            .prop_map(|(jti, iat, life, is_dropped)| Step::Command { jti, iat, life, is_dropped }),
        3 => (0..100_u64).prop_map(Step::Number),
        1 => any::<usize>().prop_map(Step::Restart),
    ]
}

const PLACES: usize = 3;

proptest! {
    #[test]
    fn lives(steps in prop::collection::vec(step(), 1..60), reorders: bool) {
        let new = || {
            let guard = ReplayGuard::<PLACES>::new(NOW);
            if reorders { guard.accept_reordered() } else { guard }
        };
        let (mut guard, mut store) = (new(), Kept::default());
        guard.provision(&mut store).unwrap();
        // What was obeyed: each token by its identifier and its end, and the numbers.
        let mut obeyed: Vec<(u8, u64)> = Vec::new();
        let mut numbers = HashSet::new();
        let mut floor = NOW;
        for step in steps {
            match step {
                Step::Command { jti, iat, life, is_dropped } => {
                    let end = NOW + iat + life;
                    // The token brings its floor along.
                    let after = floor.max(NOW + iat);
                    let alive = obeyed.iter().filter(|(_, end)| *end > after).count();
                    let was_obeyed = obeyed.iter().any(|(other, end)| *other == jti && *end > floor);
                    let expected = if end <= floor {
                        Err(Error::Expired)
                    } else if was_obeyed {
                        Err(Error::Replayed)
                    } else if alive >= PLACES {
                        Err(Error::ReplayGuardFull)
                    } else {
                        Ok(())
                    };
                    let time = guard.time();
                    let permit = guard.check(command(&jti.to_string(), iat, life), time);
                    match permit {
                        Ok(permit) => {
                            prop_assert_eq!(expected, Ok(()));
                            if !is_dropped {
                                _ = permit.commit(&mut store).unwrap();
                                obeyed.push((jti, end));
                                floor = floor.max(NOW + iat);
                            }
                        }
                        // An identifier whose token has expired may still be there.
                        Err(Error::Replayed) => prop_assert!(
                            obeyed.iter().any(|(other, _)| *other == jti)
                        ),
                        Err(error) => prop_assert_eq!(Err(error), expected),
                    }
                }
                Step::Number(number) => {
                    let last = numbers.iter().max().copied();
                    let is_good = match last {
                        None => true,
                        Some(last) if reorders => {
                            number + 64 >= last && !numbers.contains(&number)
                        }
                        Some(last) => number > last,
                    };
                    let time = guard.time();
                    let permit = guard.check_counter(token(r#"{"iss":"a"}"#), number, time);
                    prop_assert_eq!(permit.is_ok(), is_good, "{} after {:?}", number, last);
                    if let Ok(permit) = permit {
                        _ = permit.commit(&mut store).unwrap();
                        numbers.insert(number);
                    }
                }
                Step::Restart(turn) => {
                    let middle = turn % store.0.len();
                    store.0.rotate_left(middle);
                    guard = new();
                    prop_assert_eq!(guard.restore(&mut store), Ok(Restored::Open));
                }
            }
            prop_assert_eq!(guard.time(), embedded_jwt::Time::AtLeast(floor));
        }
    }

    /// A fact that covers another one makes it needless.
    #[test]
    fn covered(numbers in prop::collection::vec(0..200_u64, 2..20)) {
        let mut store = Kept::default();
        let mut guard = ReplayGuard::<0>::new(NOW).accept_reordered();
        guard.provision(&mut store).unwrap();
        for number in numbers {
            let time = guard.time();
            if let Ok(permit) = guard.check_counter(token(r#"{"iss":"a"}"#), number, time) {
                _ = permit.commit(&mut store).unwrap();
            }
        }
        // Each fact of one counter says all that the facts before it said.
        for pair in store.0.windows(2) {
            prop_assert!(pair[1].covers(&pair[0]));
            prop_assert!(pair[0] == pair[1] || !pair[0].covers(&pair[1]));
        }
    }

    /// A store that drops every fact that a later one covers gives back the same guard.
    #[test]
    fn dropped(facts in prop::collection::vec(fact(), 1..12), jti in 0..3_u8, number in 0..70_u64) {
        let kept = facts.iter().enumerate().filter(|(place, fact)| {
            let later = facts.iter().skip(place + 1);
            !later.clone().any(|later| later.covers(fact))
        });
        let kept: Vec<Fact> = kept.map(|(_, fact)| *fact).collect();
        // Whatever is dropped, one of those that are kept covers it.
        for fact in &facts {
            prop_assert!(kept.iter().any(|kept| kept.covers(fact)), "{fact:?} of {facts:?}");
        }
        let verdicts = |facts: &[Fact]| {
            let mut guard = ReplayGuard::<12, 3>::new(NOW - 1000).accept_reordered();
            let restored = guard.restore(&mut Kept(facts.to_vec()));
            let time = guard.time();
            (
                restored,
                time,
                guard.check(command(&jti.to_string(), 50, 60), time).map(drop),
                guard.check_counter(command("x", 50, 60), number, time).map(drop),
            )
        };
        prop_assert_eq!(verdicts(&facts), verdicts(&kept));
    }
}

/// Facts as guards make them, of few identifiers and of moments that are close together.
fn fact() -> impl Strategy<Value = Fact> {
    let moment = || 0..6_u64;
    (
        0..3_u8,
        0..3_u8,
        moment(),
        0..70_u64,
        any::<[bool; 3]>(),
        moment(),
        moment(),
    )
        .prop_map(|(kind, id, life, number, window, floor, since)| {
            let mut store = Kept::default();
            let mut guard = ReplayGuard::<1, 1>::new(NOW + 10 * floor).accept_reordered();
            guard.provision(&mut store).unwrap();
            let end = 10 * floor + 1 + 10 * life;
            for (back, is_used) in [3, 2, 1].into_iter().zip(window) {
                let number = number + 3 - back;
                if kind == 2 && is_used {
                    let time = guard.time();
                    let permit = guard
                        .check_counter(command("x", 0, 60), number, time)
                        .unwrap();
                    _ = permit.commit(&mut store).unwrap();
                }
            }
            let time = guard.time();
            let token = command(&id.to_string(), 0, end);
            if kind == 1 {
                _ = guard
                    .check(token, time)
                    .unwrap()
                    .commit(&mut store)
                    .unwrap();
            }
            let mut bytes = store.0.last().unwrap().to_bytes();
            // As a guard has it whose memory was lost at that moment.
            bytes[Fact::LEN - 8..].copy_from_slice(&since.to_be_bytes());
            Fact::from_bytes(&bytes).unwrap()
        })
}
