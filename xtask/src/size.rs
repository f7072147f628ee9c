//! How much of a board's memory a firmware takes, from its ELF file.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use object::{Object as _, ObjectSection as _, ObjectSymbol as _, SectionFlags, SectionKind, elf};

use crate::boards::Board;

/// Bytes of memory.
pub(crate) struct Size {
    /// Code, constants, and the initial values of variables.
    pub(crate) flash: u64,
    /// Static variables; the stack comes on top.
    pub(crate) ram: u64,
    /// The address behind the last static variable.
    pub(crate) ram_end: u64,
}

/// The address of a function or a variable in `elf_file`.
pub(crate) fn address(elf_file: &Path, symbol: &str) -> Result<u64> {
    let bytes = fs::read(elf_file)?;
    let file = object::File::parse(&*bytes)?;
    let found = file.symbol_by_name(symbol);
    let found = found.with_context(|| format!("{} has no {symbol}", elf_file.display()))?;
    // The lowest bit says that a function is in Thumb.
    Ok(found.address() & !1)
}

/// Measures the firmware in `elf_file`.
pub(crate) fn measure(board: Board, elf_file: &Path) -> Result<Size> {
    let bytes = fs::read(elf_file).with_context(|| format!("reading {}", elf_file.display()))?;
    let file =
        object::File::parse(&*bytes).with_context(|| format!("parsing {}", elf_file.display()))?;
    let mut size = Size {
        flash: 0,
        ram: 0,
        ram_end: board.ram().start,
    };
    for section in file.sections() {
        let SectionFlags::Elf { sh_flags, .. } = section.flags() else {
            continue;
        };
        let name = section.name().unwrap_or_default();
        // riscv-rt reserves the rest of the RAM by sections of these names.
        if !sh_flags.contains(elf::SHF_ALLOC) || [".heap", ".stack"].contains(&name) {
            continue;
        }
        if section.kind() != SectionKind::UninitializedData {
            size.flash += section.size();
        }
        if board.ram().contains(&section.address()) {
            size.ram += section.size();
            size.ram_end = size.ram_end.max(section.address() + section.size());
        }
    }
    Ok(size)
}
