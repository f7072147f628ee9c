//! Flash that answers errors, and regions that do not fit.

use core::ops::Range;

use embedded_jwt::{Error as Rejected, device::Restored};
use embedded_jwt_store::{Error, FlashLog};
use embedded_storage::nor_flash::{ErrorType, NorFlash, ReadNorFlash};

use crate::{
    commands::{Mode, script},
    cuts::COMMANDS,
    device::{Device, NotObeyed},
    flash::{Broken, Fault, Kind, Nor},
    life::PAGE,
};

/// Each read, write and erase of each command fails once.
#[test]
fn while_a_command_is_stored() {
    let commands = script(Mode::Counter, COMMANDS);
    let mut failed = [0; 3];
    for (place, broken) in [Broken::Read, Broken::Write, Broken::Erase]
        .into_iter()
        .enumerate()
    {
        for victim in 0..commands.len() - 1 {
            for operation in 0.. {
                let mut device = Device::<4>::new(Kind::Ecc);
                for command in &commands[..victim] {
                    device.obey(command).unwrap();
                }
                device.chip().borrow_mut().break_at(Some(broken(operation)));
                let time = device.guard.time();
                let Err(verdict) = device.obey(&commands[victim]) else {
                    break;
                };
                failed[place] += 1;
                assert_eq!(verdict, NotObeyed::NotStored(Error::Flash(Fault::Injected)));
                assert_eq!(device.guard.time(), time, "the guard has not changed");
                device.chip().borrow_mut().break_at(None);
                // Without a restore, nothing is stored after an error that left a record in doubt.
                let retried = device.obey(&commands[victim]);
                if retried.is_err() {
                    assert_eq!(retried, Err(NotObeyed::NotStored(Error::NotRestored)));
                    assert_eq!(device.guard.restore(&mut device.log), Ok(Restored::Open));
                    let verdict = device.obey(&commands[victim]);
                    let is_known = verdict == Err(NotObeyed::Rejected(Rejected::Replayed));
                    assert!(verdict.is_ok() || is_known, "{verdict:?}");
                }
                assert_eq!(device.restart(), Ok(Restored::Open));
                for old in &commands[..=victim] {
                    assert_eq!(device.check(old), Err(Rejected::Replayed));
                }
                assert_eq!(device.obey(&commands[victim + 1]), Ok(()));
            }
        }
    }
    println!("reads, writes and erases that failed: {failed:?}");
    assert!(failed.iter().all(|failed| *failed > 0), "{failed:?}");
}

#[test]
fn while_the_guard_is_restored() {
    let commands = script(Mode::Jti, COMMANDS);
    let mut device = Device::<8>::new(Kind::Plain);
    device.obey(&commands[0]).unwrap();
    let mut failed = 0;
    for read in 0.. {
        device
            .chip()
            .borrow_mut()
            .break_at(Some(Broken::Read(read)));
        let restored = device.restart();
        if restored.is_ok() {
            break;
        }
        failed += 1;
        assert_eq!(restored, Err(Error::Flash(Fault::Injected)));
        assert_eq!(device.check(&commands[1]), Err(Rejected::ReplayGuardClosed));
        device.chip().borrow_mut().break_at(None);
        assert_eq!(device.guard.restore(&mut device.log), Ok(Restored::Open));
        assert_eq!(device.check(&commands[0]), Err(Rejected::Replayed));
        assert_eq!(device.check(&commands[1]), Ok(()));
    }
    // Two pages of nine slots, twice.
    assert_eq!(failed, 36);
}

/// A flash with constants that a test chooses.
#[derive(Debug)]
struct Flash<const READ: usize, const WRITE: usize, const ERASE: usize>;

impl<const R: usize, const W: usize, const E: usize> ErrorType for Flash<R, W, E> {
    type Error = Fault;
}

impl<const R: usize, const W: usize, const E: usize> ReadNorFlash for Flash<R, W, E> {
    const READ_SIZE: usize = R;

    fn read(&mut self, _: u32, _: &mut [u8]) -> Result<(), Fault> {
        panic!("`new` does not read");
    }

    fn capacity(&self) -> usize {
        0x1_0000
    }
}

