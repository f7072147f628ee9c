//! A region that holds what no log wrote: flipped bits, garbage, records of another version.

use crc::{CRC_32_ISCSI, Crc};
use embedded_jwt::{
    Error as Rejected, Time,
    device::{Fact, Nonce, ReplayGuard, Restored, Store},
};
use embedded_jwt_store::{Error, FlashLog};
use rand_core::{TryCryptoRng, TryRng};
use serde_json::json;

use crate::{
    commands::{BUILD_TIME, Command, Mode, command, script, token},
    cuts::{COMMANDS, CUTS},
    device::{Device, NotObeyed},
    flash::{Cut, Kind, Nor},
    life::PAGE,
    random::Random,
};

/// Flips each bit of a state, and each byte as a whole.
fn flips<const W: usize>(mode: Mode, obeyed: usize) {
    let commands = script(mode, COMMANDS);
    let mut device = Device::<W>::new(Kind::Plain);
    let used: Vec<&Command> = commands[..obeyed]
        .iter()
        .filter(|command| device.obey(command).is_ok())
        .collect();
    let state = device.chip().borrow().bytes.clone();
    let floor = device.guard.time();
    let (mut closed, mut complete) = (0, 0);
    for at in 0..state.len() {
        for mask in (0..8).map(|bit| 1 << bit).chain([0xff]) {
            device.chip().borrow_mut().bytes.copy_from_slice(&state);
            device.chip().borrow_mut().bytes[at] ^= mask;
            let restored = device.restart();
            if restored == Ok(Restored::Open) {
                complete += 1;
                assert_eq!(device.guard.time(), floor, "byte {at}, {mask:x}");
            } else {
                closed += 1;
                assert!(!device.guard.is_open());
            }
            for command in &used {
                let verdict = device.check(command);
                let is_known = matches!(verdict, Err(Rejected::Replayed | Rejected::Expired));
                let is_closed = verdict == Err(Rejected::ReplayGuardClosed);
                assert!(
                    is_known || is_closed && !device.guard.is_open(),
                    "byte {at}, {mask:x}"
                );
            }
        }
    }
    println!(
        "words of {W} bytes, {mode:?}, {obeyed} commands: {closed} closed, {complete} complete"
    );
    assert!(closed > 0 && complete > 0);
}

#[test]
fn a_flipped_bit() {
    for mode in [Mode::Jti, Mode::Counter] {
        // With one record, in the first page, right behind a change of the page, and in the second page.
        for obeyed in [0, 10, 17] {
            flips::<4>(mode, obeyed);
        }
        flips::<1>(mode, 13);
        flips::<32>(mode, 13);
    }
}

#[test]
fn garbage() {
    for seed in 0..200 {
        let mut random = Random(seed);
        let mut device = Device::<4>::blank(if seed % 2 == 0 {
            Kind::Plain
        } else {
            Kind::Ecc
        });
        for byte in &mut device.chip().borrow_mut().bytes {
            *byte = random.byte();
        }
        device.chip().borrow_mut().soil();
        // Nothing is known, and the guard says so.
        assert_eq!(device.restart(), Ok(Restored::Nothing));
        assert_eq!(device.check(&a_command()), Err(Rejected::ReplayGuardClosed));
        device.guard.provision(&mut device.log).unwrap();
        for command in script(Mode::Counter, COMMANDS) {
            device.obey(&command).unwrap();
        }
        assert_eq!(device.restart(), Ok(Restored::Open));
    }
}

fn a_command() -> Command {
    command("a", 1000, BUILD_TIME + 5000, 60, Some(1000))
}

/// A record with a good checksum, as another version of the crate might write it.
fn plant(flash: &Nor<4, PAGE>, slot: usize, number: u32) {
    let mut record = [&number.to_be_bytes()[..], &[3; Fact::LEN]].concat();
    let sum = Crc::<u32>::new(&CRC_32_ISCSI).checksum(&record);
    record.extend(sum.to_be_bytes());
    flash.0.borrow_mut().bytes[slot * 64..][..record.len()].copy_from_slice(&record);
}

