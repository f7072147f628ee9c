//! A value of every public type, with marked secrets and with hostile characters in it, for the tests of what a log shows.

use core::fmt::{Debug, Display};

use embedded_jwt::{
    Compact, Error, Freshness, Key, Policy, Time, Verifier,
    crypto::{Algorithm, InvalidSignature, PublicKey, Software},
    json::{Misfit, Value},
    jwk::{JwkSet, KeyRing, OwnedPublicKey, SetKeys},
    oauth::{Challenge, Confirmation, DpopRequest, Refusal, Scheme, Scope, ScopeMap},
    prepared::PreparedSecret,
};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::common::{
    Alg, ISSUER_D, ISSUER_POINT, ISSUER_X, ISSUER_Y, NOW, OTHER_X, OTHER_Y, SECRET, decode, encode,
    mint,
};

#[cfg(not(feature = "defmt"))]
pub(crate) trait Shown: Debug {}
#[cfg(not(feature = "defmt"))]
impl<T: Debug> Shown for T {}
#[cfg(feature = "defmt")]
pub(crate) trait Shown: Debug + defmt::Format {}
#[cfg(feature = "defmt")]
impl<T: Debug + defmt::Format> Shown for T {}

/// What each value is handed to.
pub(crate) trait Log {
    fn show<T: Shown>(&mut self, value: &T);

    /// A value with a `Display` of its own.
    fn display<T: Shown + Display>(&mut self, value: &T) {
        self.show(value);
    }
}

/// Each stands between two letters, so that a test of raw bytes tells it from a length or a tag.
pub(crate) const HOSTILE: &str = "Z\nZ\u{0}Z\u{7}Z\u{1b}Z\u{7f}Z\u{80}Z\u{9b}Z\u{9f}Z\u{61c}Z\u{200e}Z\u{200f}Z\
                                  \u{2028}Z\u{2029}Z\u{202a}Z\u{202e}Z\u{2066}Z\u{2069}Z\u{feff}Z";

/// Whether a character ends a line, starts a terminal's control sequence, reorders the text around it or is not seen.
pub(crate) fn is_hostile(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'
                | '\u{2029}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}'
        )
}

const NONCE: &str = "n0nce-0f-the-server";
const PRIVATE_CLAIM: &str = "what-is-n0-registered-claim";

/// A word of a table that belongs to no key, and is easily found.
#[cfg(feature = "fast-es256")]
const WORD: u32 = 0xa5a5_a5a5;

/// What the values are made with.
pub(crate) struct Material {
    /// An access token that is bound to a key.
    bound: Vec<u8>,
    /// A bearer token.
    bearer: Vec<u8>,
    proof: Vec<u8>,
    /// A request with a token that is bound to the key of its proof: both fields.
    authorization: Vec<u8>,
    dpop: Vec<u8>,
}

impl Material {
    pub(crate) fn new() -> Self {
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": OTHER_X, "y": OTHER_Y});
        let header = json!({
            "alg": "ES256", "typ": HOSTILE, "kid": HOSTILE, "cty": HOSTILE, "jwk": jwk, "nonce": NONCE,
        });
        let mut claims = json!({
            "iss": HOSTILE, "sub": HOSTILE, "aud": [HOSTILE, "pump-7"], "exp": NOW + 60, "nbf": NOW, "iat": NOW,
            "jti": HOSTILE, "client_id": HOSTILE, "scope": "pump:read pump:write", "nonce": NONCE,
            "note": PRIVATE_CLAIM,
        });
        let mint =
            |claims: &serde_json::Value| mint(Alg::Es256, header.to_string(), claims.to_string());
        let bearer = mint(&claims);
        let own = json!({"kty": "EC", "crv": "P-256", "x": ISSUER_X, "y": ISSUER_Y});
        claims["cnf"] = json!({"jwk": own});
        let token = mint(&claims);
        let dpop = json!({
            "htm": "POST", "htu": "https://pump-7.example", "jti": HOSTILE, "iat": NOW, "nonce": NONCE,
            "ath": encode(Sha256::digest(&token)),
        });
        let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": own});
        let dpop = crate::common::mint(Alg::Es256, header.to_string(), dpop.to_string());
        claims["cnf"] = json!({"jwk": jwk});
        Self {
            authorization: [b"DPoP ", &token[..]].concat(),
            dpop,
            bound: mint(&claims),
            bearer,
            proof: mint(&json!({"htm": "POST", "nonce": NONCE, "ath": encode("hash")})),
        }
    }

