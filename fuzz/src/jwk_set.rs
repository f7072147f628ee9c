//! JWK Sets, with `serde_json` for their form and `jsonwebtoken` for their keys.

use embedded_jwt::{Error, JwkSet, Key, KeyRing, limits};
use jsonwebtoken::DecodingKey;
use serde_json::Value;

use super::has_huge_number;

/// Any bytes as a JWK Set: each JWK is what it is alone, what we accept is in the set that `serde_json` reads, and a
/// key ring is changed by a whole set or not at all.
pub fn jwk_set(text: &[u8]) {
    let mut buffer = vec![0; 2 * text.len()];
    let mut own_buffer = buffer.clone();
    let published = JwkSet::parse(text, &mut buffer);
    let own = JwkSet::parse_with_secrets(text, &mut own_buffer);
    let (published, own) = match (published, own) {
        (Ok(published), Ok(own)) => (published, own),
        (Err(published), Err(own)) => {
            assert_eq!(published, own);
            update(text, None);
            return;
        }
        (published, own) => panic!("{published:?} published, {own:?} with secrets"),
    };
    let (published, own): (Vec<_>, Vec<_>) = (published.collect(), own.collect());
    assert_eq!(published.len(), own.len());
    assert!(own.len() <= limits::MAX_JWK_SET_KEYS);
    update(text, Some(published.iter().flatten().count()));

    let Ok(oracle) = serde_json::from_slice::<Value>(text) else {
        assert!(
            has_huge_number(core::str::from_utf8(text).expect("accepted")),
            "only we accept"
        );
        return;
    };
    let jwks = oracle["keys"].as_array().expect("accepted");
    assert_eq!(own.len(), jwks.len());
    for ((published, own), jwk) in published.into_iter().zip(own).zip(jwks) {
        let jwk_text = jwk.to_string();
        let mut buffer = vec![0; 2 * jwk_text.len()];
        let alone = Key::from_jwk(jwk_text.as_bytes(), &mut buffer);
        assert_eq!(own.as_ref().map(shown), alone.as_ref().map(shown));
        match published {
            Ok(published) => {
                assert_eq!(Ok(shown(&published)), own.as_ref().map(shown));
                compare(&published, jwk);
            }
            Err(Error::JwkNotPublic) => assert!(jwk["kty"] == "oct" || jwk.get("d").is_some()),
            Err(refusal) => assert_eq!(Some(refusal), own.err()),
        }
    }
}

fn shown(key: &Key<'_>) -> String {
    format!("{key:?} {:?}", key.thumbprint())
}

/// A key of a published set and the JWK that it was made of.
fn compare(key: &Key<'_>, jwk: &Value) {
    assert_eq!(jwk.get("kid").and_then(Value::as_str), key.key_id());
    assert_eq!((&jwk["kty"], &jwk["crv"]), (&"EC".into(), &"P-256".into()));
    assert!(jwk.get("d").is_none());
    let member = |name| jwk[name].as_str().expect("accepted");
    assert!(DecodingKey::from_ec_components(member("x"), member("y")).is_ok());
}

/// Updates a ring with a set of which so many keys are usable; `None` where it is no set at all.
fn update(text: &[u8], usable: Option<usize>) {
    let mut ring = KeyRing::<4>::new("joe", 60);
    let updated = ring.update(text, 1, &mut vec![0; 2 * text.len()]);
    match usable {
        None => assert!(updated.is_err()),
        Some(0) => assert_eq!(updated, Err(Error::KeyRingNoKeys)),
        Some(1..=4) => assert!(matches!(updated, Ok(()) | Err(Error::KeyRingKidTooLong))),
        Some(_) => assert_eq!(updated, Err(Error::JwkSetNoRoom)),
    }
    assert_eq!(ring.updated_at(), updated.is_ok().then_some(1));
}
