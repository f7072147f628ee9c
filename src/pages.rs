//! The README and the pages of `docs/` that need only default features. Their code is tested.

// Without a line of its own, the paths in the code would start at the README.
/// The README.
#[doc = include_str!("../README.md")]
struct Readme;
/// The page on devices.
#[doc = include_str!("../docs/devices.md")]
struct Devices;
/// The page on providers.
#[doc = include_str!("../docs/providers.md")]
struct Providers;
