//! Mints tokens with other people's code only, and holds the ways to verify one against each other, so that no
//! row of a test can pass in one way and fail in another.

#![allow(dead_code, reason = "each test program uses its part of this folder")]
#![allow(
    clippy::panic_in_result_fn,
    reason = "a verdict is a result, and two that differ are a failure"
)]
pub(crate) mod oracle;
#[cfg(feature = "fast-es256")]
pub(crate) mod prepared;
pub(crate) mod rfc7515;
#[cfg(all(feature = "hs256", any(feature = "es256", feature = "fast-es256")))]
pub(crate) mod shown;

use std::{env, fs::OpenOptions, io::Write, sync::LazyLock, thread};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use embedded_jwt::{
    Compact, Error, Freshness, Key, Policy, Time, Token, Verified, Verifier,
    crypto::{Algorithm, Crypto, InvalidSignature, Software},
    limits,
};
use jsonwebtoken::EncodingKey;

/// The moment at which every token here is judged, unless its test is about time.
pub(crate) const NOW: u64 = 1_790_000_000;
/// The shortest claims set that the default policy accepts at [`NOW`].
pub(crate) const GOOD: &str = r#"{"exp":1790000060}"#;
/// The shortest header; `<alg>` stands for the algorithm that the token is signed with.
pub(crate) const HEADER: &str = r#"{"alg":"<alg>"}"#;

pub(crate) const SECRET: [u8; 32] = *b"a demonstration secret, 32 bytes";
pub(crate) const OTHER_SECRET: [u8; 32] = *b"another one, which opens nothing";

/// RFC 7515 appendix A.3: a private key that everybody has.
pub(crate) const ISSUER_D: &str = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI";
pub(crate) const ISSUER_X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
pub(crate) const ISSUER_Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
/// RFC 7517 appendix A.2: the key of somebody else.
pub(crate) const OTHER_D: &str = "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE";
pub(crate) const OTHER_X: &str = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4";
pub(crate) const OTHER_Y: &str = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM";

/// A point as SEC 1 writes it: `04`, x, y.
pub(crate) fn sec1(x: &str, y: &str) -> Vec<u8> {
    [vec![4], decode(x), decode(y)].concat()
}

pub(crate) static ISSUER_POINT: LazyLock<Vec<u8>> = LazyLock::new(|| sec1(ISSUER_X, ISSUER_Y));
pub(crate) static OTHER_POINT: LazyLock<Vec<u8>> = LazyLock::new(|| sec1(OTHER_X, OTHER_Y));

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alg {
    Hs256,
    Es256,
}

impl Alg {
    /// Those that this build verifies.
    pub(crate) const ALL: &'static [Self] = &[
        #[cfg(feature = "hs256")]
        Self::Hs256,
        #[cfg(any(feature = "es256", feature = "fast-es256"))]
        Self::Es256,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Es256 => "ES256",
        }
    }

    pub(crate) const fn signature_len(self) -> usize {
        match self {
            Self::Hs256 => 32,
            Self::Es256 => 64,
        }
    }

    /// The issuer's key, as a verifier has it.
    pub(crate) fn key(self) -> Key<'static> {
        match self {
            #[cfg(feature = "hs256")]
            Self::Hs256 => Key::hs256(&SECRET).unwrap(),
            #[cfg(any(feature = "es256", feature = "fast-es256"))]
            Self::Es256 => Key::es256(&ISSUER_POINT).unwrap(),
            #[cfg(not(all(feature = "hs256", any(feature = "es256", feature = "fast-es256"))))]
            _ => panic!("not in this build"),
        }
    }

    /// The key of somebody else.
    pub(crate) fn other_key(self) -> Key<'static> {
        match self {
            #[cfg(feature = "hs256")]
            Self::Hs256 => Key::hs256(&OTHER_SECRET).unwrap(),
            #[cfg(any(feature = "es256", feature = "fast-es256"))]
            Self::Es256 => Key::es256(&OTHER_POINT).unwrap(),
            #[cfg(not(all(feature = "hs256", any(feature = "es256", feature = "fast-es256"))))]
            _ => panic!("not in this build"),
        }
    }

    /// A signature by the issuer.
    pub(crate) fn sign(self, input: &[u8]) -> Vec<u8> {
        match self {
            Self::Hs256 => hs256(&SECRET, input),
            Self::Es256 => es256(ISSUER_D, input),
        }
    }

    /// A signature by somebody else.
    pub(crate) fn forge(self, input: &[u8]) -> Vec<u8> {
        match self {
            Self::Hs256 => hs256(&OTHER_SECRET, input),
            Self::Es256 => es256(OTHER_D, input),
        }
    }
}

