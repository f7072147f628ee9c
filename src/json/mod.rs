//! JSON (RFC 8259), read without recursion and without an allocator.
//!
//! [`Value::parse`] is the only entry point. It checks the whole text and rewrites it in place to a
//! *normal form*. The normal form has no insignificant whitespace and no escapes. Each string is
//! its characters in UTF-8, between two bytes 0xFF, which never occur in UTF-8. So equal strings
//! are equal bytes, and every string can be borrowed.

mod cursor;
mod de;
#[cfg(feature = "defmt")]
mod defmt_format;
mod error;
mod log;
mod normalize;
#[cfg(feature = "sign")]
mod ser;
mod spell;
mod unfit;
mod value;

#[cfg(feature = "defmt")]
pub(crate) use defmt_format::Quoted;
#[cfg(feature = "sign")]
pub(crate) use ser::{restore, write};

pub use crate::error::Misfit;
pub use error::JsonError;
pub use value::{Array, Elements, Members, Object, Text, Value};
