//! The demonstration token, for a run without `--token`. It is from RFC 7515, so its key is
//! published.

use crate::{Arguments, report};

/// A time before both tokens expire.
const NOW: u64 = 1_300_819_000;

#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod example {
    pub(super) const SOURCE: &str = "RFC 7515 appendix A.3";
    pub(super) const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.\
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
        DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    pub(super) const KEY: &str = r#"{"kty":"EC","crv":"P-256",
        "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
}

#[cfg(not(any(feature = "es256", feature = "fast-es256")))]
mod example {
    pub(super) const SOURCE: &str = "RFC 7515 appendix A.1";
    pub(super) const TOKEN: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
        dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    pub(super) const KEY: &str = r#"{"kty":"oct",
        "k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#;
}

/// Fills in the missing arguments, as if they had been typed.
pub(crate) fn fill(arguments: &mut Arguments) {
    arguments.token = Some(example::TOKEN.into());
    arguments.key.push(example::KEY.into());
    arguments.now.get_or_insert(NOW);
    if arguments.issuer.is_none() {
        arguments.issuer = Some("joe".to_owned());
    }
}

/// Adds the origin of the token to the answer, and how to verify another token.
pub(crate) fn frame(answer: &str) -> String {
    format!(
        "No --token is given, so this verifies the one of {}, with its key. It expired long ago: unless\n\
         --now says otherwise, it is checked at {}.\n\n\
         {answer}\n\
         To verify your own token, with its issuer's key and your name as the audience:\n  \
         cargo run --example verify -- --key key.pem --issuer ISS --audience AUD --token token.txt\n\
         All options: cargo run --example verify -- --help\n",
        example::SOURCE,
        report::moment(NOW),
    )
}