/// The first algorithm of this build, for what does not look at the algorithm.
pub(crate) fn alg() -> Alg {
    Alg::ALL[0]
}

pub(crate) fn hs256(secret: &[u8], input: &[u8]) -> Vec<u8> {
    let key = EncodingKey::from_secret(secret).unwrap();
    decode(&jsonwebtoken::crypto::sign(input, &key, jsonwebtoken::Algorithm::HS256).unwrap())
}

pub(crate) fn es256(d: &str, input: &[u8]) -> Vec<u8> {
    // PKCS #8 around an ECPrivateKey of P-256 without its public half.
    let mut der = decode("MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCA");
    der.extend(decode(d));
    let key = EncodingKey::from_ec_der(&der);
    decode(&jsonwebtoken::crypto::sign(input, &key, jsonwebtoken::Algorithm::ES256).unwrap())
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// Puts the name of the algorithm in the place of `<alg>`; any other byte stays, UTF-8 or not.
pub(crate) fn fill(alg: Alg, template: &[u8]) -> Vec<u8> {
    const HOLE: &[u8] = b"<alg>";
    match template
        .windows(HOLE.len())
        .position(|window| window == HOLE)
    {
        Some(at) => [
            &template[..at],
            alg.name().as_bytes(),
            &fill(alg, &template[at + HOLE.len()..]),
        ]
        .concat(),
        None => template.to_vec(),
    }
}

/// What a signature covers.
pub(crate) fn signing_input(
    alg: Alg,
    header: impl AsRef<[u8]>,
    payload: impl AsRef<[u8]>,
) -> Vec<u8> {
    let header = fill(alg, header.as_ref());
    format!("{}.{}", encode(header), encode(payload)).into_bytes()
}

/// A signing input and a signature, made a token.
pub(crate) fn join(input: &[u8], signature: impl AsRef<[u8]>) -> Vec<u8> {
    [input, b".", encode(signature).as_bytes()].concat()
}

/// A token by the issuer, whatever its header and payload are.
pub(crate) fn mint(alg: Alg, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let input = signing_input(alg, header, payload);
    join(&input, alg.sign(&input))
}

/// A token by somebody else.
pub(crate) fn forge(alg: Alg, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let input = signing_input(alg, header, payload);
    join(&input, alg.forge(&input))
}

/// The issuer's keys, one for each algorithm, without `kid`.
pub(crate) fn keys() -> Vec<Key<'static>> {
    Alg::ALL.iter().map(|alg| alg.key()).collect()
}

/// What a verifier tells of a token that it accepts.
#[derive(Debug, PartialEq)]
pub(crate) struct Accepted {
    pub(crate) header: String,
    pub(crate) claims: String,
    pub(crate) algorithm: Algorithm,
    pub(crate) kid: Option<String>,
    pub(crate) freshness: Freshness,
}

impl From<Token<'_, '_>> for Accepted {
    fn from(token: Token<'_, '_>) -> Self {
        Self {
            header: token.header().object().to_string(),
            claims: token.claims().object().to_string(),
            algorithm: token.key().algorithm(),
            kid: token.key().kid().map(str::to_owned),
            freshness: token.freshness(),
        }
    }
}

/// The software, and how often it was asked.
#[derive(Default)]
pub(crate) struct Spy {
    pub(crate) calls: usize,
}

impl Crypto for Spy {
    #[cfg(feature = "hs256")]
    fn hs256(
        &mut self,
        secret: &[u8],
        signing_input: &[u8],
        mac: &[u8; 32],
    ) -> Result<(), InvalidSignature> {
        self.calls += 1;
        Software.hs256(secret, signing_input, mac)
    }

    #[cfg(any(feature = "es256", feature = "fast-es256"))]
    fn es256(
        &mut self,
        key: embedded_jwt::crypto::PublicKey<'_>,
        signing_input: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        self.calls += 1;
        Software.es256(key, signing_input, signature)
    }

    #[cfg(feature = "fast-es256")]
    fn es256_prepared(
        &mut self,
        key: embedded_jwt::prepared::PreparedKey<'_>,
        signing_input: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        self.calls += 1;
        Software.es256_prepared(key, signing_input, signature)
    }
}

