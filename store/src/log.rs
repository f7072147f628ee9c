//! The log: facts in the pages of a region. A new fact goes only to a complete page.
//!
//! These rules hold at every moment, whenever the power fails:
//!
//! - The page with the highest number is complete: it holds a fact that covers each fact of the region.
//!   New facts go only to this page. A number counts only with its mark. A record without a mark may
//!   be programmed weakly, and an older page still holds its fact.
//! - A page is erased only while another page is complete, and right before it is filled.
//! - While a page is filled, the copies keep their numbers, which are below the highest. Only the last
//!   copy gets a new number. So an incomplete page never has the highest number.

use core::{fmt, ops::Range};

use embedded_jwt::device::{Fact, Store};
use embedded_storage::nor_flash::NorFlash;

use crate::{
    error::Error,
    layout::{LONGEST_SLOT, Layout},
    record::{ERASED, MARK, Record, Slot},
};

/// Marks a region that is being formatted. No version of [`Fact`] has the kind 0xff.
const FORMATTING: [u8; Fact::LEN] = [0xff; Fact::LEN];

/// The page with the newest record, and the place for the next one.
#[derive(Clone, Copy, Debug)]
struct Head {
    page: u32,
    /// The slot for the next record. Equal to the number of slots if the page is full.
    free: u32,
    /// The highest number of all records, or 0.
    number: u32,
    is_damaged: bool,
}

/// A log of facts in NOR flash. On a 32-bit core, it takes 52 bytes of RAM besides the flash driver, for
/// any number of facts.
///
/// The region has at least two pages. Each page in use holds every fact that is needed. So more pages do
/// not add room, but spread the wear.
///
/// After a start and after each error, call
/// [`ReplayGuard::restore`](embedded_jwt::device::ReplayGuard::restore) first. Until then,
/// [`Store::append`] returns [`Error::NotRestored`].
pub struct FlashLog<F> {
    flash: F,
    layout: Layout,
    /// `None` until the facts are read.
    head: Option<Head>,
    /// The page and the slot of the last attempt to write. They are not used again, even if they read as
    /// erased: flash with an error-correcting code may reject a second write.
    attempted: (u32, u32),
}

/// Shows no facts.
impl<F> fmt::Debug for FlashLog<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlashLog")
            .field("layout", &self.layout)
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

impl<F: NorFlash> FlashLog<F> {
    /// Creates a log in `region`, a range of byte offsets in `flash`. It reads and writes nothing yet.
    ///
    /// `facts` is [`ReplayGuard::FACTS`](embedded_jwt::device::ReplayGuard::FACTS). Each page needs room
    /// for two records more than that.
    ///
    /// # Errors
    /// [`Error::Misaligned`], [`Error::UnsupportedWords`], [`Error::TooSmall`]
    pub fn new(flash: F, region: Range<u32>, facts: usize) -> Result<Self, Error<F::Error>> {
        let layout = Layout::new(&flash, &region, facts)?;
        Ok(Self {
            flash,
            layout,
            head: None,
            attempted: (layout.pages, 0),
        })
    }

    /// Erases the region, to recover from [`Error::Damaged`] and [`Error::UnknownFact`]. Call
    /// [`ReplayGuard::restore`](embedded_jwt::device::ReplayGuard::restore) next. After that, the guard is
    /// closed until it accepts a token with a nonce, or the factory provisions the device.
    ///
    /// If the power fails during the call, there are three possible states: every fact is still there,
    /// reading the facts fails ([`Error::UnknownFact`]), or the region is empty.
    ///
    /// # Errors
    /// [`Error::Flash`], [`Error::ReadBack`]
    pub fn format(&mut self) -> Result<(), Error<F::Error>> {
        self.head = None;
        let head = self.find(|_| ())?;
        // A half-erased page must not look like a state with fewer facts. So a record that no guard
        // accepts is written to another page first. That page is erased last.
        let first = self.layout.page_after(head.page);
        self.erase(first)?;
        let record = Record {
            number: head.number.saturating_add(1),
            fact: FORMATTING,
        };
        self.write(first, 0, record)?;
        for page in (0..self.layout.pages).filter(|page| *page != first) {
            self.erase(page)?;
        }
        self.erase(first)
    }