#[test]
fn another_version() {
    for (name, slot, number) in [("newer", 8, 100), ("older", 8, 1)] {
        let mut device = Device::<4>::new(Kind::Plain);
        for command in &script(Mode::Counter, COMMANDS)[..5] {
            device.obey(command).unwrap();
        }
        plant(&device.flash, slot, number);
        assert_eq!(device.restart(), Err(Error::UnknownFact), "{name}");
        assert_eq!(device.check(&a_command()), Err(Rejected::ReplayGuardClosed));
        let fact = Fact::from_bytes(&[0; Fact::LEN]).unwrap();
        assert_eq!(device.log.append(&fact), Err(Error::NotRestored));
        // The way back.
        device.log.format().unwrap();
        assert_eq!(device.log.append(&fact), Err(Error::NotRestored));
        assert_eq!(device.restart(), Ok(Restored::Nothing));
        assert_eq!(device.check(&a_command()), Err(Rejected::ReplayGuardClosed));
        device.guard.provision(&mut device.log).unwrap();
        assert_eq!(device.obey(&a_command()), Ok(()));
        assert_eq!(device.restart(), Ok(Restored::Open));
        assert_eq!(device.check(&a_command()), Err(Rejected::Replayed));
    }
}

/// A record that is lost while the device runs stops the change of the page: nothing is erased.
#[test]
fn damage_before_a_change_of_the_page() {
    let mut device = Device::<4>::new(Kind::Ecc);
    let commands = script(Mode::Counter, COMMANDS);
    for command in &commands[..9] {
        device.obey(command).unwrap();
    }
    // All ten slots are taken. The first holds the provisioning.
    device.chip().borrow_mut().bytes[64 + 10] ^= 1;
    let erases = device.chip().borrow().erases.clone();
    for _ in 0..2 {
        let verdict = device.obey(&commands[9]);
        assert_eq!(verdict, Err(NotObeyed::NotStored(Error::Damaged)));
    }
    assert_eq!(device.chip().borrow().erases, erases);
    assert_eq!(device.restart(), Err(Error::Damaged));
    assert!(!device.guard.is_open());
}

/// The power fails while a page is filled, and what was being written fades after the restart. No command
/// that was obeyed is forgotten.
#[test]
fn a_weak_copy() {
    const SLOT: usize = 64;
    let number = |iss, number| command(iss, number, BUILD_TIME, 100, Some(number));
    let mut faded = 0;
    for unit in 0.. {
        let mut device = Device::<4>::new(Kind::Ecc);
        // All ten slots are taken. The last copy is the only fact of its issuer.
        for command in (1..=8).map(|n| number("a", n)).chain([number("b", 1)]) {
            device.obey(&command).unwrap();
        }
        device
            .chip()
            .borrow_mut()
            .reboot(Some((unit, Cut::Before)), 0);
        let is_done = device.obey(&number("a", 9)).is_ok();
        device.chip().borrow_mut().reboot(None, 0);
        assert_eq!(device.restart(), Ok(Restored::Open));
        for slot in (0..20).map(|slot| slot % 10 * SLOT + slot / 10 * PAGE) {
            let chip = device.chip();
            let slot = &mut chip.borrow_mut().bytes[slot..slot + SLOT];
            let is_unmarked = slot[SLOT - 4..].iter().all(|byte| *byte == 0xff);
            if is_unmarked && slot.iter().any(|byte| *byte != 0xff) {
                slot.fill(0xff);
                faded += 1;
            }
        }
        for n in 10..30 {
            device.obey(&number("a", n)).unwrap();
        }
        assert_eq!(device.restart(), Ok(Restored::Open));
        for command in [number("b", 1), number("a", 8), number("a", 29)] {
            assert_eq!(device.check(&command), Err(Rejected::Replayed), "{unit}");
        }
        if is_done {
            break;
        }
    }
    // At least the two copies and the new record, each before its mark.
    assert!(faded > 3, "{faded}");
}

/// A source that counts: each nonce is another one.
struct Counting(u8);

