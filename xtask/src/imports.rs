//! `cargo xtask imports`: no circle in the imports of `src`, neither of its files nor of its rooms, which are the folders and
//! files at its top. A name that a folder's `mod.rs` re-exports counts as imported from the file that defines it.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt, fs,
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
    let modules = Modules::parse(&files)?;
    let between_files = modules.imports();
    ensure!(!between_files.is_empty(), "no import was found");
    let between_rooms = of_rooms(&between_files);
    let circles: Vec<String> = [("files", &between_files), ("rooms", &between_rooms)]
        .into_iter()
        .flat_map(|(what, imports)| {
            let circles = circles(imports).into_iter();
            circles.map(move |circle| format!("a circle of {what}:\n{circle}"))
        })
        .collect();
    ensure!(circles.is_empty(), "{}", circles.join("\n"));
    println!(
        "{} files, {} imports between them, no circle",
        files.len(),
        between_files.len()
    );
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
        } else if name.ends_with(".rs") {
            files.insert(name, fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

/// The names from the crate to a module.
type Names = Vec<String>;

/// A path that a module names, as it is written.
struct Mention {
    module: Names,
    path: Names,
    line: usize,
}

#[derive(Default)]
struct Module {
    file: String,
    /// What `use` brings into it: each name with the paths that it stands for, one for each `cfg`.
    uses: BTreeMap<String, Vec<Names>>,
}

#[derive(Default)]
struct Modules {
    modules: BTreeMap<Names, Module>,
    mentions: Vec<Mention>,
}

/// From the first file, or room, to the second.
type Imports = BTreeMap<(String, String), Cause>;

/// What makes the first import the second.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cause {
    file: String,
    line: usize,
    path: String,
    imported: String,
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            path,
            imported,
        } = self;
        write!(formatter, "  src/{file}:{line}: {path} of src/{imported}")
    }
}

impl Modules {
    fn parse(files: &BTreeMap<String, String>) -> Result<Self> {
        let mut all = Self::default();
        for (file, text) in files {
            let name = file.strip_suffix(".rs").unwrap_or(file);
            let name = name.strip_suffix("/mod").unwrap_or(name);
            let module: Names = if file == TOP {
                Names::new()
            } else {
                name.split('/').map(str::to_owned).collect()
            };
            for length in 0..module.len() {
                let folder = all.modules.entry(module[..length].to_vec());
                // Of a folder without a file of its own there is nothing to tell.
                folder.or_insert_with(|| Module {
                    file: TOP.to_owned(),
                    ..Module::default()
                });
            }
            let tokens = syn::parse_str(text).map_err(|error| {
                let line = error.span().start().line;
                anyhow::anyhow!("src/{file}:{line}: {error}")
            })?;
            all.scan(&module, file, tokens, true)
                .with_context(|| format!("reading src/{file}"))?;
        }
        Ok(all)
    }

    /// Collects what stands in `tokens`, which is the whole of `module` or a part of it.
    fn scan(
        &mut self,
        module: &Names,
        file: &str,
        tokens: TokenStream,
        is_whole: bool,
    ) -> Result<()> {
        if is_whole {
            let this = self.modules.entry(module.clone()).or_default();
            file.clone_into(&mut this.file);
        }
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
                    let line = word.span().start().line;
                    self.uses(module, is_whole, is_public, line, &tree)?;
                }
                TokenTree::Ident(word) if word == "mod" => {
                    if let [TokenTree::Ident(name), TokenTree::Group(body), after @ ..] = rest {
                        rest = after;
                        let mut inner = module.clone();
                        inner.push(name.to_string());
                        self.scan(&inner, file, body.stream(), true)?;
                    }
                }
                TokenTree::Ident(word) => {
                    let (path, after) = path(word, rest);
                    rest = after;
                    self.mentions.push(Mention {
                        module: module.clone(),
                        path,
                        line: word.span().start().line,
                    });
                }
                TokenTree::Group(group) => self.scan(module, file, group.stream(), false)?,
                // A field or a method has no path.
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

    /// Notes what a `use` brings into its module, and mentions what it names. What a folder re-exports of its own it only
    /// passes on.
    fn uses(
        &mut self,
        module: &Names,
        is_of_module: bool,
        is_public: bool,
        line: usize,
        tree: &UseTree,
    ) -> Result<()> {
        let mut leaves = Vec::new();
        flatten(tree, &mut Names::new(), &mut leaves)?;
        for (name, path) in leaves {
            let is_own = !["crate", "super"].contains(&path[0].as_str());
            if !(is_public && is_own) {
                self.mentions.push(Mention {
                    module: module.clone(),
                    path: path.clone(),
                    line,
                });
            }
            if is_of_module {
                let uses = &mut self.modules.entry(module.clone()).or_default().uses;
                uses.entry(name).or_default().push(path);
            }
        }
        Ok(())
    }

