//! The helpers of the core's tests, as they know them. Each verdict is asked of the C API too.

use std::ffi::CString;

use embedded_jwt::{Error, Key, Policy, Time, Verifier, limits::MAX_IN_PLACE_HEADER_LEN};
use embedded_jwt_c::{key::ejwt_key, verifier::ejwt_buffer_len};

pub(crate) use crate::core_common::*;
use crate::support;

/// Returns the core's verdict on a token. The C API must give the same, with a buffer and in place.
pub(crate) fn verdict(token: &[u8]) -> Result<(), Error> {
    let core = crate::core_common::verdict(token);
    in_c(&support::keys(), token, core);
    core
}

/// Verifies under keys of a test's own. The policy must be the strictest one, and the time `NOW`.
pub(crate) fn verify(
    keys: &[Key<'_>],
    policy: &Policy<'_>,
    time: Time,
    token: &[u8],
) -> Result<Accepted, Error> {
    assert_eq!(*policy, Policy::new());
    assert_eq!(time, Time::Trusted(NOW));
    let core = crate::core_common::verify(keys, policy, time, token);
    let points: Vec<Option<Vec<u8>>> = keys.iter().map(point).collect();
    let names: Vec<Option<CString>> = keys
        .iter()
        .map(|key| key.kid().map(|kid| CString::new(kid).unwrap()))
        .collect();
    let keys: Vec<ejwt_key> = keys
        .iter()
        .zip(&points)
        .zip(&names)
        .map(|((key, point), name)| match point {
            Some(point) => support::es256_key(point, name.as_deref()),
            None => support::hs256_key(secret(key), name.as_deref()),
        })
        .collect();
    in_c(
        &keys,
        token,
        core.as_ref().map(|_| ()).map_err(|error| *error),
    );
    core
}

/// The point of an ES256 key.
fn point(key: &Key<'_>) -> Option<Vec<u8>> {
    key.public_key()
        .map(|key| [&[4][..], key.x(), key.y()].concat())
}

/// The secret of an HS256 key of the tests: a key does not give it away, but it is one of two.
fn secret(key: &Key<'_>) -> &'static [u8] {
    let (keys, policy) = ([*key], Policy::new());
    let mut token = mint(Alg::Hs256, HEADER, GOOD);
    match Verifier::new(&keys, &policy).verify_in_place(&mut token, Time::Trusted(NOW)) {
        Ok(_) => &SECRET,
        Err(_) => &OTHER_SECRET,
    }
}

/// Checks that the C API gives the same verdict as the core.
fn in_c(keys: &[ejwt_key], token: &[u8], core: Result<(), Error>) {
    let expected = core.map_err(|error| u32::from(error.code()));
    let policy = support::zeroed();
    let verifier = support::verifier(keys, &policy);

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
}
