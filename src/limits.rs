//! Every limit of the crate, with its reason.
//!
//! The limits keep the work for a hostile token small and known. They cannot be raised at run time,
//! so the worst case of a device is fixed at build time.

/// Maximum length of a token in bytes. HTTP servers commonly accept 8 to 16 KiB of header lines, so
/// a longer bearer token does not reach a gateway.
pub const MAX_TOKEN_LEN: usize = 16 * 1024;

/// Maximum length of a decoded JOSE header in bytes. The header is read before the signature is
/// verified. The longest headers in use carry an `x5c` chain of three certificates, about 3 KiB,
/// which is skipped.
pub const MAX_HEADER_LEN: usize = 4 * 1024;

/// Maximum length of a decoded JOSE header in bytes, for verification in place. The signature
/// covers the encoded header, so the header must stay encoded in the buffer until the signature is
/// verified. Until then, a decoded copy is on the stack.
pub const MAX_IN_PLACE_HEADER_LEN: usize = 512;

/// Maximum nesting of JSON objects and arrays. Claims seen in the field nest up to 6 levels deep.
/// The code of this crate does not recurse. But with a recursive type of the caller, serde recurses
/// to the depth of the token.
pub const MAX_JSON_DEPTH: usize = 16;

/// Maximum number of members of all open objects together, at any place of a JSON text. While the
/// text is read, each name costs 2 bytes of stack and is compared with names of the same object.
pub const MAX_JSON_NAMES: usize = 128;

/// Maximum length of a JSON text in bytes. Offsets into the text are kept in 16 bits.
pub const MAX_JSON_LEN: usize = 0xffff;

/// Maximum number of keys that may match one token. If more match, none is tried. An ES256
/// verification costs millions of instructions. So a token without a `kid` must not cause one
/// for every key of a large set.
pub const MAX_CANDIDATE_KEYS: usize = 4;

/// Maximum number of keys of any kind in a JWK Set. Issuers in the field publish up to about ten.
/// Each key is compared with the others.
pub const MAX_JWK_SET_KEYS: usize = 32;

/// Maximum length in bytes of the `kid` of a key in a `KeyRing`. The longest in use are URLs of a
/// key vault (86 bytes) and DID URLs (105 bytes). Each slot of a ring has room for one `kid`.
pub const MAX_KID_LEN: usize = 128;

/// Minimum length of an HMAC secret in bytes: the length of the hash output (RFC 7518 section 3.2).
pub const MIN_HMAC_SECRET_LEN: usize = 32;
