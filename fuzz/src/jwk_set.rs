//! JWK Sets, with `serde_json` for their form and `jsonwebtoken` for their keys.

use std::collections::BTreeSet;

use embedded_jwt::{
    Error, Key,
    jwk::{JwkSet, KeyRing},
    limits,
};
use jsonwebtoken::DecodingKey;
use serde_json::Value;

use super::has_huge_number;

/// Any bytes as a JWK Set: each JWK is what it is alone, what we accept is in the set that `serde_json` reads, and a
/// key ring adds all of its keys or none.
pub fn jwk_set(text: &[u8]) {
    let mut buffer = vec![0; text.len()];
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
    update(text, Some(&published));

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
        let mut buffer = vec![0; jwk_text.len()];
        let alone = Key::from_jwk(jwk_text.as_bytes(), &mut buffer);
        assert_eq!(own.as_ref().map(shown), alone.as_ref().map(shown));
        match published {
            Ok(published) => {
                assert_eq!(Ok(shown(&published)), own.as_ref().map(shown));
                compare(&published, jwk);
            }
            Err(Error::JwkNotPublic) => {
                let is_secret = |jwk: &Value| jwk["kty"] == "oct" || !jwk["d"].is_null();
                assert!(jwks.iter().any(is_secret), "{jwk}");
            }
            // In a set of one's own a private half is no matter.
            Err(Error::JwkInvalidMember) if jwk.get("d") == Some(&Value::Null) => {}
            Err(refusal) => assert_eq!(Some(refusal), own.err()),
        }
    }
}

fn shown(key: &Key<'_>) -> String {
    format!("{key:?} {:?}", key.thumbprint())
}

/// A key of a published set and the JWK that it was made of.
fn compare(key: &Key<'_>, jwk: &Value) {
    assert_eq!(jwk.get("kid").and_then(Value::as_str), key.kid());
    assert_eq!((&jwk["kty"], &jwk["crv"]), (&"EC".into(), &"P-256".into()));
    assert!(jwk.get("d").is_none());
    let member = |name| jwk[name].as_str().expect("accepted");
    assert!(DecodingKey::from_ec_components(member("x"), member("y")).is_ok());
}

/// Updates a ring with a set of these keys; `None` where it is no set at all.
fn update(text: &[u8], published: Option<&[Result<Key<'_>, Error>]>) {
    let mut buffer = vec![0; text.len()];
    let mut ring = KeyRing::<4>::new("joe", 60);
    let updated = ring.update(text, 1, &mut buffer);
    let Some(published) = published else {
        assert!(updated.is_err());
        assert_eq!(ring.updated_at(), None);
        return;
    };
    assert_eq!(ring.updated_at(), Some(1));
    let usable: Vec<String> = published.iter().flatten().map(shown).collect();
    let distinct: BTreeSet<&String> = usable.iter().collect();
    match updated {
        Ok(update) => {
            assert!((1..=distinct.len()).contains(&update.added), "{update:?}");
            assert_eq!(update.withdrawn, 0);
            assert_eq!(update.added, distinct.len(), "{update:?}");
            let rejected = update.rejected.map(|jwk| (jwk.index, jwk.reason));
            if let Some((index, reason)) = rejected {
                assert_eq!(published[index].as_ref().err(), Some(&reason));
            }
        }
        Err(Error::KeyRingFull) => assert!(distinct.len() > 4),
        Err(Error::JwkSetDuplicateKid) => assert!(distinct.len() > 1),
        Err(Error::KeyRingKidTooLong) => assert!(!usable.is_empty()),
        Err(Error::KeyRingNoKeys { skipped }) => {
            assert!(usable.is_empty());
            assert_eq!(skipped, published.len());
        }
        // The first that should be a key tells why there is none.
        Err(reason) => assert!(
            published
                .iter()
                .any(|jwk| jwk.as_ref().err() == Some(&reason))
        ),
    }
    // What it holds goes with the next set that lists nothing.
    assert_eq!(
        ring.update(br#"{"keys":[]}"#, 2, &mut [0; 32]),
        Err(Error::KeyRingNoKeys { skipped: 0 })
    );
    ring.forget_withdrawn();
    assert_eq!(
        ring.update(br#"{"keys":[]}"#, 2, &mut [0; 32]),
        Err(Error::KeyRingStale)
    );
}
