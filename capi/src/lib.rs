//! The C API of embedded-jwt. `cargo xtask c-header` makes `include/embedded_jwt.h` from this source. The
//! header is the documentation for C.
//!
//! Only this package of the library has unsafe code. [`memory`] turns pointers into references, after it
//! has checked them. In the other modules, a comment at each unsafe block says why it is sound.
//!
//! - [`code`]: the verdicts, and their names and texts
//! - [`key`], [`policy`], [`crypto`]: the parts of a verifier
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
    reason = "the rules at the start of the header hold for every function"
)]
#![allow(clippy::module_name_repetitions, reason = "C has no modules")]

// On a host, `std` has the panic handler.
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
        /// The panic handler, which the firmware has to define. The library calls it after an internal
        /// error that it cannot report. It must not return, and typically resets the device.
        ///
        /// With HS256 and with the feature `fast-es256`, no panic is known to be linked. `p256` has
        /// some.
        fn ejwt_panic() -> !;
    }

    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
        // SAFETY: the header requires a function that can be called at any time and does not return.
        unsafe { ejwt_panic() }
    }
}
