//! `cargo xtask imports`: no circle in the imports of `src`, neither between its files nor between its
//! rooms, which are the folders and files at its top. A name that a module re-exports counts as
//! imported from the file that defines it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, Result, bail, ensure};
use proc_macro2::{TokenStream, TokenTree};

use crate::toolchain::root;

pub(crate) const TITLE: &str = "no circle in the imports of src";

/// The file that re-exports from every other one.
const TOP: &str = "lib.rs";

/// How many re-exports lead from a name to its definition, at the most.
const MAX_RE_EXPORTS: usize = 10;

pub(crate) fn check() -> Result<()> {
    let mut files = BTreeMap::new();
    read(&root().join("src"), "", &mut files)?;
    let of_files = Modules::parse(&files)?.imports();
    ensure!(!of_files.is_empty(), "no import was found");
    println!("{} files, {} imports", files.len(), of_files.len());
    let found = [circles(of_rooms(&of_files)), circles(of_files)];
    let causes: Vec<String> = found.into_iter().flat_map(BTreeMap::into_values).collect();
    ensure!(causes.is_empty(), "circles:\n{}", causes.join("\n"));
    Ok(())
}

/// Reads the Rust files below `folder`, by their paths in it.
fn read(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            read(&path, &format!("{name}/"), files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.insert(name, fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

/// The names that lead from the crate to a module, or from a module to what it mentions.
type Names = Vec<String>;

#[derive(Default)]
struct Modules {
    modules: BTreeMap<Names, Module>,
    /// Which module mentions which path, and in which line.
    mentions: Vec<(Names, Names, usize)>,
}

struct Module {
    file: String,
    /// What `use` brings into it: each name with the paths that it stands for, one for each `cfg`.
    uses: BTreeMap<String, Vec<Names>>,
}

/// From the first file, or room, to the second; with the line that makes it.
type Imports = BTreeMap<(String, String), String>;

impl Modules {
    fn parse(files: &BTreeMap<String, String>) -> Result<Self> {
        let mut all = Self::default();
        all.add(&[], TOP);
        for (file, text) in files {
            let name = file.strip_suffix(".rs").unwrap_or(file);
            let name = name.strip_suffix("/mod").unwrap_or(name);
            let names = name.split('/').filter(|_| file != TOP);
            let module: Names = names.map(str::to_owned).collect();
            // A folder may have no file of its own: nothing leads there.
            for length in 1..module.len() {
                all.add(&module[..length], TOP);
            }
            all.add(&module, file);
            let tokens = text.parse().map_err(|error| anyhow::anyhow!("{error}"));
            let scanned = tokens.and_then(|tokens| all.scan(&module, tokens, true));
            scanned.with_context(|| format!("reading src/{file}"))?;
        }
        Ok(all)
    }

    fn add(&mut self, names: &[String], file: &str) {
        let (file, uses) = (file.to_owned(), BTreeMap::new());
        if file != TOP || !self.modules.contains_key(names) {
            self.modules.insert(names.to_vec(), Module { file, uses });
        }
    }

    /// Collects what `module` mentions in `tokens`, which are the whole of it or a part.
    fn scan(&mut self, module: &[String], tokens: TokenStream, is_whole: bool) -> Result<()> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let (before, rest) = (&tokens[..at], &tokens[at + 1..]);
            let line = token.span().start().line;
            at += 1;
            match token {
                // Not that of `impl Trait + use<..>`.
                TokenTree::Ident(word) if word == "use" && !is_punct(rest.first(), '<') => {
                    let end = rest.iter().position(|token| is_punct(Some(token), ';'));
                    let end = end.context("`use` without an end")?;
                    at += end;
                    let is_public = matches!(before, [.., TokenTree::Ident(word)]
                        | [.., TokenTree::Ident(word), TokenTree::Group(_)] if word == "pub");
                    for (name, path) in leaves(&rest[..end], &[])? {
                        // What a folder re-exports of its own it only passes on.
                        if !is_public || ["crate", "super"].contains(&path[0].as_str()) {
                            self.mentions.push((module.to_vec(), path.clone(), line));
                        }
                        if is_whole && let Some(module) = self.modules.get_mut(module) {
                            module.uses.entry(name).or_default().push(path);
                        }
                    }
                }
                TokenTree::Ident(word) if word == "mod" => {
                    if let [TokenTree::Ident(name), TokenTree::Group(body), ..] = rest {
                        at += 2;
                        let inner = [module, &[name.to_string()]].concat();
                        let file = self.modules[module].file.clone();
                        self.add(&inner, &file);
                        self.scan(&inner, body.stream(), true)?;
                    }
                }
                TokenTree::Ident(word) => {
                    let mut path = vec![word.to_string()];
                    while let [colon, second, TokenTree::Ident(name), ..] = &tokens[at..]
                        && is_punct(Some(colon), ':')
                        && is_punct(Some(second), ':')
                    {
                        path.push(name.to_string());
                        at += 3;
                    }
                    self.mentions.push((module.to_vec(), path, line));
                }
                TokenTree::Group(group) => self.scan(module, group.stream(), false)?,
                // The name of a field or of a method is no path.
                TokenTree::Punct(punct) if punct.as_char() == '.' => {
                    at += usize::from(matches!(rest, [TokenTree::Ident(_), ..]));
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        Ok(())
    }

    /// Which file imports which.
    fn imports(&self) -> Imports {
        let mut imports = Imports::new();
        for (module, path, line) in &self.mentions {
            let file = &self.modules[module].file;
            let mut definers = BTreeSet::new();
            self.resolve(module, path, MAX_RE_EXPORTS, &mut definers);
            for definer in definers {
                if definer != *file && definer != TOP && file != TOP {
                    let cause = format!("  src/{file}:{line}: {} of {definer}", path.join("::"));
                    imports.entry((file.clone(), definer)).or_insert(cause);
                }
            }
        }
        imports
    }

    /// The files that define what `path` means in the module `start`.
    fn resolve(&self, start: &Names, path: &[String], left: usize, files: &mut BTreeSet<String>) {
        let mut module = start.clone();
        for (index, name) in path.iter().enumerate() {
            match (name.as_str(), index) {
                ("crate", 0) => module.clear(),
                ("self", 0) => {}
                ("super", _) => _ = module.pop(),
                _ => {
                    let this = &self.modules[&module];
                    module.push(name.clone());
                    if self.modules.contains_key(&module) {
                        continue;
                    }
                    module.pop();
                    if let Some(meanings) = this.uses.get(name).filter(|_| left > 0) {
                        for meaning in meanings {
                            let whole = [&meaning[..], &path[index + 1..]].concat();
                            self.resolve(&module, &whole, left - 1, files);
                        }
                    } else if index > 0 {
                        // What no `use` brings there is defined there. A first name is that of
                        // another crate, or no path.
                        files.insert(this.file.clone());
                    }
                    return;
                }
            }
        }
        // A module itself. A word alone is part of something else: `pub(super)`, `mod x;`.
        if path.len() > 1 {
            files.insert(self.modules[&module].file.clone());
        }
    }
}

fn is_punct(token: Option<&TokenTree>, punct: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == punct)
}

/// The names that a `use` brings, and the paths that they stand for.
fn leaves(tree: &[TokenTree], before: &[String]) -> Result<Vec<(String, Names)>> {
    let mut found = Vec::new();
    for item in tree.split(|token| is_punct(Some(token), ',')) {
        let (mut path, mut name, mut inner) = (before.to_vec(), None, None);
        for token in item {
            match token {
                // `a::{self}` is `a`.
                TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
                TokenTree::Ident(word) if word == "as" => name = path.last().cloned(),
                TokenTree::Ident(word) if name.is_some() => name = Some(word.to_string()),
                TokenTree::Ident(word) => path.push(word.to_string()),
                TokenTree::Group(group) => inner = Some(Vec::from_iter(group.stream())),
                // What it brings would not be seen.
                token if is_punct(Some(token), '*') => {
                    bail!(
                        "name what is imported, in place of `{}::*`",
                        path.join("::")
                    );
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        if let Some(tree) = inner {
            found.extend(leaves(&tree, &path)?);
        } else if let (false, Some(last)) = (item.is_empty(), path.last()) {
            found.push((name.unwrap_or_else(|| last.clone()), path));
        }
    }
    Ok(found)
}

/// Which room imports which, from the imports of their files.
fn of_rooms(imports: &Imports) -> Imports {
    let room = |file: &str| {
        let name = file.split('/').next().unwrap_or(file);
        name.strip_suffix(".rs").unwrap_or(name).to_owned()
    };
    let of_rooms = imports
        .iter()
        .map(|((from, to), cause)| ((room(from), room(to)), cause.clone()));
    of_rooms.filter(|((from, to), _)| from != to).collect()
}

/// The imports that make circles, or lead from one to the next: those are left when every import is
/// taken away that starts where none ends, or ends where none starts.
fn circles(mut imports: Imports) -> Imports {
    loop {
        let before = imports.len();
        let (from, to): (BTreeSet<_>, BTreeSet<_>) = imports.keys().cloned().unzip();
        imports.retain(|(start, end), _| to.contains(start) && from.contains(end));
        if imports.len() == before {
            return imports;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The circles of a crate of these files, `name: text` with `|` between two: of files, and of rooms.
    fn found(files: &str) -> [String; 2] {
        let files = files
            .split('|')
            .filter_map(|file| file.trim().split_once(':'));
        let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let imports = Modules::parse(&files.collect())
            .unwrap_or_default()
            .imports();
        assert!(!imports.is_empty());
        let rooms = of_rooms(&imports);
        [imports, rooms].map(|imports| {
            let names = circles(imports)
                .into_keys()
                .map(|(from, to)| format!("{from}>{to}"));
            names.collect::<Vec<_>>().join(" ")
        })
    }

    /// Circles between files, with the files that make them.
    const CIRCLES: &str = "\
a.rs>b.rs b.rs>a.rs << a.rs: use crate::b::B; | b.rs: fn f() { crate::a::f() }
a.rs>b.rs b.rs>c.rs c.rs>a.rs << a.rs: use crate::{b::{self, B}, d::D as T}; | d.rs: \
    | c.rs: impl crate::a::A {} | b.rs: #[cfg(feature = \"c\")] use super::c;
a/x.rs>a/y.rs a/y.rs>a/x.rs << a/mod.rs: mod x; mod y; pub(crate) use x::X; pub use y::Y; \
    | a/x.rs: use crate::a::Y; | a/y.rs: use super::X;
a.rs>b.rs b.rs>a.rs << lib.rs: mod a; mod b; pub use b::B; | a.rs: use crate::B; | b.rs: use crate::a::A;
a/mod.rs>a/x.rs a/x.rs>a/mod.rs << a/mod.rs: mod x; use x::X; pub struct Own; | a/x.rs: use super::Own;
a/mod.rs>a/x.rs a/x.rs>a/mod.rs << a/mod.rs: mod x; pub use x::X; struct Own(X); | a/x.rs: use super::Own;
a/mod.rs>a/x.rs a/x.rs>a/mod.rs << a/mod.rs: mod x; pub struct Own(x::X); | a/x.rs: use super::Own;
a.rs>b.rs b.rs>a.rs << a.rs: mod c { use super::super::b::B; use super::A; } | b.rs: use crate::a::c::f;
a.rs>b.rs b.rs>a.rs << a.rs: macro_rules! m { ($x:expr) => { $crate::b::f($x) } } \
    | b.rs: errors! { 1 => crate::a::A, }
 << a/mod.rs: mod x; mod y; pub(crate) use x::X; pub use y::Y; | a/x.rs: use super::Y; \
    | a/y.rs: use crate::b::B; | b.rs: | c.rs: use crate::a::{X, Y};
 << a/mod.rs: mod x; pub use x::X; pub struct Own; | a/x.rs: use super::Own;
 << a.rs: use crate::b::B; use core::fmt; pub(super) fn f() {} \
    | b.rs: /** [`crate::a::A`] */ use serde::a; fn f(x: &B) -> impl Sized + use<'_> { x.a.f() } /* crate::a */";

    #[test]
    fn circles_are_found() {
        for line in CIRCLES.lines() {
            let (expected, files) = line.split_once(" << ").unwrap_or_default();
            assert_eq!(found(files)[0], expected, "{files}");
        }
    }

    #[test]
    fn rooms_have_circles_of_their_own() {
        let files =
            "a/x.rs: use crate::b::y::Y; | a/z.rs: | b/w.rs: use crate::a::z::Z; | b/y.rs: ";
        assert_eq!(found(files), ["", "a>b b>a"]);
    }

    #[test]
    fn a_glob_is_refused() {
        let files = BTreeMap::from([("a.rs".to_owned(), "use crate::b::*;".to_owned())]);
        assert!(Modules::parse(&files).is_err());
    }
}
