//! Where pages and slots are in the flash.

use core::ops::Range;

use embedded_storage::nor_flash::NorFlash;

use crate::{error::Error, record};

/// The maximum length of a word that the log can use, in bytes.
pub(crate) const LONGEST_WORD: usize = 32;

/// The maximum length of a slot in bytes: a record in two words, and the mark.
pub(crate) const LONGEST_SLOT: usize = 3 * LONGEST_WORD;

// A record has to fit into two of the longest words.
const _: () = assert!(record::LEN.next_multiple_of(LONGEST_WORD) + LONGEST_WORD == LONGEST_SLOT);

/// Returns the number of bytes that are written and read at one time. The log may not support it.
pub(crate) const fn word_len<F: NorFlash>() -> usize {
    if F::WRITE_SIZE > F::READ_SIZE {
        F::WRITE_SIZE
    } else {
        F::READ_SIZE
    }
}

/// Returns the length of a word in bytes, or `None` if the log does not support it.
fn word_of<F: NorFlash>() -> Option<usize> {
    let word = word_len::<F>();
    let is_multiple = |of: usize| of > 0 && word.is_multiple_of(of);
    let is_supported = (1..=LONGEST_WORD).contains(&word)
        && is_multiple(F::WRITE_SIZE)
        && is_multiple(F::READ_SIZE)
        && F::ERASE_SIZE.is_multiple_of(word);
    is_supported.then_some(word)
}

/// Checks the words of the flash, and that the region consists of whole pages of it. Returns the length
/// of a word, the length of a page, and the number of pages.
pub(crate) fn pages_of<F: NorFlash>(
    flash: &F,
    region: &Range<u32>,
) -> Result<(usize, u32, u32), Error<F::Error>> {
    let word = word_of::<F>().ok_or(Error::UnsupportedWords)?;
    let page_len = u32::try_from(F::ERASE_SIZE).map_err(|_| Error::TooSmall)?;
    let is_inside = usize::try_from(region.end).is_ok_and(|end| end <= flash.capacity());
    let is_page = |place: u32| place.is_multiple_of(page_len);
    if !is_inside || !is_page(region.start) || !is_page(region.end) {
        return Err(Error::Misaligned);
    }
    let len = region.end.checked_sub(region.start);
    let pages = len.and_then(|len| len.checked_div(page_len));
    Ok((word, page_len, pages.ok_or(Error::TooSmall)?))
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    start: u32,
    page_len: u32,
    pub(crate) pages: u32,
    slot_len: u32,
    /// The number of slots in a page.
    pub(crate) slots: u32,
    /// The number of bytes of a slot before the mark: the record, filled up to whole words.
    pub(crate) record_len: usize,
    /// The number of bytes of the mark: one word.
    pub(crate) mark_len: usize,
}

impl Layout {
    pub(crate) fn new<F: NorFlash>(
        flash: &F,
        region: &Range<u32>,
        facts: usize,
    ) -> Result<Self, Error<F::Error>> {
        let (word, page_len, pages) = pages_of(flash, region)?;
        let record_len = record::LEN.next_multiple_of(word);
        let number = |size: usize| u32::try_from(size).map_err(|_| Error::TooSmall);
        let slot_len = number(record_len.saturating_add(word))?;
        let slots = page_len.checked_div(slot_len).unwrap_or_default();
        // Two records more than the guard needs: one that holds only the time, and the new fact.
        let needed = number(facts.saturating_add(2))?;
        if pages < 2 || slots < needed {
            return Err(Error::TooSmall);
        }
        Ok(Self {
            start: region.start,
            page_len,
            pages,
            slot_len,
            slots,
            record_len,
            mark_len: word,
        })
    }

    pub(crate) const fn page(&self, page: u32) -> Range<u32> {
        let start = self.start.wrapping_add(page.wrapping_mul(self.page_len));
        start..start.wrapping_add(self.page_len)
    }

    /// Returns the offset at which the slot begins. It is within the region, so nothing wraps.
    pub(crate) const fn slot(&self, page: u32, slot: u32) -> u32 {
        let offset = slot.wrapping_mul(self.slot_len);
        self.page(page).start.wrapping_add(offset)
    }

    pub(crate) const fn page_after(&self, page: u32) -> u32 {
        let next = page.wrapping_add(1);
        if next < self.pages { next } else { 0 }
    }
}
