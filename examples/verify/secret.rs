//! Secrets as text, in the forms that the command lines of the examples accept.

use anyhow::{Result, anyhow};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// Parses `hex:...` or `base64url:...`. Returns `None` for a text with neither prefix.
pub(crate) fn parse(text: &[u8]) -> Result<Option<Vec<u8>>> {
    let secret = if let Some(digits) = text.strip_prefix(b"hex:") {
        base16ct::mixed::decode_vec(digits)
            .map_err(|_| anyhow!("the secret is not pairs of hexadecimal digits"))?
    } else if let Some(encoded) = text.strip_prefix(b"base64url:") {
        BASE64_URL_SAFE_NO_PAD
            .decode(encoded)
            .map_err(|_| anyhow!("the secret is not base64url without padding"))?
    } else {
        return Ok(None);
    };
    Ok(Some(secret))
}
