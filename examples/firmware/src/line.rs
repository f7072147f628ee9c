//! Splits the bytes of a serial line into lines of bounded length.

/// A complete line.
#[derive(Debug)]
pub enum Line<'a> {
    /// The bytes of the line, without the line ending. The caller may change them.
    Text(&'a mut [u8]),
    /// The line was longer than the buffer and was dropped as a whole.
    TooLong,
}

/// Collects bytes up to a line feed. Any bytes may arrive, in any number.
#[derive(Debug)]
pub struct LineReader<const LIMIT: usize> {
    buffer: [u8; LIMIT],
    filled: usize,
    overflowed: bool,
}

impl<const LIMIT: usize> LineReader<LIMIT> {
    /// Creates an empty reader for lines of up to `LIMIT` bytes, a carriage return included.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            buffer: [0; LIMIT],
            filled: 0,
            overflowed: false,
        }
    }

    /// Takes one byte. Returns the line if the byte ends one.
    pub fn push(&mut self, byte: u8) -> Option<Line<'_>> {
        if byte != b'\n' {
            if let Some(place) = self.buffer.get_mut(self.filled) {
                *place = byte;
                self.filled = self.filled.saturating_add(1);
            } else {
                // The rest of the line is dropped too, because it is not a line of its own.
                self.overflowed = true;
            }
            return None;
        }

        let filled = core::mem::take(&mut self.filled);
        if core::mem::take(&mut self.overflowed) {
            return Some(Line::TooLong);
        }
        let text = self.buffer.get(..filled).unwrap_or_default();
        let length = text.strip_suffix(b"\r").unwrap_or(text).len();
        Some(Line::Text(
            self.buffer.get_mut(..length).unwrap_or_default(),
        ))
    }
}

impl<const LIMIT: usize> Default for LineReader<LIMIT> {
    fn default() -> Self {
        Self::new()
    }
}