    /// Which file imports which.
    fn imports(&self) -> Imports {
        let mut imports = Imports::new();
        for Mention { module, path, line } in &self.mentions {
            let file = &self.modules[module].file;
            let mut definers = BTreeSet::new();
            self.resolve(module, path, MAX_RE_EXPORTS, &mut definers);
            for imported in definers {
                if imported == *file || [imported.as_str(), file].contains(&TOP) {
                    continue;
                }
                let cause = Cause {
                    file: file.clone(),
                    line: *line,
                    path: path.join("::"),
                    imported: imported.clone(),
                };
                imports
                    .entry((file.clone(), imported))
                    .and_modify(|known| *known = cause.clone().min(known.clone()))
                    .or_insert(cause);
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
            let is_first = index == 0;
            match name.as_str() {
                "crate" if is_first => module.clear(),
                "self" if is_first => {}
                "super" => _ = module.pop(),
                _ => {
                    let mut child = module.clone();
                    child.push(name.clone());
                    if self.modules.contains_key(&child) {
                        module = child;
                        continue;
                    }
                    let this = &self.modules[&module];
                    if let Some(meanings) = this.uses.get(name).filter(|_| re_exports > 0) {
                        for meaning in meanings {
                            let mut whole = meaning.clone();
                            whole.extend_from_slice(&path[index + 1..]);
                            self.resolve(&module, &whole, re_exports - 1, files);
                        }
                    } else if !is_first {
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
fn path<'t>(first: &Ident, mut rest: &'t [TokenTree]) -> (Names, &'t [TokenTree]) {
    let mut path = vec![first.to_string()];
    while let [
        TokenTree::Punct(one),
        TokenTree::Punct(two),
        TokenTree::Ident(name),
        after @ ..,
    ] = rest
        && (one.as_char(), two.as_char()) == (':', ':')
    {
        path.push(name.to_string());
        rest = after;
    }
    (path, rest)
}

/// The names that a `use` brings, and the paths that they stand for.
fn flatten(tree: &UseTree, before: &mut Names, leaves: &mut Vec<(String, Names)>) -> Result<()> {
    let with = |name: &Ident| [&before[..], &[name.to_string()]].concat();
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, leaves)?;
            before.pop();
        }
        UseTree::Name(name) if name.ident == "self" => {
            let last = before.last().context("`use self`")?;
            leaves.push((last.clone(), before.clone()));
        }
        UseTree::Name(name) => leaves.push((name.ident.to_string(), with(&name.ident))),
        UseTree::Rename(rename) => leaves.push((rename.rename.to_string(), with(&rename.ident))),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, before, leaves)?;
            }
        }
        // What it brings is not seen here.
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
    for ((file, imported), cause) in imports {
        let rooms = (room(file), room(imported));
        if rooms.0 != rooms.1 {
            of_rooms.entry(rooms).or_insert_with(|| cause.clone());
        }
    }
    of_rooms
}

/// The shortest circle through each of those that take part in one, each of them in one circle.
fn circles(imports: &Imports) -> Vec<String> {
    let mut told = BTreeSet::new();
    let mut circles = Vec::new();
    for (start, _) in imports.keys() {
        if told.contains(start) {
            continue;
        }
        let Some(circle) = shortest(imports, start) else {
            continue;
        };
        let names: Vec<&str> = circle.iter().map(|(from, _)| from.as_str()).collect();
        let causes: Vec<String> = circle
            .iter()
            .map(|step| imports[*step].to_string())
            .collect();
        circles.push(format!(
            "{} -> {start}\n{}",
            names.join(" -> "),
            causes.join("\n")
        ));
        told.extend(circle.iter().map(|(from, _)| from.clone()));
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
            if step.1 == *start {
                let mut way = vec![step];
                while way[way.len() - 1].0 != *start {
                    way.push(came_by[&way[way.len() - 1].0]);
                }
                way.reverse();
                return Some(way);
            }
            queue.push_back(&step.1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The circles of files, and of rooms, in a crate of these files.
    fn found(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let files = files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        let modules = Modules::parse(&files).unwrap_or_default();
        let imports = modules.imports();
        assert!(!imports.is_empty());
        let first_lines = |imports| {
            let lines = circles(imports).into_iter();
            lines
                .map(|circle| circle.lines().next().unwrap_or_default().to_owned())
                .collect()
        };
        (first_lines(&imports), first_lines(&of_rooms(&imports)))
    }

    #[track_caller]
    fn none(files: &[(&str, &str)]) {
        assert_eq!(found(files), (vec![], vec![]));
    }

    #[track_caller]
    fn of_files(files: &[(&str, &str)], expected: &str) {
        let (files, _) = found(files);
        assert_eq!(files, [expected]);
    }

    const FOLDER: (&str, &str) = (
        "a/mod.rs",
        "mod x; mod y; pub(crate) use x::X; pub use y::Y;",
    );

    #[test]
    fn a_circle_of_two() {
        let files = [
            ("a.rs", "use crate::b::B;"),
            ("b.rs", "fn f() { crate::a::f() }"),
        ];
        let circle = vec!["a.rs -> b.rs -> a.rs".to_owned()];
        let rooms = vec!["a -> b -> a".to_owned()];
        assert_eq!(found(&files), (circle, rooms));
    }

    #[test]
    fn a_circle_of_three() {
        of_files(
            &[
                ("a.rs", "use crate::{b::{self, B}, time::Time as T};"),
                ("b.rs", "#[cfg(feature = \"c\")] use super::c;"),
                ("c.rs", "impl crate::a::A {}"),
                ("time.rs", ""),
            ],
            "a.rs -> b.rs -> c.rs -> a.rs",
        );
    }

    #[test]
    fn a_circle_of_rooms_alone() {
        let files = [
            ("a/x.rs", "use crate::b::y::Y;"),
            ("a/z.rs", ""),
            ("b/w.rs", "use crate::a::z::Z;"),
            ("b/y.rs", ""),
        ];
        assert_eq!(found(&files), (vec![], vec!["a -> b -> a".to_owned()]));
    }

    #[test]
    fn what_a_folder_passes_on_is_of_the_file_that_defines_it() {
        none(&[
            FOLDER,
            ("a/x.rs", "use super::Y;"),
            ("a/y.rs", "use crate::b::B;"),
            ("b.rs", ""),
            ("c.rs", "use crate::a::{X, Y};"),
        ]);
        of_files(
            &[
                FOLDER,
                ("a/x.rs", "use crate::a::Y;"),
                ("a/y.rs", "use super::X;"),
            ],
            "a/x.rs -> a/y.rs -> a/x.rs",
        );
    }

    #[test]
    fn what_the_top_passes_on_is_of_the_file_that_defines_it() {
        of_files(
            &[
                ("lib.rs", "mod a; mod b; pub use b::B;"),
                ("a.rs", "use crate::B;"),
                ("b.rs", "use crate::a::A;"),
            ],
            "a.rs -> b.rs -> a.rs",
        );
    }

    #[test]
    fn a_folder_that_uses_what_uses_it() {
        let circle = "a/mod.rs -> a/x.rs -> a/mod.rs";
        let child = ("a/x.rs", "use super::OfTheFolder;");
        for folder in [
            "mod x; use x::X; pub struct OfTheFolder;",
            "mod x; pub use x::X; pub struct OfTheFolder(X);",
            "mod x; pub struct OfTheFolder(x::X);",
        ] {
            of_files(&[("a/mod.rs", folder), child], circle);
        }
        // It passes on what it does not use.
        none(&[
            ("a/mod.rs", "mod x; pub use x::X; pub struct OfTheFolder;"),
            child,
        ]);
    }

    #[test]
    fn modules_in_a_file() {
        of_files(
            &[
                (
                    "a.rs",
                    "mod inner { use super::super::b::B; use super::A; }",
                ),
                ("b.rs", "use crate::a::inner::f;"),
            ],
            "a.rs -> b.rs -> a.rs",
        );
    }

    #[test]
    fn a_path_in_a_macro() {
        of_files(
            &[
                (
                    "a.rs",
                    "macro_rules! m { ($x:expr) => { $crate::b::f($x) } }",
                ),
                ("b.rs", "errors! { 1 => crate::a::A, }"),
            ],
            "a.rs -> b.rs -> a.rs",
        );
    }

    #[test]
    fn what_is_no_import() {
        none(&[
            (
                "a.rs",
                "use crate::b::B; use core::fmt; pub(super) fn f() {}",
            ),
            (
                "b.rs",
                "/// [`crate::a::A`]\nuse serde::a; fn f(x: &B) -> impl Sized + use<'_> { x.a.f() } // crate::a::A",
            ),
        ]);
    }

    #[test]
    fn a_glob_is_refused() {
        let files = BTreeMap::from([("a.rs".to_owned(), "use crate::b::*;".to_owned())]);
        assert!(Modules::parse(&files).is_err());
    }
}
