//! OAuth 2.0, as a resource server sees it: the access token says by its `scope` what its bearer may do.
//!
//! Nothing here asks an authorization server: what a token is worth is in the token.

mod access_token;
mod scope;

pub use access_token::AccessToken;
pub use scope::{InsufficientScope, Scope, ScopeMap};
