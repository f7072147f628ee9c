//! The memory of a device, so that no command is obeyed twice: identifiers of tokens, counters, and
//! a lower bound of the time.
//!
//! ```
//! use embedded_jwt::{Error, Key, Policy, Token, Verifier, device::{Accepted, ReplayGuard, Volatile}};
//!
//! static POLICY: Policy<'static> = Policy::new()
//!     .issuer("https://auth.example")
//!     .audience("pump-7")
//!     .accept_unproved_freshness();
//!
//! fn receive<'b, 'k>(
//!     keys: &'k [Key<'k>],
//!     guard: &mut ReplayGuard<16>,
//!     token: &[u8],
//!     buffer: &'b mut [u8],
//! ) -> Result<Accepted<Token<'b, 'k>>, Error> {
//!     let time = guard.time();
//!     let token = Verifier::new(keys, &POLICY).verify(token, time, buffer)?;
//!     // A permit that is dropped leaves no trace.
//!     let permit = guard.check(token, time)?;
//!     // In a product, the store is flash. Act only on the token that `commit` returns.
//!     Ok(permit.commit(&mut Volatile).unwrap_or_else(|never| match never {}))
//! }
//! # _ = receive;
//! ```
//!
//! | defence | remembers | use it for |
//! | --- | --- | --- |
//! | [`ReplayGuard::check_counter`] | the highest number of each issuer | a stream of commands: the default |
//! | [`ReplayGuard::check`] | the `jti` of each token until it has expired | single commands from several senders |
//! | [`Nonce`] | one random value | a device that has lost its memory, or must know that a token is new |
//!
//! State changes in two steps. A check leaves no trace. [`Permit::commit`] first writes one [`Fact`]
//! to a [`Store`], then changes the guard, and returns the only value to act on. So a power cut can
//! lose a command, but never repeat one.

mod change;
#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod dpop;
mod fact;
mod guard;
mod nonce;
mod permit;

pub use fact::Fact;
pub use guard::{ReplayGuard, Restored};
pub use nonce::{Candidate, Nonce};
pub use permit::{Accepted, Permit, Store, Volatile};