    /// What no log shows.
    pub(crate) fn secrets(&self) -> Vec<Vec<u8>> {
        let mut secrets = vec![
            self.bound.clone(),
            self.bearer.clone(),
            self.proof.clone(),
            self.authorization[5..].to_vec(),
            self.dpop.clone(),
            SECRET.to_vec(),
            NONCE.into(),
            PRIVATE_CLAIM.into(),
            #[cfg(feature = "fast-es256")]
            WORD.to_be_bytes().repeat(4),
            #[cfg(feature = "fast-es256")]
            WORD.to_string().into(),
            #[cfg(feature = "fast-es256")]
            format!("{WORD:x}").into(),
        ];
        secrets.extend([ISSUER_D, ISSUER_X, ISSUER_Y, OTHER_X, OTHER_Y].map(decode));
        for token in [&self.bound, &self.bearer, &self.proof] {
            let signature = token.rsplit(|byte| *byte == b'.').next().unwrap();
            secrets.push(decode(core::str::from_utf8(signature).unwrap()));
        }
        secrets
    }

    /// Shows a value of every public type.
    pub(crate) fn show(&self, log: &mut impl Log) {
        self.show_tokens(log);
        show_keys(log);
        show_json(log);
        show_oauth(log);
        #[cfg(feature = "fast-es256")]
        show_prepared(log);
        #[cfg(all(feature = "sign", feature = "es256"))]
        show_issuing(log);
        self.show_dpop(log);
        show_ring(log);
        #[cfg(feature = "device")]
        self.show_device(log);
        log.display(&Error::BufferTooSmall { needed: 600 });
        log.display(&Error::Expired);
        log.display(&Error::ClaimsShape {
            reason: Misfit::Missing,
            field: Some("valve"),
        });
        log.show(&Misfit::Missing);
        log.show(&Time::Trusted(NOW));
        log.show(&Software);
        log.display(&InvalidSignature);
    }

    fn show_dpop(&self, log: &mut impl Log) {
        let keys = [Key::es256(&ISSUER_POINT).unwrap()];
        let policy = Policy::new().audience("pump-7");
        let uri = "https://pump-7.example";
        let request =
            DpopRequest::new("POST", uri, &self.authorization, &self.dpop).nonce(NONCE, NOW);
        log.show(&request);
        let mut buffer = vec![0; self.authorization.len() + self.dpop.len()];
        let verified = Verifier::new(&keys, &policy)
            .verify_dpop(&request, Time::Trusted(NOW), &mut buffer)
            .unwrap();
        log.show(&verified);
        log.show(verified.proof());
        log.show(verified.proof().claims());
    }

    fn show_tokens(&self, log: &mut impl Log) {
        let keys = [Key::es256(&ISSUER_POINT).unwrap().with_kid(HOSTILE)];
        let policy = Policy::new().audience("pump-7");
        let verifier = Verifier::new(&keys, &policy);
        let time = Time::Trusted(NOW);
        log.show(&policy);
        log.show(&verifier);

        for token in [&self.bound, &self.bearer, &self.proof] {
            let compact = Compact::parse(token).unwrap();
            let mut buffer = vec![0; token.len()];
            log.show(&compact);
            log.show(&compact.peek_header(&mut buffer).unwrap());
            let jws = compact.verify(&keys, &mut buffer).unwrap();
            log.show(&jws);
            log.show(&jws.claims().unwrap());
        }

        let mut buffer = vec![0; self.bearer.len()];
        let token = verifier.verify(&self.bearer, time, &mut buffer).unwrap();
        log.show(&token);
        log.show(&token.freshness());
        log.show(&Freshness::Unproved);
        log.show(&token.claims().aud().unwrap());
        log.show(&token.access_token().unwrap());
        log.show(&token.claims().scope().unwrap());

        let mut buffer = vec![0; self.bound.len()];
        let compact = Compact::parse(&self.bound).unwrap();
        let claims = compact
            .verify(&keys, &mut buffer)
            .unwrap()
            .claims()
            .unwrap();
        log.show(&claims.confirmation().unwrap().unwrap());
    }

