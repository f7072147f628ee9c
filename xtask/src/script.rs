//! What is said to the firmware, and what it has to answer: one defect a line.

use anyhow::Result;
use serde_json::{Value, json};

use crate::issuer::{BENCH, GATEWAY, RELEASED_AT, Signer, command, graft, token, with};

/// What the firmware has to answer to one line.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// The command was carried out.
    Done {
        seq: u32,
        output: &'static str,
        on: bool,
    },
    /// embedded-jwt refused the token: code, name, and the error code of RFC 6750.
    BadToken(u16, &'static str, &'static str),
    /// The application refused the command, likewise.
    BadCommand(u16, &'static str, &'static str),
}

impl Answer {
    /// The answer on the serial line.
    pub(crate) fn line(&self) -> String {
        match self {
            Self::Done { seq, output, on } => {
                format!(
                    "ok seq={seq} output={output} {}",
                    if *on { "on" } else { "off" }
                )
            }
            Self::BadToken(code, name, error) | Self::BadCommand(code, name, error) => {
                format!("refused {code} {name} {error}")
            }
        }
    }

    /// Level and text of the line in the log. Compared as a whole: it can hold no byte of a token.
    pub(crate) fn log(&self) -> (&'static str, String) {
        match self {
            Self::Done { seq, output, on } => (
                "INFO",
                format!(
                    "accepted: Done {{ seq: {seq}, output: {}, on: {on} }}",
                    if *output == "pump" { "Pump" } else { "Lamp" }
                ),
            ),
            Self::BadToken(_, name, _) => ("WARN", format!("refused: Token({name})")),
            Self::BadCommand(_, name, _) => ("WARN", format!("refused: {name}")),
        }
    }
}

/// One thing said, and the answers to it.
#[derive(Clone)]
pub(crate) struct Exchange {
    /// What it is, for people.
    pub(crate) title: &'static str,
    /// The bytes; between two parts the host pauses, and the firmware has to keep silent.
    pub(crate) parts: Vec<Vec<u8>>,
    /// The answers, in their order.
    pub(crate) answers: Vec<Answer>,
}

/// One line and its one answer.
fn line(title: &'static str, text: &str, answer: Answer) -> Exchange {
    bytes(title, &[format!("{text}\n").as_bytes()], &[answer])
}

fn bytes(title: &'static str, parts: &[&[u8]], answers: &[Answer]) -> Exchange {
    Exchange {
        title,
        parts: parts.iter().map(|part| part.to_vec()).collect(),
        answers: answers.to_vec(),
    }
}

fn done(seq: u32, output: &'static str, on: bool) -> Answer {
    Answer::Done { seq, output, on }
}

/// `LINE_LIMIT` of the firmware.
const LINE_LIMIT: usize = 1024;

/// RFC 6750 section 3.1.
const INVALID_REQUEST: &str = "invalid_request";
const INVALID_TOKEN: &str = "invalid_token";

const NOT_THREE_SEGMENTS: Answer = Answer::BadToken(13, "NotThreeSegments", INVALID_TOKEN);
const HEADER_NOT_BASE64URL: Answer = Answer::BadToken(18, "HeaderNotBase64url", INVALID_TOKEN);
const WHITESPACE: Answer = Answer::BadToken(14, "Whitespace", INVALID_TOKEN);
const KEY_NOT_FOUND: Answer = Answer::BadToken(50, "KeyNotFound", INVALID_TOKEN);
const ALG_MISMATCH: Answer = Answer::BadToken(51, "AlgMismatch", INVALID_TOKEN);
const INVALID_SIGNATURE: Answer = Answer::BadToken(54, "InvalidSignature", INVALID_TOKEN);
const CLAIMS_SHAPE: Answer = Answer::BadToken(74, "ClaimsShape", INVALID_TOKEN);
const ISS_MISMATCH: Answer = Answer::BadToken(83, "IssMismatch", INVALID_TOKEN);
const MISSING_ISS: Answer = Answer::BadToken(82, "MissingIss", INVALID_TOKEN);
const MISSING_AUD: Answer = Answer::BadToken(86, "MissingAud", INVALID_TOKEN);
const AUD_MISMATCH: Answer = Answer::BadToken(87, "AudMismatch", INVALID_TOKEN);
const MISSING_EXP: Answer = Answer::BadToken(89, "MissingExp", INVALID_TOKEN);
const EXPIRED: Answer = Answer::BadToken(90, "Expired", INVALID_TOKEN);
const MISSING_IAT: Answer = Answer::BadToken(92, "MissingIat", INVALID_TOKEN);
const LIFETIME_TOO_LONG: Answer = Answer::BadToken(95, "LifetimeTooLong", INVALID_TOKEN);
const INSUFFICIENT_SCOPE: Answer = Answer::BadToken(101, "InsufficientScope", "insufficient_scope");
const INVALID_SCOPE: Answer = Answer::BadToken(102, "InvalidScope", INVALID_TOKEN);
const LINE_TOO_LONG: Answer = Answer::BadCommand(1000, "LineTooLong", INVALID_REQUEST);
const REPLAYED: Answer = Answer::BadCommand(1001, "Replayed", INVALID_TOKEN);
const UNKNOWN_OUTPUT: Answer = Answer::BadCommand(1002, "UnknownOutput", INVALID_REQUEST);

