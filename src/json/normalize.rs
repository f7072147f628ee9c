//! The scanner: one pass that checks the text and writes its normal form over it.
//!
//! The normal form is never longer than the text that it replaces, because an escape is longer than
//! its character. So the write position never passes the read position. The scanner keeps the open
//! containers in a small array in place of recursion. So hostile nesting is an error, not a crash.

use core::cmp::Ordering;

use super::error::JsonError;
use crate::{
    encoding::words::{TOPS, at_least, differs, run_len},
    limits::{MAX_JSON_DEPTH, MAX_JSON_LEN, MAX_JSON_NAMES},
};

/// The byte before and after each string of the normal form, in place of the quotes. It never
/// occurs in UTF-8, so the characters between two delimiters need no escapes.
pub(super) const DELIMITER: u8 = 0xff;

/// Checks the JSON text, rewrites it in place and returns its normal form.
pub(super) fn normalize(text: &mut [u8]) -> Result<&[u8], JsonError> {
    if text.len() > MAX_JSON_LEN {
        return Err(JsonError::TooLong);
    }
    // If the text is UTF-8, every string of the normal form is UTF-8 too: an escape is ASCII and is
    // replaced by a whole character. UTF-8 also has no delimiter.
    if core::str::from_utf8(text).is_err() {
        return Err(JsonError::NotUtf8);
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
            ends: [0; MAX_JSON_NAMES],
            len: 0,
        },
    };
    scanner.document()?;
    let len = scanner.write;
    Ok(text.get(..len).unwrap_or_default())
}

#[derive(Clone, Copy)]
enum Container {
    Array,
    /// An object, with the index of its first name in [`Names`].
    Object(u8),
}

/// The containers around the read position.
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

/// The names of all open objects, to find duplicates.
///
/// A name is stored as the position of its closing delimiter in the normal form. The names of one
/// object are sorted by their bytes from the last to the first. So a search takes few comparisons,
/// even among the largest number of names.
struct Names {
    ends: [u16; MAX_JSON_NAMES],
    /// The number of names. It is a byte, because every open object stores such an index.
    len: u8,
}

/// Compares two names by their bytes from the last to the first. `one` and `other` are the
/// positions of the closing delimiters.
fn compare(text: &[u8], one: usize, other: usize) -> Ordering {
    let backwards = |end| text.get(..end).unwrap_or_default().iter().rev();
    for (one, other) in backwards(one).zip(backwards(other)) {
        if one != other {
            return one.cmp(other);
        }
        // Both names end here. If only one does, its delimiter differs from the byte of the other.
        if *one == DELIMITER {
            break;
        }
    }
    Ordering::Equal
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

    fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.read = self.read.wrapping_add(1);
        }
    }

    /// Copies `byte` if it is the next one, and returns whether it was.
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

    /// Copies a scalar, or the bracket that opens a container. Returns the container that was
    /// opened.
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
            b'"' => return self.string().map(|()| None),
            b't' => return self.literal(b"true").map(|()| None),
            b'f' => return self.literal(b"false").map(|()| None),
            b'n' => return self.literal(b"null").map(|()| None),
            first => return self.number(first).map(|()| None),
        };
        self.open.push(opened)?;
        Ok(Some(opened))
    }

    /// Returns whether the container that was just opened is empty.
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

    /// Copies the name and the colon before the next value of an object. In an array, does nothing.
    fn start_of_element(&mut self, container: Container) -> Result<(), JsonError> {
        let Container::Object(first_name) = container else {
            return Ok(());
        };
        if self.next()? != b'"' {
            return Err(JsonError::Syntax);
        }
        self.string()?;
        self.remember_name(first_name)?;
        self.skip_whitespace();
        if self.copy_if(b':') {
            Ok(())
        } else {
            Err(JsonError::Syntax)
        }
    }

    /// Remembers the name that ends at the write position.
    fn remember_name(&mut self, first_name: u8) -> Result<(), JsonError> {
        let Names { ends, len } = &mut self.names;
        let (first_name, used) = (usize::from(first_name), usize::from(*len));
        let text = &*self.text;
        let end = self.write.wrapping_sub(1);
        let siblings = ends.get(first_name..used).unwrap_or_default();
        let place = siblings.binary_search_by(|its_end| compare(text, usize::from(*its_end), end));
        let Err(place) = place else {
            return Err(JsonError::DuplicateName);
        };
        let mut moved = u16::try_from(end).map_err(|_| JsonError::TooLong)?;
        let room = ends
            .get_mut(first_name.wrapping_add(place)..=used)
            .ok_or(JsonError::TooManyNames)?;
        for slot in room {
            core::mem::swap(slot, &mut moved);
        }
        *len = len.wrapping_add(1);
        Ok(())
    }

    /// Copies a string whose opening quote was read.
    fn string(&mut self) -> Result<(), JsonError> {
        self.emit(DELIMITER);
        loop {
            self.copy_plain();
            match self.next()? {
                b'"' => break,
                b'\\' => self.escape()?,
                _ => return Err(JsonError::Syntax),
            }
        }
        self.emit(DELIMITER);
        Ok(())
    }

    /// Copies the next characters of a string up to a quote, a backslash or a control character.
    fn copy_plain(&mut self) {
        let rest = self.text.get(self.read..).unwrap_or_default();
        let len = plain_len(rest);
        let end = self.read.wrapping_add(len);
        // Until something is left out, the bytes are already in place.
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
            escaped @ (b'"' | b'\\' | b'/') => self.emit(escaped),
            b'b' => self.emit(0x08),
            b'f' => self.emit(0x0c),
            b'n' => self.emit(b'\n'),
            b'r' => self.emit(b'\r'),
            b't' => self.emit(b'\t'),
            b'u' => {
                let scalar = self.scalar_value()?;
                for byte in scalar.encode_utf8(&mut [0; 4]).bytes() {
                    self.emit(byte);
                }
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

    /// Copies digits, and returns whether there was at least one.
    fn digits(&mut self) -> bool {
        let start = self.read;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            self.read = self.read.wrapping_add(1);
            self.emit(digit);
        }
        self.read > start
    }
}

/// Returns the number of bytes before the first quote, backslash or control character in `text`, or
/// the length of `text` if there is none.
fn plain_len(text: &[u8]) -> usize {
    run_len(text, |word| {
        let ascii = word & !TOPS;
        at_least(ascii, b' ') & differs(ascii, b'"') & differs(ascii, b'\\') | word
    })
}