    #[cfg(feature = "device")]
    fn show_device(&self, log: &mut impl Log) {
        use embedded_jwt::device::{Candidate, Nonce, ReplayGuard, Volatile};

        let mut guard = ReplayGuard::<2>::new(NOW);
        log.show(&guard.restore(&mut Volatile).unwrap());
        guard.provision(&mut Volatile).unwrap();
        let mut nonce = Nonce::new();
        log.show(&nonce);
        nonce.issue(&mut Marked, 0).unwrap();
        log.show(&nonce);

        let keys = [Key::es256(&ISSUER_POINT).unwrap()];
        let policy = Policy::new().audience("pump-7");
        let mut buffer = vec![0; self.bearer.len()];
        let time = Time::Trusted(NOW);
        let token = Verifier::new(&keys, &policy).verify(&self.bearer, time, &mut buffer);
        log.show(&Candidate::from(token.unwrap()));
        let permit = guard.check(token.unwrap(), time).unwrap();
        log.show(&permit);
        let mut facts = Facts::default();
        log.show(&permit.commit(&mut facts).unwrap());
        log.show(&guard);
        log.show(&facts.0[0]);
        log.show(&Volatile);
    }
}

fn show_ring(log: &mut impl Log) {
    let mut ring = KeyRing::<2>::new("https://auth.example", 3600);
    log.show(&ring);
    let kid: String = HOSTILE.chars().filter(|c| *c >= ' ').take(20).collect();
    let set = json!({"keys": [
        {"kty": "EC", "kid": kid, "crv": "P-256", "x": ISSUER_X, "y": ISSUER_Y},
        {"kty": "EC", "kid": null, "crv": "P-256", "x": OTHER_X, "y": OTHER_Y},
    ]});
    let update = ring
        .update(set.to_string().as_bytes(), NOW, &mut [0; 2048])
        .unwrap();
    log.show(&update);
    log.display(&update.rejected.unwrap());
    log.show(&ring);
    log.show(&ring.keys(&Policy::new()));
    let keys = [Key::es256(&ISSUER_POINT).unwrap().with_kid(HOSTILE)];
    log.show(&SetKeys::new(&keys));
}

fn show_keys(log: &mut impl Log) {
    let public = PublicKey::from_sec1(&ISSUER_POINT).unwrap();
    let mut room = PreparedSecret::room();
    log.show(&room);
    let prepared = room.prepare(&SECRET).unwrap();
    let es256 = Key::es256(&ISSUER_POINT).unwrap();
    let owned = es256.public_key().map(OwnedPublicKey::from).unwrap();
    for key in [
        es256,
        Key::hs256(&SECRET).unwrap(),
        Key::hs256_prepared(prepared),
        Key::slot(Algorithm::Es256, 3),
        owned.as_public_key().into(),
    ] {
        log.show(&key);
        log.show(&key.with_kid(HOSTILE));
    }
    log.show(&public);
    log.show(prepared);
    log.show(&owned);
    log.show(&Confirmation::Jwk(owned));
    log.display(&public.thumbprint());
    log.show(&Confirmation::Jkt(public.thumbprint()));
    log.display(&Algorithm::Hs256);

    // In a JWK, a `kid` that JSON has to escape is refused.
    let kid: String = HOSTILE.chars().filter(|c| *c >= ' ').collect();
    let set = json!({"keys": [
        {"kty": "oct", "kid": kid, "k": encode(SECRET)},
        {"kty": "EC", "kid": "b", "crv": "P-256", "x": ISSUER_X, "y": ISSUER_Y, "d": ISSUER_D},
    ]});
    let mut buffer = [0; 4096];
    let set = JwkSet::parse_with_secrets(set.to_string().as_bytes(), &mut buffer).unwrap();
    log.show(&set);
    let keys = set.keys::<2>().unwrap();
    log.show(&keys);
    for key in &keys {
        log.show(key);
    }
}

