//! A JSON Web Signature in compact form (RFC 7515): its segments, its header, its key, and the one gate to its payload.

mod candidates;
mod compact;
mod header;
mod verified;

pub(crate) use candidates::Source;
pub use compact::{Compact, buffer_len};
pub use header::Header;
pub(crate) use header::same_media_type;
pub use verified::Verified;
