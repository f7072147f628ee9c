//! `cargo xtask proof`: what the linker leaves in a firmware. A panic that can be reached is a call of `core::panicking`, and
//! with link-time optimization one that cannot be is gone: where no such symbol is left, nothing panics. With HS256 alone
//! none is, nor with ES256 by the crate's own arithmetic; with `p256` the calls that are left are listed, and none is in code of
//! ours.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
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
    toolchain::{Toolchain, root},
};

/// The name of the step for images without `p256`.
pub(crate) const TITLE: &str =
    "no panic and no allocator in a firmware with HS256, and with ES256 by `fast-es256`";
/// The name of the step for ES256.
pub(crate) const TITLE_ES256: &str = "no panic of ours in a firmware with ES256 by `p256`";

/// The board that the firmware is linked for.
const BOARD: Board = Board::An386;

const OPT_LEVELS: [&str; 2] = ["s", "3"];

/// What is in the names of `core`'s functions that panic: `core::panicking::panic_fmt`, `core::option::unwrap_failed`.
const PANICS: [&str; 2] = ["panicking::", "_fail"];
const ALLOCATOR: &str = "__rust_alloc";

/// Whose calls would be ours.
const OURS: [&str; 2] = ["embedded_jwt", "minimal"];

pub(crate) fn run() -> Result<bool> {
    let toolchain = Toolchain::set_up(&[BOARD])?;
    let mut steps = Steps::default();
    steps.run(TITLE, || hs256(&toolchain));
    steps.run(TITLE_ES256, || es256(&toolchain));
    Ok(steps.summary())
}

/// Links the firmware with HS256 and with both algorithms as a product does, and looks at its symbols.
pub(crate) fn hs256(toolchain: &Toolchain) -> Result<()> {
    for opt_level in OPT_LEVELS {
        for features in ["", "fast-es256"] {
            let left = Image::link(toolchain, opt_level, features)?.forbidden()?;
            ensure!(
                left.is_empty(),
                "with {features:?} at opt-level {opt_level} there is left: {left:?}"
            );
        }
        println!("opt-level {opt_level}: no panic, no allocator");
    }
    let planted = Image::link(toolchain, "s", "planted-panic")?.forbidden()?;
    ensure!(!planted.is_empty(), "a planted panic was not noticed");
    println!("a planted panic leaves {planted:?}");
    Ok(())
}

/// Links the firmware with ES256, and lists who can panic.
pub(crate) fn es256(toolchain: &Toolchain) -> Result<()> {
    for opt_level in OPT_LEVELS {
        let callers = Image::link(toolchain, opt_level, "es256")?.callers_of_panics()?;
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
    let planted = Image::link(toolchain, "s", "es256,planted-panic")?.callers_of_panics()?;
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
    let left = Image::read(elf_file)?.forbidden()?;
    ensure!(left.is_empty(), "there is left: {left:?}");
    Ok(())
}

/// A firmware, linked.
struct Image {
    elf_file: PathBuf,
    bytes: Vec<u8>,
}

impl Image {
    fn link(toolchain: &Toolchain, opt_level: &str, features: &str) -> Result<Self> {
        let mut build = firmware::cargo(toolchain, "build", BOARD);
        build
            .args("--release --no-default-features --bin minimal --features".split(' '))
            .arg(features)
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", opt_level);
        execute(&mut build)?;
        let directory = toolchain.target_directory().join(BOARD.target());
        Self::read(&directory.join("release/minimal"))
    }

    fn read(elf_file: &Path) -> Result<Self> {
        Ok(Self {
            elf_file: elf_file.to_owned(),
            bytes: fs::read(elf_file).with_context(|| format!("reading {}", elf_file.display()))?,
        })
    }

    fn parse(&self) -> Result<File<'_>> {
        let file = File::parse(&*self.bytes);
        file.with_context(|| format!("parsing {}", self.elf_file.display()))
    }

    /// The symbols that must not be left.
    fn forbidden(&self) -> Result<BTreeSet<String>> {
        let file = self.parse()?;
        let names: BTreeSet<String> = file
            .symbols()
            .filter_map(|symbol| symbol.name().ok())
            .map(|name| format!("{:#}", demangle(name)))
            .collect();
        // A file without names would pass for the wrong reason.
        ensure!(
            names.contains("main"),
            "{} has no symbol main",
            self.elf_file.display()
        );
        let forbidden = |name: &String| is_panic(name) || name.contains(ALLOCATOR);
        Ok(names.into_iter().filter(forbidden).collect())
    }

    /// The functions in whose source a panic is called, wherever the compiler has put them, with the number of calls.
    fn callers_of_panics(&self) -> Result<BTreeMap<String, usize>> {
        let file = self.parse()?;
        let source = source(&file)?;
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
                caller(&source, address).with_context(|| format!("the source of {address:#x}"))?;
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
}

pub(crate) type Source<'f> = Context<EndianSlice<'f, LittleEndian>>;

/// What the debug information tells of where code comes from. Read as it stands: the relocations that the linker was told
/// to keep have been carried out.
pub(crate) fn source<'f>(file: &File<'f>) -> Result<Source<'f>> {
    let sections = |id: SectionId| -> Result<_> {
        let data = match file.section_by_name(id.name()) {
            Some(section) => section.data()?,
            None => &[],
        };
        Ok(EndianSlice::new(data, LittleEndian))
    };
    Ok(Context::from_dwarf(Dwarf::load(sections)?)?)
}

/// The innermost function at `address` that is not of `core`: what it was inlined into does not count.
fn caller(source: &Source<'_>, address: u64) -> Result<String> {
    let (function, _) = innermost(source, address)?.context("no debug information")?;
    Ok(function)
}

/// The crate that the code at `address` was written in, by its file; `other` for what no file is known of.
pub(crate) fn crate_of(source: &Source<'_>, address: u64) -> Result<String> {
    let file = innermost(source, address)?.and_then(|(_, file)| file);
    let file = file.unwrap_or_default();
    let folder_of_src = |file: &str| {
        let (before, _) = file.split_once("/src/")?;
        Some(before.rsplit('/').next()?.to_owned())
    };
    let name = if file.starts_with("src/") || file.contains("examples/firmware/src/") {
        "firmware".to_owned()
    } else if file.contains("/registry/src/") {
        let of_crate = file.rsplit_once("/registry/src/").map(|(_, rest)| rest);
        let folder = of_crate
            .and_then(|rest| rest.split('/').nth(1))
            .unwrap_or("other");
        // Without the version.
        folder
            .rsplit_once('-')
            .map_or(folder, |(name, _)| name)
            .to_owned()
    } else if file.contains("/library/core/") {
        "core".to_owned()
    } else if file.contains("compiler-builtins") {
        "compiler-builtins".to_owned()
    } else if Path::new(&file).starts_with(root().join("src")) {
        "embedded-jwt".to_owned()
    } else {
        folder_of_src(&file).unwrap_or_else(|| "other".to_owned())
    };
    Ok(name)
}

/// The innermost function that is not of `core`, or the outermost one, and its file.
fn innermost(source: &Source<'_>, address: u64) -> Result<Option<(String, Option<String>)>> {
    let mut frames = source.find_frames(address).skip_all_loads()?;
    let mut found = None;
    while let Some(frame) = frames.next()? {
        let Some(function) = frame.function else {
            continue;
        };
        let file = frame.location.and_then(|location| location.file);
        let is_of_core = file.is_some_and(|file| file.contains("library/core/"));
        found = Some((function.demangle()?.into_owned(), file.map(str::to_owned)));
        if !is_of_core {
            break;
        }
    }
    Ok(found)
}
