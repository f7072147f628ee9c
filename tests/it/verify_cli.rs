//! `examples/verify` as its users see it: status, answer, and never the secret.
//!
//! `cargo test` builds the example; where this test is run alone, `cargo build --example verify` comes first.

use std::{
    env::consts::EXE_SUFFIX,
    ffi::OsStr,
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

const SECRET: &[u8; 32] = b"never-to-be-printed-by-the-tool!";
const SECRET_HEX: &str = "6e657665722d746f2d62652d7072696e7465642d62792d7468652d746f6f6c21";

/// The private key of RFC 7515 appendix A.3, which is no secret.
const PRIVATE_PEM: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff
H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp
7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt
-----END PRIVATE KEY-----
";
const PUBLIC_PEM: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7
6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==
-----END PUBLIC KEY-----
";

/// What the tool said.
struct Answer {
    status: Option<i32>,
    out: String,
    err: String,
}

impl Answer {
    #[track_caller]
    fn is(&self, status: i32, said: &[&str]) {
        let text = if status == 2 { &self.err } else { &self.out };
        assert_eq!(self.status, Some(status), "{}{}", self.out, self.err);
        for part in said {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
        let silent = if status == 2 { &self.out } else { &self.err };
        assert!(silent.is_empty(), "{silent}");
    }

    #[track_caller]
    fn is_accepted(&self, said: &[&str]) {
        self.is(0, said);
        assert!(self.out.contains("\naccepted"), "{}", self.out);
    }

    #[track_caller]
    fn is_refused(&self, error: &str, said: &[&str]) {
        self.is(1, &[&format!("refused: {error}\n")]);
        self.is(1, said);
        assert!(!self.out.contains("accepted\n"), "{}", self.out);
    }

    #[track_caller]
    fn is_bad_usage(&self, said: &[&str]) {
        self.is(2, said);
    }
}

fn verify<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Answer {
    verify_piped(arguments, b"")
}

fn verify_piped<A: AsRef<OsStr>>(
    arguments: impl IntoIterator<Item = A>,
    input: &'static [u8],
) -> Answer {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().unwrap().parent().unwrap();
    let tool = profile.join("examples").join(format!("verify{EXE_SUFFIX}"));
    let mut child = Command::new(&tool)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            let tool = tool.display();
            panic!("{tool}: {error}; `cargo build --example verify` makes it")
        });
    let mut pipe = child.stdin.take().unwrap();
    // The tool stops reading where a token is too long, and then the pipe breaks.
    let writer = thread::spawn(move || pipe.write_all(input).is_ok());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let answer = Answer {
        status: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    let all = [answer.out.as_str(), answer.err.as_str()].concat();
    for form in [
        str::from_utf8(SECRET).unwrap(),
        SECRET_HEX,
        &SECRET_HEX.to_uppercase(),
        &BASE64URL.encode(SECRET),
    ] {
        assert!(!all.contains(form), "the secret is in\n{all}");
    }
    assert!(!all.contains("panicked"), "{all}");
    answer
}

/// A file for one test, called by the test's name.
fn file(name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

fn hs256(header: Header, claims: &Value) -> String {
    let header = Header {
        alg: Algorithm::HS256,
        ..header
    };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(SECRET).unwrap()).unwrap()
}

fn es256(header: Header, claims: &Value) -> String {
    let header = Header {
        alg: Algorithm::ES256,
        ..header
    };
    let key = EncodingKey::from_ec_pem(PRIVATE_PEM.as_bytes()).unwrap();
    jsonwebtoken::encode(&header, claims, &key).unwrap()
}

fn named(kid: &str) -> Header {
    Header {
        kid: Some(kid.to_owned()),
        ..Header::default()
    }
}

fn es256_jwk() -> String {
    r#"{"kty":"EC","crv":"P-256","kid":"gateway","use":"sig",
        "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#
        .to_owned()
}

fn hs256_jwk() -> String {
    json!({"kty": "oct", "kid": "gateway", "k": BASE64URL.encode(SECRET)}).to_string()
}

/// A token of whichever algorithm this build has, and the key for it, whose kid is `gateway`.
fn token(claims: &Value) -> String {
    if cfg!(any(feature = "es256", feature = "fast-es256")) {
        es256(Header::default(), claims)
    } else {
        hs256(Header::default(), claims)
    }
}

/// A token with any payload.
fn jws(payload: &[u8]) -> String {
    let (algorithm, key) = if cfg!(any(feature = "es256", feature = "fast-es256")) {
        (
            Algorithm::ES256,
            EncodingKey::from_ec_pem(PRIVATE_PEM.as_bytes()).unwrap(),
        )
    } else {
        (Algorithm::HS256, EncodingKey::from_secret(SECRET).unwrap())
    };
    let header = format!(r#"{{"alg":"{algorithm:?}"}}"#);
    let input = format!("{}.{}", BASE64URL.encode(header), BASE64URL.encode(payload));
    let signature = jsonwebtoken::crypto::sign(input.as_bytes(), &key, algorithm).unwrap();
    format!("{input}.{signature}")
}

fn key() -> String {
    if cfg!(any(feature = "es256", feature = "fast-es256")) {
        es256_jwk()
    } else {
        hs256_jwk()
    }
}

/// Asks about these claims, well signed.
fn ask(claims: &Value, more: &[&str]) -> Answer {
    ask_of(&token(claims), more)
}

fn ask_of(token: &str, more: &[&str]) -> Answer {
    let key = key();
    verify([&["--key", &key, "--token", token], more].concat())
}

/// Of a token whose second and third segment stay.
fn with_header(token: &str, header: &str) -> String {
    let (_, rest) = token.split_once('.').unwrap();
    format!("{}.{rest}", BASE64URL.encode(header))
}

#[test]
fn without_arguments_the_token_of_the_rfc_is_accepted() {
    verify::<&str>([]).is_accepted(&[
        "RFC 7515",
        "\"iss\": \"joe\"",
        "\"http://example.com/is_root\": true",
        "1300819380 (2011-03-22T18:43:00Z), in 6m 20s",
        "--token token.txt",
    ]);
    verify(["--now", "1300819380"]).is_refused("90 Expired", &["RFC 7519", "this second"]);
}

#[cfg(feature = "hs256")]
#[test]
fn a_secret_verifies_in_each_of_its_forms() {
    let claims = json!({"exp": now() + 60, "n": 1});
    let token = hs256(named("gateway"), &claims);
    let base64url = format!("base64url:{}", BASE64URL.encode(SECRET));
    let hex = format!("hex:{SECRET_HEX}");
    let in_file = |name: &str, content: &str| file(name, content).to_str().unwrap().to_owned();
    for key in [
        hex.to_uppercase().replacen("HEX", "hex", 1),
        in_file("secret-hex", &format!("{hex}\n")),
        in_file("secret-base64url", &base64url),
        in_file("secret.jwk", &hs256_jwk()),
        hs256_jwk(),
        hex,
        base64url,
    ] {
        verify(["--key", &key, "--token", &token]).is_accepted(&["HS256", "\"n\": 1"]);
    }
}

#[cfg(any(feature = "es256", feature = "fast-es256"))]
#[test]
fn a_public_key_verifies_in_each_of_its_forms() {
    let token = es256(named("gateway"), &json!({"exp": now() + 60, "n": 1}));
    let one_line = PUBLIC_PEM
        .replace("gHMzV7\n", "gHMzV7")
        .replace('\n', "\r\n");
    for (name, content) in [
        ("public.jwk", es256_jwk()),
        ("public.pem", PUBLIC_PEM.to_owned()),
        ("public-one-line.pem", one_line),
    ] {
        let path = file(name, content);
        let arguments = [
            OsStr::new("--key"),
            path.as_os_str(),
            OsStr::new("--token"),
            token.as_ref(),
        ];
        verify(arguments).is_accepted(&["ES256", name, "\"n\": 1"]);
    }
}

#[cfg(all(feature = "hs256", any(feature = "es256", feature = "fast-es256")))]
#[test]
fn the_key_that_verified_is_named() {
    let hex = format!("hex:{SECRET_HEX}");
    let claims = json!({"exp": now() + 60});
    for (token, name) in [
        (
            hs256(Header::default(), &claims),
            "verified by key number 1 (HS256)\n",
        ),
        (
            es256(Header::default(), &claims),
            "verified by key number 2 (ES256, kid \"gateway\")\n",
        ),
    ] {
        verify(["--key", &hex, "--key", &es256_jwk(), "--token", &token]).is_accepted(&[name]);
    }
}

#[test]
fn a_token_comes_from_a_file_or_a_pipe_with_one_newline() {
    let text = token(&json!({"exp": now() + 60}));
    let key = key();
    for (end, refusal) in [
        ("", None),
        ("\n", None),
        ("\r\n", None),
        ("\n\n", Some("14 Whitespace")),
        (" ", Some("14 Whitespace")),
        ("\0", Some("20 SignatureNotBase64url")),
    ] {
        let content = format!("{text}{end}");
        let path = file("token-with-end", &content);
        let input = content.into_bytes().leak();
        let from_pipe = verify_piped(["--key", &key, "--token", "-"], input);
        let from_file = verify(["--key", &key, "--token", path.to_str().unwrap()]);
        for answer in [from_pipe, from_file] {
            match refusal {
                None => answer.is_accepted(&[]),
                Some(error) => answer.is_refused(error, &[]),
            }
        }
    }
}

#[test]
fn every_refusal_of_the_policy_says_what_the_token_has() {
    let exp = now() + 600;
    let table: &[(Value, &[&str], &str, &[&str])] = &[
        (
            json!({"exp": 1_300_819_380}),
            &["--now", "1300819441", "--leeway", "60"],
            "90 Expired",
            &["(2011-03-22T18:43:00Z), 1m 1s ago", "--leeway", "--now"],
        ),
        (json!({}), &[], "89 MissingExp", &["--allow-missing-exp"]),
        (
            json!({"exp": exp, "aud": ["a", "b"]}),
            &["--audience", "c"],
            "87 AudMismatch",
            &["\"a\", \"b\"; wanted is \"c\""],
        ),
        (
            json!({"exp": exp}),
            &["--audience", "c"],
            "86 MissingAud",
            &["none; wanted is \"c\""],
        ),
        (
            json!({"exp": exp, "aud": "a"}),
            &[],
            "88 UnexpectedAud",
            &["for \"a\"", "--ignore-audience"],
        ),
        (
            json!({"exp": exp, "iss": "x"}),
            &["--issuer", "y"],
            "83 IssMismatch",
            &["\"x\"; wanted is \"y\""],
        ),
        (
            json!({"exp": exp}),
            &["--issuer", "y"],
            "82 MissingIss",
            &["missing; wanted is \"y\""],
        ),
        (
            json!({"exp": exp, "sub": "x"}),
            &["--subject", "y"],
            "85 SubMismatch",
            &["\"x\"; wanted is \"y\""],
        ),
        (
            json!({"exp": exp}),
            &["--typ", "at+jwt"],
            "81 TypMismatch",
            &["\"JWT\"; wanted is \"at+jwt\""],
        ),
        (
            json!({"exp": exp, "a": 1, "b": null}),
            &["--require", "a", "--require", "b"],
            "96 MissingClaim",
            &["\"b\"", "null"],
        ),
        (
            json!({"exp": exp, "nbf": exp}),
            &["--now", "1300000000"],
            "91 NotYetValid",
            &["in "],
        ),
        (
            json!({"exp": exp, "iat": exp}),
            &["--now", "1300000000"],
            "93 IssuedInFuture",
            &["in "],
        ),
        (
            json!({"exp": exp, "iat": exp - 700}),
            &["--max-age", "10"],
            "94 TooOld",
            &["allows 10s"],
        ),
        (
            json!({"exp": exp, "iat": exp - 7200}),
            &["--max-lifetime", "3600"],
            "95 LifetimeTooLong",
            &["2h", "1h"],
        ),
        (
            json!({"exp": exp}),
            &["--max-age", "10"],
            "92 MissingIat",
            &["--max-age"],
        ),
        (
            json!({"exp": "tomorrow"}),
            &[],
            "70 InvalidExp",
            &["RFC 7519 section 4.1.4"],
        ),
    ];
    for (claims, arguments, error, said) in table {
        ask(claims, arguments).is_refused(error, said);
    }
}

#[test]
fn what_is_said_explicitly_is_accepted() {
    let exp = now() + 600;
    let table: &[(Value, &[&str])] = &[
        (json!({"exp": exp, "aud": "a"}), &["--ignore-audience"]),
        (
            json!({"aud": ["a", "b"]}),
            &["--audience", "b", "--allow-missing-exp"],
        ),
        (json!({"exp": 100}), &["--now", "129", "--leeway", "30"]),
        (
            json!({"exp": exp, "iat": exp - 600, "sub": "s", "iss": "i"}),
            &[
                "--typ",
                "application/jwt",
                "--max-age",
                "60",
                "--max-lifetime",
                "600",
                "--subject",
                "s",
                "--issuer",
                "i",
                "--require",
                "iat",
            ],
        ),
        (json!({"exp": u64::MAX}), &["--now", "18446744073709551614"]),
    ];
    for (claims, arguments) in table {
        ask(claims, arguments).is_accepted(&[]);
    }
}

#[test]
fn a_forged_token_shows_its_header_as_unverified() {
    let genuine = token(&json!({"exp": now() + 60}));
    let alg = if cfg!(any(feature = "es256", feature = "fast-es256")) {
        "ES256"
    } else {
        "HS256"
    };
    let forged = with_header(
        &genuine,
        &format!(r#"{{"alg":"{alg}","x":"forged\u202e"}}"#),
    );
    ask_of(&forged, &[]).is_refused(
        "54 InvalidSignature",
        &["unverified header {", r#""x": "forged\u202e""#],
    );
    let other_kid = with_header(
        &genuine,
        &format!(r#"{{"alg":"{alg}","kid":"b\u001b[2J"}}"#),
    );
    ask_of(&other_kid, &[]).is_refused("50 KeyNotFound", &[r#""b\u001b[2J""#, "\"gateway\""]);
    let other_alg = with_header(&genuine, r#"{"alg":"RS256"}"#);
    ask_of(&other_alg, &[]).is_refused("51 AlgMismatch", &["\"RS256\"", alg]);
    let too_short = genuine.rsplit_once('.').unwrap().0.to_owned() + ".AAAA";
    ask_of(&too_short, &[]).is_refused("53 SignatureLength", &[]);
}

#[test]
fn garbage_is_refused() {
    for (garbage, error) in [
        ("", "13 NotThreeSegments"),
        ("no-such-file", "13 NotThreeSegments"),
        ("a.b.c.d.e", "12 EncryptedToken"),
        ("Bearer a.b.c", "14 Whitespace"),
        (r#"{"payload":""}"#, "11 JsonSerialization"),
        ("e30.e30.", "17 EmptySignature"),
        ("e30.e30.AAAA", "38 MissingAlg"),
        ("\u{1b}[2J\u{202e}", "13 NotThreeSegments"),
    ] {
        ask_of(garbage, &[]).is_refused(error, &["source: "]);
    }
    let key = key();
    let not_utf8 = file("not-utf8", [0xff; 300]);
    verify(["--key", &key, "--token", not_utf8.to_str().unwrap()])
        .is_refused("13 NotThreeSegments", &[]);
    for byte in [b'a', b'.', 0xff] {
        let huge: &[u8] = vec![byte; 1 << 20].leak();
        verify_piped(["--key", &key, "--token", "-"], huge)
            .is_refused("10 TokenTooLong", &["16384"]);
        let path = file("huge", huge);
        verify(["--key", &key, "--token", path.to_str().unwrap()])
            .is_refused("10 TokenTooLong", &[]);
    }
}

#[cfg(unix)]
#[test]
fn arguments_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt;

    let key = key();
    let not_utf8 = OsStr::from_bytes(b"a.\xff.c");
    let arguments = [
        OsStr::new("--key"),
        key.as_ref(),
        OsStr::new("--token"),
        not_utf8,
    ];
    verify(arguments).is_refused("18 HeaderNotBase64url", &[]);
    let arguments = [
        OsStr::new("--key"),
        not_utf8,
        OsStr::new("--token"),
        OsStr::new("x"),
    ];
    verify(arguments).is_bad_usage(&["is no file"]);
    verify([OsStr::new("--issuer"), not_utf8]).is_bad_usage(&[]);
}

#[test]
fn a_jws_is_verified_and_not_judged() {
    let expired = token(&json!({"exp": 1, "aud": "x"}));
    ask_of(&expired, &["--jws"]).is_accepted(&["\"exp\":1", "nothing else was judged"]);

    // The claims of a token are not an object when a plain JWS carries them.
    let text = token(&json!("any text"));
    ask_of(&text, &["--jws"]).is_accepted(&["payload of 10 bytes:\n\"any text\"\n"]);
    ask_of(&text, &[]).is_refused("62 PayloadNotObject", &["--jws"]);
    let forged = text.replacen('.', ".AAAA", 1);
    ask_of(&forged, &["--jws"]).is_refused("54 InvalidSignature", &["unverified header"]);
    let bytes = jws(b"\x00\xff\x1b[2J");
    ask_of(&bytes, &["--jws"]).is_accepted(&[r"payload of 6 bytes:", r"\x00\xff\x1b[2J"]);
    ask_of(&bytes, &[]).is_refused("60 PayloadNotUtf8", &["--jws"]);
    ask_of(&jws(b""), &["--jws"]).is_accepted(&["payload of 0 bytes:"]);
    ask_of(&jws(b"\x1b[2J\xc2\x9b"), &["--jws"]).is_accepted(&[r"\u001b[2J\u009b"]);
    ask_of(&text, &["--jws", "--audience", "x"]).is_bad_usage(&["--audience"]);
}

#[test]
fn a_number_is_explained() {
    verify(["--explain", "97"]).is(
        0,
        &[
            "97 FreshnessUnproved\nwithout a trusted clock the token cannot be proved to be valid now\n",
            "source: Policy::accept_unproved_freshness\n",
            "at fault: the verifier: its keys, its configuration or its clock; over HTTP the answer is 500, no error code\n",
            "what to do: Set the clock of the device.",
        ],
    );
    verify(["--explain", "90"]).is(
        0,
        &["at fault: the token; over HTTP the answer is 401, invalid_token\n"],
    );
    // What an error carries beside its number is not known.
    for (code, text) in [
        ("21", "21 BufferTooSmall\nthe buffer is too small\n"),
        (
            "74",
            "74 ClaimsShape\nthe claims do not match the type that they are read into\n",
        ),
        (
            "96",
            "96 MissingClaim\na claim that the policy requires is missing or null\n",
        ),
    ] {
        verify(["--explain", code]).is(0, &[text]);
    }
    verify(["--explain", "9"]).is_bad_usage(&["no error has the number 9"]);
    verify(["--explain", "x"]).is_bad_usage(&["--explain"]);
    verify(["--explain", "90", "--jws"]).is_bad_usage(&["--explain"]);
}

#[test]
fn bad_usage_is_no_verdict() {
    let key = key();
    for (arguments, said) in [
        (&["--no-such-flag"][..], "--no-such-flag"),
        (&["--token", "x"], "--key"),
        (&["--key", &key], "--token"),
        (&["--now", "yesterday"], "yesterday"),
        (&["--now", "-1"], "-1"),
        (&["--leeway", "18446744073709551616"], "--leeway"),
        (
            &["--audience", "a", "--ignore-audience"],
            "--ignore-audience",
        ),
        (
            &["--key", &key, "--token", env!("CARGO_TARGET_TMPDIR")],
            env!("CARGO_TARGET_TMPDIR"),
        ),
    ] {
        verify(arguments).is_bad_usage(&[said]);
    }
}

#[test]
fn keys_in_files_of_every_kind() {
    let claims = json!({"exp": now() + 60});
    let set = format!(
        r#"{{"keys":[{{"kty":"RSA","n":"AQAB","e":"AQAB"}},{}]}}"#,
        key()
    );
    let mut table = vec![("keys.jwks", set.into_bytes(), token(&claims))];
    if cfg!(feature = "es256") {
        let der = pem::parse(PUBLIC_PEM).unwrap().into_contents();
        table.push(("key.der", der, es256(Header::default(), &claims)));
    }
    if cfg!(feature = "hs256") {
        let token = hs256(Header::default(), &claims);
        table.push(("secret.bin", SECRET.to_vec(), token));
    }
    for (name, content, token) in table {
        let path = file(name, content);
        verify(["--key", path.to_str().unwrap(), "--token", &token]).is(0, &["accepted\n", name]);
    }
}

#[test]
fn what_is_no_key_is_bad_usage() {
    let not_a_point = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
    let certificate = PUBLIC_PEM.replace("PUBLIC KEY", "CERTIFICATE");
    let damaged = PUBLIC_PEM.replace("MFkw", "M*kw");
    let mut table = vec![
        ("empty.key", String::new(), "no key"),
        (
            "text.key",
            str::from_utf8(SECRET).unwrap().to_owned(),
            "no key",
        ),
        ("private.pem", PRIVATE_PEM.to_owned(), "private key"),
        ("certificate.pem", certificate, "CERTIFICATE"),
        ("damaged.pem", damaged, "damaged"),
        ("not-json.jwk", "{".to_owned(), "120 JwkNotJson"),
        (
            "set.jwk",
            r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#.to_owned(),
            "holds no key for",
        ),
        (
            "rsa.jwk",
            r#"{"kty":"RSA"}"#.to_owned(),
            "121 JwkUnsupportedKty",
        ),
        ("huge.jwk", "{".repeat(1 << 20), "120 JwkNotJson"),
        ("odd.txt", format!("hex:{SECRET_HEX}f"), "hexadecimal"),
        ("sign.txt", format!("hex:+{SECRET_HEX}f"), "hexadecimal"),
        (
            "padded.txt",
            format!("base64url:{}=", BASE64URL.encode(SECRET)),
            "without padding",
        ),
    ];
    if cfg!(feature = "hs256") {
        table.push((
            "short.txt",
            format!("hex:{}", SECRET_HEX.get(..62).unwrap()),
            "110 KeyTooShort",
        ));
        table.push((
            "erased.txt",
            format!("hex:{}", "ff".repeat(32)),
            "127 WeakSecret",
        ));
        table.push(("spki-here.pem", not_a_point.to_owned(), "spki-here.pem"));
    } else {
        table.push((
            "hs256.txt",
            format!("hex:{SECRET_HEX}"),
            "this build verifies ES256 only",
        ));
        table.push(("hs256.jwk", hs256_jwk(), "this build verifies ES256 only"));
    }
    if cfg!(any(feature = "es256", feature = "fast-es256")) {
        table.push(("spki.pem", not_a_point.to_owned(), "114 KeyNotSpki"));
        table.push((
            "damaged-set.jwk",
            r#"{"keys":[{"kty":"EC","crv":"P-256"}]}"#.to_owned(),
            "number 0 is broken",
        ));
    } else {
        table.push((
            "es256.pem",
            PUBLIC_PEM.to_owned(),
            "this build verifies HS256 only",
        ));
        table.push(("es256.jwk", es256_jwk(), "this build verifies HS256 only"));
    }
    for (name, content, said) in table {
        let path = file(name, content);
        verify(["--key", path.to_str().unwrap(), "--token", "x"]).is_bad_usage(&[name, said]);
    }
    verify(["--key", "no-such-file.pem", "--token", "x"]).is_bad_usage(&["no-such-file.pem"]);
    verify(["--key", env!("CARGO_TARGET_TMPDIR"), "--token", "x"])
        .is_bad_usage(&[env!("CARGO_TARGET_TMPDIR")]);
}

/// `verify_piped` looks for the secret in every answer; here are the mistakes that would bring it there.
#[test]
fn a_misplaced_secret_is_not_repeated() {
    let text = str::from_utf8(SECRET).unwrap();
    let base64url = BASE64URL.encode(SECRET);
    for secret in [text, SECRET_HEX, &base64url, &base64url.repeat(20)] {
        verify(["--key", secret, "--token", "x"]).is_bad_usage(&["`hex:` or `base64url:`"]);
        verify(["--token", "x", secret]).is_bad_usage(&["unexpected argument"]);
        let wrong = format!("hex:{secret}!");
        verify(["--key", &wrong, "--token", "x"]).is_bad_usage(&["key number 1"]);
        let assigned = format!("--keys=hex:{secret}");
        verify([&assigned]).is_bad_usage(&["--keys"]);
    }
}
