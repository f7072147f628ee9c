//! The scanner: one pass that checks the text and writes its normal form over it.
//!
//! The scanner keeps the open containers in a small array in place of recursion. So hostile nesting
//! is an error, not a crash.

use core::cmp::Ordering;

use super::{
    cursor::{Cursor, DELIMITER},
    error::JsonError,
};
use crate::limits::{MAX_JSON_DEPTH, MAX_JSON_LEN, MAX_JSON_NAMES};

/// Checks the JSON text, rewrites it in place and returns its normal form.
// Not inlined, so that its stack frame is free again when the value is read.
#[inline(never)]
pub(super) fn normalize(text: &mut [u8]) -> Result<&[u8], JsonError> {
    if text.len() > MAX_JSON_LEN {
        return Err(JsonError::TooLong);
    }
    // If the text is UTF-8, every string of the normal form is UTF-8 too: an escape is ASCII and is
    // replaced by a whole character. UTF-8 also has no delimiter.
    if core::str::from_utf8(text).is_err() {
        return Err(JsonError::NotUtf8);
    }
    let len = scan(text)?;
    Ok(text.get(..len).unwrap_or_default())
}

/// Rewrites the text, and returns the length of its normal form.
fn scan(text: &mut [u8]) -> Result<usize, JsonError> {
    let mut open = Open {
        levels: [Container::Array; MAX_JSON_DEPTH],
        depth: 0,
    };
    let mut names = Names {
        ends: [0; MAX_JSON_NAMES],
        len: 0,
    };
    let mut at = Cursor::default();
    // The object that the next string names a member of, by the index of its first name.
    let mut owner = None;
    loop {
        at.skip_whitespace(text);
        let first = at.next(text)?;
        if owner.is_some() && first != b'"' {
            return Err(JsonError::Syntax);
        }
        match first {
            b'"' => {
                at.string(text)?;
                if let Some(first_name) = owner.take() {
                    names.remember(text, first_name, at.write.wrapping_sub(1))?;
                    at.skip_whitespace(text);
                    if !at.copy_if(text, b':') {
                        return Err(JsonError::Syntax);
                    }
                    continue;
                }
            }
            b'{' | b'[' => {
                at.emit(text, first);
                let is_object = first == b'{';
                open.push(if is_object {
                    Container::Object(names.len)
                } else {
                    Container::Array
                })?;
                at.skip_whitespace(text);
                // The bracket that closes is two code points after the one that opens: `[]`, `{}`.
                if at.peek(text) != Some(first.wrapping_add(2)) {
                    owner = is_object.then_some(names.len);
                    continue;
                }
            }
            b't' => at.literal(text, b"true")?,
            b'f' => at.literal(text, b"false")?,
            b'n' => at.literal(text, b"null")?,
            _ => at = at.number(text, first)?,
        }
        // The value is complete, or a container without elements is open.
        loop {
            at.skip_whitespace(text);
            let Some(container) = open.innermost() else {
                let rest = at.peek(text);
                return rest.map_or(Ok(at.write), |_| Err(JsonError::Syntax));
            };
            if at.copy_if(text, b',') {
                owner = match container {
                    Container::Array => None,
                    Container::Object(first_name) => Some(first_name),
                };
                break;
            }
            let bracket = match container {
                Container::Array => b']',
                Container::Object(first_name) => {
                    names.len = first_name;
                    b'}'
                }
            };
            if !at.copy_if(text, bracket) {
                return Err(JsonError::Syntax);
            }
            open.pop();
        }
    }
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

// Every position fits into 16 bits.
const _: () = assert!(MAX_JSON_LEN <= 0xffff);

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

impl Names {
    /// Remembers the name whose closing delimiter is at `end`.
    fn remember(&mut self, text: &[u8], first_name: u8, end: usize) -> Result<(), JsonError> {
        let Self { ends, len } = self;
        let (first_name, used) = (usize::from(first_name), usize::from(*len));
        let siblings = ends.get(first_name..used).unwrap_or_default();
        // Most names differ in their last byte.
        let last_byte = |end: usize| text.get(end.wrapping_sub(1)).copied().unwrap_or_default();
        let last = last_byte(end);
        let place = siblings.binary_search_by(|its_end| {
            let its_end = usize::from(*its_end);
            let order = last_byte(its_end).cmp(&last);
            order.then_with(|| compare(text, its_end, end))
        });
        let Err(place) = place else {
            return Err(JsonError::DuplicateName);
        };
        let mut moved = u16::try_from(end).unwrap_or_default();
        let room = ends
            .get_mut(first_name.wrapping_add(place)..=used)
            .ok_or(JsonError::TooManyNames)?;
        for slot in room {
            core::mem::swap(slot, &mut moved);
        }
        *len = len.wrapping_add(1);
        Ok(())
    }
}