fn gateway(claims: &Value) -> Result<String> {
    token(Signer::Gateway, Some(GATEWAY), claims)
}

fn bench(claims: &Value) -> Result<String> {
    token(Signer::Bench, Some(BENCH), claims)
}

/// Genuine commands, and the ways to cheat that everybody asks about. Ends with `seq` at 3.
pub(crate) fn demo() -> Result<Vec<Exchange>> {
    let replayed = gateway(&command(2, "lamp", true))?;
    let genuine = gateway(&command(3, "pump", false))?;
    let altered = graft(&genuine, &gateway(&command(3, "pump", true))?);
    let expired = with(
        with(command(3, "pump", false), "iat", json!(RELEASED_AT - 1000)),
        "exp",
        json!(RELEASED_AT),
    );
    let elsewhere = with(command(3, "pump", false), "aud", json!("pump-8"));
    let lamp_only = with(command(3, "pump", false), "scope", json!("lamp:write"));
    let swapped = token(
        Signer::PublicKeyAsSecret,
        Some(GATEWAY),
        &command(3, "pump", false),
    )?;
    #[rustfmt::skip]
    let script = vec![
        line("genuine, HS256: pump on", &bench(&command(1, "pump", true))?, done(1, "pump", true)),
        line("genuine, ES256: lamp on", &replayed, done(2, "lamp", true)),
        line("forged: a genuine signature under an altered command", &altered, INVALID_SIGNATURE),
        line("expired before the firmware was released", &gateway(&expired)?, EXPIRED),
        line("for another pump (audience)", &gateway(&elsewhere)?, AUD_MISMATCH),
        line("allowed to switch the lamp only (scope)", &gateway(&lamp_only)?, INSUFFICIENT_SCOPE),
        line("algorithm swapped: HS256, the public key as secret", &swapped, ALG_MISMATCH),
        line("replayed: the second command again", &replayed, REPLAYED),
        line("garbage", "open-the-pods!", NOT_THREE_SEGMENTS),
        line("genuine, ES256: pump off", &genuine, done(3, "pump", false)),
    ];
    Ok(script)
}

/// Tokens that no trusted key signed, after `demo`.
fn untrusted() -> Result<Vec<Exchange>> {
    let claims = command(4, "lamp", false);
    let by = |signer, kid| token(signer, kid, &claims);
    let genuine = gateway(&claims)?;
    let (header_and_payload, _) = genuine.rsplit_once('.').unwrap_or_default();
    let (_, payload) = header_and_payload.split_once('.').unwrap_or_default();
    // {"alg":"none"}
    let none = format!("eyJhbGciOiJub25lIn0.{payload}.AAAA");
    #[rustfmt::skip]
    let table = [
        ("a stranger's ES256 key", by(Signer::StrangerEs256, Some(GATEWAY))?, INVALID_SIGNATURE),
        ("a stranger's HS256 secret", by(Signer::StrangerHs256, Some(BENCH))?, INVALID_SIGNATURE),
        ("algorithm swapped, no kid", by(Signer::PublicKeyAsSecret, None)?, INVALID_SIGNATURE),
        ("a kid that no key has", by(Signer::Gateway, Some("nobody"))?, KEY_NOT_FOUND),
        ("the kid of the other algorithm's key", by(Signer::Gateway, Some(BENCH))?, ALG_MISMATCH),
        ("alg none", none, ALG_MISMATCH),
        ("without its signature", header_and_payload.to_owned(), NOT_THREE_SEGMENTS),
    ];
    Ok(table
        .map(|(title, token, answer)| line(title, &token, answer))
        .into())
}