    /// Returns the flash.
    pub fn into_flash(self) -> F {
        self.flash
    }

    /// Reads the whole region, and finds the page for new facts.
    fn find(&mut self, mut each: impl FnMut(&Record)) -> Result<Head, Error<F::Error>> {
        // In an empty region, the page after the last one is the first.
        let mut newest = Head {
            page: self.layout.pages.wrapping_sub(1),
            free: self.layout.slots,
            number: 0,
            is_damaged: false,
        };
        let mut highest_marked = 0;
        for page in 0..self.layout.pages {
            let mut marked = 0;
            let mut head = Head {
                page,
                free: 0,
                number: 0,
                is_damaged: false,
            };
            for slot in 0..self.layout.slots {
                match self.read(page, slot)? {
                    Slot::Erased => continue,
                    Slot::Good { record, is_marked } => {
                        head.number = head.number.max(record.number);
                        if is_marked {
                            marked = record.number.max(marked);
                        }
                        each(&record);
                    }
                    Slot::Torn => {}
                    Slot::Damaged => head.is_damaged = true,
                }
                head.free = slot.wrapping_add(1);
            }
            if (marked, head.number) > (highest_marked, newest.number) {
                (highest_marked, newest) = (marked, head);
            }
        }
        let (page, slot) = self.attempted;
        if page == newest.page {
            newest.free = newest.free.max(slot.wrapping_add(1));
        }
        Ok(newest)
    }

    /// Copies the facts that are needed to the next page, and returns that page.
    fn next_page(&mut self, head: Head) -> Result<Head, Error<F::Error>> {
        let mut next = Head {
            page: self.layout.page_after(head.page),
            free: 0,
            ..head
        };
        self.erase(next.page)?;
        for slot in self.filled(head) {
            let Some(mut record) = self.needed(head.page, slot)? else {
                continue;
            };
            if record.number == head.number {
                record.number = number_after(head.number)?;
                next.number = record.number;
            }
            self.write(next.page, next.free, record)?;
            next.free = next.free.wrapping_add(1);
        }
        Ok(next)
    }

    /// Returns whether the next page can hold the facts that are needed, and a new one.
    fn has_room(&mut self, head: Head) -> Result<bool, Error<F::Error>> {
        let mut needed: u32 = 1;
        for slot in self.filled(head) {
            if self.needed(head.page, slot)?.is_some() {
                needed = needed.wrapping_add(1);
            }
        }
        Ok(needed <= self.layout.slots)
    }

    /// Returns the slots to copy from. In a region without records, the range is empty, because the
    /// pages may hold garbage.
    const fn filled(&self, head: Head) -> Range<u32> {
        let is_empty = head.number == 0;
        0..if is_empty { 0 } else { self.layout.slots }
    }

    /// Returns the record of the slot, if no later record of the page covers it.
    fn needed(&mut self, page: u32, slot: u32) -> Result<Option<Record>, Error<F::Error>> {
        let record = match self.read(page, slot)? {
            Slot::Good { record, .. } => record,
            Slot::Damaged => return Err(Error::Damaged),
            Slot::Erased | Slot::Torn => return Ok(None),
        };
        let fact = Fact::from_bytes(&record.fact).ok_or(Error::UnknownFact)?;
        // The search begins with the next record, which usually covers it.
        for later in slot.wrapping_add(1)..self.layout.slots {
            if let Slot::Good { record, .. } = self.read(page, later)?
                && Fact::from_bytes(&record.fact).is_some_and(|later| later.covers(&fact))
            {
                return Ok(None);
            }
        }
        Ok(Some(record))
    }

