//! The helpers of the core's tests, as they know them. Each verdict is asked of the C API too.

use embedded_jwt::{Error, limits::MAX_IN_PLACE_HEADER_LEN};
use embedded_jwt_c::verifier::ejwt_buffer_len;

pub(crate) use crate::core_common::*;
use crate::support;

/// The core's verdict on a token, which has to be that of the C API with a buffer and in place.
pub(crate) fn verdict(token: &[u8]) -> Result<(), Error> {
    let core = crate::core_common::verdict(token);
    let expected = core.map_err(|error| u32::from(error.code()));
    let (keys, policy) = (support::keys(), support::zeroed());
    let verifier = support::verifier(&keys, &policy);

    let mut buffer = vec![0; ejwt_buffer_len(token.len()).max(1)];
    let with_buffer = support::with_buffer(&verifier, support::TRUSTED, token, &mut buffer);
    assert_eq!(with_buffer.map(|_| ()), expected, "in C, with a buffer");

    let in_place = support::in_place(&verifier, support::TRUSTED, &mut token.to_vec());
    let header = token.split(|byte| *byte == b'.').next().unwrap_or_default();
    let is_long = header.len() * 3 / 4 > MAX_IN_PLACE_HEADER_LEN;
    if is_long && expected.is_ok() {
        let too_long = Err(Error::HeaderTooLong.code().into());
        assert_eq!(in_place.map(|_| ()), too_long, "in C, in place");
    } else if !is_long {
        assert_eq!(in_place.map(|_| ()), expected, "in C, in place");
    }
    core
}
