//! The pages of `docs/` that need features that are off by default. Their code is tested.

/// The page on glitches.
#[doc = include_str!("../docs/glitches.md")]
struct Glitches;
/// The page on host programs.
#[doc = include_str!("../docs/host.md")]
struct Host;
/// The page on keys.
#[doc = include_str!("../docs/keys.md")]
struct Keys;
/// The page on OAuth 2.0.
#[doc = include_str!("../docs/oauth.md")]
struct OAuth;
