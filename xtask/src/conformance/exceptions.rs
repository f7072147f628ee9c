//! The cases of a set that we judge otherwise than it does, or that it leaves open: one file a set.

use std::{collections::BTreeMap, fs};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::{Case, text};
use crate::toolchain::root;

/// By case.
pub(super) struct Exceptions(BTreeMap<String, Exception>);

struct Exception {
    expected: String,
    actual: String,
}

impl Exceptions {
    pub(super) fn read(set: &str) -> Result<Self> {
        let file = root().join("xtask/conformance").join(format!("{set}.json"));
        let text_of_file =
            fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
        let entries: Vec<Value> =
            serde_json::from_slice(&text_of_file).with_context(|| file.display().to_string())?;
        let mut exceptions = BTreeMap::new();
        for entry in &entries {
            ensure!(
                !text(entry, "reason")?.is_empty(),
                "an exception without a reason: {entry}"
            );
            let exception = Exception {
                expected: text(entry, "expected")?.into(),
                actual: text(entry, "actual")?.into(),
            };
            let earlier = exceptions.insert(text(entry, "case")?.to_owned(), exception);
            ensure!(earlier.is_none(), "two exceptions for one case: {entry}");
        }
        Ok(Self(exceptions))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Cases that disagree and are no exceptions, and exceptions that are none or are others.
    pub(super) fn faults(mut self, cases: &[Case]) -> Vec<String> {
        let mut faults = Vec::new();
        for case in cases {
            let Case {
                name,
                expected,
                actual,
                question: _,
            } = case;
            match self.0.remove(name) {
                None if case.agrees() => {}
                None => faults.push(format!("{name}: expected {expected}, got {actual}")),
                Some(_) if case.agrees() => {
                    faults.push(format!("{name}: agrees, and is listed as an exception"));
                }
                Some(listed) if listed.expected == *expected && listed.actual == *actual => {}
                Some(listed) => faults.push(format!(
                    "{name}: listed as {} but {}, is {expected} but {actual}",
                    listed.expected, listed.actual
                )),
            }
        }
        faults.extend(
            self.0
                .into_keys()
                .map(|case| format!("{case}: an exception, but no case")),
        );
        faults
    }
}
