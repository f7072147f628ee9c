//! The firmware `command` with what it remembers: the first content of its flash, resets, and power cuts.

use anyhow::{Result, bail, ensure};
use embedded_jwt::device::ReplayGuard;
use embedded_jwt_store::FlashLog;
use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};

use crate::{
    boards::Board,
    conversation::{begin, with_log},
    firmware::{self, COMMAND},
    gdb::Debugger,
    issuer::RELEASED_AT,
    qemu::Machine,
    size,
    toolchain::{OptLevel, Toolchain},
};

/// The layout of the firmware's flash, in bytes.
const PAGE: usize = 512;
const LOG: usize = 2 * PAGE;

/// What `FlashValue` leaves of a value whose header is lost: the mark behind it says that it was complete.
const DAMAGED_VALUE: [u8; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x5a, 0xa6, 0x3c, 0x93];

/// More words than one command writes.
const MOST_WORDS: usize = 1000;

/// What happens to a device between two commands.
#[derive(Clone, Copy)]
pub(crate) enum Event {
    /// The power fails, and comes back.
    Reset,
    /// It comes from the factory.
    New,
    /// Its flash is erased.
    Erased,
    /// The set of keys that was stored is damaged.
    KeysDamaged,
}

impl Event {
    /// What a reader of the conversation sees.
    pub(crate) fn story(self) -> &'static str {
        match self {
            Self::Reset => "power    fails, and comes back",
            Self::New => "device   is new",
            Self::Erased => "device   has lost its memory",
            Self::KeysDamaged => "device   has lost its keys",
        }
    }
}

/// A device that runs.
pub(crate) struct Device {
    pub(crate) machine: Machine,
    debugger: Debugger,
    flash: u64,
    /// Where the firmware writes a word of its flash.
    flash_write: u64,
}

impl Device {
    /// Builds the firmware, and boots it with the first content of its flash.
    pub(crate) fn boot(toolchain: &Toolchain, board: Board) -> Result<Self> {
        let elf_file = firmware::build(toolchain, board, "command", COMMAND, OptLevel::Small)?;
        firmware::announce(board, &elf_file);
        let (machine, debugger) = Machine::debug(board, &elf_file)?;
        let mut device = Self {
            machine,
            debugger,
            flash: size::address(&elf_file, "FLASH")?,
            flash_write: size::address(&elf_file, "flash_write")?,
        };
        device.provision()?;
        device.debugger.go()?;
        begin(&mut device.machine)?;
        Ok(device)
    }

    fn provision(&mut self) -> Result<()> {
        self.write(0, &factory()?)
    }

    /// Lets something happen to it, and the firmware start again.
    pub(crate) fn meet(&mut self, event: Event) -> Result<()> {
        self.debugger.stop()?;
        match event {
            Event::Reset => self.restart(),
            Event::New => {
                self.provision()?;
                self.restart()
            }
            Event::Erased => {
                self.write(0, &[0xff; 2 * LOG])?;
                self.restart_warning("WARN the memory is lost")
            }
            Event::KeysDamaged => {
                self.write(LOG, &DAMAGED_VALUE)?;
                self.restart_warning("ERROR the keys are lost")
            }
        }
    }

    /// Restarts it, with this warning as the first line of its log.
    fn restart_warning(&mut self, warning: &str) -> Result<()> {
        self.machine.reset()?;
        self.debugger.go()?;
        let log = self.machine.log_line()?;
        ensure!(log == warning, "it started with {log:?}");
        begin(&mut self.machine)
    }

    /// Writes `content` to this offset in the flash.
    fn write(&mut self, at: usize, content: &[u8]) -> Result<()> {
        // The emulated flash holds the inverse.
        let cells: Vec<u8> = content.iter().map(|byte| !byte).collect();
        self.debugger.write(self.flash + u64::try_from(at)?, &cells)
    }

    fn restart(&mut self) -> Result<()> {
        self.machine.reset()?;
        self.debugger.go()?;
        begin(&mut self.machine)
    }

    /// Sends commands, and lets the power fail while each is handled: before the first word that goes to
    /// the flash, then before the second one, and so on, until the device answers first. After each cut,
    /// the same command comes twice. `command` makes the one with this number.
    ///
    /// # Errors
    ///
    /// A command was obeyed twice, or never refused.
    pub(crate) fn power_cuts(
        &mut self,
        command: impl Fn(usize) -> Result<Vec<u8>>,
    ) -> Result<String> {
        let mut lost = 0;
        for cuts in 0..MOST_WORDS {
            let line = command(cuts)?;
            self.debugger.stop()?;
            self.machine.send(&line)?;
            let machine = &mut self.machine;
            let is_over = || Ok(machine.has_line());
            if !self.debugger.run_to(self.flash_write, cuts + 1, is_over)? {
                self.debugger.go()?;
                let answer = self.answer()?;
                ensure!(answer.starts_with("ok "), "no power cut, and {answer:?}");
                return Ok(format!(
                    "{cuts} power cuts; commands lost: {lost}, obeyed twice: 0"
                ));
            }
            self.restart()?;
            for time in ["first", "second"] {
                self.machine.send(&line)?;
                let answer = self.answer()?;
                let is_replay = answer.starts_with("refused 190 Replayed");
                let is_good = is_replay || (time == "first" && answer.starts_with("ok "));
                ensure!(is_good, "cut {cuts}, the {time} time: {answer:?}");
                lost += usize::from(is_replay && time == "first");
            }
        }
        bail!("a command writes {MOST_WORDS} words or more")
    }

    fn answer(&mut self) -> Result<String> {
        let answer = self.machine.line()?;
        with_log(&answer, &mut self.machine, false)
    }
}

/// The content of a flash of which the log is provisioned. No keys are stored.
fn factory() -> Result<Vec<u8>> {
    let mut flash = Image(vec![0xff; LOG]);
    let mut log = FlashLog::new(&mut flash, 0..u32::try_from(LOG)?, 1)?;
    let mut guard = ReplayGuard::<0, 1>::new(RELEASED_AT);
    _ = guard.restore(&mut log)?;
    guard.provision(&mut log)?;
    flash.0.resize(2 * LOG, 0xff);
    Ok(flash.0)
}

/// A flash of the host's.
struct Image(Vec<u8>);

impl ErrorType for Image {
    type Error = NorFlashErrorKind;
}

impl Image {
    fn part(&mut self, at: u32, len: usize) -> Result<&mut [u8], NorFlashErrorKind> {
        let start = usize::try_from(at).map_err(|_| NorFlashErrorKind::OutOfBounds)?;
        self.0
            .get_mut(start..start + len)
            .ok_or(NorFlashErrorKind::OutOfBounds)
    }
}

impl ReadNorFlash for Image {
    const READ_SIZE: usize = 1;

    fn read(&mut self, at: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        bytes.copy_from_slice(self.part(at, bytes.len())?);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.0.len()
    }
}

impl NorFlash for Image {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        let len = usize::try_from(to - from).map_err(|_| NorFlashErrorKind::OutOfBounds)?;
        self.part(from, len)?.fill(0xff);
        Ok(())
    }

    fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        self.part(at, bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }
}