impl<const R: usize, const W: usize, const E: usize> NorFlash for Flash<R, W, E> {
    const WRITE_SIZE: usize = W;
    const ERASE_SIZE: usize = E;

    fn erase(&mut self, _: u32, _: u32) -> Result<(), Fault> {
        panic!("`new` does not erase");
    }

    fn write(&mut self, _: u32, _: &[u8]) -> Result<(), Fault> {
        panic!("`new` does not write");
    }
}

fn verdict<F: NorFlash<Error = Fault>>(flash: F) -> Result<(), Error<Fault>> {
    FlashLog::new(flash, 0..0x8000, 1).map(drop)
}

#[test]
fn regions() {
    type Usual = Flash<1, 4, 0x1000>;
    for (name, region, facts, verdict) in [
        ("two pages", 0x1000..0x3000, 62, Ok(())),
        ("a fact too many", 0x1000..0x3000, 63, Err(Error::TooSmall)),
        (
            "no end of facts",
            0x1000..0x3000,
            usize::MAX,
            Err(Error::TooSmall),
        ),
        ("one page", 0x1000..0x2000, 1, Err(Error::TooSmall)),
        ("no page", 0x1000..0x1000, 1, Err(Error::TooSmall)),
        (
            "from the end",
            Range {
                start: 0x3000,
                end: 0x1000,
            },
            1,
            Err(Error::TooSmall),
        ),
        (
            "a start within a page",
            0x1004..0x3000,
            1,
            Err(Error::Misaligned),
        ),
        (
            "an end within a page",
            0x1000..0x3fff,
            1,
            Err(Error::Misaligned),
        ),
        ("up to the end", 0x8000..0x1_0000, 1, Ok(())),
        (
            "beyond the end",
            0x8000..0x1_1000,
            1,
            Err(Error::Misaligned),
        ),
    ] {
        assert_eq!(
            FlashLog::new(Usual {}, region, facts).map(drop),
            verdict,
            "{name}"
        );
    }
    let unsupported = Err(Error::UnsupportedWords);
    for (name, verdict, expected) in [
        (
            "reads longer than writes",
            verdict(Flash::<4, 1, 0x1000>),
            Ok(()),
        ),
        ("words of 32 bytes", verdict(Flash::<1, 32, 0x1000>), Ok(())),
        (
            "words of 64 bytes",
            verdict(Flash::<1, 64, 0x1000>),
            unsupported,
        ),
        (
            "words of no bytes",
            verdict(Flash::<0, 0, 0x1000>),
            unsupported,
        ),
        (
            "words that read otherwise",
            verdict(Flash::<3, 4, 0x1000>),
            unsupported,
        ),
        (
            "words that do not divide a page",
            verdict(Flash::<3, 3, 0x1000>),
            unsupported,
        ),
        (
            "pages of two records",
            verdict(Flash::<1, 4, 0x80>),
            Err(Error::TooSmall),
        ),
        (
            "pages of three records",
            verdict(Flash::<1, 4, 0x100>),
            Ok(()),
        ),
    ] {
        assert_eq!(verdict, expected, "{name}");
    }
}

#[test]
fn texts() {
    let errors = [
        Error::Flash(Fault::Injected),
        Error::Misaligned,
        Error::UnsupportedWords,
        Error::TooSmall,
        Error::Full,
        Error::NotRestored,
        Error::ReadBack,
        Error::Damaged,
        Error::UnknownFact,
    ];
    let texts = errors.map(|error| {
        let error: &dyn core::error::Error = &error;
        error.to_string()
    });
    assert_eq!(texts[0], "the flash answered an error: Injected");
    for (place, text) in texts.iter().enumerate() {
        assert!(!texts[..place].contains(text) && text.len() > 20, "{text}");
    }
}

/// Nothing of the facts is shown.
#[test]
fn debug() {
    let flash = Nor::<4, PAGE>::new(Kind::Plain, 2);
    let region = flash.region();
    let log = FlashLog::new(flash, region, 1).unwrap();
    assert!(format!("{log:?}").starts_with("FlashLog { layout: Layout { start: 0, page_len: 672"));
}
