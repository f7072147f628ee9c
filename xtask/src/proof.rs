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
    steps::Steps,
    toolchain::{OptLevel, Toolchain},
};

/// The board that the firmware is linked for.
const BOARD: Board = Board::An386;

/// The features of the smallest image, and of the one with everything.
const WITHOUT_PANICS: [&str; 2] = ["hs256", "hs256,remember,fast-es256"];

const BINARY: &str = "minimal";

/// Debug information for all code except `core`. A panic in `core` is attributed to the symbol that holds it.
const WITH_SOURCE: [&str; 4] = [
    "--config",
    "profile.release.debug='limited'",
    "--config",
    "profile.release.package.core.debug='none'",
];

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

/// Links the firmware as a product does, and looks at its symbols.
fn hs256(toolchain: &Toolchain) -> Result<()> {
    let link = |features, opt_level| firmware::build(toolchain, BOARD, BINARY, features, opt_level);
    for opt_level in OptLevel::ALL {
        for features in WITHOUT_PANICS {
            holds_none(&link(features, opt_level)?)
                .with_context(|| format!("{features:?} at opt-level {}", opt_level.name()))?;
        }
        println!("opt-level {}: no panic, no allocator", opt_level.name());
    }
    let planted = link("hs256,planted-panic", OptLevel::Small)?;
    let planted = forbidden(&fs::read(planted)?)?;
    ensure!(!planted.is_empty(), "a planted panic was not noticed");
    println!("a planted panic leaves {planted:?}");
    Ok(())
}

/// Links the firmware with ES256, and lists who can panic.
fn es256(toolchain: &Toolchain) -> Result<()> {
    let callers = |features, opt_level| {
        let program = (BINARY, features);
        let elf_file = firmware::build_with(toolchain, BOARD, program, opt_level, &WITH_SOURCE)?;
        callers_of_panics(&fs::read(elf_file)?)
    };
    for opt_level in OptLevel::ALL {
        let callers = callers("hs256,es256", opt_level)?;
        println!("opt-level {}:", opt_level.name());
        for (caller, calls) in &callers {
            // Some carry the names of a whole iterator with them.
            println!("{calls:4}  {caller:.100}");
        }
        // p256 is known to keep some: a list without any was not read right.
        ensure!(!callers.is_empty(), "no caller was found");
        let ours: Vec<&String> = callers.keys().filter(|caller| is_ours(caller)).collect();
        ensure!(ours.is_empty(), "ours: {ours:?}");
    }
    let planted = callers("hs256,es256,planted-panic", OptLevel::Small)?;
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
    let (mut callers, symbols) = (BTreeMap::new(), file.symbol_map());
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
        let symbol = || {
            Some(format!(
                "{:#}",
                demangle(symbols.containing(address)?.name())
            ))
        };
        let caller = caller(&source, address)?
            .or_else(symbol)
            .with_context(|| format!("the source of {address:#x}"))?;
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
