//! Writes text from a sender so that it is safe in a log. It escapes the characters that end the
//! line, start a control sequence of a terminal or reorder the text around them.

use core::fmt;

use super::{cursor::DELIMITER, spell::spell};

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

/// Returns whether `character` must not appear in a string of JSON in a log.
pub(super) const fn is_escaped(character: char) -> bool {
    matches!(character, '"' | '\\') || is_unsafe(character)
}

/// Splits `text` after each marked character. Returns each part without its marked character, and
/// that character. The last part has none.
pub(super) fn runs(
    text: &str,
    is_marked: fn(char) -> bool,
) -> impl Iterator<Item = (&str, Option<char>)> {
    text.split_inclusive(is_marked).map(move |run| {
        let mut characters = run.chars();
        match characters.next_back() {
            Some(last) if is_marked(last) => (characters.as_str(), Some(last)),
            _ => (run, None),
        }
    })
}

/// Writes `text` with its unsafe characters escaped. Quotes and backslashes are written as they
/// are.
pub(super) fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    runs(text, is_unsafe).try_for_each(|(run, marked)| {
        f.write_str(run)?;
        marked.map_or(Ok(()), |character| write_code(f, character))
    })
}

/// Writes `text` as a JSON string, in quotes.
pub(super) fn write_string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for (run, marked) in runs(text, is_escaped) {
        f.write_str(run)?;
        match marked {
            Some(character @ ('\0'..=' ' | '"' | '\\')) => {
                let mut written = Ok(());
                spell(character, |ascii| {
                    let ascii = core::str::from_utf8(ascii).unwrap_or_default();
                    written = written.and_then(|()| f.write_str(ascii));
                });
                written?;
            }
            Some(character) => write_code(f, character)?,
            None => {}
        }
    }
    f.write_str("\"")
}

/// Writes a part of a text in normal form as JSON.
pub(super) fn write_json(f: &mut fmt::Formatter<'_>, normal: &[u8]) -> fmt::Result {
    parts(normal).try_for_each(|(part, is_string)| {
        if is_string {
            write_string(f, part)
        } else {
            f.write_str(part)
        }
    })
}

fn write_code(f: &mut fmt::Formatter<'_>, character: char) -> fmt::Result {
    write!(f, "\\u{:04x}", u32::from(character))
}

/// Splits a text in normal form at the delimiters. Returns the parts, and for each whether it is a
/// string.
pub(super) fn parts(normal: &[u8]) -> impl Iterator<Item = (&str, bool)> {
    let parts = normal.split(|byte| *byte == DELIMITER);
    let parts = parts.map(|part| core::str::from_utf8(part).unwrap_or_default());
    parts.zip([false, true].into_iter().cycle())
}
