//! A record: one fact with a number and a checksum, in a slot of the flash.

use crc::{CRC_32_ISCSI, Crc, NoTable};
use embedded_jwt::device::Fact;

/// The CRC with Castagnoli's polynomial, which detects up to five wrong bits in a record of this length.
pub(crate) const CRC: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISCSI);

const NUMBER_LEN: usize = 4;
const CHECKED_LEN: usize = NUMBER_LEN + Fact::LEN;

/// The length of a record in bytes, without the padding of its last word.
pub(crate) const LEN: usize = CHECKED_LEN + 4;

/// The content of an erased byte of flash.
pub(crate) const ERASED: u8 = 0xff;

/// The bytes of the mark, which is written after the record was read back.
pub(crate) const MARK: u8 = 0;

#[derive(Clone, Copy)]
pub(crate) struct Record {
    /// The number of the record, which rises by one with each new record. 0 is not used.
    pub(crate) number: u32,
    pub(crate) fact: [u8; Fact::LEN],
}

impl Record {
    pub(crate) fn to_bytes(self) -> [u8; LEN] {
        let mut bytes = [0; LEN];
        let (checked, crc) = bytes.split_at_mut(CHECKED_LEN);
        let parts = self.number.to_be_bytes().into_iter().chain(self.fact);
        checked
            .iter_mut()
            .zip(parts)
            .for_each(|(to, byte)| *to = byte);
        let sum = CRC.checksum(checked).to_be_bytes();
        crc.iter_mut().zip(sum).for_each(|(to, byte)| *to = byte);
        bytes
    }

    /// Returns the record, or `None` if the checksum is wrong.
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (checked, rest) = bytes.split_at_checked(CHECKED_LEN)?;
        let is_good = rest.first_chunk() == Some(&CRC.checksum(checked).to_be_bytes());
        let (number, fact) = checked.split_first_chunk()?;
        Some(Self {
            number: u32::from_be_bytes(*number),
            fact: *fact.first_chunk()?,
        })
        .filter(|_| is_good)
    }
}

/// The content of a slot, which is the place for a record and one word for the mark after it.
pub(crate) enum Slot {
    Erased,
    Good {
        record: Record,
        is_marked: bool,
    },
    /// The power failed while the record was written, or while the page was erased.
    Torn,
    /// The record is damaged. It has the mark, so it was readable once.
    Damaged,
}

impl Slot {
    pub(crate) fn read(record: &[u8], mark: &[u8]) -> Self {
        let is_erased = |bytes: &[u8]| bytes.iter().all(|byte| *byte == ERASED);
        if is_erased(record) {
            return if is_erased(mark) {
                Self::Erased
            } else {
                Self::Torn
            };
        }
        if let Some(record) = Record::from_bytes(record) {
            return Self::Good {
                record,
                is_marked: is_marked(mark),
            };
        }
        if is_marked(mark) {
            Self::Damaged
        } else {
            Self::Torn
        }
    }
}

/// Returns whether a mark was written. By majority, so that one wrong bit does not decide.
fn is_marked(mark: &[u8]) -> bool {
    let count = |bits: fn(u8) -> u32| {
        mark.iter()
            .map(|byte| bits(*byte))
            .fold(0, u32::wrapping_add)
    };
    count(u8::count_zeros) > count(u8::count_ones)
}
