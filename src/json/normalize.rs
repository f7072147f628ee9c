//! The scanner: one pass that checks the text and writes its normal form over it.
//!
//! The normal form is never longer than what it replaces, so the write position never passes the read
//! position. Containers are kept on a small stack of our own: hostile nesting is an error, not a crash.

use super::error::JsonError;
use crate::{
    encoding::words::{TOPS, at_least, differs, run_len},
    limits::{MAX_JSON_DEPTH, MAX_JSON_LEN, MAX_JSON_NAMES},
};

/// Checks the JSON text at `text` and rewrites it in place; returns its normal form.
pub(super) fn normalize(text: &mut [u8]) -> Result<&str, JsonError> {
    if text.len() > MAX_JSON_LEN {
        return Err(JsonError::TooLong);
    }
    let mut scanner = Scanner {
        text: &mut *text,
        read: 0,
        write: 0,
        open: Open {
            levels: [Container::Array; MAX_JSON_DEPTH],
            depth: 0,
        },
        names: Names {
            keys: [0; MAX_JSON_NAMES],
            len: 0,
        },
    };
    scanner.document()?;
    let len = scanner.write;
    // Bytes beyond ASCII are copied only inside strings, and an escape never completes or splits a
    // sequence of theirs: the result is UTF-8 exactly where the text was.
    let normal = text.get(..len).unwrap_or_default();
    core::str::from_utf8(normal).map_err(|_| JsonError::NotUtf8)
}

#[derive(Clone, Copy)]
enum Container {
    Array,
    /// With the index of its first name in [`Names`].
    Object(u8),
}

/// The containers that are open around the read position.
struct Open {
    levels: [Container; MAX_JSON_DEPTH],
    depth: usize,
}

impl Open {
    fn push(&mut self, container: Container) -> Result<(), JsonError> {
        *self.levels.get_mut(self.depth).ok_or(JsonError::TooDeep)? = container;
        self.depth = self.depth.wrapping_add(1);
        Ok(())
    }

    fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    fn innermost(&self) -> Option<Container> {
        self.levels.get(self.depth.checked_sub(1)?).copied()
    }
}

/// The names of all open objects, to find duplicates: in the upper half of a key the last two bytes of a name, in the lower half
/// where it starts in the normal form. Those of one object are sorted, by these bytes and then as a whole, so that as many names as
/// are allowed, with one ending even, cost few comparisons.
struct Names {
    keys: [u32; MAX_JSON_NAMES],
    /// In a byte, as every open object holds one.
    len: u8,
}

struct Scanner<'b> {
    text: &'b mut [u8],
    read: usize,
    write: usize,
    open: Open,
    names: Names,
}

