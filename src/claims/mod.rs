//! The claims of a token (RFC 7519 section 4), and their views: scopes, access token and
//! confirmation key.

mod access_token;
mod claims_set;
#[cfg(feature = "es256")]
mod confirmation;
mod scope;

pub use access_token::AccessToken;
pub use claims_set::{Audience, Claims};
#[cfg(feature = "es256")]
pub use confirmation::Confirmation;
pub(crate) use scope::is_scope;
pub use scope::{InsufficientScope, Scope, ScopeMap};
