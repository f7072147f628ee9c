//! A running device.

use crate::{
    arithmetic::Apsr,
    bus::{Bus, End},
    decode::{condition, decode},
    image::Image,
    operation::{Operation, PC, SP},
};

/// The processor, its RAM and its devices.
#[derive(Clone)]
pub struct Machine<'i> {
    pub(crate) image: &'i Image,
    pub(crate) bus: Bus,
    pub(crate) r: [u32; 16],
    pub(crate) flags: Apsr,
    /// ITSTATE (section A7.3.3)
    pub(crate) if_then: u8,
    /// The address of the next instruction.
    pub(crate) next: u32,
    executed: u64,
}

impl<'i> Machine<'i> {
    /// A device after its reset. Every byte of its RAM is `paint`.
    #[must_use]
    pub fn new(image: &'i Image, paint: u8) -> Self {
        let mut r = [0; 16];
        r[usize::from(SP)] = image.vector(0);
        // The exception return that no reset has.
        r[14] = u32::MAX;
        Self {
            image,
            bus: Bus::new(paint),
            r,
            flags: Apsr::default(),
            if_then: 0,
            next: image.vector(1) & !1,
            executed: 0,
        }
    }

    /// Lets the device receive these bytes, after those that it has not received yet.
    pub fn send(&mut self, bytes: &[u8]) {
        self.bus.send(bytes);
    }

    /// Returns whether there are bytes that the device has not received yet.
    #[must_use]
    pub fn has_input(&self) -> bool {
        self.bus.has_input()
    }

    /// Gives what the device has sent since this was last called.
    pub fn take_output(&mut self) -> Vec<u8> {
        self.bus.take_output()
    }

    /// The RAM of the board, from its first address on.
    #[must_use]
    pub fn ram(&self) -> &[u8] {
        self.bus.ram()
    }

    /// The address of the next instruction.
    #[must_use]
    pub fn address(&self) -> u32 {
        self.next
    }

    /// How many instructions were executed since the reset, without those whose condition was false.
    #[must_use]
    pub fn executed(&self) -> u64 {
        self.executed
    }

    /// Becomes equal to `other`. A machine follows one other, and starts as its clone or equal to it.
    pub fn follow(&mut self, other: &mut Self) {
        self.bus.follow(&mut other.bus);
        self.r = other.r;
        self.flags = other.flags;
        self.if_then = other.if_then;
        self.next = other.next;
        self.executed = other.executed;
    }

    /// Runs until something ends it, for `limit` instructions at most.
    pub fn run(&mut self, limit: u64) -> End {
        for _ in 0..limit {
            if let Err(end) = self.step() {
                return end;
            }
        }
        End::Limit
    }

    /// Executes one instruction.
    ///
    /// # Errors
    /// It ends the run. After [`End::Acted`] and [`End::Waits`] the run can go on.
    #[inline]
    pub fn step(&mut self) -> Result<(), End> {
        let (image, address) = (self.image, self.next);
        let of_ram;
        let (operation, length) = if let Some(instruction) = image.instruction(address) {
            instruction
        } else {
            of_ram = self.fetch_from_ram(address)?;
            &of_ram
        };
        self.r[usize::from(PC)] = address.wrapping_add(4);
        self.next = address.wrapping_add(*length);
        let mut done = Ok(());
        if self.if_then == 0 {
            done = self.execute(operation);
            self.executed += 1;
        } else {
            // An instruction of the block sees it before it moves on.
            if self.is_condition_true() {
                done = self.execute(operation);
                self.executed += 1;
            }
            self.leave_one();
        }
        match done {
            Ok(()) | Err(End::Acted) => done,
            Err(End::Unknown(_)) => Err(End::Unknown(address)),
            // Not executed. No block of an IT instruction has an access to a device here.
            Err(end) => {
                self.next = address;
                Err(end)
            }
        }
    }

    /// Passes over the next instruction. Gives whether it would have been executed: it would not if
    /// it is in an IT block and its condition is false.
    ///
    /// # Errors
    /// There is no instruction.
    pub fn skip(&mut self) -> Result<bool, End> {
        let length = match self.image.instruction(self.next) {
            Some((_, length)) => *length,
            None => self.fetch_from_ram(self.next)?.1,
        };
        let would_be_executed = self.if_then == 0 || self.is_condition_true();
        if self.if_then != 0 {
            self.leave_one();
        }
        self.next = self.next.wrapping_add(length);
        Ok(would_be_executed)
    }

    /// The RAM is executable too.
    fn fetch_from_ram(&mut self, address: u32) -> Result<(Operation, u32), End> {
        if !(0x2000_0000..0x4000_0000).contains(&address) {
            return Err(End::Fault);
        }
        let mut half = |address| Ok(u16::from_le_bytes(self.bus.read(&[], address)?));
        let (first, second) = (half(address)?, half(address.wrapping_add(2))?);
        Ok(decode(first, second, address))
    }

    /// The first entry of the block (section A7.3.2).
    fn is_condition_true(&self) -> bool {
        self.flags.hold(condition(u32::from(self.if_then >> 4)))
    }

    /// `ITAdvance`
    fn leave_one(&mut self) {
        self.if_then = if self.if_then.trailing_zeros() >= 3 {
            0
        } else {
            self.if_then & 0xE0 | self.if_then << 1 & 0x1F
        };
    }
}
