//! The flash of a device, decoded.

use std::ops::Range;

use crate::{decode::decode, operation::Operation};

/// The content of the flash, with the instruction at every even address.
#[derive(Debug)]
pub struct Image {
    flash: Vec<u8>,
    /// An instruction, and its length in bytes.
    code: Vec<(Operation, u32)>,
}

impl Image {
    /// Takes the content of the flash from address 0 on: first the vector table.
    #[must_use]
    pub fn new(mut flash: Vec<u8>) -> Self {
        flash.resize(flash.len().next_multiple_of(4), 0);
        let halves: Vec<u16> = flash
            .as_chunks()
            .0
            .iter()
            .map(|bytes| u16::from_le_bytes(*bytes))
            .collect();
        let code = halves.iter().enumerate().map(|(index, first)| {
            let second = halves.get(index + 1).copied().unwrap_or(0);
            decode(*first, second, u32::try_from(index * 2).unwrap_or(u32::MAX))
        });
        Self {
            code: code.collect(),
            flash,
        }
    }

    pub(crate) fn flash(&self) -> &[u8] {
        &self.flash
    }

    #[inline]
    pub(crate) fn instruction(&self, address: u32) -> Option<&(Operation, u32)> {
        self.code.get(address as usize / 2)
    }

    /// A word of the vector table.
    pub(crate) fn vector(&self, number: usize) -> u32 {
        let bytes = self.flash.as_chunks().0.get(number);
        bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }

    /// The first address in a range of code whose instruction is not implemented here.
    #[must_use]
    pub fn unknown(&self, code: Range<u32>) -> Option<u32> {
        let mut address = code.start;
        while address < code.end {
            let (operation, length) = self.instruction(address)?;
            if *operation == Operation::Unknown {
                return Some(address);
            }
            address = address.wrapping_add(*length);
        }
        None
    }
}
