//! The log of the examples, for an operator. No line holds a byte of a token.

use std::{fmt, sync::Arc};

use embedded_jwt::oauth::Refusal;

/// A log: a function that takes one line.
#[derive(Clone)]
pub struct Log(Arc<dyn Fn(&str) + Send + Sync>);

impl Log {
    /// Creates a log that passes each line to `write`.
    pub fn new(write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(write))
    }

    /// Creates a log that writes each line to standard error, after `name`.
    #[must_use]
    pub fn stderr(name: &'static str) -> Self {
        Self::new(move |line| eprintln!("{name}: {line}"))
    }

    /// Writes one line.
    pub fn line(&self, line: impl fmt::Display) {
        (self.0)(&line.to_string());
    }

    /// Writes one line about a rejected request: status, code, name and reason.
    pub fn refusal(&self, refusal: Refusal) {
        let status = refusal.status();
        match refusal.cause() {
            Some(error) => self.line(format_args!(
                "refused with {status}: {} {}: {error}",
                error.code(),
                error.name()
            )),
            None => self.line(format_args!("refused with {status}: no credentials")),
        }
    }
}
