//! RFC 6750 section 2.1, RFC 9110 section 11.

use embedded_jwt::{Error, Error::*, oauth::Scheme};
use proptest::prelude::*;

fn bearer(value: &str) -> Result<&str, Error> {
    let token = Scheme::Bearer.token(value.as_bytes())?;
    Ok(core::str::from_utf8(token).unwrap())
}

/// One test for each row: the value of the field, and what is taken from it.
macro_rules! rows {
    ($($name:ident: $value:expr => $verdict:expr;)*) => {$(
        #[test]
        fn $name() {
            assert_eq!(bearer($value), $verdict);
        }
    )*};
}

rows! {
    example_of_rfc_6750: "Bearer mF_9.B5f-4.1JqM" => Ok("mF_9.B5f-4.1JqM");
    in_lower_case: "bearer mF_9.B5f-4.1JqM" => Ok("mF_9.B5f-4.1JqM");
    in_capitals: "BEARER a" => Ok("a");
    in_mixed_case: "bEaReR a" => Ok("a");
    with_every_symbol: "Bearer azAZ09-._~+/" => Ok("azAZ09-._~+/");
    padded: "Bearer YQ==" => Ok("YQ==");
    called_bearer: "Bearer Bearer" => Ok("Bearer");
    two_spaces: "Bearer  a" => Ok("a");
    many_spaces: "Bearer         a" => Ok("a");

    empty_value: "" => Err(UnsupportedScheme);
    basic: "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" => Err(UnsupportedScheme);
    basic_alone: "Basic" => Err(UnsupportedScheme);
    digest: r#"Digest username="Bearer a""# => Err(UnsupportedScheme);
    dpop: "DPoP a" => Err(UnsupportedScheme);
    token_alone: "mF_9.B5f-4.1JqM" => Err(UnsupportedScheme);
    shorter_scheme: "Beare a" => Err(UnsupportedScheme);
    longer_scheme: "Bearers a" => Err(UnsupportedScheme);
    scheme_and_token_in_one: "Bearera" => Err(UnsupportedScheme);
    scheme_beyond_ascii: "Be\u{e4}rer a" => Err(UnsupportedScheme);
    scheme_in_quotes: r#""Bearer" a"# => Err(UnsupportedScheme);
    scheme_behind_a_comma: ", Bearer a" => Err(UnsupportedScheme);
    basic_and_bearer: "Basic YTpi, Bearer a" => Err(UnsupportedScheme);

    no_token: "Bearer" => Err(MissingAccessToken);
    no_token_behind_the_space: "Bearer " => Err(MissingAccessToken);
    no_token_behind_spaces: "Bearer \t " => Err(MissingAccessToken);

    leading_space: " Bearer a" => Err(CredentialsWhitespace);
    leading_tab: "\tBearer a" => Err(CredentialsWhitespace);
    trailing_space: "Bearer a " => Err(CredentialsWhitespace);
    trailing_tab: "Bearer a\t" => Err(CredentialsWhitespace);
    space_and_tab: "Bearer \ta" => Err(CredentialsWhitespace);
    spaces_and_tab: "Bearer  \t a" => Err(CredentialsWhitespace);
    trailing_space_behind_two: "Bearer  a " => Err(CredentialsWhitespace);
    tab_between: "Bearer\ta" => Err(CredentialsWhitespace);
    tab_inside: "Bearer a\tb" => Err(CredentialsWhitespace);

    two_tokens: "Bearer a b" => Err(SeveralCredentials);
    two_tokens_behind_spaces: "Bearer  a  b" => Err(SeveralCredentials);
    two_fields_joined: "Bearer a, Bearer b" => Err(SeveralCredentials);
    two_fields_joined_without_a_space: "Bearer a,Bearer b" => Err(SeveralCredentials);
    joined_with_another_scheme: "Bearer a, Basic YTpi" => Err(SeveralCredentials);
    comma_behind: "Bearer a," => Err(SeveralCredentials);
    comma_first: "Bearer ,a" => Err(SeveralCredentials);
    comma_behind_the_scheme: "Bearer, Bearer a" => Err(SeveralCredentials);

    padding_alone: "Bearer =" => Err(CredentialsNotToken68);
    padding_inside: "Bearer a=b" => Err(CredentialsNotToken68);
    padding_first: "Bearer =a" => Err(CredentialsNotToken68);
    parameter: r#"Bearer token="a""# => Err(CredentialsNotToken68);
    quoted: r#"Bearer "a""# => Err(CredentialsNotToken68);
    equals_behind_the_scheme: "Bearer=a" => Err(CredentialsNotToken68);
    colon_behind_the_scheme: "Bearer:a" => Err(CredentialsNotToken68);
    line_break: "Bearer a\r\nX: b" => Err(CredentialsNotToken68);
    line_break_behind: "Bearer a\n" => Err(CredentialsNotToken68);
    nul_behind: "Bearer a\0" => Err(CredentialsNotToken68);
    nul_behind_the_scheme: "Bearer\0a" => Err(CredentialsNotToken68);
    percent: "Bearer a%20b" => Err(CredentialsNotToken68);
    beyond_ascii: "Bearer caf\u{e9}" => Err(CredentialsNotToken68);
    no_break_space: "Bearer\u{a0}a" => Err(CredentialsNotToken68);
}

/// RFC 9449 section 7.1.
#[test]
fn dpop_scheme() {
    let token = Scheme::Dpop.token(b"DPoP Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU");
    assert_eq!(
        token,
        Ok(&b"Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"[..])
    );
    assert_eq!(Scheme::Dpop.token(b"dpop a"), Ok(&b"a"[..]));
    assert_eq!(Scheme::Dpop.token(b"DPoP  a"), Ok(&b"a"[..]));
    assert_eq!(Scheme::Dpop.token(b"Bearer a"), Err(UnsupportedScheme));
    assert_eq!(
        Scheme::Dpop.token(b"DPoP a, DPoP b"),
        Err(SeveralCredentials)
    );
}

proptest! {
    /// What is taken is all that follows the scheme and its spaces, and of the allowed characters.
    #[test]
    fn whatever_comes(value in "[Bb]earer[ \t,=a-c.\u{e9}]{0,12}|\\PC{0,20}") {
        if let Ok(token) = bearer(&value) {
            prop_assert_eq!(value[7..].trim_start_matches(' '), token);
            prop_assert!(value[..7].eq_ignore_ascii_case("Bearer "));
            let symbols = token.trim_end_matches('=');
            let allowed = |character: char| character.is_ascii_alphanumeric() || "-._~+/".contains(character);
            prop_assert!(!symbols.is_empty() && symbols.chars().all(allowed));
        }
    }

    #[test]
    fn every_token68_is_taken(token in "[A-Za-z0-9._~+/-]{1,20}={0,2}") {
        let value = format!("Bearer {token}");
        prop_assert_eq!(bearer(&value), Ok(&*token));
    }
}
