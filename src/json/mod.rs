//! JSON as RFC 8259 has it, read without recursion and without an allocator.
//!
//! [`Value::parse`] is the only way in. It checks the whole text and rewrites it in place to a *normal
//! form*: no insignificant whitespace, every escape resolved but those of the quote, the backslash and the
//! control characters, which JSON cannot carry raw and which keep one spelling. So each name and each
//! string has one spelling, equal strings are equal bytes, and most strings can be borrowed as they are.

mod de;
mod error;
mod log;
mod normalize;
#[cfg(feature = "sign")]
mod ser;
mod value;

#[cfg(feature = "defmt")]
pub(crate) use log::Quoted;
#[cfg(feature = "sign")]
pub(crate) use ser::write;

pub use error::JsonError;
pub use value::{Array, Elements, Members, Object, Text, Value};
