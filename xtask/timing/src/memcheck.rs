//! Tells memcheck what is secret. Each call ends in a `black_box`, so that the compiler reads the bytes again, from the
//! memory that memcheck was told about.

use std::hint::black_box;

use crabgrind::memcheck::{MemState, Memcheck as _, NoValgrind, VBitsError};

/// From here on, a branch or an address that depends on `bytes` is reported.
pub(crate) fn hide(bytes: &mut [u8]) -> Result<(), NoValgrind> {
    black_box(&mut *bytes).mark(MemState::Undefined)?;
    black_box(bytes);
    Ok(())
}

/// `value`, on which everybody may branch from here on.
pub(crate) fn publish(value: bool) -> Result<bool, NoValgrind> {
    let mut value = [value];
    black_box(&mut value).mark(MemState::Defined)?;
    let [value] = *black_box(&mut value);
    Ok(value)
}

/// Whether `value` depends on what is hidden. Asking is no report.
pub(crate) fn is_hidden(value: bool) -> Result<bool, VBitsError> {
    let mut undefined = [0];
    black_box(&[value]).vbits(black_box(&mut undefined))?;
    Ok(*black_box(&undefined) != [0])
}
