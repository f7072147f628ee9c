//! The questions to a probe and their answers, with the same code on the boards and on the host.
//!
//! A question is a subject of one byte, and three parts. Each part begins with its length in four
//! bytes, least significant first. The subject decides the meaning of the parts.

use core::fmt;

use embedded_jwt::{
    Compact, Error, Key, Policy, Time, Verifier,
    crypto::{Algorithm, Crypto, InvalidSignature, PublicKey, Software},
    json::{JsonError, Value},
    jwk::JwkSet,
    prepared::KeyTable16,
};

macro_rules! kids {
    ($($number:literal)*) => {
        [$(concat!("https://auth.example/2026-01-01/key-", $number)),*]
    };
}

/// A token and a JWK: the JWK, the token, room for the decoded token.
pub(crate) const JWS: u8 = b'J';
/// A token and a secret that only the constructor for legacy secrets accepts: the secret, the
/// token, room for the decoded token.
pub(crate) const JWS_LEGACY: u8 = b'L';
/// A token and a published JWK Set: the set, the token, room for both decoded.
pub(crate) const JWK_SET: u8 = b'S';
/// A token and a private JWK Set with secrets: the set, the token, room for both decoded.
pub(crate) const JWK_SET_WITH_SECRETS: u8 = b'O';
/// ECDSA only: the point in SEC 1 form, the message, r and s.
pub(crate) const ECDSA: u8 = b'E';
/// ECDSA only, with a precomputed table that is made before the clock runs: the point in SEC 1
/// form, the message, r and s.
pub(crate) const ECDSA_PREPARED: u8 = b'P';
/// HMAC only: the secret, the message, the MAC.
pub(crate) const HMAC: u8 = b'H';
/// JSON only: the text.
pub(crate) const JSON: u8 = b'T';
/// A key only: the JWK.
pub(crate) const KEY_JWK: u8 = b'K';
/// A key only: the point in SEC 1 form.
pub(crate) const KEY_POINT: u8 = b'Q';
/// A key only: its `SubjectPublicKeyInfo` in DER.
pub(crate) const KEY_SPKI: u8 = b'D';
/// A token as a device verifies it, in place with two keys and a policy: the secret, the point, the
/// token.
pub(crate) const TOKEN: u8 = b'V';
/// A token with many keys, four for HS256 and the others for ES256. The parts: the secret and the
/// point together, the token, and room for the decoded token. Without room it is decoded in place.
pub(crate) const TOKEN_AMONG_ES256: u8 = b'M';
/// The same as [`TOKEN_AMONG_ES256`], with four keys for ES256 and the others for HS256.
pub(crate) const TOKEN_AMONG_HS256: u8 = b'N';

/// The `kid` of each of the many keys. They are as long as a thumbprint and have the same
/// beginning, as those of one issuer do.
pub(crate) const KIDS: [&str; 32] = kids![
    "00" "01" "02" "03" "04" "05" "06" "07" "08" "09" "10" "11" "12" "13" "14" "15" "16" "17" "18" "19" "20" "21" "22" "23" "24"
    "25" "26" "27" "28" "29" "30" "31"
];

/// The time at which a [`TOKEN`] is checked.
pub(crate) const NOW: u64 = 1_790_000_000;

/// The longest JWK, in bytes.
const MAX_JWK_LEN: usize = 512;
/// The largest number of usable keys in a set.
const MAX_KEYS: usize = 8;

/// The verdict about an input.
pub(crate) struct Verdict(Result<(), Refusal>);

/// The reason why an input is rejected.
enum Refusal {
    Token(Error),
    Signature(InvalidSignature),
    Json(JsonError),
    /// The question itself is invalid.
    Question,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Token(error)
    }
}

impl From<InvalidSignature> for Refusal {
    fn from(error: InvalidSignature) -> Self {
        Self::Signature(error)
    }
}

impl From<JsonError> for Refusal {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}

/// Writes `accept`, or `refuse` and the name of the error.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(()) => write!(f, "accept"),
            Err(Refusal::Token(error)) => write!(f, "refuse {}", error.name()),
            Err(Refusal::Signature(error)) => write!(f, "refuse {error:?}"),
            Err(Refusal::Json(error)) => write!(f, "refuse {error:?}"),
            Err(Refusal::Question) => write!(f, "no such question"),
        }
    }
}

/// Answers a question, which is overwritten. Returns the verdict and the ticks of `clock` that it
/// took.
pub(crate) fn check(question: &mut [u8], clock: impl Fn() -> u32) -> (Verdict, u32) {
    let mut ticks = 0;
    let verdict = check_parts(question, |work| {
        let start = clock();
        let verdict = work();
        ticks = clock().wrapping_sub(start);
        verdict
    });
    (Verdict(verdict), ticks)
}

/// The work to measure.
type Work<'w> = &'w mut dyn FnMut() -> Result<(), Refusal>;

