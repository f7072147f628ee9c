//! Keeps the facts of a replay guard in NOR flash, through power cuts: `no_std`, without an allocator and
//! without panics.
//!
//! [`FlashLog`] is a [`Store`](embedded_jwt::device::Store) over the blocking traits of
//! `embedded-storage`, which the HALs implement.
//!
//! ```
//! use embedded_jwt::{
//!     Key, Policy, Token, Verifier,
//!     device::{Accepted, ReplayGuard, Restored},
//! };
//! use embedded_jwt_store::FlashLog;
//! # use core::{convert::Infallible, error::Error};
//! # use embedded_jwt::sign::SigningKey;
//! # use embedded_storage::nor_flash::{ErrorType, NorFlash, ReadNorFlash};
//! # struct Flash(Vec<u8>);
//! # impl ErrorType for Flash { type Error = Infallible; }
//! # impl ReadNorFlash for Flash {
//! #     const READ_SIZE: usize = 1;
//! #     fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Infallible> {
//! #         bytes.copy_from_slice(&self.0[offset as usize..][..bytes.len()]);
//! #         Ok(())
//! #     }
//! #     fn capacity(&self) -> usize { self.0.len() }
//! # }
//! # impl NorFlash for Flash {
//! #     const WRITE_SIZE: usize = 4;
//! #     const ERASE_SIZE: usize = 4096;
//! #     fn erase(&mut self, from: u32, to: u32) -> Result<(), Infallible> {
//! #         self.0[from as usize..to as usize].fill(0xff);
//! #         Ok(())
//! #     }
//! #     fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Infallible> {
//! #         self.0[offset as usize..][..bytes.len()].copy_from_slice(bytes);
//! #         Ok(())
//! #     }
//! # }
//! # static POLICY: Policy<'static> = Policy::new().accept_unproved_freshness();
//!
//! /// Up to 16 tokens that have not expired, and one counter.
//! type Guard = ReplayGuard<16>;
//!
//! /// Returns the command to act on. By then, the flash records that it is used.
//! fn receive<'b, 'k>(
//!     keys: &'k [Key<'k>],
//!     guard: &mut Guard,
//!     log: &mut FlashLog<Flash>,
//!     received: &[u8],
//!     buffer: &'b mut [u8],
//! ) -> Result<Accepted<Token<'b, 'k>>, Box<dyn Error>> {
//!     let time = guard.time();
//!     let token = Verifier::new(keys, &POLICY).verify(received, time, buffer)?;
//!     let permit = guard.check(token, time)?;
//!     match permit.commit(log) {
//!         Ok(accepted) => Ok(accepted),
//!         Err(error) => {
//!             // The fact may or may not be in flash. So the guard reads all facts again.
//!             _ = guard.restore(log)?;
//!             Err(error.into())
//!         }
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn Error>> {
//! # const BUILD_TIME: u64 = 1_790_000_000;
//! # let mut flash = Flash(vec![0xff; 0x1_0000]);
//! # let keys = [Key::hs256(b"a demonstration secret, 32 bytes")?];
//! # let claims = serde_json::json!({ "jti": "1", "exp": BUILD_TIME + 60 });
//! # let mut issued = [0; 512];
//! # let received = SigningKey::hs256(b"a demonstration secret, 32 bytes")?.sign("JWT", &claims, &mut issued)?.as_bytes();
//! # let mut buffer = [0; 512];
//! // The last two pages of the flash.
//! let mut log = FlashLog::new(flash, 0xe000..0x1_0000, Guard::FACTS)?;
//! let mut guard = Guard::new(BUILD_TIME);
//! if guard.restore(&mut log)? == Restored::Nothing {
//!     // Only in the factory. A device in the field asks for a token with a nonce.
//!     guard.provision(&mut log)?;
//! }
//! let command = receive(&keys, &mut guard, &mut log, received, &mut buffer)?;
//! assert!(command.token().claims().jti().is_some_and(|jti| jti == "1"));
//!
//! // After a restart, the command is known.
//! let mut log = FlashLog::new(log.into_flash(), 0xe000..0x1_0000, Guard::FACTS)?;
//! let mut guard = Guard::new(BUILD_TIME);
//! assert_eq!(guard.restore(&mut log)?, Restored::Open);
//! assert!(receive(&keys, &mut guard, &mut log, received, &mut buffer).is_err());
//! # Ok(())
//! # }
//! ```
//!
//! # What the flash needs
//!
//! - Erased pages read as `0xff`, and words have up to 32 bytes. The log writes no word twice between two
//!   erases, so flash with an error-correcting code works.
//! - The driver returns the content of a torn word, whatever it is. If it returns an error, the log does
//!   too, at each start. Some chips raise an interrupt for a torn word, which the driver has to handle.
//! - The calls block until the work is done. An erase takes up to 100 ms on common chips, and 2 s on some.
//!
//! # When it fails
//!
//! The guard accepts no token that is not recorded as used. After an error of `commit`, restore the guard.
//! After an error of `restore`, the guard is closed:
//!
//! | error | what to do |
//! | --- | --- |
//! | [`Error::Flash`], [`Error::ReadBack`] | try again, a few times |
//! | [`Error::Damaged`], [`Error::UnknownFact`] | [`FlashLog::format`], then ask for a token with a nonce |
//! | [`Error::NotRestored`] | call `restore` |
//! | [`Error::Damaged`] of a [`FlashValue`] | store a new value. For a key ring, first call `KeyRing::reset_at` |
//! | others | correct the firmware: the region is wrong or too small |
//!
//! # Records
//!
//! A record has a number, a [`Fact`](embedded_jwt::device::Fact) and a CRC-32: 57 bytes, filled up to whole
//! words. The next word is the mark, which is written after the record was read back.
//!
//! - An unreadable record without a mark was torn by a power cut. Its command was not obeyed, so the record
//!   is skipped.
//! - An unreadable record with a mark was damaged later. The log returns [`Error::Damaged`].
//! - A record of another version returns [`Error::UnknownFact`].
//!
//! # Async firmware
//!
//! The log blocks, because a command must not be obeyed before it is recorded as used. Most HALs have a
//! blocking driver for the internal flash. Use that driver, in a task of low priority. If the HAL has only
//! an async driver, poll it until it is ready:
//!
//! ```
//! use core::{future::Future, pin::pin, task::{Context, Poll, Waker}};
//! use embedded_jwt_store::{Error, FlashLog};
//! use embedded_storage::nor_flash::{ErrorType, NorFlash, ReadNorFlash};
//! use embedded_storage_async::nor_flash as asynchronous;
//!
//! /// Makes an async flash blocking. Meanwhile, no other task of the executor runs. So the driver must not
//! /// wait for another task.
//! struct Blocking<F>(F);
//!
//! fn wait<T>(future: impl Future<Output = T>) -> T {
//!     let mut future = pin!(future);
//!     let mut context = Context::from_waker(Waker::noop());
//!     loop {
//!         if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
//!             return output;
//!         }
//!     }
//! }
//!
//! impl<F: ErrorType> ErrorType for Blocking<F> {
//!     type Error = F::Error;
//! }
//!
//! impl<F: asynchronous::ReadNorFlash> ReadNorFlash for Blocking<F> {
//!     const READ_SIZE: usize = F::READ_SIZE;
//!
//!     fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), F::Error> {
//!         wait(self.0.read(offset, bytes))
//!     }
//!
//!     fn capacity(&self) -> usize {
//!         self.0.capacity()
//!     }
//! }
//!
//! impl<F: asynchronous::NorFlash> NorFlash for Blocking<F> {
//!     const WRITE_SIZE: usize = F::WRITE_SIZE;
//!     const ERASE_SIZE: usize = F::ERASE_SIZE;
//!
//!     fn erase(&mut self, from: u32, to: u32) -> Result<(), F::Error> {
//!         wait(self.0.erase(from, to))
//!     }
//!
//!     fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), F::Error> {
//!         wait(self.0.write(offset, bytes))
//!     }
//! }
//!
//! fn log<F: asynchronous::NorFlash>(flash: F) -> Result<FlashLog<Blocking<F>>, Error<F::Error>> {
//!     FlashLog::new(Blocking(flash), 0xe000..0x1_0000, 17)
//! }
//! # use core::convert::Infallible;
//! # struct Ram(Vec<u8>, u32);
//! # async fn later(turns: &mut u32) {
//! #     *turns = 3;
//! #     core::future::poll_fn(|_| { *turns -= 1; if *turns == 0 { Poll::Ready(()) } else { Poll::Pending } }).await
//! # }
//! # impl ErrorType for Ram { type Error = Infallible; }
//! # impl asynchronous::ReadNorFlash for Ram {
//! #     const READ_SIZE: usize = 1;
//! #     async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Infallible> {
//! #         later(&mut self.1).await;
//! #         Ok(bytes.copy_from_slice(&self.0[offset as usize..][..bytes.len()]))
//! #     }
//! #     fn capacity(&self) -> usize { self.0.len() }
//! # }
//! # impl asynchronous::NorFlash for Ram {
//! #     const WRITE_SIZE: usize = 4;
//! #     const ERASE_SIZE: usize = 4096;
//! #     async fn erase(&mut self, from: u32, to: u32) -> Result<(), Infallible> {
//! #         later(&mut self.1).await;
//! #         Ok(self.0[from as usize..to as usize].fill(0xff))
//! #     }
//! #     async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Infallible> {
//! #         later(&mut self.1).await;
//! #         Ok(self.0[offset as usize..][..bytes.len()].copy_from_slice(bytes))
//! #     }
//! # }
//! # use embedded_jwt::device::{ReplayGuard, Restored};
//! # let mut log = log(Ram(vec![0xff; 0x1_0000], 0)).unwrap();
//! # let mut guard = ReplayGuard::<16>::new(0);
//! # assert_eq!(guard.restore(&mut log).unwrap(), Restored::Nothing);
//! # guard.provision(&mut log).unwrap();
//! # assert_eq!(ReplayGuard::<16>::new(0).restore(&mut log).unwrap(), Restored::Open);
//! ```
//!
//! # What it does not cover
//!
//! - An attacker who can rewrite the flash can restore an older state. The checksum detects accidents, not
//!   attacks. Use the internal flash of the chip, with its debug port locked, or a secure element.
//! - A power cut can leave cells that are programmed weakly. They may read as programmed now, and as erased
//!   later. This affects only the record that was being written. Its command was not obeyed. But the guard
//!   may have read its time floor after the restart, and dropped tokens as expired. When the record is lost
//!   later, the floor falls again, and these tokens may be accepted once more.
//! - Two faults in one record, one of them in the mark, can make a damaged record look torn.
//! - Flash at the end of its erase cycles returns errors. The device then obeys no command.
//!
//! # Features
//!
//! | feature | default | provides |
//! | --- | --- | --- |
//! | `default` | yes | the default features of `embedded-jwt` |
//! | `defmt` | no | `defmt::Format` for the errors |
//!
//! `embedded-jwt` needs at least one algorithm. If you turn off the default features, name the algorithm in
//! your own dependency on `embedded-jwt`.

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod error;
mod layout;
mod log;
mod record;
mod value;

pub use error::Error;
pub use log::FlashLog;
pub use value::FlashValue;