    fn read(&mut self, page: u32, slot: u32) -> Result<Slot, Error<F::Error>> {
        let mut buffer = [ERASED; LONGEST_SLOT];
        let len = self.layout.record_len.wrapping_add(self.layout.mark_len);
        let bytes = buffer.get_mut(..len).unwrap_or_default();
        self.flash.read(self.layout.slot(page, slot), bytes)?;
        let (record, mark) = bytes
            .split_at_checked(self.layout.record_len)
            .unwrap_or_default();
        Ok(Slot::read(record, mark))
    }

    /// Writes a record, reads it back, and marks it as good.
    fn write(&mut self, page: u32, slot: u32, record: Record) -> Result<(), Error<F::Error>> {
        self.attempted = (page, slot);
        let at = self.layout.slot(page, slot);
        let mut buffer = [ERASED; LONGEST_SLOT];
        buffer
            .iter_mut()
            .zip(record.to_bytes())
            .for_each(|(to, byte)| *to = byte);
        self.write_words(at, buffer.get(..self.layout.record_len).unwrap_or_default())?;
        let mark = [MARK; LONGEST_SLOT];
        let mark = mark.get(..self.layout.mark_len).unwrap_or_default();
        let behind = u32::try_from(self.layout.record_len).unwrap_or_default();
        self.write_words(at.wrapping_add(behind), mark)
    }

    fn write_words(&mut self, at: u32, words: &[u8]) -> Result<(), Error<F::Error>> {
        self.flash.write(at, words)?;
        let mut buffer = [0; LONGEST_SLOT];
        let read = buffer.get_mut(..words.len()).unwrap_or_default();
        self.flash.read(at, read)?;
        if read == words {
            Ok(())
        } else {
            Err(Error::ReadBack)
        }
    }

    fn erase(&mut self, page: u32) -> Result<(), Error<F::Error>> {
        let Range { start, end } = self.layout.page(page);
        self.flash.erase(start, end)?;
        for slot in 0..self.layout.slots {
            if !matches!(self.read(page, slot)?, Slot::Erased) {
                return Err(Error::ReadBack);
            }
        }
        Ok(())
    }
}

/// Returns the next number. If the numbers are used up, the flash is damaged: no flash endures so many
/// records.
fn number_after<E>(number: u32) -> Result<u32, Error<E>> {
    number.checked_add(1).ok_or(Error::Damaged)
}

impl<F: NorFlash> Store for FlashLog<F> {
    type Error = Error<F::Error>;

    /// Stores a fact as one record, and reads the record back. If the page is full, it first erases the
    /// next page and copies the facts that are needed.
    ///
    /// # Errors
    /// [`Error::NotRestored`], [`Error::Full`], [`Error::Flash`], [`Error::ReadBack`],
    /// [`Error::Damaged`]. After the last three, the guard has to be restored.
    fn append(&mut self, fact: &Fact) -> Result<(), Self::Error> {
        let mut head = self.head.ok_or(Error::NotRestored)?;
        let is_at_end = head.free >= self.layout.slots;
        if is_at_end && !self.has_room(head)? {
            return Err(Error::Full);
        }
        // After an error, `head` stays `None`, because the fact may or may not be stored.
        self.head = None;
        if is_at_end {
            head = self.next_page(head)?;
        }
        let record = Record {
            number: number_after(head.number)?,
            fact: fact.to_bytes(),
        };
        self.write(head.page, head.free, record)?;
        self.head = Some(Head {
            free: head.free.wrapping_add(1),
            number: record.number,
            ..head
        });
        Ok(())
    }

    /// Calls `each` for every fact of the region.
    ///
    /// # Errors
    /// [`Error::Flash`], [`Error::Damaged`], [`Error::UnknownFact`]
    fn facts(&mut self, mut each: impl FnMut(&Fact)) -> Result<(), Self::Error> {
        self.head = None;
        let mut is_unknown = false;
        let head = self.find(|record| match Fact::from_bytes(&record.fact) {
            Some(fact) => each(&fact),
            None => is_unknown = true,
        })?;
        if is_unknown {
            return Err(Error::UnknownFact);
        }
        if head.is_damaged {
            return Err(Error::Damaged);
        }
        self.head = Some(head);
        Ok(())
    }
}
