//! `cargo xtask imports`: no circle in the imports of `src`, neither of its files nor of its rooms, which are the folders and
//! files at its top. A name that a module re-exports counts as imported from the file that defines it.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs,
    path::Path,
};

use anyhow::{Context as _, Result, bail, ensure};
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::UseTree;

use crate::toolchain::root;

/// The name of the step.
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
    let circles = [circles(&of_files), circles(&of_rooms(&of_files))].concat();
    ensure!(circles.is_empty(), "circles:\n{}", circles.join("\n"));
    println!("{} files, {} imports", files.len(), of_files.len());
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
        all.add(&Names::new(), TOP);
        for (file, text) in files {
            let name = file.strip_suffix(".rs").unwrap_or(file);
            let name = name.strip_suffix("/mod").unwrap_or(name);
            let names = name.split('/').filter(|_| file != TOP);
            let module: Names = names.map(str::to_owned).collect();
            // A folder may have no file of its own: nothing leads there.
            for length in 1..module.len() {
                all.add(&module[..length], TOP);
            }
            let read = || format!("reading src/{file}");
            let tokens = syn::parse_str(text).with_context(read)?;
            all.add(&module, file);
            all.scan(&module, tokens, true).with_context(read)?;
        }
        Ok(all)
    }

    fn add(&mut self, names: &[String], file: &str) {
        let module = self.modules.entry(names.to_vec());
        let module = module.or_insert_with(|| Module {
            file: TOP.to_owned(),
            uses: BTreeMap::new(),
        });
        if file != TOP {
            file.clone_into(&mut module.file);
        }
    }

    /// Collects what `module` mentions in `tokens`, which are the whole of it or a part.
    fn scan(&mut self, module: &Names, tokens: TokenStream, is_whole: bool) -> Result<()> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = tokens.as_slice();
        let mut is_public = false;
        while let [token, after @ ..] = rest {
            rest = after;
            match token {
                TokenTree::Ident(word) if word == "pub" => {
                    is_public = true;
                    if let [TokenTree::Group(group), after @ ..] = rest
                        && group.delimiter() == Delimiter::Parenthesis
                    {
                        rest = after;
                    }
                    continue;
                }
                // Not that of `impl Trait + use<..>`.
                TokenTree::Ident(word) if word == "use" && !is_punct(rest.first(), '<') => {
                    let end = rest.iter().position(|token| is_punct(Some(token), ';'));
                    let (tree, after) = rest.split_at(end.context("`use` without an end")?);
                    rest = after;
                    let tree: UseTree = syn::parse2(tree.iter().cloned().collect())?;
                    self.scan_use(module, is_whole, is_public, word, &tree)?;
                }
                TokenTree::Ident(word) if word == "mod" => {
                    if let [TokenTree::Ident(name), TokenTree::Group(body), after @ ..] = rest {
                        rest = after;
                        let inner = [&module[..], &[name.to_string()]].concat();
                        let file = self.modules[module].file.clone();
                        self.add(&inner, &file);
                        self.scan(&inner, body.stream(), true)?;
                    }
                }
                TokenTree::Ident(word) => {
                    let path;
                    (path, rest) = path_from(word, rest);
                    self.mention(module, path, word);
                }
                TokenTree::Group(group) => self.scan(module, group.stream(), false)?,
                // A field or a method is no path.
                TokenTree::Punct(punct) if punct.as_char() == '.' => {
                    if let [TokenTree::Ident(_), after @ ..] = rest {
                        rest = after;
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            is_public = false;
        }
        Ok(())
    }

    fn mention(&mut self, module: &Names, path: Names, at: &Ident) {
        self.mentions
            .push((module.clone(), path, at.span().start().line));
    }

    /// Notes what a `use` brings into its module, and mentions what it names. What a folder re-exports of its own it only
    /// passes on.
    fn scan_use(
        &mut self,
        module: &Names,
        is_of_module: bool,
        is_public: bool,
        at: &Ident,
        tree: &UseTree,
    ) -> Result<()> {
        let mut leaves = Vec::new();
        flatten(tree, &mut Names::new(), &mut leaves)?;
        for (name, path) in leaves {
            let is_own = !["crate", "super"].contains(&path[0].as_str());
            if !(is_public && is_own) {
                self.mention(module, path.clone(), at);
            }
            if is_of_module && let Some(module) = self.modules.get_mut(module) {
                module.uses.entry(name).or_default().push(path);
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
                    let cause =
                        format!("  src/{file}:{line}: {} of src/{definer}", path.join("::"));
                    imports.entry((file.clone(), definer)).or_insert(cause);
                }
            }
        }
        imports
    }

    /// The files that define what `path` means in the module `start`.
    fn resolve(
        &self,
        start: &Names,
        path: &[String],
        re_exports: usize,
        files: &mut BTreeSet<String>,
    ) {
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
                    if let Some(meanings) = this.uses.get(name).filter(|_| re_exports > 0) {
                        for meaning in meanings {
                            let whole = [&meaning[..], &path[index + 1..]].concat();
                            self.resolve(&module, &whole, re_exports - 1, files);
                        }
                    } else if index > 0 {
                        // What no `use` brings there is defined there. A first name is one of another crate, or no path.
                        files.insert(this.file.clone());
                    }
                    return;
                }
            }
        }
        // A module itself. A word alone is part of something else: `pub(super)`, `mod x;`, a variable.
        if path.len() > 1 {
            files.insert(self.modules[&module].file.clone());
        }
    }
}