// `read` and `write` are bounded by the length of a slice, so their increments cannot wrap.
impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.read).copied()
    }

    fn next(&mut self) -> Result<u8, JsonError> {
        let byte = self.peek().ok_or(JsonError::Syntax)?;
        self.read = self.read.wrapping_add(1);
        Ok(byte)
    }

    fn emit(&mut self, byte: u8) {
        if let Some(slot) = self.text.get_mut(self.write) {
            *slot = byte;
            self.write = self.write.wrapping_add(1);
        }
    }

    fn emit_all(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.emit(*byte);
        }
    }

    fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.read = self.read.wrapping_add(1);
        }
    }

    /// Copies `byte` where it is the next one.
    fn copy_if(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        if is_next {
            self.read = self.read.wrapping_add(1);
            self.emit(byte);
        }
        is_next
    }

    fn document(&mut self) -> Result<(), JsonError> {
        loop {
            let opened = self.value()?;
            self.skip_whitespace();
            if let Some(container) = opened
                && !self.closes(container)
            {
                self.start_of_element(container)?;
                continue;
            }
            loop {
                let Some(container) = self.open.innermost() else {
                    return self.peek().map_or(Ok(()), |_| Err(JsonError::Syntax));
                };
                if self.copy_if(b',') {
                    self.skip_whitespace();
                    self.start_of_element(container)?;
                    break;
                }
                self.close(container)?;
                self.skip_whitespace();
            }
        }
    }

    /// Copies a scalar, or the bracket that opens a container, and tells which.
    fn value(&mut self) -> Result<Option<Container>, JsonError> {
        self.skip_whitespace();
        let opened = match self.next()? {
            b'{' => {
                self.emit(b'{');
                Container::Object(self.names.len)
            }
            b'[' => {
                self.emit(b'[');
                Container::Array
            }
            b'"' => return self.string().map(|_| None),
            b't' => return self.literal(b"true").map(|()| None),
            b'f' => return self.literal(b"false").map(|()| None),
            b'n' => return self.literal(b"null").map(|()| None),
            first => return self.number(first).map(|()| None),
        };
        self.open.push(opened)?;
        Ok(Some(opened))
    }

    /// Whether the container that was just opened is empty.
    fn closes(&self, opened: Container) -> bool {
        matches!(
            (opened, self.peek()),
            (Container::Object(_), Some(b'}')) | (Container::Array, Some(b']'))
        )
    }

    fn close(&mut self, container: Container) -> Result<(), JsonError> {
        let closed = match container {
            Container::Array => self.copy_if(b']'),
            Container::Object(first_name) => {
                self.names.len = first_name;
                self.copy_if(b'}')
            }
        };
        self.open.pop();
        if closed {
            Ok(())
        } else {
            Err(JsonError::Syntax)
        }
    }

    /// In an object, copies the name and the colon before the next value.
    fn start_of_element(&mut self, container: Container) -> Result<(), JsonError> {
        let Container::Object(first_name) = container else {
            return Ok(());
        };
        if self.next()? != b'"' {
            return Err(JsonError::Syntax);
        }
        let start = self.string()?;
        self.remember_name(first_name, start)?;
        self.skip_whitespace();
        if self.copy_if(b':') {
            Ok(())
        } else {
            Err(JsonError::Syntax)
        }
    }

    fn remember_name(&mut self, first_name: u8, start: usize) -> Result<(), JsonError> {
        let Names { keys, len } = &mut self.names;
        let (first_name, used) = (usize::from(first_name), usize::from(*len));
        let text = &*self.text;
        // With its closing quote, so that none is the start of another.
        let name = text.get(start..self.write).unwrap_or_default();
        let ending = match name {
            [.., last_but_one, last, _] => u16::from_le_bytes([*last, *last_but_one]),
            [only, _] => u16::from(*only),
            _ => 0,
        };
        let ending = u32::from(ending) << u16::BITS;
        let start = u16::try_from(start).map_err(|_| JsonError::TooLong)?;
        let siblings = keys.get(first_name..used).unwrap_or_default();
        let place = siblings.binary_search_by(|key| {
            let its_start = key & u32::from(u16::MAX);
            (key ^ its_start).cmp(&ending).then_with(|| {
                let its_start = usize::try_from(its_start).unwrap_or_default();
                let rest = text.get(its_start..).unwrap_or_default();
                rest.get(..name.len()).unwrap_or(rest).cmp(name)
            })
        });
        let Err(place) = place else {
            return Err(JsonError::DuplicateName);
        };
        let mut moved = ending | u32::from(start);
        let room = keys
            .get_mut(first_name.wrapping_add(place)..=used)
            .ok_or(JsonError::TooManyNames)?;
        for slot in room {
            core::mem::swap(slot, &mut moved);
        }
        *len = len.wrapping_add(1);
        Ok(())
    }

    /// Copies a string whose opening quote was read; returns where its content starts in the normal form.
    fn string(&mut self) -> Result<usize, JsonError> {
        self.emit(b'"');
        let start = self.write;
        loop {
            self.copy_plain();
            match self.next()? {
                b'"' => break,
                b'\\' => self.escape()?,
                _ => return Err(JsonError::Syntax),
            }
        }
        self.emit(b'"');
        Ok(start)
    }

    /// Copies the characters of a string that stand for themselves.
    fn copy_plain(&mut self) {
        let rest = self.text.get(self.read..).unwrap_or_default();
        let len = plain_len(rest);
        let end = self.read.wrapping_add(len);
        // Before anything was left out, they stand where they belong.
        if self.write < self.read {
            for at in self.read..end {
                let byte = self.text.get(at).copied().unwrap_or_default();
                self.emit(byte);
            }
        } else {
            self.write = end;
        }
        self.read = end;
    }

    /// Resolves an escape whose backslash was read.
    fn escape(&mut self) -> Result<(), JsonError> {
        match self.next()? {
            b'/' => self.emit(b'/'),
            escaped @ (b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.emit_all(&[b'\\', escaped]);
            }
            b'u' => {
                let scalar = self.scalar_value()?;
                spell(scalar, |bytes| self.emit_all(bytes));
            }
            _ => return Err(JsonError::Syntax),
        }
        Ok(())
    }

    /// Reads the hex digits of a `\u` escape, and the second escape of a surrogate pair.
    fn scalar_value(&mut self) -> Result<char, JsonError> {
        let first = self.code_unit()?;
        let mut units = [first, 0];
        let is_high_surrogate = (0xd800..0xdc00).contains(&first);
        if is_high_surrogate {
            if self.next()? != b'\\' || self.next()? != b'u' {
                return Err(JsonError::LoneSurrogate);
            }
            units = [first, self.code_unit()?];
        }
        let decoded = char::decode_utf16(units).next();
        decoded.and_then(Result::ok).ok_or(JsonError::LoneSurrogate)
    }

    fn code_unit(&mut self) -> Result<u16, JsonError> {
        let mut unit = 0u16;
        for _ in 0..4 {
            let digit = match self.next()? {
                digit @ b'0'..=b'9' => digit.wrapping_sub(b'0'),
                digit @ b'a'..=b'f' => digit.wrapping_sub(b'a').wrapping_add(10),
                digit @ b'A'..=b'F' => digit.wrapping_sub(b'A').wrapping_add(10),
                _ => return Err(JsonError::Syntax),
            };
            unit = unit << 4 | u16::from(digit);
        }
        Ok(unit)
    }

    fn literal(&mut self, word: &[u8]) -> Result<(), JsonError> {
        let (first, rest) = word.split_first().ok_or(JsonError::Syntax)?;
        self.emit(*first);
        for byte in rest {
            if !self.copy_if(*byte) {
                return Err(JsonError::Syntax);
            }
        }
        Ok(())
    }

    /// Copies a number whose first byte was read.
    fn number(&mut self, first: u8) -> Result<(), JsonError> {
        self.emit(first);
        let whole = if first == b'-' {
            let digit = self.next()?;
            self.emit(digit);
            digit
        } else {
            first
        };
        match whole {
            b'0' => {}
            b'1'..=b'9' => {
                self.digits();
            }
            _ => return Err(JsonError::Syntax),
        }
        if self.copy_if(b'.') && !self.digits() {
            return Err(JsonError::Syntax);
        }
        if self.copy_if(b'e') || self.copy_if(b'E') {
            let _sign = self.copy_if(b'+') || self.copy_if(b'-');
            if !self.digits() {
                return Err(JsonError::Syntax);
            }
        }
        Ok(())
    }

    /// Copies digits; whether there was one.
    fn digits(&mut self) -> bool {
        let start = self.read;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            self.read = self.read.wrapping_add(1);
            self.emit(digit);
        }
        self.read > start
    }
}

/// Writes a character of a string in its normal spelling.
pub(super) fn spell(character: char, mut emit: impl FnMut(&[u8])) {
    match character {
        '"' => emit(b"\\\""),
        '\\' => emit(b"\\\\"),
        '\u{8}' => emit(b"\\b"),
        '\u{c}' => emit(b"\\f"),
        '\n' => emit(b"\\n"),
        '\r' => emit(b"\\r"),
        '\t' => emit(b"\\t"),
        '\0'..' ' => {
            let code = u8::try_from(character).unwrap_or_default();
            let low = code & 0xf;
            emit(b"\\u00");
            emit(&[b'0' | code >> 4]);
            emit(&[if low < 10 {
                b'0' | low
            } else {
                b'a'.wrapping_add(low).wrapping_sub(10)
            }]);
        }
        _ => emit(character.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// How many bytes at the start of `text`, in a string, stand for themselves: up to a quote, a backslash or a control character.
pub(super) fn plain_len(text: &[u8]) -> usize {
    run_len(text, |word| {
        let ascii = word & !TOPS;
        at_least(ascii, b' ') & differs(ascii, b'"') & differs(ascii, b'\\') | word
    })
}
