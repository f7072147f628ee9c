//! The life of a device that obeys signed commands, loses its power, and hears every old command again.

use core::cell::RefCell;
use std::rc::Rc;

use embedded_jwt::{
    Error, Time,
    device::{Fact, ReplayGuard, Restored, Store},
};
use embedded_jwt_store::FlashLog;

use crate::{
    commands::{BUILD_TIME, Command},
    flash::{Chip, Cut, Kind, Nor},
    random::Random,
};

/// The guard of the device: few places, so that they fill up.
pub(crate) type Guard = ReplayGuard<3, 2>;

/// The bytes of a page: room for seven records in words of 32 bytes.
pub(crate) const PAGE: usize = 672;

/// A store as it is after a restart.
pub(crate) trait Memory<const W: usize>: Store {
    fn start(flash: Nor<W, PAGE>) -> Self;
}

impl<const W: usize> Memory<W> for FlashLog<Nor<W, PAGE>> {
    fn start(flash: Nor<W, PAGE>) -> Self {
        let region = flash.region();
        Self::new(flash, region, Guard::FACTS).unwrap()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    RecordThenAct,
    ActThenRecord,
}

/// What went wrong, and how much was tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) lives: u64,
    pub(crate) cuts: u64,
    pub(crate) acted: u64,
    /// Commands that were obeyed more than once.
    pub(crate) twice: u64,
    /// Restarts after which the time floor was lower than before.
    pub(crate) floor_fell: u64,
    /// Devices that accept nothing any more.
    pub(crate) bricked: u64,
}

impl Outcome {
    pub(crate) fn add(&mut self, other: Self) {
        self.lives += other.lives;
        self.cuts += other.cuts;
        self.acted += other.acted;
        self.twice += other.twice;
        self.floor_fell += other.floor_fell;
        self.bricked += other.bricked;
    }

    pub(crate) fn violations(&self) -> u64 {
        self.twice + self.floor_fell + self.bricked
    }
}

/// The device cannot go on.
struct Bricked;

struct Life<'c, const W: usize, M> {
    commands: &'c [Command],
    order: Order,
    flash: Nor<W, PAGE>,
    /// The cuts to come, each counted from its restart.
    cuts: &'c [(u64, Cut)],
    seed: Random,
    guard: Guard,
    memory: M,
    acted: Vec<u64>,
    /// The time floor that the device has shown.
    floor: u64,
    /// Whether the factory has seen the device open.
    is_provisioned: bool,
    outcome: Outcome,
}

fn floor_of(guard: &Guard) -> u64 {
    match guard.time() {
        Time::AtLeast(floor) => floor,
        time => panic!("{time:?}"),
    }
}

/// Lets a device live through all commands, the power failing as `cuts` says.
pub(crate) fn live<const W: usize, M: Memory<W>>(
    kind: Kind,
    order: Order,
    commands: &[Command],
    cuts: &[(u64, Cut)],
    (seed, pages): (u64, usize),
) -> (Outcome, Rc<RefCell<Chip>>) {
    let flash = Nor::new(kind, pages);
    let chip = Rc::clone(&flash.0);
    let mut life = Life {
        commands,
        order,
        memory: M::start(flash.clone()),
        flash,
        cuts,
        seed: Random(seed),
        guard: new_guard(),
        acted: vec![0; commands.len()],
        floor: BUILD_TIME,
        is_provisioned: false,
        outcome: Outcome::default(),
    };
    let is_bricked = life.run().is_err();
    let mut outcome = life.outcome;
    outcome.lives = 1;
    outcome.cuts += u64::from(chip.borrow().was_cut());
    outcome.bricked = u64::from(is_bricked);
    outcome.acted = life.acted.iter().sum();
    outcome.twice = life.acted.iter().map(|times| u64::from(*times > 1)).sum();
    (outcome, chip)
}

pub(crate) fn new_guard() -> Guard {
    Guard::new(BUILD_TIME).accept_reordered()
}

