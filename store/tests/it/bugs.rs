//! The same cuts for stores and devices that are wrong: each has to be found.

use embedded_jwt_store::FlashLog;
use embedded_storage::nor_flash::{ErrorType, NorFlash, ReadNorFlash};

use crate::{
    commands::Mode,
    cuts::{CUTS, each_unit},
    flash::{Cut, Fault, Kind, Nor},
    life::{EntryThenFloor, Guard, Memory, Order, Outcome, PAGE},
};

type Log = FlashLog<Nor<4, PAGE>>;

fn found<M: Memory<4>>(order: Order, mode: Mode, cuts: &[Cut]) -> Outcome {
    let outcome = each_unit::<4, M>(Kind::Plain, order, mode, cuts);
    println!("{outcome:?}");
    outcome
}

#[test]
fn act_then_record() {
    for mode in [Mode::Jti, Mode::Counter] {
        let outcome = found::<Log>(Order::ActThenRecord, mode, &CUTS);
        assert!(outcome.twice > 0, "{outcome:?}");
    }
}

/// The token frees the place of one that its floor lets expire. After a cut between the two records, both
/// are alive, and the guard has no room.
#[test]
fn entry_then_floor() {
    let outcome = found::<EntryThenFloor<Log>>(Order::RecordThenAct, Mode::Jti, &CUTS);
    assert!(outcome.bricked > 0, "{outcome:?}");
}

/// A write that silently fails is found by reading back.
#[test]
fn a_weak_supply() {
    for mode in [Mode::Jti, Mode::Counter] {
        let outcome = found::<Log>(Order::RecordThenAct, mode, &[Cut::Silent]);
        assert_eq!(outcome.violations(), 0, "{outcome:?}");
    }
}

/// Flash that answers what was last written there: a log on it does not read back.
struct Echo(Nor<4, PAGE>, Option<(u32, Vec<u8>)>);

impl ErrorType for Echo {
    type Error = Fault;
}

impl ReadNorFlash for Echo {
    const READ_SIZE: usize = 4;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Fault> {
        match self.1.take() {
            Some((at, written)) if at == offset && written.len() == bytes.len() => {
                bytes.copy_from_slice(&written);
                Ok(())
            }
            _ => self.0.read(offset, bytes),
        }
    }

    fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

impl NorFlash for Echo {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Fault> {
        self.0.erase(from, to)
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Fault> {
        self.1 = Some((offset, bytes.to_vec()));
        self.0.write(offset, bytes)
    }
}

impl Memory<4> for FlashLog<Echo> {
    fn start(flash: Nor<4, PAGE>) -> Self {
        let region = flash.region();
        Self::new(Echo(flash, None), region, Guard::FACTS).unwrap()
    }
}

#[test]
fn no_read_back() {
    let outcome = found::<FlashLog<Echo>>(Order::RecordThenAct, Mode::Jti, &[Cut::Silent]);
    assert!(outcome.violations() > 0, "{outcome:?}");
}

/// Flash that erases the other page too, and remembers in RAM what was there: a log on it erases a page
/// before its facts are copied.
struct Early(Nor<4, PAGE>, Option<(u32, Vec<u8>)>);

impl ErrorType for Early {
    type Error = Fault;
}

impl ReadNorFlash for Early {
    const READ_SIZE: usize = 4;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Fault> {
        self.0.read(offset, bytes)?;
        if let Some((start, page)) = &self.1
            && let Some(at) = offset.checked_sub(*start)
            && let Some(kept) = page.get(usize::try_from(at).unwrap()..)
            && kept.len() >= bytes.len()
        {
            bytes.copy_from_slice(&kept[..bytes.len()]);
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

impl NorFlash for Early {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Fault> {
        let (page, both) = (to - from, self.0.region().end);
        let other = both - page - from;
        let mut kept = vec![0; PAGE];
        self.0.read(other, &mut kept)?;
        self.1 = Some((other, kept));
        self.0.erase(other, other + page)?;
        self.0.erase(from, to)
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Fault> {
        self.0.write(offset, bytes)
    }
}

impl Memory<4> for FlashLog<Early> {
    fn start(flash: Nor<4, PAGE>) -> Self {
        let region = flash.region();
        Self::new(Early(flash, None), region, Guard::FACTS).unwrap()
    }
}

#[test]
fn erased_too_early() {
    for mode in [Mode::Jti, Mode::Counter] {
        let outcome = found::<FlashLog<Early>>(Order::RecordThenAct, mode, &CUTS);
        assert!(outcome.twice > 0 && outcome.bricked > 0, "{outcome:?}");
    }
}