fn is_punct(token: Option<&TokenTree>, punct: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == punct)
}

/// The path that `first` begins, and what follows it.
fn path_from<'t>(first: &Ident, mut rest: &'t [TokenTree]) -> (Names, &'t [TokenTree]) {
    let mut path = vec![first.to_string()];
    while let [colon, second, TokenTree::Ident(name), after @ ..] = rest
        && is_punct(Some(colon), ':')
        && is_punct(Some(second), ':')
    {
        path.push(name.to_string());
        rest = after;
    }
    (path, rest)
}

/// The names that a `use` brings, and the paths that they stand for.
fn flatten(tree: &UseTree, before: &mut Names, leaves: &mut Vec<(String, Names)>) -> Result<()> {
    let mut leaf = |name: &Ident, ident: &Ident| {
        let mut path = before.clone();
        // `a::{self}` is `a`.
        if ident == "self" && !path.is_empty() {
            let name = path.last().cloned().unwrap_or_default();
            leaves.push((name, path));
        } else {
            path.push(ident.to_string());
            leaves.push((name.to_string(), path));
        }
    };
    match tree {
        UseTree::Name(name) => leaf(&name.ident, &name.ident),
        UseTree::Rename(rename) => leaf(&rename.rename, &rename.ident),
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, leaves)?;
            before.pop();
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, before, leaves)?;
            }
        }
        // What it brings would not be seen.
        UseTree::Glob(_) => bail!(
            "name what is imported, in place of `{}::*`",
            before.join("::")
        ),
    }
    Ok(())
}

/// Which room imports which, from the imports of their files.
fn of_rooms(imports: &Imports) -> Imports {
    let room = |file: &str| {
        let name = file.split('/').next().unwrap_or(file);
        name.strip_suffix(".rs").unwrap_or(name).to_owned()
    };
    let mut of_rooms = Imports::new();
    for ((from, to), cause) in imports {
        if room(from) != room(to) {
            of_rooms
                .entry((room(from), room(to)))
                .or_insert_with(|| cause.clone());
        }
    }
    of_rooms
}

/// Circles: of each file or room that is in one, a shortest, but for those that an earlier one has.
fn circles(imports: &Imports) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut circles = Vec::new();
    for (start, _) in imports.keys() {
        if !seen.contains(start)
            && let Some(circle) = shortest(imports, start)
        {
            let names: Vec<&str> = circle.iter().map(|(from, _)| from.as_str()).collect();
            let causes: Vec<&str> = circle.iter().map(|step| imports[*step].as_str()).collect();
            circles.push(format!(
                "{} -> {start}\n{}",
                names.join(" -> "),
                causes.join("\n")
            ));
            seen.extend(circle.iter().map(|(from, _)| from.clone()));
        }
    }
    circles
}