/// What JSON holds is what it shows, so there is no secret in it here.
fn show_json(log: &mut impl Log) {
    let text =
        json!({HOSTILE: [HOSTILE, {"a": HOSTILE}, 1.5, true, null, r#"quo"te, back\slash"#]});
    let mut text = text.to_string().into_bytes();
    let value = Value::parse(&mut text).unwrap();
    let Value::Object(object) = value else {
        return;
    };
    log.show(&value);
    log.show(&object);
    log.show(&object.members());
    for (name, value) in object.members() {
        log.display(&name);
        let Value::Array(array) = value else {
            continue;
        };
        log.show(&array);
        log.show(&array.elements());
        for value in array.elements() {
            log.show(&value);
            if let Value::String(text) = value {
                log.display(&text);
                log.show(&Confirmation::Kid(text));
            }
        }
    }
    log.display(&Value::parse(&mut [0]).unwrap_err());
}

fn show_oauth(log: &mut impl Log) {
    let mut text = *br#"["pump:read"]"#;
    let scope = Scope::from_value(Value::parse(&mut text).unwrap()).unwrap();
    let scopes = ScopeMap::new(&[("pump:read", 1), ("pump:write", 2)]);
    log.show(&scope);
    log.show(&scopes);
    log.display(&scopes.require(scope, &2).unwrap_err());
    log.show(&Scheme::Dpop);
    log.show(&Challenge::new("pump-7").scope("pump:write"));
    log.show(&Refusal::InvalidToken(Error::Expired));
}

#[cfg(feature = "fast-es256")]
fn show_prepared(log: &mut impl Log) {
    use embedded_jwt::prepared::KeyTable16;

    let mut room = KeyTable16::room();
    log.show(&room);
    log.show(&embedded_jwt::jwk::RingTables::<2, 16>::new());
    let table = room.prepare(PublicKey::from_sec1(&ISSUER_POINT).unwrap());
    log.show(table);
    log.show(&table.key());
    log.show(&Key::es256_prepared(table.key()).with_kid(HOSTILE));
    let table = KeyTable16::from_trusted([[WORD; 16]; 16]);
    log.show(&table);
    log.show(&table.key());
    log.show(&Key::es256_prepared(table.key()).with_kid(HOSTILE));
}

#[cfg(all(feature = "sign", feature = "es256"))]
fn show_issuing(log: &mut impl Log) {
    use embedded_jwt::{oauth::ClientAssertion, sign::SigningKey};

    let private_key = decode(ISSUER_D).try_into().unwrap();
    for key in [
        SigningKey::hs256(&SECRET).unwrap(),
        SigningKey::es256(&private_key).unwrap(),
    ] {
        log.show(&key);
        log.show(&key.with_kid(HOSTILE));
    }
    log.show(&ClientAssertion::new(
        "pump-7",
        "https://auth.example",
        "7f3a-0001",
        NOW,
    ));
}

/// A source that returns the bytes of the nonce that no log shows.
#[cfg(feature = "device")]
struct Marked;

#[cfg(feature = "device")]
impl rand_core::TryRng for Marked {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for (place, byte) in bytes.iter_mut().zip(NONCE.bytes().cycle()) {
            *place = byte;
        }
        Ok(())
    }
}

#[cfg(feature = "device")]
impl rand_core::TryCryptoRng for Marked {}

#[cfg(feature = "device")]
#[derive(Default)]
struct Facts(Vec<embedded_jwt::device::Fact>);

#[cfg(feature = "device")]
impl embedded_jwt::device::Store for Facts {
    type Error = core::convert::Infallible;

    fn append(&mut self, fact: &embedded_jwt::device::Fact) -> Result<(), Self::Error> {
        self.0.push(*fact);
        Ok(())
    }

    fn facts(&mut self, each: impl FnMut(&embedded_jwt::device::Fact)) -> Result<(), Self::Error> {
        self.0.iter().for_each(each);
        Ok(())
    }
}
