//! A value in two copies: after each power cut it is the last one or the new one.

use embedded_jwt_store::{Error, FlashValue};

use crate::{
    flash::{Broken, Cut, Fault, Kind, Nor},
    random::{Random, cases},
};

const PAGE: usize = 256;
/// Two halves of two pages each.
const PAGES: usize = 4;

type Flash<const W: usize> = Nor<W, PAGE>;

fn open<const W: usize>(flash: &Flash<W>) -> FlashValue<Flash<W>> {
    FlashValue::new(flash.clone(), flash.region()).unwrap()
}

fn load<const W: usize>(flash: &Flash<W>) -> Option<Vec<u8>> {
    let mut buffer = [0; PAGE * PAGES];
    let value = open(flash).load(&mut buffer).unwrap();
    value.map(<[u8]>::to_vec)
}

/// Values of all lengths, the longest one and none among them.
fn value_of<const W: usize>(number: u64, random: &mut Random) -> Vec<u8> {
    let room = u64::try_from(2 * PAGE - 12_usize.next_multiple_of(W) - 4_usize.next_multiple_of(W))
        .unwrap();
    let len = match number % 5 {
        0 => room,
        1 => 0,
        _ => random.below(room),
    };
    (0..len).map(|_| random.byte()).collect()
}

/// Stores a few values, with a power cut at `unit` of the `nth` of them. Returns whether it came to that.
fn live<const W: usize>(kind: Kind, nth: u64, unit: u64, cut: Cut, seed: u64) -> bool {
    let flash = Flash::<W>::new(kind, PAGES);
    let mut random = Random(seed);
    let mut last = None;
    let mut was_cut = false;
    for number in 0..5 {
        let value = value_of::<W>(number + seed, &mut random);
        let plan = (number == nth).then_some((unit, cut));
        flash.0.borrow_mut().reboot(plan, seed);
        let stored = open(&flash).store(&value);
        let is_cut = flash.0.borrow().was_cut();
        flash.0.borrow_mut().reboot(None, seed);
        let found = load(&flash);
        let story = format!("{W} {kind:?} {nth} {unit} {cut:?} {seed} {number}");
        match stored {
            Ok(()) => assert_eq!(found.as_ref(), Some(&value), "{story}"),
            Err(error) => {
                assert!(is_cut, "{story}: {error}");
                assert!(found == last || found.as_ref() == Some(&value), "{story}");
            }
        }
        was_cut |= is_cut;
        last = found;
    }
    was_cut
}

fn all<const W: usize>() {
    let mut cuts = 0_u64;
    for kind in [Kind::Plain, Kind::Ecc] {
        for cut in [
            Cut::Before,
            Cut::Torn,
            Cut::Scattered,
            Cut::After,
            Cut::Silent,
        ] {
            for seed in 0..cases().div_ceil(100) {
                for nth in 0..4 {
                    let mut unit = 0;
                    while live::<W>(kind, nth, unit, cut, seed) {
                        unit += 1;
                    }
                    assert!(unit >= 3, "two pages are erased, and a header is written");
                    cuts += unit;
                }
            }
        }
    }
    println!("value, words of {W} bytes: {cuts} power cuts");
}

#[test]
fn power_cuts() {
    all::<1>();
    all::<2>();
    all::<4>();
    all::<8>();
    all::<16>();
    all::<32>();
}

#[test]
fn every_length() {
    let flash = Flash::<4>::new(Kind::Ecc, PAGES);
    for len in 0..=2 * PAGE - 16 {
        let value: Vec<u8> = (0..len).map(|at| u8::try_from(at % 251).unwrap()).collect();
        open(&flash).store(&value).unwrap();
        assert_eq!(load(&flash), Some(value));
    }
    let before = flash.0.borrow().bytes.clone();
    let too_long = open(&flash).store(&[0; 2 * PAGE - 15]);
    assert_eq!(too_long, Err(Error::TooLong));
    assert_eq!(flash.0.borrow().bytes, before);
    let mut short = [0; 2 * PAGE - 17];
    assert_eq!(open(&flash).load(&mut short), Err(Error::TooLong));
}

/// The first half of the region holds nothing, the second one `newer`.
fn second() -> Flash<4> {
    let flash = Flash::<4>::new(Kind::Plain, PAGES);
    open(&flash).store(b"older").unwrap();
    open(&flash).store(b"newer").unwrap();
    flash
}

fn loaded(flash: &Flash<4>) -> Result<Option<Vec<u8>>, Error<Fault>> {
    let mut buffer = [0; PAGE * PAGES];
    let value = open(flash).load(&mut buffer)?;
    Ok(value.map(<[u8]>::to_vec))
}