/// The shortest way from `start` back to it.
fn shortest<'i>(imports: &'i Imports, start: &String) -> Option<Vec<&'i (String, String)>> {
    let mut came_by: BTreeMap<&String, &(String, String)> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(here) = queue.pop_front() {
        for step in imports.keys().filter(|(from, _)| from == here) {
            if came_by.contains_key(&step.1) {
                continue;
            }
            came_by.insert(&step.1, step);
            queue.push_back(&step.1);
        }
    }
    let mut way = vec![*came_by.get(start)?];
    while way[0].0 != *start {
        way.insert(0, came_by[&way[0].0]);
    }
    Some(way)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The circles of a crate of these files: of files, and of rooms.
    fn found(files: &[(&str, &str)]) -> [Vec<String>; 2] {
        let files = files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let imports = Modules::parse(&files.collect())
            .unwrap_or_default()
            .imports();
        assert!(!imports.is_empty());
        let first_line = |circle: String| circle.lines().next().unwrap_or_default().to_owned();
        [imports.clone(), of_rooms(&imports)]
            .map(|imports| circles(&imports).into_iter().map(first_line).collect())
    }

    #[test]
    fn circles_are_found() {
        let folder = (
            "a/mod.rs",
            "mod x; mod y; pub(crate) use x::X; pub use y::Y;",
        );
        let child = ("a/x.rs", "use super::OfTheFolder;");
        for (files, expected) in [
            (
                &[
                    ("a.rs", "use crate::b::B;"),
                    ("b.rs", "fn f() { crate::a::f() }"),
                ][..],
                "a.rs -> b.rs -> a.rs",
            ),
            (
                &[
                    ("a.rs", "use crate::{b::{self, B}, time::Time as T};"),
                    ("b.rs", "#[cfg(feature = \"c\")] use super::c;"),
                    ("c.rs", "impl crate::a::A {}"),
                    ("time.rs", ""),
                ],
                "a.rs -> b.rs -> c.rs -> a.rs",
            ),
            // By what a folder passes on, and by what the top passes on.
            (
                &[
                    folder,
                    ("a/x.rs", "use crate::a::Y;"),
                    ("a/y.rs", "use super::X;"),
                ],
                "a/x.rs -> a/y.rs -> a/x.rs",
            ),
            (
                &[
                    ("lib.rs", "mod a; mod b; pub use b::B;"),
                    ("a.rs", "use crate::B;"),
                    ("b.rs", "use crate::a::A;"),
                ],
                "a.rs -> b.rs -> a.rs",
            ),
            // A folder that uses what uses it.
            (
                &[
                    ("a/mod.rs", "mod x; use x::X; pub struct OfTheFolder;"),
                    child,
                ],
                "a/mod.rs -> a/x.rs -> a/mod.rs",
            ),
            (
                &[
                    (
                        "a/mod.rs",
                        "mod x; pub use x::X; pub struct OfTheFolder(X);",
                    ),
                    child,
                ],
                "a/mod.rs -> a/x.rs -> a/mod.rs",
            ),
            (
                &[("a/mod.rs", "mod x; pub struct OfTheFolder(x::X);"), child],
                "a/mod.rs -> a/x.rs -> a/mod.rs",
            ),
            (
                &[
                    (
                        "a.rs",
                        "mod inner { use super::super::b::B; use super::A; }",
                    ),
                    ("b.rs", "use crate::a::inner::f;"),
                ],
                "a.rs -> b.rs -> a.rs",
            ),
            (
                &[
                    (
                        "a.rs",
                        "macro_rules! m { ($x:expr) => { $crate::b::f($x) } }",
                    ),
                    ("b.rs", "errors! { 1 => crate::a::A, }"),
                ],
                "a.rs -> b.rs -> a.rs",
            ),
        ] {
            let [of_files, _] = found(files);
            assert_eq!(of_files, [expected], "{files:?}");
        }
    }

    #[test]
    fn rooms_have_circles_of_their_own() {
        let files = [
            ("a/x.rs", "use crate::b::y::Y;"),
            ("a/z.rs", ""),
            ("b/w.rs", "use crate::a::z::Z;"),
            ("b/y.rs", ""),
        ];
        assert_eq!(found(&files), [vec![], vec!["a -> b -> a".to_owned()]]);
    }

    #[test]
    fn what_is_no_circle() {
        for files in [
            &[
                (
                    "a/mod.rs",
                    "mod x; mod y; pub(crate) use x::X; pub use y::Y;",
                ),
                ("a/x.rs", "use super::Y;"),
                ("a/y.rs", "use crate::b::B;"),
                ("b.rs", ""),
                ("c.rs", "use crate::a::{X, Y};"),
            ][..],
            // A folder passes on what it does not use.
            &[
                ("a/mod.rs", "mod x; pub use x::X; pub struct OfTheFolder;"),
                ("a/x.rs", "use super::OfTheFolder;"),
            ],
            &[
                (
                    "a.rs",
                    "use crate::b::B; use core::fmt; pub(super) fn f() {}",
                ),
                (
                    "b.rs",
                    "/// [`crate::a::A`]\nuse serde::a; fn f(x: &B) -> impl Sized + use<'_> { x.a.f() } // crate::a",
                ),
            ],
        ] {
            assert_eq!(
                found(files),
                [vec![], vec![]] as [Vec<String>; 2],
                "{files:?}"
            );
        }
    }

    #[test]
    fn a_glob_is_refused() {
        let files = BTreeMap::from([("a.rs".to_owned(), "use crate::b::*;".to_owned())]);
        assert!(Modules::parse(&files).is_err());
    }
}