/// Signed by a trusted key, and no command for this device all the same, after `demo`.
fn unfit() -> Result<Vec<Exchange>> {
    let but = |name, value| with(command(4, "lamp", false), name, value);
    #[rustfmt::skip]
    let table = [
        ("another issuer", but("iss", json!("https://auth.example.evil")), ISS_MISMATCH),
        ("no issuer", but("iss", Value::Null), MISSING_ISS),
        ("no audience", but("aud", Value::Null), MISSING_AUD),
        ("no expiry", but("exp", Value::Null), MISSING_EXP),
        ("no date of issue", but("iat", Value::Null), MISSING_IAT),
        ("lasts a second too long", but("exp", json!(RELEASED_AT + 7201)), LIFETIME_TOO_LONG),
        ("no seq", but("seq", Value::Null), CLAIMS_SHAPE),
        ("seq of the wrong type", but("seq", json!("4")), CLAIMS_SHAPE),
        ("seq beyond its type", but("seq", json!(1_u64 << 32)), CLAIMS_SHAPE),
        ("no scope", but("scope", Value::Null), INSUFFICIENT_SCOPE),
        ("a scope that begins like the one that is needed", but("scope", json!("lamp:writer lamp")), INSUFFICIENT_SCOPE),
        ("a scope in other letters", but("scope", json!("Lamp:write")), INSUFFICIENT_SCOPE),
        ("scopes with two spaces between", but("scope", json!("pump:write  lamp:write")), INVALID_SCOPE),
        ("a scope with a quote", but("scope", json!("lamp:write \"x\"")), INVALID_SCOPE),
        ("a scope of the wrong type", but("scope", json!(true)), INVALID_SCOPE),
        ("scopes in an array with another type", but("scope", json!(["lamp:write", 1])), INVALID_SCOPE),
        ("an output that is not there", but("output", json!("valve")), UNKNOWN_OUTPUT),
        ("a new token with an old seq", but("seq", json!(3)), REPLAYED),
    ];
    table
        .into_iter()
        .map(|(title, claims, answer)| Ok(line(title, &bench(&claims)?, answer)))
        .collect()
}

/// No refusal has changed the state, after those above. Ends with `seq` at 6.
fn unchanged() -> Result<Vec<Exchange>> {
    let genuine = gateway(&command(4, "lamp", false))?;
    let late = json!(RELEASED_AT + 1_000_000_000);
    let greedy = with(command(u32::MAX, "lamp", false), "iat", late.clone());
    let forged = graft(
        &genuine,
        &gateway(&with(greedy.clone(), "exp", late.clone()))?,
    );
    let elsewhere = with(with(greedy, "exp", late), "aud", json!("pump-8"));
    let es256 = token(Signer::Gateway, None, &command(5, "pump", true))?;
    let hs256 = token(Signer::Bench, None, &command(6, "pump", false))?;
    Ok(vec![
        line(
            "forged, with the highest seq and a late date",
            &forged,
            INVALID_SIGNATURE,
        ),
        line(
            "the same, signed, for another pump",
            &gateway(&elsewhere)?,
            AUD_MISMATCH,
        ),
        line("genuine, after all that", &genuine, done(4, "lamp", false)),
        line(
            "genuine, ES256 without a kid",
            &es256,
            done(5, "pump", true),
        ),
        line(
            "genuine, HS256 without a kid",
            &hs256,
            done(6, "pump", false),
        ),
    ])
}