/// What no base64url decodes to by accident over a whole payload.
const UNTOUCHED: u8 = 0xa5;

/// The one verdict on a token, by every way there is; panics where they differ, or where one does more than it
/// should before the token is known to be good.
pub(crate) fn verify(
    keys: &[Key<'_>],
    policy: &Policy<'_>,
    time: Time,
    token: &[u8],
) -> Result<Accepted, Error> {
    let verdict = verify_under(keys, policy, time, token);
    #[cfg(feature = "fast-es256")]
    if let Some(prepared) = prepared::twins(keys) {
        let prepared = verify_under(&prepared, policy, time, token);
        assert_eq!(
            prepared, verdict,
            "under prepared keys and under plain ones"
        );
    }
    verdict
}

/// The same under these very keys.
fn verify_under(
    keys: &[Key<'_>],
    policy: &Policy<'_>,
    time: Time,
    token: &[u8],
) -> Result<Accepted, Error> {
    let verifier = Verifier::new(keys, policy);
    let split = Compact::parse(token).ok();
    let needed = split.map_or(0, |compact| compact.buffer_len());
    let header_len = split.map_or(0, |compact| compact.header_segment().len() * 3 / 4);

    // With a buffer of exactly the length that the crate asks for.
    let mut buffer = vec![UNTOUCHED; needed];
    let mut spy = Spy::default();
    let verdict = verifier
        .verify_with(&mut spy, token, time, &mut buffer)
        .map(Accepted::from);
    if let Err(error) = verdict
        && error.code() < Error::PayloadNotUtf8.code()
    {
        let payload = buffer.get(header_len..).unwrap_or_default();
        assert!(
            payload.iter().all(|byte| *byte == UNTOUCHED),
            "the payload was decoded before the signature was good"
        );
        // A token with an unknown `kid` is tried with the keys that have none.
        let nameless = keys.iter().any(|key| key.kid().is_none());
        let may_try = match error {
            Error::InvalidSignature => true,
            Error::KeyNotFound => nameless,
            _ => false,
        };
        assert!(may_try || spy.calls == 0, "a key was tried: {error:?}");
    }

    // With one byte less.
    if let Some(short) = needed.checked_sub(1) {
        let mut buffer = vec![UNTOUCHED; short];
        let verdict = verifier
            .verify(token, time, &mut buffer)
            .map(Accepted::from);
        assert_eq!(verdict, Err(Error::BufferTooSmall { needed }));
        assert!(buffer.iter().all(|byte| *byte == UNTOUCHED));
    }

    // Over the token itself.
    let mut text = token.to_vec();
    let in_place = verifier
        .verify_in_place(&mut text, time)
        .map(Accepted::from);
    if header_len > limits::MAX_IN_PLACE_HEADER_LEN {
        assert_eq!(in_place, Err(Error::HeaderTooLong));
    } else {
        assert_eq!(in_place, verdict, "in place and with a buffer");
    }
    let mut text = token.to_vec();
    if Verified::verify_in_place(&mut text, keys).is_err() {
        assert_eq!(text, token, "a refused token was written to");
    }
    verdict
}

/// The verdict of a verifier that has all keys of the issuer and no wish beyond `exp`.
pub(crate) fn verdict(token: &[u8]) -> Result<(), Error> {
    let verdict = verify(&keys(), &Policy::new(), Time::Trusted(NOW), token).map(|_| ());
    hand_on(token, verdict);
    verdict
}

/// Adds the token to the file that `EMBEDDED_JWT_ATTACKS` names, where there is one: `cargo xtask attacks` gives the
/// same tokens to the boards.
fn hand_on(token: &[u8], verdict: Result<(), Error>) {
    let Some(file) = env::var_os("EMBEDDED_JWT_ATTACKS") else {
        return;
    };
    let test = thread::current().name().unwrap_or_default().to_owned();
    let verdict = verdict.map_or_else(Error::name, |()| "accept");
    let [secret, point, token] = [&SECRET, &**ISSUER_POINT, token].map(encode);
    // One write a line: tests run side by side.
    let line = format!("{test} {verdict} {secret} {point} {token}\n");
    let file = OpenOptions::new().append(true).create(true).open(file);
    file.unwrap().write_all(line.as_bytes()).unwrap();
}

/// Runs `test` on a thread with little stack, as an interrupt-driven firmware has.
pub(crate) fn on_small_stack(bytes: usize, test: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(bytes);
    thread.spawn(test).unwrap().join().unwrap();
}
