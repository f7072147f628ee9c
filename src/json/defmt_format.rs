//! `defmt::Format` for the values of JSON. It shows the same as `Debug`.

use defmt::{Format, Formatter, write};

use super::{
    log::{is_escaped, parts, runs},
    value::{Array, Elements, Members, Object, Text},
};

/// A text that is not from JSON, such as the `kid` of a key. It is shown in quotes.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl Format for Quoted<'_> {
    fn format(&self, fmt: Formatter<'_>) {
        write_string(fmt, self.0);
    }
}

impl Format for Text<'_> {
    fn format(&self, fmt: Formatter<'_>) {
        write_string(fmt, self.as_str());
    }
}

impl Format for Array<'_> {
    fn format(&self, fmt: Formatter<'_>) {
        write_json(fmt, self.0);
    }
}

impl Format for Object<'_> {
    fn format(&self, fmt: Formatter<'_>) {
        write_json(fmt, self.0);
    }
}

impl Format for Elements<'_> {
    fn format(&self, fmt: Formatter<'_>) {
        write!(fmt, "[");
        write_json(fmt, self.0);
        write!(fmt, "]");
    }
}

impl Format for Members<'_> {
    fn format(&self, fmt: Formatter<'_>) {
        write!(fmt, "{{");
        write_json(fmt, self.0);
        write!(fmt, "}}");
    }
}

/// Writes `text` as a JSON string, in quotes, safe in a log.
#[inline(never)]
fn write_string(fmt: Formatter<'_>, text: &str) {
    write!(fmt, "\"");
    for (run, marked) in runs(text, is_escaped) {
        write!(fmt, "{=str}", run);
        match marked {
            Some(character @ ('"' | '\\')) => write!(fmt, "\\{=char}", character),
            Some(character) => write!(fmt, "\\u{=u32:04x}", u32::from(character)),
            None => {}
        }
    }
    write!(fmt, "\"");
}

/// Writes a part of a text in normal form as JSON.
#[inline(never)]
fn write_json(fmt: Formatter<'_>, normal: &[u8]) {
    for (part, is_string) in parts(normal) {
        if is_string {
            write_string(fmt, part);
        } else {
            write!(fmt, "{=str}", part);
        }
    }
}