impl<const W: usize, M: Memory<W>> Life<'_, W, M> {
    fn run(&mut self) -> Result<(), Bricked> {
        self.power_on()?;
        let mut sent = 0;
        while sent < self.commands.len() {
            self.obey(sent)?;
            sent += 1;
            while self.is_off() {
                self.power_on()?;
                // Whoever recorded the commands sends them again.
                for old in 0..sent {
                    self.obey(old)?;
                }
            }
        }
        // No cut is left. The last commands come long after the others, so the guard has room for them.
        // The first one may meet the word at which the power failed.
        self.cuts = &[];
        self.power_on()?;
        for last in [sent - 3, sent - 2, sent - 1, sent - 1] {
            self.obey(last)?;
        }
        if self.acted[sent - 1] == 0 && !self.knows(sent - 1) {
            return Err(Bricked);
        }
        Ok(())
    }

    fn is_off(&self) -> bool {
        self.flash.0.borrow().is_off
    }

    /// Restarts the device until it is up.
    fn power_on(&mut self) -> Result<(), Bricked> {
        // A start without a cut succeeds, or never will.
        for _ in 0..=self.cuts.len() + 1 {
            let was_cut = self.flash.0.borrow().was_cut();
            self.outcome.cuts += u64::from(was_cut);
            let cut = self.cuts.split_off_first().copied();
            self.flash.0.borrow_mut().reboot(cut, self.seed.next());
            self.guard = new_guard();
            self.memory = M::start(self.flash.clone());
            match self.guard.restore(&mut self.memory) {
                Ok(Restored::Open) => self.is_provisioned = true,
                Ok(Restored::Nothing) if !self.is_provisioned => {
                    if self.guard.provision(&mut self.memory).is_err() {
                        continue;
                    }
                    self.is_provisioned = true;
                }
                _ => return Err(Bricked),
            }
            let floor = floor_of(&self.guard);
            self.outcome.floor_fell += u64::from(floor < self.floor);
            self.floor = self.floor.max(floor);
            return Ok(());
        }
        Err(Bricked)
    }

    /// Whether the device rejects the command because it is recorded as used.
    fn knows(&mut self, index: usize) -> bool {
        let verdict = self.commands[index].check(&mut self.guard);
        matches!(verdict, Err(Error::Replayed))
    }

    fn obey(&mut self, index: usize) -> Result<(), Bricked> {
        if self.is_off() {
            return Ok(());
        }
        let Ok(permit) = self.commands[index].check(&mut self.guard) else {
            return Ok(());
        };
        if self.order == Order::ActThenRecord {
            self.acted[index] += 1;
        }
        let stored = permit.commit(&mut self.memory).is_ok();
        if stored {
            if self.order == Order::RecordThenAct {
                self.acted[index] += 1;
            }
            self.floor = self.floor.max(floor_of(&self.guard));
        } else if !self.is_off() {
            // As the firmware does after an error of the store.
            let restored = self.guard.restore(&mut self.memory);
            if !matches!(restored, Ok(Restored::Open)) {
                return Err(Bricked);
            }
        }
        Ok(())
    }
}

/// A store that puts the entry and the time floor into two records, as a store of keys and values does.
pub(crate) struct EntryThenFloor<S> {
    pub(crate) store: S,
    pub(crate) floor: u64,
}

impl<S: Store> Store for EntryThenFloor<S> {
    type Error = S::Error;

    fn append(&mut self, fact: &Fact) -> Result<(), S::Error> {
        const FLOOR: usize = Fact::LEN - 16;
        let mut entry = fact.to_bytes();
        entry[FLOOR..FLOOR + 8].copy_from_slice(&self.floor.to_be_bytes());
        self.store.append(&Fact::from_bytes(&entry).unwrap())?;
        let mut time = [0; Fact::LEN];
        time[FLOOR..].copy_from_slice(&fact.to_bytes()[FLOOR..]);
        self.store.append(&Fact::from_bytes(&time).unwrap())?;
        self.floor = fact.floor();
        Ok(())
    }

    fn facts(&mut self, mut each: impl FnMut(&Fact)) -> Result<(), S::Error> {
        let mut floor = BUILD_TIME;
        self.store.facts(|fact| {
            floor = floor.max(fact.floor());
            each(fact);
        })?;
        self.floor = floor;
        Ok(())
    }
}

impl<const W: usize> Memory<W> for EntryThenFloor<FlashLog<Nor<W, PAGE>>> {
    fn start(flash: Nor<W, PAGE>) -> Self {
        Self {
            store: FlashLog::start(flash),
            floor: BUILD_TIME,
        }
    }
}
