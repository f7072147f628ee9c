//! The tables of docs/host.md: tokens that jsonwebtoken accepts with its usual settings, and what becomes of them here.

use embedded_jwt::{Error, Error::*, Key, Policy, Time, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, crypto};
use serde_json::{Map, Value, json};

use crate::common::encode;

const SECRET: &[u8] = b"a secret of 32 bytes or a bit more";

fn signed(header: &str, claims: &str) -> String {
    let input = format!("{}.{}", encode(header), encode(claims));
    let key = EncodingKey::from_secret(SECRET).unwrap();
    let mac = crypto::sign(input.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{input}.{mac}")
}

fn theirs(token: &str) -> bool {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&["https://auth.example"]);
    validation.set_audience(&["api", "api-v2"]);
    let key = DecodingKey::from_secret(SECRET).unwrap();
    jsonwebtoken::decode::<Map<String, Value>>(token, &key, &validation).is_ok()
}

fn ours(token: &str, now: u64) -> Result<(), Error> {
    let keys = [Key::hs256(SECRET).unwrap()];
    let policy = Policy::new()
        .issuer("https://auth.example")
        .audiences(&["api", "api-v2"])
        .leeway(60);
    let mut buffer = [0; 1024];
    Verifier::new(&keys, &policy)
        .verify(token, Time::Trusted(now), &mut buffer)
        .map(drop)
}

#[test]
fn what_only_jsonwebtoken_accepts() {
    let now = jsonwebtoken::get_current_timestamp();
    let good =
        json!({"iss": "https://auth.example", "aud": "api-v2", "sub": "a", "exp": now + 600});
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims.to_string()
    };
    let without = |name: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        claims.to_string()
    };
    let header = serde_json::to_string(&Header::new(Algorithm::HS256)).unwrap();

    let token = signed(&header, &good.to_string());
    assert!(theirs(&token));
    assert_eq!(ours(&token, now), Ok(()));
    for (name, claims, error) in [
        ("no `iss`", without("iss"), MissingIss),
        ("no `aud`", without("aud"), MissingAud),
        (
            "`nbf` in the future",
            with("nbf", json!(now + 300)),
            NotYetValid,
        ),
        (
            "`iat` in the future",
            with("iat", json!(now + 300)),
            IssuedInFuture,
        ),
        ("`nbf` that is null", with("nbf", Value::Null), InvalidNbf),
        (
            "`nbf` that is a string",
            with("nbf", json!("0")),
            InvalidNbf,
        ),
        ("`aud` that is null", with("aud", Value::Null), InvalidAud),
        (
            "`cnf`",
            with("cnf", json!({"jkt": "x"})),
            PossessionUnproved,
        ),
        (
            "a name twice",
            good.to_string().replacen('{', r#"{"role":1,"role":2,"#, 1),
            PayloadDuplicateName,
        ),
    ] {
        let token = signed(&header, &claims);
        assert!(theirs(&token), "{name}");
        assert_eq!(ours(&token, now), Err(error), "{name}");
    }
}

#[test]
fn a_short_secret() {
    let claims = json!({"exp": jsonwebtoken::get_current_timestamp() + 600});
    let key = EncodingKey::from_secret(b"secret").unwrap();
    let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap();
    let key = DecodingKey::from_secret(b"secret").unwrap();
    let validation = Validation::new(Algorithm::HS256);
    assert!(jsonwebtoken::decode::<Value>(token, &key, &validation).is_ok());
    assert_eq!(Key::hs256(b"secret").unwrap_err(), KeyTooShort);
}
