//! A device in single steps.

use core::cell::RefCell;
use std::rc::Rc;

use embedded_jwt::{Error as Rejected, device::Restored};
use embedded_jwt_store::{Error, FlashLog};

use crate::{
    commands::Command,
    flash::{Chip, Fault, Kind, Nor},
    life::{Guard, Memory as _, PAGE, new_guard},
};

pub(crate) type Log<const W: usize> = FlashLog<Nor<W, PAGE>>;

pub(crate) struct Device<const W: usize> {
    pub(crate) flash: Nor<W, PAGE>,
    pub(crate) guard: Guard,
    pub(crate) log: Log<W>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotObeyed {
    Rejected(Rejected),
    NotStored(Error<Fault>),
}

impl<const W: usize> Device<W> {
    /// A device that the factory has not seen.
    pub(crate) fn blank(kind: Kind) -> Self {
        let flash = Nor::new(kind, 2);
        Self {
            guard: new_guard(),
            log: Log::start(flash.clone()),
            flash,
        }
    }

    pub(crate) fn new(kind: Kind) -> Self {
        let mut device = Self::blank(kind);
        assert_eq!(device.restart(), Ok(Restored::Nothing));
        device.guard.provision(&mut device.log).unwrap();
        device
    }

    pub(crate) fn chip(&self) -> Rc<RefCell<Chip>> {
        Rc::clone(&self.flash.0)
    }

    pub(crate) fn restart(&mut self) -> Result<Restored, Error<Fault>> {
        self.guard = new_guard();
        self.log = Log::start(self.flash.clone());
        self.guard.restore(&mut self.log)
    }

    pub(crate) fn check(&mut self, command: &Command) -> Result<(), Rejected> {
        command.check(&mut self.guard).map(drop)
    }

    pub(crate) fn obey(&mut self, command: &Command) -> Result<(), NotObeyed> {
        let permit = command
            .check(&mut self.guard)
            .map_err(NotObeyed::Rejected)?;
        let accepted = permit.commit(&mut self.log).map_err(NotObeyed::NotStored)?;
        _ = accepted.into_token();
        Ok(())
    }
}
