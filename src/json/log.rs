//! Writes text from a sender into a log. Characters that end the line, start a control sequence of
//! a terminal or reorder the text around them are escaped.

use core::fmt;

/// Returns whether `character` must not appear in a log. These are the controls (C0, DEL, C1), line
/// and paragraph separators, the controls of the bidirectional algorithm (UAX #9) and the byte
/// order mark. Each of them fits into four hexadecimal digits.
const fn is_unsafe(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}

/// Returns the runs of safe text, each with the unsafe character after it, if there is one.
fn runs(text: &str) -> impl Iterator<Item = (&str, Option<char>)> {
    text.split_inclusive(is_unsafe).map(|run| {
        let mut characters = run.chars();
        match characters.next_back() {
            Some(last) if is_unsafe(last) => (characters.as_str(), Some(last)),
            _ => (run, None),
        }
    })
}

/// Writes `text` with its unsafe characters as JSON escapes. A string in normal form, with or
/// without its quotes, keeps its value.
pub(super) fn write(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    runs(text).try_for_each(|(run, escaped)| {
        f.write_str(run)?;
        escaped.map_or(Ok(()), |character| write_escape(f, character))
    })
}

/// Writes `text` as [`write()`] does, with defmt.
#[cfg(feature = "defmt")]
#[inline(never)]
pub(crate) fn format_text(fmt: defmt::Formatter<'_>, text: &str) {
    for (run, escaped) in runs(text) {
        defmt::write!(fmt, "{=str}", run);
        if let Some(character) = escaped {
            defmt::write!(fmt, "\\u{=u32:04x}", u32::from(character));
        }
    }
}

/// A text that is not JSON, such as a `kid`. It is shown in quotes.
#[cfg(feature = "defmt")]
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

/// Writes one character, escaped if it is unsafe.
pub(super) fn write_char(f: &mut fmt::Formatter<'_>, character: char) -> fmt::Result {
    if is_unsafe(character) {
        write_escape(f, character)
    } else {
        fmt::Write::write_char(f, character)
    }
}

fn write_escape(f: &mut fmt::Formatter<'_>, character: char) -> fmt::Result {
    write!(f, "\\u{:04x}", u32::from(character))
}
