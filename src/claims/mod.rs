//! The claims of a token (RFC 7519 section 4), and their views: scopes, access token and
//! confirmation key.

mod access_token;
mod claims_set;
#[cfg(any(feature = "es256", feature = "fast-es256"))]
pub(crate) mod confirmation;
mod scope;

pub use access_token::AccessToken;
pub use claims_set::{Audience, Claims};
pub(crate) use scope::is_scope;
pub use scope::{InsufficientScope, Scope, ScopeMap};
