//! The JSON test suite: what a file's name begins with is what it wants: `y_` accepted, `n_` refused, `i_` either.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};

use super::Case;
use crate::probe::{JSON, question};

pub(super) fn cases(directory: &Path) -> Result<Vec<Case>> {
    let entries =
        fs::read_dir(directory).with_context(|| format!("reading {}", directory.display()))?;
    let mut cases = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let expected = match name.split('_').next() {
            Some("y") => "accept",
            Some("n") => "refuse",
            Some("i") => "either",
            _ => bail!("{name} is no file of the JSON test suite"),
        };
        let text = fs::read(&path).with_context(|| format!("reading {name}"))?;
        cases.push(Case::new(
            &name,
            expected,
            question(JSON, [&text, b"", b""]),
        ));
    }
    Ok(cases)
}