/// Each byte of the region changes, in each bit and as a whole. No older value comes back.
#[test]
fn damage() {
    let flash = second();
    let bytes = flash.0.borrow().bytes.clone();
    let copy = 2 * PAGE..2 * PAGE + 16 + 5;
    let mark = copy.start + 12..copy.start + 16;
    for at in 0..bytes.len() {
        for change in [1, 2, 4, 8, 16, 32, 64, 128, 0xff] {
            flash.0.borrow_mut().bytes = bytes.clone();
            flash.0.borrow_mut().bytes[at] ^= change;
            let expected = if copy.contains(&at) && !mark.contains(&at) {
                Err(Error::Damaged)
            } else {
                Ok(Some(b"newer".to_vec()))
            };
            assert_eq!(loaded(&flash), expected, "{change:x} of byte {at}");
        }
    }
}

/// A damaged value stays damaged until a new one is complete, wherever the power fails.
#[test]
fn the_way_back() {
    for cut in [Cut::Before, Cut::Torn, Cut::Scattered, Cut::After] {
        for half in 0..2 {
            for unit in 0.. {
                let flash = second();
                if half == 0 {
                    open(&flash).store(b"newest").unwrap();
                }
                flash.0.borrow_mut().bytes[half * 2 * PAGE + 16] ^= 1;
                assert_eq!(loaded(&flash), Err(Error::Damaged));
                flash.0.borrow_mut().reboot(Some((unit, cut)), unit);
                let stored = open(&flash).store(b"again");
                flash.0.borrow_mut().reboot(None, 0);
                let found = loaded(&flash);
                let is_new = found == Ok(Some(b"again".to_vec()));
                let story = format!("{cut:?} {half} {unit}: {found:?}");
                assert!(is_new || found == Err(Error::Damaged), "{story}");
                if stored.is_ok() {
                    assert!(is_new && unit > 5, "{story}");
                    break;
                }
            }
        }
    }
}

/// The power fails before the last value is erased, and the new one is lost later: the last one does not
/// come back.
#[test]
fn damage_after_a_power_cut() {
    let mut outcomes = [0; 2];
    for unit in 0..12 {
        let flash = second();
        flash.0.borrow_mut().reboot(Some((unit, Cut::Before)), unit);
        _ = open(&flash).store(b"third");
        flash.0.borrow_mut().reboot(None, 0);
        let found = load(&flash).unwrap();
        let is_new = found == b"third";
        assert!(is_new || found == b"newer", "{unit}");
        outcomes[usize::from(is_new)] += 1;
        let half = if is_new { 0 } else { 2 * PAGE };
        flash.0.borrow_mut().bytes[half + 16] ^= 1;
        let found = loaded(&flash);
        let was_reported = found == Err(Error::Damaged);
        // A copy without the mark was never reported as stored.
        let is_unmarked = found == Ok(Some(b"third".to_vec()));
        assert!(
            was_reported || (!is_new && is_unmarked),
            "{unit}: {found:?}"
        );
    }
    assert!(outcomes[0] > 5 && outcomes[1] > 0, "{outcomes:?}");
}

#[test]
fn garbage() {
    let flash = second();
    for byte in [0, 0xff, 0x55] {
        flash.0.borrow_mut().bytes.fill(byte);
        assert_eq!(load(&flash), None);
        flash.0.borrow_mut().soil();
        open(&flash).store(b"again").unwrap();
        assert_eq!(load(&flash).unwrap(), b"again");
    }
}

#[test]
fn flash_that_fails() {
    let flash = Flash::<4>::new(Kind::Plain, PAGES);
    open(&flash).store(b"older").unwrap();
    let kinds: [fn(u64) -> Broken; 3] = [Broken::Read, Broken::Write, Broken::Erase];
    for broken in kinds {
        let mut number = 0;
        loop {
            flash.0.borrow_mut().break_at(Some(broken(number)));
            let stored = open(&flash).store(b"newer");
            flash.0.borrow_mut().break_at(None);
            if stored.is_ok() {
                break;
            }
            assert_eq!(stored, Err(Error::Flash(Fault::Injected)));
            let found = load(&flash).unwrap();
            assert!(found == b"older" || found == b"newer", "{number}");
            number += 1;
        }
        assert!(number > 0);
    }
}

#[test]
fn regions() {
    let flash = Flash::<4>::new(Kind::Plain, PAGES);
    let page = u32::try_from(PAGE).unwrap();
    for (region, error) in [
        (0..0, Error::TooSmall),
        (page..0, Error::TooSmall),
        (0..page, Error::Misaligned),
        (0..3 * page, Error::Misaligned),
        (1..1 + 2 * page, Error::Misaligned),
        (0..6 * page, Error::Misaligned),
    ] {
        let value = FlashValue::new(flash.clone(), region.clone());
        assert_eq!(value.map(drop), Err(error), "{region:?}");
    }
    assert!(FlashValue::new(flash, page..3 * page).is_ok());

    // Pages as short as words: header and mark fill two of four.
    let flash = Nor::<8, 8>::new(Kind::Plain, 8);
    for (region, verdict) in [
        (0..32, Err(Error::TooSmall)),
        (0..48, Ok(())),
        (0..64, Ok(())),
    ] {
        let value = FlashValue::new(flash.clone(), region.clone());
        assert_eq!(value.map(drop), verdict, "{region:?}");
    }
}
