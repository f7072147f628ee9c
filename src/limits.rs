//! Every bound of the crate, and why it stands where it stands.
//!
//! A bound is what keeps the work for a hostile token small and known. None can be raised at run
//! time: a device's worst case is fixed when it is built.

/// Longest token in bytes. HTTP servers commonly take 8 to 16 KiB of header lines, so a longer
/// bearer token does not reach a gateway anyway.
pub const MAX_TOKEN_LEN: usize = 16 * 1024;

/// Longest JOSE header in bytes, decoded. It is read before the signature is checked; the longest in
/// use carry an `x5c` chain of three certificates, about 3 KiB, which is skipped.
pub const MAX_HEADER_LEN: usize = 4 * 1024;

/// Longest JOSE header in bytes, decoded, for verification in place: the signature covers the
/// encoded header, so until it is checked the decoded one has to live on the stack.
pub const MAX_IN_PLACE_HEADER_LEN: usize = 512;

/// Deepest nesting of JSON objects and arrays. Claims seen in the field nest up to 6 deep. Nothing of
/// ours recurses, but a caller's type that holds itself is read by serde as deep as the token nests.
pub const MAX_JSON_DEPTH: usize = 16;

/// Most members of all the objects that are open at one place of a JSON text, counted together. Each
/// costs 4 bytes of stack while the text is read, and is compared with the others of its object.
pub const MAX_JSON_NAMES: usize = 64;

/// Longest JSON text in bytes: offsets into it are kept in 16 bits.
pub const MAX_JSON_LEN: usize = 0xffff;

/// Most keys that may fit one token; where more do, none is tried. Each ES256 trial costs millions of instructions, so a token
/// that names no `kid` must not buy one for every key of a large set.
pub const MAX_CANDIDATE_KEYS: usize = 4;

/// Most keys in a JWK Set, of any kind. Issuers in the field publish up to about ten. Each is compared with the others.
pub const MAX_JWK_SET_KEYS: usize = 32;

/// Longest `kid` in bytes of a key that a `KeyRing` keeps: a SHA-256 digest in hexadecimal. Each slot has room for one.
pub const MAX_KID_LEN: usize = 64;

/// Shortest HMAC secret in bytes (RFC 7518 section 3.2: as long as the hash output).
pub const MIN_HMAC_SECRET_LEN: usize = 32;

/// Longest value in bytes of a string that holds a quote, a backslash or a control character, where
/// [`Value::deserialize`](crate::json::Value::deserialize) has to unescape it on the stack.
pub const MAX_ESCAPED_STRING_LEN: usize = 128;
