//! What lies at the addresses of the board AN386, and how a run ends.

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// An output was driven: the LED register was written and is not zero.
    Acted,
    /// It asks the UART for a byte, and there is none.
    Waits,
    /// A fault, or the end of the program.
    Fault,
    /// An instruction, at this address, that is not implemented here.
    Unknown(u32),
    /// It ran for as long as it was allowed to.
    Limit,
}

const RAM: u32 = 0x2000_0000;
const RAM_LEN: usize = 4 << 20;
const FLASH_LEN: u32 = 4 << 20;
const PERIPHERALS: std::ops::Range<u32> = 0x4000_0000..0x4003_0000;
const UART_DATA: u32 = 0x4000_4000;
const UART_STATE: u32 = 0x4000_4004;
const RX_FULL: u32 = 1 << 1;
const LED: u32 = 0x4002_8000;
/// Registers of the processor, from `SysTick` on.
const SYSTEM: std::ops::Range<u32> = 0xE000_E000..0xE000_F000;

/// The RAM is copied by parts of this many bytes.
const PAGE: usize = 256;

/// RAM and devices.
#[derive(Clone)]
pub(crate) struct Bus {
    ram: Vec<u8>,
    /// The pages that were written since they were last copied.
    written: Vec<usize>,
    is_written: Vec<bool>,
    led: u32,
    /// What will be received, the next byte last.
    input: Vec<u8>,
    output: Vec<u8>,
    /// The last access to the UART asked in vain for a byte.
    is_asked: bool,
}

impl Bus {
    pub(crate) fn new(paint: u8) -> Self {
        Self {
            ram: vec![paint; RAM_LEN],
            written: Vec::new(),
            is_written: vec![false; RAM_LEN / PAGE],
            led: 0,
            input: Vec::new(),
            output: Vec::new(),
            is_asked: false,
        }
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let later = std::mem::take(&mut self.input);
        self.input = bytes.iter().rev().copied().chain(later).collect();
    }

    pub(crate) fn has_input(&self) -> bool {
        !self.input.is_empty()
    }

    pub(crate) fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    pub(crate) fn ram(&self) -> &[u8] {
        &self.ram
    }

    /// Becomes equal to `other`. Both have to have been equal when their pages were last cleared.
    pub(crate) fn follow(&mut self, other: &mut Self) {
        for page in self.written.drain(..).chain(other.written.drain(..)) {
            let place = page * PAGE..(page + 1) * PAGE;
            self.ram[place.clone()].copy_from_slice(&other.ram[place]);
            self.is_written[page] = false;
            other.is_written[page] = false;
        }
        self.led = other.led;
        self.input.clone_from(&other.input);
        self.output.clone_from(&other.output);
        self.is_asked = other.is_asked;
    }

    /// The bytes at `address`, the first the lowest. `flash` may be shorter than the board's.
    #[inline]
    pub(crate) fn read<const LEN: usize>(
        &mut self,
        flash: &[u8],
        address: u32,
    ) -> Result<[u8; LEN], End> {
        let at = address.wrapping_sub(RAM) as usize;
        if let Some(bytes) = self.ram.get(at..at.wrapping_add(LEN)) {
            return Ok(std::array::from_fn(|index| bytes[index]));
        }
        if let Some(bytes) = flash.get(address as usize..(address as usize).wrapping_add(LEN)) {
            return Ok(std::array::from_fn(|index| bytes[index]));
        }
        if address < FLASH_LEN {
            return Ok([0; LEN]);
        }
        let word = self.read_device(address)?;
        Ok(std::array::from_fn(|index| {
            word.to_le_bytes().get(index).copied().unwrap_or(0)
        }))
    }

    fn read_device(&mut self, address: u32) -> Result<u32, End> {
        Ok(match address {
            LED => self.led,
            UART_STATE if self.has_input() => RX_FULL,
            // Once may be to send: that needs the same register.
            UART_STATE if std::mem::replace(&mut self.is_asked, true) => return Err(End::Waits),
            UART_STATE => 0,
            UART_DATA => {
                self.is_asked = false;
                self.input.pop().unwrap_or_default().into()
            }
            _ if PERIPHERALS.contains(&address) || SYSTEM.contains(&address) => 0,
            _ => return Err(End::Fault),
        })
    }

    #[inline]
    pub(crate) fn write<const LEN: usize>(
        &mut self,
        address: u32,
        bytes: [u8; LEN],
    ) -> Result<(), End> {
        let at = address.wrapping_sub(RAM) as usize;
        if let Some(place) = self.ram.get_mut(at..at.wrapping_add(LEN)) {
            place.copy_from_slice(&bytes);
            self.note(at / PAGE);
            self.note((at + LEN - 1) / PAGE);
            return Ok(());
        }
        let word = bytes
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u32::from(*byte));
        self.write_device(address, word)
    }

    #[inline]
    fn note(&mut self, page: usize) {
        if !self.is_written[page] {
            self.is_written[page] = true;
            self.written.push(page);
        }
    }

    fn write_device(&mut self, address: u32, word: u32) -> Result<(), End> {
        match address {
            LED if word != 0 => {
                self.led = word;
                return Err(End::Acted);
            }
            LED => self.led = 0,
            UART_DATA => {
                self.output.push(word.to_le_bytes()[0]);
                self.is_asked = false;
            }
            _ if address < FLASH_LEN
                || PERIPHERALS.contains(&address)
                || SYSTEM.contains(&address) => {}
            _ => return Err(End::Fault),
        }
        Ok(())
    }
}