impl TryRng for Counting {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

/// After a loss, a token with a nonce opens the guard, and what was issued before stays rejected.
#[test]
fn the_way_back() {
    let mut device = Device::<4>::new(Kind::Ecc);
    let old = script(Mode::Jti, COMMANDS);
    device.obey(&old[0]).unwrap();
    device.obey(&old[1]).unwrap();
    device.chip().borrow_mut().bytes[80] ^= 1;
    assert_eq!(device.restart(), Err(Error::Damaged));

    let mut nonce = Nonce::new();
    let text = nonce.issue(&mut Counting(0), 0).unwrap().to_owned();
    let iat = BUILD_TIME + 100_000;
    let claims = json!({ "iss": "a", "jti": "answer", "iat": iat, "exp": iat + 60, "nonce": text });
    let answer = token(&claims);
    // Before the format, it is not accepted either.
    let candidate = nonce.redeem(answer, 1, 60).unwrap();
    let permit = device.guard.check(candidate, Time::Unknown).unwrap();
    let stored = permit.commit(&mut device.log).map(drop);
    assert_eq!(stored, Err(Error::NotRestored));
    device.log.format().unwrap();
    assert_eq!(device.guard.restore(&mut device.log), Ok(Restored::Nothing));
    let candidate = nonce.redeem(answer, 1, 60).unwrap();
    let permit = device.guard.check(candidate, Time::Unknown).unwrap();
    _ = permit.commit(&mut device.log).unwrap();

    for is_restarted in [false, true] {
        if is_restarted {
            assert_eq!(device.restart(), Ok(Restored::Open));
        }
        assert!(device.guard.is_open());
        for command in &old {
            assert_eq!(device.check(command), Err(Rejected::IssuedBeforeReset));
        }
        let late = command("a", 1, iat - 1, 600, None);
        assert_eq!(device.check(&late), Err(Rejected::IssuedBeforeReset));
        let new = command("a", 2, iat + 1, 600, None);
        assert_eq!(device.check(&new), Ok(()));
    }
}

/// A format that is interrupted leaves everything, or a guard that is closed.
#[test]
fn an_interrupted_format() {
    let commands = script(Mode::Jti, COMMANDS);
    for (obeyed, cut) in [4, 9, 10, 11, 17, 19]
        .into_iter()
        .flat_map(|n| CUTS.map(|cut| (n, cut)))
    {
        let mut outcomes = [0; 3];
        for unit in 0.. {
            let mut device = Device::<4>::new(Kind::Ecc);
            let used: Vec<&Command> = commands[..obeyed]
                .iter()
                .filter(|command| device.obey(command).is_ok())
                .collect();
            device.chip().borrow_mut().reboot(Some((unit, cut)), unit);
            let formatted = device.log.format();
            device.chip().borrow_mut().reboot(None, 0);
            let restored = device.restart();
            match restored {
                Ok(Restored::Open) => {
                    for command in used {
                        let verdict = device.check(command);
                        let is_known =
                            matches!(verdict, Err(Rejected::Replayed | Rejected::Expired));
                        assert!(is_known, "{unit} {cut:?}: {verdict:?}");
                    }
                    outcomes[0] += 1;
                }
                Err(Error::UnknownFact) => outcomes[1] += 1,
                Ok(Restored::Nothing) => outcomes[2] += 1,
                other => panic!("{unit} {cut:?}: {other:?}"),
            }
            if formatted.is_ok() {
                assert_eq!(restored, Ok(Restored::Nothing));
                break;
            }
            // The second attempt succeeds.
            device.log.format().unwrap();
            assert_eq!(device.restart(), Ok(Restored::Nothing));
        }
        println!("{obeyed} commands, {cut:?}: complete, closed, empty: {outcomes:?}");
        assert!(outcomes[1] > 0);
        assert!(cut == Cut::After || outcomes[0] > 0);
    }
}

/// A log that was told of too few facts says so when they do not fit. Nothing is forgotten.
#[test]
fn full() {
    // Ten slots, and a guard of twenty.
    let flash = Nor::<4, PAGE>::new(Kind::Ecc, 2);
    let region = flash.region();
    let mut guard = ReplayGuard::<20>::new(BUILD_TIME);
    let mut log = FlashLog::new(flash.clone(), region.clone(), 0).unwrap();
    assert_eq!(
        FlashLog::new(flash, region, ReplayGuard::<20>::FACTS).map(drop),
        Err(Error::TooSmall)
    );
    assert_eq!(guard.restore(&mut log), Ok(Restored::Nothing));
    guard.provision(&mut log).unwrap();
    let mut used = Vec::new();
    let verdict = loop {
        let command = command(
            "a",
            u64::try_from(used.len()).unwrap(),
            BUILD_TIME,
            100,
            None,
        );
        let time = guard.time();
        let permit = guard.check(command.token, time).unwrap();
        match permit.commit(&mut log) {
            Ok(accepted) => used.push(accepted.into_token()),
            Err(error) => break error,
        }
    };
    assert_eq!((verdict, used.len()), (Error::Full, 10));
    for token in &used {
        assert_eq!(
            guard.check(*token, Time::Unknown).map(drop),
            Err(Rejected::Replayed)
        );
    }
    // Nothing was written, so it needs no restore, and a restart finds all of them.
    let mut restarted = ReplayGuard::<20>::new(BUILD_TIME);
    assert_eq!(restarted.restore(&mut log), Ok(Restored::Open));
    for token in &used {
        let verdict = restarted.check(*token, Time::Unknown).map(drop);
        assert_eq!(verdict, Err(Rejected::Replayed));
    }
}
