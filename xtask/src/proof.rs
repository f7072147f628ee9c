//! `cargo xtask proof`: what the linker leaves in a firmware. A panic that can be reached is a call of `core::panicking`, and
//! with link-time optimization one that cannot be is gone: where no such symbol is left, nothing panics. With HS256 alone
//! none is, nor with ES256 by the crate's own arithmetic; with `p256` the calls that are left are listed, and none is in code of
//! ours.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use addr2line::{
    Context,
    gimli::{Dwarf, EndianSlice, LittleEndian, SectionId},
};
use anyhow::{Context as _, Result, ensure};
use object::{
    File, Object as _, ObjectSection as _, ObjectSymbol as _, RelocationTarget, SectionKind,
};
use rustc_demangle::demangle;

use crate::{
    boards::Board,
    firmware,
    steps::{Steps, execute},
    toolchain::Toolchain,
};

/// The board that the firmware is linked for.
const BOARD: Board = Board::An386;

const OPT_LEVELS: [&str; 2] = ["s", "3"];

/// What is in the names of `core`'s functions that panic: `core::panicking::panic_fmt`, `core::option::unwrap_failed`.
const PANICS: [&str; 2] = ["panicking::", "_fail"];
const ALLOCATOR: &str = "__rust_alloc";

/// Whose calls would be ours.
const OURS: [&str; 3] = ["embedded_jwt", "embedded_jwt_store", "minimal"];

pub(crate) fn run() -> Result<bool> {
    let toolchain = Toolchain::set_up(&[BOARD])?;
    let mut steps = Steps::default();
    let titles = [
        "no panic and no allocator in a firmware with HS256, with ES256 by `fast-es256`, and with what it remembers in flash",
        "no panic of ours in a firmware with ES256 by `p256`",
    ];
    steps.run(titles[0], || hs256(&toolchain));
    steps.run(titles[1], || es256(&toolchain));
    Ok(steps.summary())
}

/// Links the firmware with HS256 and with both algorithms as a product does, and looks at its symbols.
fn hs256(toolchain: &Toolchain) -> Result<()> {
    for opt_level in OPT_LEVELS {
        for features in ["hs256", "hs256,fast-es256", "hs256,remember,fast-es256"] {
            let left = forbidden(&link(toolchain, opt_level, features)?)?;
            ensure!(
                left.is_empty(),
                "with {features:?} at opt-level {opt_level} there is left: {left:?}"
            );
        }
        println!("opt-level {opt_level}: no panic, no allocator");
    }
    let planted = forbidden(&link(toolchain, "s", "hs256,planted-panic")?)?;
    ensure!(!planted.is_empty(), "a planted panic was not noticed");
    println!("a planted panic leaves {planted:?}");
    Ok(())
}

/// Links the firmware with ES256, and lists who can panic.
fn es256(toolchain: &Toolchain) -> Result<()> {
    for opt_level in OPT_LEVELS {
        let callers = callers_of_panics(&link(toolchain, opt_level, "hs256,es256")?)?;
        println!("opt-level {opt_level}:");
        for (caller, calls) in &callers {
            // Some carry the names of a whole iterator with them.
            println!("{calls:4}  {caller:.100}");
        }
        // p256 is known to keep some: a list without any was not read right.
        ensure!(!callers.is_empty(), "no caller was found");
        let ours: Vec<&String> = callers.keys().filter(|caller| is_ours(caller)).collect();
        ensure!(ours.is_empty(), "ours: {ours:?}");
    }
    let planted = callers_of_panics(&link(toolchain, "s", "hs256,es256,planted-panic")?)?;
    ensure!(
        planted.keys().any(|caller| is_ours(caller)),
        "a planted panic was not noticed"
    );
    Ok(())
}

fn is_ours(caller: &str) -> bool {
    OURS.iter()
        .any(|name| caller.contains(&format!("{name}::")))
}

fn is_panic(name: &str) -> bool {
    name.starts_with("core::") && PANICS.iter().any(|part| name.contains(part))
}

/// That no panic and no allocator is left in `elf_file`.
pub(crate) fn holds_none(elf_file: &Path) -> Result<()> {
    let left = forbidden(&fs::read(elf_file)?)?;
    ensure!(left.is_empty(), "there is left: {left:?}");
    Ok(())
}

/// Links a firmware as a product does; gives its ELF file.
fn link(toolchain: &Toolchain, opt_level: &str, features: &str) -> Result<Vec<u8>> {
    let mut build = firmware::cargo(toolchain, "build", BOARD);
    build
        .args("--release --no-default-features --bin minimal --features".split(' '))
        .arg(features)
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", opt_level);
    execute(&mut build)?;
    Ok(fs::read(firmware::elf_file(toolchain, BOARD, "minimal"))?)
}

/// The symbols that must not be left.
fn forbidden(elf_file: &[u8]) -> Result<BTreeSet<String>> {
    let file = File::parse(elf_file)?;
    let symbols = file.symbols().filter_map(|symbol| symbol.name().ok());
    let names: BTreeSet<String> = symbols
        .map(|name| format!("{:#}", demangle(name)))
        .collect();
    // A file without names would pass for the wrong reason.
    ensure!(names.contains("main"), "there is no symbol main");
    let forbidden = |name: &String| is_panic(name) || name.contains(ALLOCATOR);
    Ok(names.into_iter().filter(forbidden).collect())
}

/// The functions in whose source a panic is called, wherever the compiler has put them, with the number
/// of calls.
fn callers_of_panics(elf_file: &[u8]) -> Result<BTreeMap<String, usize>> {
    let file = File::parse(elf_file)?;
    // Read as it stands: the relocations that the linker was told to keep have been carried out.
    let source = Context::from_dwarf(Dwarf::load(|id: SectionId| -> Result<_> {
        let section = file.section_by_name(id.name());
        let data = section.map_or(Ok(&[][..]), |section| section.data())?;
        Ok(EndianSlice::new(data, LittleEndian))
    })?)?;
    let mut callers = BTreeMap::new();
    let code = file
        .sections()
        .filter(|section| section.kind() == SectionKind::Text);
    for (address, relocation) in code.flat_map(|section| section.relocations()) {
        let RelocationTarget::Symbol(target) = relocation.target() else {
            continue;
        };
        let target = file.symbol_by_index(target)?.name().unwrap_or_default();
        if !is_panic(&format!("{:#}", demangle(target))) {
            continue;
        }
        let caller =
            caller(&source, address)?.with_context(|| format!("the source of {address:#x}"))?;
        // One panic calls the next.
        if is_panic(&caller) {
            continue;
        }
        ensure!(
            !caller.starts_with("core::"),
            "{caller} panics, and who calls it is not looked for"
        );
        *callers.entry(caller).or_default() += 1;
    }
    Ok(callers)
}

/// The innermost function at `address` that is not of `core`, or the outermost one: what it was inlined
/// into does not count.
fn caller(source: &Context<EndianSlice<'_, LittleEndian>>, address: u64) -> Result<Option<String>> {
    let mut frames = source.find_frames(address).skip_all_loads()?;
    let mut found = None;
    while let Some(frame) = frames.next()? {
        let file = frame.location.and_then(|location| location.file);
        if let Some(function) = frame.function {
            found = Some(function.demangle()?.into_owned());
            if !file.is_some_and(|file| file.contains("library/core/")) {
                break;
            }
        }
    }
    Ok(found)
}
