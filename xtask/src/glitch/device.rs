//! The firmware `twice`, built, in the emulator and in QEMU.

use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

use anyhow::{Result, anyhow, bail, ensure};
use object::{
    Endianness, Object as _, ObjectSegment as _, ObjectSymbol as _, SymbolKind,
    read::elf::{ElfFile32, ElfSymbol32},
};
use rustc_demangle::demangle;
use thumb::{End, Image, Machine};

use crate::{
    boards::Board,
    firmware,
    qemu::{self, PAINT},
    size::{self, Size},
    toolchain::{OptLevel, Toolchain},
};

/// The board that is emulated.
pub(super) const BOARD: Board = Board::An386;

const BINARY: &str = "twice";

/// How long QEMU has to keep silent after its last answer.
const PAUSE: Duration = Duration::from_millis(200);

/// What no answer takes.
const LIMIT: u64 = 10_000_000;

/// The firmware with one of its features.
pub(super) struct Device {
    elf_file: PathBuf,
    image: Image,
    pub(super) size: Size,
    /// The functions: the address of each, and of its end.
    functions: BTreeMap<u32, (u32, String)>,
}

/// How a conversation went.
pub(super) struct Outcome<'d> {
    /// Where the last byte has been received.
    pub(super) received: Machine<'d>,
    /// The last answer, with its line ending.
    pub(super) answer: Vec<u8>,
    /// The instructions from there to the action, if there was one.
    pub(super) to_action: Option<u64>,
    /// The bytes of stack.
    pub(super) stack: u64,
}

impl Device {
    /// Builds it; `feature` is `once` or `twice`.
    pub(super) fn build(toolchain: &Toolchain, feature: &str, opt_level: OptLevel) -> Result<Self> {
        let built = firmware::build(toolchain, BOARD, BINARY, feature, opt_level)?;
        // The next build replaces it.
        let elf_file = built.with_file_name(format!("{feature}-{}.elf", opt_level.name()));
        fs::copy(&built, &elf_file)?;
        let bytes = fs::read(&elf_file)?;
        let elf = ElfFile32::<Endianness>::parse(&*bytes)?;
        let device = Self {
            size: size::measure(BOARD, &elf_file)?,
            image: Image::new(flash(&elf)?),
            functions: functions(&elf),
            elf_file,
        };
        device.check_code(&elf)?;
        Ok(device)
    }

    /// That the emulator knows every instruction of the program.
    fn check_code(&self, elf: &ElfFile32<'_>) -> Result<()> {
        // Mapping symbols say where code begins ($t) and data ($d).
        let mut marks: BTreeMap<u64, bool> = BTreeMap::new();
        for symbol in elf.symbols() {
            match symbol.name()?.get(..2) {
                Some("$t") => _ = marks.insert(symbol.address(), true),
                Some("$d") => _ = marks.entry(symbol.address()).or_insert(false),
                _ => {}
            }
        }
        let ends = marks.keys().skip(1).copied();
        let mut checked = 0;
        for ((start, is_code), end) in marks.iter().zip(ends) {
            let code = u32::try_from(*start)?..u32::try_from(end)?;
            if *is_code {
                checked += code.len();
                if let Some(address) = self.image.unknown(code) {
                    bail!("the emulator does not know the instruction at {address:#x}");
                }
            }
        }
        ensure!(checked > 10_000, "only {checked} bytes of code were found");
        Ok(())
    }

    /// The function at an address.
    pub(super) fn function(&self, address: u32) -> &str {
        let before = self.functions.range(..=address).next_back();
        before
            .filter(|(_, (end, _))| address < *end)
            .map_or("?", |(_, (_, name))| name)
    }

    /// Sends `lines`, and waits for the answer to each.
    pub(super) fn converse(&self, lines: &[String]) -> Result<Outcome<'_>> {
        let mut machine = Machine::new(&self.image, PAINT);
        let mut answers = vec![answer(&mut machine)?.0];
        let mut received = machine.clone();
        let mut to_action = None;
        for line in lines {
            machine.send(format!("{line}\n").as_bytes());
            while machine.has_input() {
                machine.step().map_err(wrong)?;
            }
            received = machine.clone();
            let (text, action) = answer(&mut machine)?;
            answers.push(text);
            to_action = action.map(|action| action - received.executed());
        }
        let stack = self.compare(lines, &answers, machine.ram())?;
        Ok(Outcome {
            received,
            answer: answers.pop().unwrap_or_default(),
            to_action,
            stack,
        })
    }

    /// That QEMU answers the same, and has the same in its RAM: the stack of the last call, and what
    /// earlier ones left below it. Gives the bytes of stack.
    fn compare(&self, lines: &[String], answers: &[Vec<u8>], ram: &[u8]) -> Result<u64> {
        let mut qemu = qemu::Machine::boot(BOARD, &self.elf_file)?;
        let mut sent = lines.iter();
        for answer in answers {
            let line = qemu.line()?;
            ensure!(
                format!("{line}\n").as_bytes() == answer,
                "QEMU answers {line:?}, the emulator {:?}",
                String::from_utf8_lossy(answer)
            );
            if let Some(line) = sent.next() {
                qemu.send(format!("{line}\n").as_bytes())?;
            }
        }
        qemu.silence(PAUSE)?;
        let stack = qemu.stack()?;
        ensure!(
            stack.iter().any(|byte| *byte != PAINT),
            "QEMU's stack is empty"
        );
        ensure!(ram.ends_with(&stack), "QEMU has something else in its RAM");
        let untouched = stack.iter().take_while(|byte| **byte == PAINT).count();
        Ok(u64::try_from(stack.len() - untouched)?.next_multiple_of(16))
    }
}

/// The next answer, and how many instructions had been executed at the action, if there was one.
fn answer(machine: &mut Machine<'_>) -> Result<(Vec<u8>, Option<u64>)> {
    let mut action = None;
    loop {
        match machine.run(LIMIT) {
            End::Waits => return Ok((machine.take_output(), action)),
            End::Acted => action = Some(machine.executed()),
            end => return Err(wrong(end)),
        }
    }
}

fn wrong(end: End) -> anyhow::Error {
    anyhow!("the firmware ends with {end:?}")
}

/// What is in the flash, from its first address on.
fn flash(elf: &ElfFile32<'_>) -> Result<Vec<u8>> {
    let mut flash = Vec::new();
    for segment in elf.segments() {
        let place = usize::try_from(segment.elf_program_header().p_paddr.get(elf.endian()))?;
        let data = segment.data()?;
        if data.is_empty() || place >= 4 << 20 {
            continue;
        }
        flash.resize(flash.len().max(place + data.len()), 0);
        flash[place..place + data.len()].copy_from_slice(data);
    }
    ensure!(!flash.is_empty(), "there is nothing for the flash");
    Ok(flash)
}

fn functions(elf: &ElfFile32<'_>) -> BTreeMap<u32, (u32, String)> {
    let functions = elf
        .symbols()
        .filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.size() > 0);
    let entry = |symbol: ElfSymbol32<'_, '_>| {
        // Bit 0 says Thumb.
        let start = u32::try_from(symbol.address()).ok()? & !1;
        let end = start.checked_add(symbol.size().try_into().ok()?)?;
        let name = format!("{:#}", demangle(symbol.name().ok()?));
        Some((start, (end, name)))
    };
    functions.filter_map(entry).collect()
}