/// Lines of three pieces of noise each, joined by `join`. No byte of the noise is a dot, whitespace, padding or a brace, so
/// that the refusal is known beforehand; the same noise at every run.
fn noise(lines: usize, join: impl Fn(&[Vec<u8>]) -> Vec<u8>) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut byte = || loop {
        // Marsaglia's xorshift64.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let [.., byte] = state.to_le_bytes();
        if !b" \t\n\x0B\x0C\r.={".contains(&byte) {
            break byte;
        }
    };
    let mut text = Vec::new();
    for _ in 0..lines {
        let pieces: Vec<Vec<u8>> = (0..3).map(|_| (0..40).map(|_| byte()).collect()).collect();
        text.extend(join(&pieces));
        text.push(b'\n');
    }
    text
}

/// Bytes that no decent host would send, after `unchanged`. Ends with `seq` at 10.
fn hostile() -> Result<Vec<Exchange>> {
    let seven = bench(&command(7, "lamp", true))?;
    let eight = gateway(&command(8, "lamp", false))?;
    let (first_half, second_half) = eight.split_at(eight.len() / 2);
    let nine = bench(&command(9, "pump", true))?;
    let ten = gateway(&command(10, "pump", false))?;
    let every_byte: Vec<u8> = (0..=255).chain([b'\n']).collect();
    let joined = noise(64, |pieces| pieces.join(&b'x'));
    let dotted = noise(64, |pieces| pieces.join(&b'.'));
    // A genuine command behind a line's limit: were the line cut off there, the rest would pass.
    let smuggled = format!("{}{nine}\n", "A".repeat(LINE_LIMIT));
    #[rustfmt::skip]
    let script = vec![
        bytes("empty lines", &[b"\n\r\n\n", b""], &[]),
        bytes("CR LF at the end", &[format!("{seven}\r\n").as_bytes()], &[done(7, "lamp", true)]),
        bytes("LF CR at the end", &[b"\n\r", format!("{seven}\n").as_bytes()], &[WHITESPACE]),
        line("a space before", &format!(" {seven}"), WHITESPACE),
        line("a line of exactly the limit", &"A".repeat(LINE_LIMIT), NOT_THREE_SEGMENTS),
        line("a line of one byte more", &"A".repeat(LINE_LIMIT + 1), LINE_TOO_LONG),
        line("a line of 100,000 bytes", &"A".repeat(100_000), LINE_TOO_LONG),
        bytes("a command behind a line's limit", &[smuggled.as_bytes()], &[LINE_TOO_LONG]),
        // Its byte 10 ends a line, so that there are two.
        bytes("every byte value", &[&every_byte], &[WHITESPACE, WHITESPACE]),
        bytes("noise, in lines", &[&joined], &vec![NOT_THREE_SEGMENTS; 64]),
        bytes("noise, in lines of three segments", &[&dotted], &vec![HEADER_NOT_BASE64URL; 64]),
        bytes("nothing but dots", &[&[b'.'; LINE_LIMIT], b"\n"], &[NOT_THREE_SEGMENTS]),
        bytes(
            "genuine, with a silence in the middle",
            &[first_half.as_bytes(), second_half.as_bytes(), b"\n"],
            &[done(8, "lamp", false)],
        ),
        line("genuine, HS256, after all that", &nine, done(9, "pump", true)),
        line("genuine, ES256, after all that", &ten, done(10, "pump", false)),
    ];
    Ok(script)
}

/// The device learns from what it accepts that time has passed; after `hostile`.
fn time() -> Result<Vec<Exchange>> {
    let later = |seq, iat: u64, exp: u64| {
        with(
            with(command(seq, "lamp", true), "iat", json!(RELEASED_AT + iat)),
            "exp",
            json!(RELEASED_AT + exp),
        )
    };
    Ok(vec![
        line(
            "genuine, issued later",
            &bench(&later(11, 10_000, 13_600))?,
            done(11, "lamp", true),
        ),
        line(
            "expired since then",
            &bench(&later(12, 9_000, 10_000))?,
            EXPIRED,
        ),
        line(
            "genuine, not expired yet",
            &bench(&later(12, 9_000, 10_001))?,
            done(12, "lamp", true),
        ),
        line(
            "an older iat does not turn the time back",
            &bench(&later(13, 9_000, 9_500))?,
            EXPIRED,
        ),
    ])
}

/// Everything, for every board.
pub(crate) fn full() -> Result<Vec<Exchange>> {
    Ok([
        demo()?,
        untrusted()?,
        unfit()?,
        unchanged()?,
        hostile()?,
        time()?,
    ]
    .concat())
}
