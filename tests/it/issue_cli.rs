//! `examples/issue` as its users see it: the command line, and a token that another library accepts.

use std::{
    env::consts::EXE_SUFFIX,
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

const NOW: &str = "1790000000";

fn issue(arguments: &[&str]) -> Output {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().unwrap().parent().unwrap();
    let tool = profile.join("examples").join(format!("issue{EXE_SUFFIX}"));
    Command::new(&tool).args(arguments).output().unwrap()
}

/// The claims of the token, which jsonwebtoken verifies.
fn claims(arguments: &[&str], key: &DecodingKey, algorithm: Algorithm) -> Value {
    let output = issue(arguments);
    assert!(output.status.success(), "{output:?}");
    let token = String::from_utf8(output.stdout).unwrap();
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_aud = false;
    jsonwebtoken::decode(token.trim_end(), key, &validation)
        .unwrap()
        .claims
}

fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path
}

#[test]
fn demonstration_key() {
    let pem = include_bytes!("../../examples/keys/gateway.pem");
    let key = DecodingKey::from_ec_pem(pem).unwrap();
    let arguments = [
        "--now",
        NOW,
        "--audience",
        "pump-7",
        "--claim",
        "valve=north",
        "--claim",
        "open=true",
        "--claim",
        "n=[1,\"a\"]",
        "--claim",
        "exp=1790000001",
        "--claim",
        "empty=",
    ];
    assert_eq!(
        claims(&arguments, &key, Algorithm::ES256),
        json!({
            "iss": "https://auth.example", "aud": "pump-7", "iat": 1_790_000_000,
            "exp": 1_790_000_001, "valve": "north", "open": true, "n": [1, "a"], "empty": "",
        })
    );
}

#[test]
fn secret_in_a_file() {
    let secret = b"a secret of 32 bytes, not \xff text.";
    let path = file("issue.bin", secret);
    let arguments = [
        "--key",
        path.to_str().unwrap(),
        "--now",
        NOW,
        "--lifetime",
        "5",
        "--issuer",
        "i",
        "--subject",
        "s",
        "--audience",
        "a",
        "--audience",
        "b",
    ];
    assert_eq!(
        claims(
            &arguments,
            &DecodingKey::from_secret(secret).unwrap(),
            Algorithm::HS256
        ),
        json!({"iss": "i", "sub": "s", "aud": ["a", "b"], "iat": 1_790_000_000, "exp": 1_790_000_005})
    );
}

#[test]
fn bad_usage() {
    let public = include_bytes!("../../examples/keys/gateway.pem");
    let public = file("issue-public.pem", public);
    for (arguments, said) in [
        (["--claim", "x"], "no `=`"),
        (["--key", "hex:00"], "110 KeyTooShort"),
        (["--key", "hex:0"], "hexadecimal"),
        (["--key", "base64url:AA="], "without padding"),
        (["--key", "a secret"], "not shown"),
        (["--key", public.to_str().unwrap()], "no private key"),
    ] {
        let output = issue(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(err.contains(said), "{err}");
        assert!(!err.contains("a secret:"), "{err}");
    }
}
