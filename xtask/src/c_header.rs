//! `cargo xtask c-header`: makes `capi/include/embedded_jwt.h` from the source of `capi` with
//! cbindgen. The numbers of the errors come from the crate's own table.

use std::{fmt::Write as _, fs};

use anyhow::{Context as _, Result, ensure};
use cbindgen::{Builder, Config, DocumentationStyle, FunctionConfig, Language};
use embedded_jwt::Error;

use crate::toolchain::root;

/// The name of the step that checks whether the header is current.
pub(crate) const TITLE: &str = "capi/include/embedded_jwt.h matches the source";

/// The files with the API, in the order in which the header shows them.
const SOURCES: [&str; 9] = [
    "code", "key", "policy", "crypto", "verifier", "value", "jwk", "oauth", "device",
];

/// The comment before the first declaration.
const BEGINNING: &str = "\
/*
 * embedded-jwt in C: verifies JWTs (compact JWS tokens, HS256 and ES256) on microcontrollers. No heap, no
 * recursion, no clock. C99 and C++.
 *
 *     static const uint8_t PUBLIC_KEY[65] = { 0x04, ... };
 *     static const ejwt_key KEYS[] = {
 *         { .kind = EJWT_KEY_ES256, .material = PUBLIC_KEY, .material_len = sizeof PUBLIC_KEY, .kid = \"2026\" },
 *     };
 *     static const ejwt_policy POLICY = { .issuer = \"https://auth.example\", .audience = \"pump-7\" };
 *     static const ejwt_verifier VERIFIER = { .keys = KEYS, .keys_len = 1, .policy = &POLICY };
 *
 *     ejwt_token token = { 0 };
 *     ejwt_time now = { EJWT_TIME_TRUSTED, seconds_since_1970 };
 *     ejwt_code code = ejwt_verify_in_place(&VERIFIER, now, bytes, length, &token);
 *     if (code != EJWT_OK) {
 *         log(\"token rejected: %s\", ejwt_code_name(code));
 *         return;
 *     }
 *     if (ejwt_claim_is(&token, \"output\", \"pump\") && ...
 *
 * Rules for every function
 * - Set each struct to zero before you set its members. For each member, zero means strict or empty.
 * - A pointer that is not NULL must point to memory of its type, in the given length. A pointer that is NULL,
 *   misaligned or overlapping, or a length beyond the address space, is an error (EJWT_NULL_POINTER, ...),
 *   not undefined behaviour.
 * - A `const char *` is NUL-terminated UTF-8 of at most EJWT_MAX_TEXT bytes.
 * - Memory that a call changes must not overlap with other memory of the call.
 * - Unless a function says otherwise, a code other than EJWT_OK leaves the output unchanged.
 * - The library keeps no state and no pointer between two calls, except in the structs of the caller. So
 *   threads need no lock, as long as each has its own structs and buffers. Constants may be shared.
 * - Only the library fills structs with `private_words`. They may be copied, except ejwt_guard and
 *   ejwt_nonce.
 *
 * Made by `cargo xtask c-header`. Do not edit.
 */";

/// The declaration of the panic handler, which the firmware defines.
const PANIC: &str = "
#ifdef __cplusplus
extern \"C\" {
#endif
/**
 * The panic handler. Firmware without an operating system has to define it. The library calls it after an
 * internal error that it cannot report. It must not return, and typically resets the device. With HS256
 * and the feature `fast-es256`, no call of it is known to be linked. `p256` has some calls.
 */
extern void ejwt_panic(void);
#ifdef __cplusplus
}
#endif";

/// Writes the header. With `check`, only checks that the stored header matches the source.
pub(crate) fn run(check: bool) -> Result<()> {
    let file = root().join("capi/include/embedded_jwt.h");
    let made = header()?;
    if check {
        let now = fs::read_to_string(&file).context("reading the header")?;
        ensure!(
            now == made,
            "the header is not that of the source; `cargo xtask c-header` writes it"
        );
    } else {
        fs::write(file, made)?;
    }
    Ok(())
}

fn header() -> Result<String> {
    let mut builder = Builder::new().with_config(config()?);
    for name in SOURCES {
        builder = builder.with_src(root().join("capi/src").join(name).with_extension("rs"));
    }
    let mut text = Vec::new();
    builder.generate().context("cbindgen")?.write(&mut text);
    Ok(String::from_utf8(text)?)
}

fn config() -> Result<Config> {
    // The whole header is for every build: what is not built in says so, or is not there to link.
    Ok(Config {
        language: Language::C,
        header: Some(BEGINNING.to_owned()),
        include_guard: Some("EMBEDDED_JWT_H".to_owned()),
        after_includes: Some(errors()?),
        cpp_compat: true,
        no_includes: true,
        sys_includes: ["stdbool.h", "stddef.h", "stdint.h"]
            .map(str::to_owned)
            .to_vec(),
        usize_is_size_t: true,
        documentation_style: DocumentationStyle::Doxy,
        line_length: 110,
        function: FunctionConfig {
            must_use: Some("EJWT_MUST_USE".to_owned()),
            ..FunctionConfig::default()
        },
        ..Config::default()
    })
}

/// The number of each error, as the crate has it.
fn errors() -> Result<String> {
    let mut text = String::from(
        "
/* A verdict that is dropped is a mistake. */
#if defined(__GNUC__)
#define EJWT_MUST_USE __attribute__((warn_unused_result))
#else
#define EJWT_MUST_USE
#endif

/* The errors of embedded-jwt: why a token or a key is rejected. */
",
    );
    for error in (0..1000).filter_map(Error::from_code) {
        let name = upper_snake_case(error.name());
        let line = format!("#define EJWT_ERROR_{name} {}", error.code());
        writeln!(text, "{line:<52} /* {} */", error.text())?;
    }
    Ok(text + PANIC)
}

fn upper_snake_case(name: &str) -> String {
    let mut text = String::new();
    for (at, letter) in name.chars().enumerate() {
        if at > 0 && letter.is_uppercase() {
            text.push('_');
        }
        text.extend(letter.to_uppercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_c() {
        assert_eq!(upper_snake_case("PayloadNotUtf8"), "PAYLOAD_NOT_UTF8");
        assert_eq!(upper_snake_case("TooOld"), "TOO_OLD");
    }
}
