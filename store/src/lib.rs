//! Keeps what a device remembers against replays in NOR flash.

#![no_std]
#![forbid(unsafe_code)]

mod error;
mod layout;
mod log;
mod record;
mod value;

pub use error::Error;
pub use log::FlashLog;
pub use value::FlashValue;
