//! The C API of embedded-jwt. `include/embedded_jwt.h` is made from this source by
//! `cargo xtask c-header`, and is the documentation for C.
//!
//! This package is the only place of the library with unsafe code. [`memory`] turns pointers into
//! references, after it has checked them. The other modules state what they rely on.
//!
//! - [`code`]: the verdicts, and their names and texts
//! - [`key`], [`policy`], [`crypto`]: what a verifier consists of
//! - [`verifier`]: the verification
//! - [`value`]: reading claims
//! - [`jwk`]: keys in JSON
//! - [`oauth`]: the `Authorization` header field and the challenge
//! - [`device`]: replay guard, counters, time floor, nonces

#![no_std]
#![allow(
    non_camel_case_types,
    reason = "the names of the types are those of the header"
)]
#![allow(
    clippy::missing_safety_doc,
    reason = "the header begins with the rules for pointers, which hold for every function"
)]
#![allow(clippy::module_name_repetitions, reason = "C has no modules")]

// Hosts have a panic handler in `std`.
#[cfg(not(target_os = "none"))]
extern crate std;

pub mod code;
pub mod crypto;
#[cfg(feature = "device")]
pub mod device;
pub mod jwk;
pub mod key;
pub(crate) mod memory;
pub mod oauth;
pub mod policy;
pub mod value;
pub mod verifier;

#[cfg(target_os = "none")]
mod panic {
    unsafe extern "C" {
        /// Called if the library fails in a way that it cannot report; must not return. The firmware
        /// has to define it: it typically resets the device.
        ///
        /// With HS256 and with the feature `fast-es256`, no panic is known to be linked. `p256`
        /// keeps some.
        fn ejwt_panic() -> !;
    }

    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
        // SAFETY: the header demands that it can be called at any time, and does not return.
        unsafe { ejwt_panic() }
    }
}
