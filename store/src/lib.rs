//! Keeps what a device remembers against replays in NOR flash, through power cuts: `no_std`, without
//! an allocator and without panics.
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
//! /// 16 tokens that are alive at one time, and one counter.
//! type Guard = ReplayGuard<16>;
//!
//! /// Returns the command to act on. It is in flash by then.
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
//!             // What was written is in doubt, so the guard reads it.
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
//!     // In the factory. A device in the field asks for a token with a nonce.
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
//! - Pages that read as `0xff` once they are erased, and words of up to 32 bytes. No word is written twice
//!   between two erases, so flash with an error-correcting code works.
//! - A driver that returns what is in a torn word, whatever that is. If it returns an error, the log does
//!   too, at each start. Some chips raise an interrupt there, which the driver has to handle.
//! - Calls that block until the work is done. An erase takes up to 100 ms on common chips, and 2 s on some.
//!
//! # When it fails
//!
//! The guard accepts nothing that is not stored. After an error of `commit`, restore the guard. After an
//! error of `restore`, the guard is closed:
//!
//! | error | what to do |
//! | --- | --- |
//! | [`Error::Flash`], [`Error::ReadBack`] | try again, a few times |
//! | [`Error::Damaged`], [`Error::UnknownFact`] | [`FlashLog::format`], then ask for a token with a nonce |
//! | [`Error::NotRestored`] | call `restore` |
//! | [`Error::Damaged`] of a [`FlashValue`] | store a new value. For a ring of keys, first call `KeyRing::reset_at` |
//! | others | a mistake in the firmware: the region is wrong, or too small |
//!
//! # Records
//!
//! A record has a number, a [`Fact`](embedded_jwt::device::Fact) and a CRC-32, 57 bytes in all, and fills
//! whole words. One word more is the mark: it says that the record was read back.
//!
//! - A record without a mark that cannot be read was torn by a power cut. Nothing was obeyed for it, so it is
//!   skipped.
//! - A record with a mark that cannot be read was lost later. The log returns [`Error::Damaged`].
//! - A record of another version returns [`Error::UnknownFact`].
//!
//! # Async firmware
//!
//! The log blocks, because a command must not be obeyed before it is stored. Most HALs offer a blocking
//! driver for their internal flash: use that, in a task of low priority. A driver that is only async is
//! polled until it is ready:
//!
//! ```
//! use core::{future::Future, pin::pin, task::{Context, Poll, Waker}};
//! use embedded_jwt_store::{Error, FlashLog};
//! use embedded_storage::nor_flash::{ErrorType, NorFlash, ReadNorFlash};
//! use embedded_storage_async::nor_flash as asynchronous;
//!
//! /// An async flash, blocking. Nothing else of the executor runs meanwhile. So the driver must not wait
//! /// for another task.
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
//! - Whoever can rewrite the flash can bring back an older state. The checksum finds accidents, not
//!   attacks. Use the internal flash of the chip, with its debug port locked, or a secure element.
//! - A cell that was programmed weakly may read as programmed today, and as erased later. The power cut
//!   that does this hits the record that was being written. Whatever the guard concluded from it after the
//!   restart is lost with it: its token was not obeyed, but its time floor may have ended other tokens.
//! - Two faults in one record, one of them in its mark, can make it pass for a torn one.
//! - Flash that has reached the end of its cycles returns errors. The device then obeys nothing.
//!
//! # Features
//!
//! | feature | default | provides |
//! | --- | --- | --- |
//! | `default` | yes | the default features of `embedded-jwt` |
//! | `defmt` | no | `defmt::Format` for the errors |
//!
//! `embedded-jwt` needs an algorithm. Without the default features, name one where you depend on it.

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