fn check_parts(
    question: &mut [u8],
    measured: impl FnOnce(Work<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let (subject, rest) = question.split_first_mut().ok_or(Refusal::Question)?;
    let (one, rest) = part(rest).ok_or(Refusal::Question)?;
    let (two, rest) = part(rest).ok_or(Refusal::Question)?;
    let (three, _) = part(rest).ok_or(Refusal::Question)?;
    match *subject {
        JWS => measured(&mut || jws(one, two, three)),
        JWS_LEGACY => measured(&mut || {
            let keys = [Key::hs256_short_legacy(one)?];
            Ok(Compact::parse(two)?.verify(&keys, three).map(drop)?)
        }),
        JWK_SET => measured(&mut || jwk_set(|set, room| JwkSet::parse(set, room), one, two, three)),
        JWK_SET_WITH_SECRETS => measured(&mut || {
            jwk_set(
                |set, room| JwkSet::parse_with_secrets(set, room),
                one,
                two,
                three,
            )
        }),
        ECDSA => measured(&mut || ecdsa(one, two, three)),
        ECDSA_PREPARED => ecdsa_prepared(one, two, three, measured),
        HMAC => measured(&mut || hmac(one, two, three)),
        JSON => measured(&mut || Ok(Value::parse(one).map(drop)?)),
        KEY_JWK => measured(&mut || key_jwk(one)),
        KEY_POINT => measured(&mut || Ok(Key::es256(one).map(drop)?)),
        KEY_SPKI => measured(&mut || Ok(Key::es256_spki(one).map(drop)?)),
        TOKEN => {
            let keys = [Key::hs256(one)?, Key::es256(two)?];
            let policy = Policy::new();
            let verifier = Verifier::new(&keys, &policy);
            measured(&mut || {
                let time = Time::Trusted(NOW);
                Ok(verifier.verify_in_place(three, time).map(drop)?)
            })
        }
        TOKEN_AMONG_ES256 => among_many(Algorithm::Hs256, one, two, three, measured),
        TOKEN_AMONG_HS256 => among_many(Algorithm::Es256, one, two, three, measured),
        _ => Err(Refusal::Question),
    }
}

/// Verifies a token with many keys. Every eighth key, including the last, is for `rare`. Only this
/// stack frame holds the keys.
#[inline(never)]
fn among_many(
    rare: Algorithm,
    material: &[u8],
    token: &mut [u8],
    room: &mut [u8],
    measured: impl FnOnce(Work<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let (secret, point) = material.split_last_chunk::<65>().ok_or(Refusal::Question)?;
    let mut keys = [Key::hs256(secret)?; KIDS.len()];
    for (number, (key, kid)) in keys.iter_mut().zip(KIDS).enumerate() {
        if (number % 8 == 7) == (rare == Algorithm::Es256) {
            *key = Key::es256(point)?;
        }
        *key = key.with_kid(kid);
    }
    let policy = Policy::new();
    let verifier = Verifier::new(&keys, &policy);
    let time = Time::Trusted(NOW);
    measured(&mut || {
        let verdict = if room.is_empty() {
            verifier.verify_in_place(token, time).map(drop)
        } else {
            verifier.verify(&*token, time, room).map(drop)
        };
        Ok(verdict?)
    })
}

/// Splits off a part.
fn part(text: &mut [u8]) -> Option<(&mut [u8], &mut [u8])> {
    let (length, rest) = text.split_first_chunk_mut()?;
    rest.split_at_mut_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}

fn jws(jwk: &[u8], token: &[u8], room: &mut [u8]) -> Result<(), Refusal> {
    let mut for_key = [0; MAX_JWK_LEN];
    let keys = [Key::from_jwk(jwk, &mut for_key)?];
    Ok(Compact::parse(token)?.verify(&keys, room).map(drop)?)
}

#[inline(never)]
fn key_jwk(jwk: &[u8]) -> Result<(), Refusal> {
    let mut for_key = [0; MAX_JWK_LEN];
    Ok(Key::from_jwk(jwk, &mut for_key).map(drop)?)
}

/// One of the two ways to parse a set.
type ParseSet<'k> = fn(&[u8], &'k mut [u8]) -> Result<JwkSet<'k>, Error>;

fn jwk_set<'k>(
    parse: ParseSet<'k>,
    set: &[u8],
    token: &[u8],
    room: &'k mut [u8],
) -> Result<(), Refusal> {
    let for_set = set.len();
    let (for_set, for_token) = room
        .split_at_mut_checked(for_set)
        .ok_or(Refusal::Question)?;
    let keys = parse(set, for_set)?.keys::<MAX_KEYS>()?;
    Ok(Compact::parse(token)?.verify(&keys, for_token).map(drop)?)
}

fn ecdsa(point: &[u8], message: &[u8], signature: &[u8]) -> Result<(), Refusal> {
    let key = PublicKey::from_sec1(point)?;
    let signature = signature.try_into().map_err(|_| InvalidSignature)?;
    Ok(Software.es256(key, message, signature)?)
}

/// Verifies with a precomputed table. Only this stack frame holds the table, so the other questions
/// do not need its memory.
#[inline(never)]
fn ecdsa_prepared(
    point: &[u8],
    message: &[u8],
    signature: &[u8],
    measured: impl FnOnce(Work<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut room = KeyTable16::room();
    let key = room.prepare(PublicKey::from_sec1(point)?).key();
    measured(&mut || {
        let signature = signature.try_into().map_err(|_| InvalidSignature)?;
        Ok(Software.es256_prepared(key, message, signature)?)
    })
}

fn hmac(secret: &[u8], message: &[u8], mac: &[u8]) -> Result<(), Refusal> {
    let mac = mac.try_into().map_err(|_| InvalidSignature)?;
    Ok(Software.hs256(secret, message, mac)?)
}
