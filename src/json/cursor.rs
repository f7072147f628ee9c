//! The place where the scanner reads, and the one where it writes the normal form.
//!
//! The normal form is never longer than the text that it replaces, because an escape is longer than
//! its character. So the write position never passes the read position.

use super::error::JsonError;
use crate::encoding::words::{TOPS, at_least, differs, run_len};

/// The byte before and after each string of the normal form, in place of the quotes. It never
/// occurs in UTF-8, so the characters between two delimiters need no escapes.
pub(super) const DELIMITER: u8 = 0xff;

/// A read and a write position in the text. Both are bounded by its length, so their increments
/// cannot wrap.
///
/// The longer functions take and return it by value. If they borrowed it, the scanner would keep the
/// positions in memory.
#[derive(Clone, Copy, Default)]
pub(super) struct Cursor {
    read: usize,
    pub(super) write: usize,
}

impl Cursor {
    pub(super) fn peek(self, text: &[u8]) -> Option<u8> {
        text.get(self.read).copied()
    }

    pub(super) fn next(&mut self, text: &[u8]) -> Result<u8, JsonError> {
        let byte = self.peek(text).ok_or(JsonError::Syntax)?;
        self.read = self.read.wrapping_add(1);
        Ok(byte)
    }

    pub(super) fn emit(&mut self, text: &mut [u8], byte: u8) {
        if let Some(slot) = text.get_mut(self.write) {
            *slot = byte;
            self.write = self.write.wrapping_add(1);
        }
    }

    pub(super) fn skip_whitespace(&mut self, text: &[u8]) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek(text) {
            self.read = self.read.wrapping_add(1);
        }
    }

    /// Copies `byte` if it is the next one, and returns whether it was.
    pub(super) fn copy_if(&mut self, text: &mut [u8], byte: u8) -> bool {
        let is_next = self.peek(text) == Some(byte);
        if is_next {
            self.read = self.read.wrapping_add(1);
            self.emit(text, byte);
        }
        is_next
    }

    /// Copies a string whose opening quote was read.
    #[inline]
    pub(super) fn string(&mut self, text: &mut [u8]) -> Result<(), JsonError> {
        self.emit(text, DELIMITER);
        loop {
            self.copy_plain(text);
            match self.next(text)? {
                b'"' => break,
                b'\\' => *self = self.escape(text)?,
                _ => return Err(JsonError::Syntax),
            }
        }
        self.emit(text, DELIMITER);
        Ok(())
    }

    /// Copies the next characters of a string up to a quote, a backslash or a control character.
    fn copy_plain(&mut self, text: &mut [u8]) {
        let rest = text.get(self.read..).unwrap_or_default();
        let end = self.read.wrapping_add(plain_len(rest));
        // Until something is left out, the bytes are already in place.
        if self.write < self.read {
            for at in self.read..end {
                let byte = text.get(at).copied().unwrap_or_default();
                self.emit(text, byte);
            }
        } else {
            self.write = end;
        }
        self.read = end;
    }

    /// Resolves an escape whose backslash was read.
    fn escape(mut self, text: &mut [u8]) -> Result<Self, JsonError> {
        match self.next(text)? {
            escaped @ (b'"' | b'\\' | b'/') => self.emit(text, escaped),
            b'b' => self.emit(text, 0x08),
            b'f' => self.emit(text, 0x0c),
            b'n' => self.emit(text, b'\n'),
            b'r' => self.emit(text, b'\r'),
            b't' => self.emit(text, b'\t'),
            b'u' => {
                let scalar = self.scalar_value(text)?;
                for byte in scalar.encode_utf8(&mut [0; 4]).bytes() {
                    self.emit(text, byte);
                }
            }
            _ => return Err(JsonError::Syntax),
        }
        Ok(self)
    }

    /// Reads the hex digits of a `\u` escape, and the second escape of a surrogate pair.
    // By hand: in a header, `char::decode_utf16` would take the most stack of all.
    fn scalar_value(&mut self, text: &[u8]) -> Result<char, JsonError> {
        let mut scalar = u32::from(self.code_unit(text)?);
        let is_high_surrogate = (0xd800..0xdc00).contains(&scalar);
        if is_high_surrogate {
            if self.next(text)? != b'\\' || self.next(text)? != b'u' {
                return Err(JsonError::LoneSurrogate);
            }
            let low = u32::from(self.code_unit(text)?) ^ 0xdc00;
            if low > 0x3ff {
                return Err(JsonError::LoneSurrogate);
            }
            // Each surrogate has ten bits of the number behind the first 0x10000.
            scalar = 0x1_0000u32.wrapping_add((scalar & 0x3ff) << 10 | low);
        }
        // A low surrogate alone is no character.
        char::from_u32(scalar).ok_or(JsonError::LoneSurrogate)
    }

    fn code_unit(&mut self, text: &[u8]) -> Result<u16, JsonError> {
        let mut unit = 0u16;
        for _ in 0..4 {
            let digit = match self.next(text)? {
                digit @ b'0'..=b'9' => digit.wrapping_sub(b'0'),
                digit @ b'a'..=b'f' => digit.wrapping_sub(b'a').wrapping_add(10),
                digit @ b'A'..=b'F' => digit.wrapping_sub(b'A').wrapping_add(10),
                _ => return Err(JsonError::Syntax),
            };
            unit = unit << 4 | u16::from(digit);
        }
        Ok(unit)
    }

    /// Copies a literal whose first byte was read.
    pub(super) fn literal(&mut self, text: &mut [u8], word: &[u8]) -> Result<(), JsonError> {
        let (first, rest) = word.split_first().ok_or(JsonError::Syntax)?;
        self.emit(text, *first);
        for byte in rest {
            if !self.copy_if(text, *byte) {
                return Err(JsonError::Syntax);
            }
        }
        Ok(())
    }

    /// Copies a number whose first byte was read.
    pub(super) fn number(mut self, text: &mut [u8], first: u8) -> Result<Self, JsonError> {
        self.emit(text, first);
        let whole = if first == b'-' {
            let digit = self.next(text)?;
            self.emit(text, digit);
            digit
        } else {
            first
        };
        match whole {
            b'0' => {}
            b'1'..=b'9' => {
                self.digits(text);
            }
            _ => return Err(JsonError::Syntax),
        }
        if self.copy_if(text, b'.') && !self.digits(text) {
            return Err(JsonError::Syntax);
        }
        if self.copy_if(text, b'e') || self.copy_if(text, b'E') {
            let _sign = self.copy_if(text, b'+') || self.copy_if(text, b'-');
            if !self.digits(text) {
                return Err(JsonError::Syntax);
            }
        }
        Ok(self)
    }

    /// Copies digits, and returns whether there was at least one.
    fn digits(&mut self, text: &mut [u8]) -> bool {
        let start = self.read;
        while let Some(digit @ b'0'..=b'9') = self.peek(text) {
            self.read = self.read.wrapping_add(1);
            self.emit(text, digit);
        }
        self.read > start
    }
}

/// Returns the number of bytes at the start of `text` that are no quote, backslash or control
/// character.
fn plain_len(text: &[u8]) -> usize {
    run_len(text, |word| {
        let ascii = word & !TOPS;
        at_least(ascii, b' ') & differs(ascii, b'"') & differs(ascii, b'\\') | word
    })
}
