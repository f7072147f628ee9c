//! Tokens issued here: read by `jsonwebtoken`, byte for byte what it issues, and refused before they are signed where no
//! verifier of this crate would take them.

use core::cell::Cell;
use std::collections::BTreeMap;

use embedded_jwt::{
    Error, Policy, Time, Verifier,
    limits::{MAX_IN_PLACE_HEADER_LEN, MAX_JSON_NAMES, MAX_TOKEN_LEN},
    oauth::ClientAssertion,
    sign::SigningKey,
};
use jsonwebtoken::{DecodingKey, Validation};
use proptest::prelude::*;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value, json};

use crate::common::{self, Alg, NOW, decode, keys};

/// The issuer's private halves.
fn signing_key(alg: Alg) -> SigningKey<'static> {
    match alg {
        #[cfg(feature = "hs256")]
        Alg::Hs256 => SigningKey::hs256(&common::SECRET).unwrap(),
        #[cfg(feature = "es256")]
        Alg::Es256 => SigningKey::es256(&D).unwrap(),
        #[cfg(not(all(feature = "hs256", feature = "es256")))]
        _ => panic!("not in this build"),
    }
}

#[cfg(feature = "es256")]
static D: std::sync::LazyLock<[u8; 32]> =
    std::sync::LazyLock::new(|| decode(common::ISSUER_D).try_into().unwrap());

fn sign(key: SigningKey<'_>, claims: &(impl Serialize + ?Sized)) -> Result<String, Error> {
    let mut buffer = vec![0; MAX_TOKEN_LEN];
    key.sign("JWT", claims, &mut buffer).map(str::to_owned)
}

fn claims_by_jsonwebtoken(alg: Alg, token: &str) -> Value {
    let (algorithm, key) = match alg {
        Alg::Hs256 => (
            jsonwebtoken::Algorithm::HS256,
            DecodingKey::from_secret(&common::SECRET).unwrap(),
        ),
        Alg::Es256 => (
            jsonwebtoken::Algorithm::ES256,
            DecodingKey::from_ec_components(common::ISSUER_X, common::ISSUER_Y).unwrap(),
        ),
    };
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    (validation.validate_exp, validation.validate_aud) = (false, false);
    let token = jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap();
    assert_eq!(token.header.typ.as_deref(), Some("JWT"));
    token.claims
}

/// The signature is the one that another implementation of RFC 6979 makes.
#[test]
fn as_others_sign() {
    for alg in Alg::ALL {
        let claims = json!({"exp": NOW + 60, "iss": "joe", "http://example.com/is_root": true});
        let token = sign(signing_key(*alg).with_kid("a\"1"), &claims).unwrap();
        let (signing_input, signature) = token.rsplit_once('.').unwrap();
        assert_eq!(decode(signature), alg.sign(signing_input.as_bytes()));
        let (header, _) = signing_input.split_once('.').unwrap();
        let header: Value = serde_json::from_slice(&decode(header)).unwrap();
        assert_eq!(
            header,
            json!({"alg": alg.name(), "typ": "JWT", "kid": "a\"1"})
        );
        assert_eq!(claims_by_jsonwebtoken(*alg, &token), claims);
    }
}

/// Exactly the length that is said to be needed, wherever a segment ends.
#[test]
fn buffer_of_the_needed_length() {
    for alg in Alg::ALL {
        for padding in 0..12 {
            let claims = json!({"pad": "x".repeat(padding)});
            let key = signing_key(*alg);
            let Err(Error::BufferTooSmall { needed }) = key.sign("JWT", &claims, &mut []) else {
                panic!("signed into nothing");
            };
            let mut buffer = vec![0; needed - 1];
            let too_small = Error::BufferTooSmall { needed };
            assert_eq!(key.sign("JWT", &claims, &mut buffer), Err(too_small));
            let mut buffer = vec![0; needed];
            let token = key.sign("JWT", &claims, &mut buffer).unwrap();
            assert_eq!(token.len(), needed);
            assert_eq!(claims_by_jsonwebtoken(*alg, token), claims);
        }
    }
}

#[test]
fn token_of_the_limit() {
    for alg in Alg::ALL {
        let of = |padding: usize| sign(signing_key(*alg), &json!({"pad": "x".repeat(padding)}));
        let lengths: Vec<usize> = (0..MAX_TOKEN_LEN).collect();
        let longest = lengths.partition_point(|padding| of(*padding).is_ok()) - 1;
        assert!(of(longest).unwrap().len() > MAX_TOKEN_LEN - 3);
        for more in 1..8 {
            assert_eq!(of(longest + more), Err(Error::TokenTooLong));
        }
        // A `kid` of the right length fills the last bytes: the limit itself is a length that a token may have.
        let with_kid = |kid: &str, padding: usize| {
            let claims = json!({"pad": "x".repeat(padding)});
            let token = sign(signing_key(*alg).with_kid(kid), &claims);
            token.map(|token| token.len())
        };
        let fits = ["k", "kk", "kkk", "kkkk"].into_iter().any(|kid| {
            (longest - 40..longest).any(|padding| with_kid(kid, padding) == Ok(MAX_TOKEN_LEN))
        });
        assert!(fits);
    }
}

/// A type that writes what it likes.
struct Written<F>(F);

impl<F: Fn(&mut dyn FnMut(&str, &Value))> Serialize for Written<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut result = Ok(());
        (self.0)(&mut |name, value| {
            if result.is_ok() {
                result = map.serialize_entry(name, value);
            }
        });
        result?;
        map.end()
    }
}

#[test]
fn claims_that_are_refused() {
    for alg in Alg::ALL {
        let refused_as = |claims: &dyn erased::Claims, error: Error| {
            assert_eq!(claims.sign(signing_key(*alg)), Err(error));
        };
        let refused = |claims: &dyn erased::Claims| refused_as(claims, Error::ClaimsNotJson);
        refused_as(&json!([1]), Error::PayloadNotObject);
        refused_as(&json!("claims"), Error::PayloadNotObject);
        refused_as(&Value::Null, Error::PayloadNotObject);
        refused_as(&7, Error::PayloadNotObject);
        refused(&BTreeMap::from([("x", f64::NAN)]));
        refused(&BTreeMap::from([("x", f64::INFINITY)]));
        refused(&BTreeMap::from([("x", f32::NEG_INFINITY)]));
        refused(&BTreeMap::from([(7, "x")]));
        refused(&WithBytes { x: Bytes });
        let twice = Written(|member: &mut dyn FnMut(&str, &Value)| {
            member("exp", &json!(1));
            member("exp", &json!(2));
        });
        refused_as(&twice, Error::PayloadDuplicateName);
        let nested = (0..16).fold(json!(0), |inner, _| json!([inner]));
        refused_as(&json!({ "x": nested }), Error::PayloadTooDeep);
        let many: Map<_, _> = (0..=MAX_JSON_NAMES)
            .map(|n| (n.to_string(), json!(0)))
            .collect();
        refused_as(&Value::Object(many), Error::PayloadTooManyNames);
        // Another text at every call.
        let calls = Cell::new(0);
        refused(&Written(|member: &mut dyn FnMut(&str, &Value)| {
            calls.set(calls.get() + 9);
            member("exp", &json!(calls.get()));
        }));
    }
}

/// What a verifier of this crate rejects for its form is not signed, and the error is the verifier's.
#[test]
fn registered_claims_of_another_type() {
    for (claims, error) in [
        (json!({"exp": "soon"}), Error::InvalidExp),
        (json!({"exp": -1.0}), Error::InvalidExp),
        (json!({"exp": null}), Error::InvalidExp),
        (json!({"nbf": true}), Error::InvalidNbf),
        (json!({"iat": [1]}), Error::InvalidIat),
        (json!({"iss": 7}), Error::InvalidIss),
        (json!({"sub": {}}), Error::InvalidSub),
        (json!({"aud": 7}), Error::InvalidAud),
        (json!({"aud": ["a", 7]}), Error::InvalidAud),
        (json!({"jti": null}), Error::InvalidJti),
    ] {
        for alg in Alg::ALL {
            assert_eq!(sign(signing_key(*alg), &claims), Err(error), "{claims}");
        }
    }
}

/// The longest header that is verified in place is the longest that is issued.
#[test]
fn header_of_the_limit() {
    for alg in Alg::ALL {
        let of = |kid: &str, typ: &str| {
            let mut buffer = vec![0; MAX_TOKEN_LEN];
            let key = signing_key(*alg).with_kid(kid);
            key.sign(typ, &json!({"exp": NOW + 60}), &mut buffer)
                .map(str::to_owned)
        };
        let others = r#"{"alg":"HS256","typ":"JWT","kid":""}"#.len();
        let longest = "k".repeat(MAX_IN_PLACE_HEADER_LEN - others);
        let mut token = of(&longest, "JWT").unwrap().into_bytes();
        let (keys, policy) = ([alg.key().with_kid(&longest)], Policy::new());
        let verifier = Verifier::new(&keys, &policy);
        let in_place = verifier.verify_in_place(&mut token, Time::Trusted(NOW));
        assert!(in_place.is_ok(), "{in_place:?}");
        for len in [longest.len() + 1, 600, 5000, 20_000] {
            let long = "k".repeat(len);
            assert_eq!(of(&long, "JWT"), Err(Error::HeaderTooLong), "{len}");
        }
        assert_eq!(of("k", &"k".repeat(600)), Err(Error::HeaderTooLong));
        // Escapes count.
        let escaped = "\"".repeat(longest.len() / 2 + 1);
        assert_eq!(of(&escaped, "JWT"), Err(Error::HeaderTooLong));
    }
}

/// serde's `Serialize` cannot be a trait object.
mod erased {
    use super::{Error, Serialize, SigningKey};

    pub(super) trait Claims {
        fn sign(&self, key: SigningKey<'_>) -> Result<String, Error>;
    }

    impl<T: Serialize> Claims for T {
        fn sign(&self, key: SigningKey<'_>) -> Result<String, Error> {
            super::sign(key, self)
        }
    }
}

#[derive(Serialize)]
struct WithBytes {
    x: Bytes,
}

struct Bytes;

/// Bytes, as serde has them.
impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(b"x")
    }
}

/// Every kind of type that serde has, as `serde_json` writes it.
#[test]
fn types_of_serde() {
    #[derive(Serialize)]
    enum Kind {
        Unit,
        Newtype(u8),
        Tuple(u8, char),
        Struct { on: bool },
    }
    #[derive(Serialize)]
    struct Unit;
    #[derive(Serialize)]
    struct Newtype(i16);
    #[derive(Serialize)]
    struct Pair(u128, i128);
    #[derive(Serialize)]
    struct All<'a> {
        unit: (),
        unit_struct: Unit,
        newtype: Newtype,
        pair: Pair,
        tuple: (u16, u32, i8, i32, f32),
        ends: [i64; 3],
        kinds: [Kind; 4],
        some: Option<u8>,
        none: Option<u8>,
        text: &'a str,
        empty: [u8; 0],
        map: BTreeMap<char, u64>,
        #[serde(serialize_with = "displayed")]
        displayed: &'a str,
    }
    fn displayed<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{text}{}", 7))
    }
    let all = All {
        unit: (),
        unit_struct: Unit,
        newtype: Newtype(-7),
        pair: Pair(u128::MAX, i128::MIN),
        tuple: (1, 2, -3, -4, 0.5),
        ends: [i64::MIN, 0, i64::MAX],
        kinds: [
            Kind::Unit,
            Kind::Newtype(1),
            Kind::Tuple(2, '"'),
            Kind::Struct { on: true },
        ],
        some: Some(1),
        none: None,
        text: "\0\u{1f}\u{7f}\u{8}\u{c}\n\r\t\"\\/\u{e9}\u{1d11e}",
        empty: [],
        map: BTreeMap::from([('a', 1), ('b', u64::MAX)]),
        displayed: "a\"b",
    };
    for alg in Alg::ALL {
        let token = sign(signing_key(*alg), &all).unwrap();
        let payload = decode(token.split('.').nth(1).unwrap());
        assert_eq!(
            String::from_utf8(payload).unwrap(),
            serde_json::to_string(&all).unwrap()
        );
    }
}

#[test]
fn nothing_is_allocated() {
    for alg in Alg::ALL {
        let key = signing_key(*alg);
        let claims = Written(|member: &mut dyn FnMut(&str, &Value)| {
            member("exp", &Value::from(NOW));
        });
        let mut buffer = [0; 512];
        let counted = allocation_counter::measure(|| {
            key.sign("JWT", &claims, &mut buffer).unwrap();
        });
        assert_eq!(counted.count_total, 0);
    }
}

#[cfg(feature = "es256")]
mod es256 {
    use super::*;
    use core::fmt;

    use rand_core::{TryCryptoRng, TryRng};

    #[test]
    fn private_keys() {
        const ORDER: &str = "_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE";
        let bytes = |text| -> [u8; 32] { decode(text).try_into().unwrap() };
        let order = bytes(ORDER);
        let mut largest = order;
        largest[31] -= 1;
        let mut one = [0; 32];
        one[31] = 1;
        for good in [one, largest, *D] {
            assert!(SigningKey::es256(&good).is_ok());
        }
        for bad in [[0; 32], order, [0xff; 32]] {
            let refused = SigningKey::es256(&bad).err();
            assert_eq!(refused, Some(Error::PrivateKeyOutOfRange));
        }
        let point = SigningKey::es256(&D).unwrap().public_key().unwrap();
        assert_eq!(point[..], common::ISSUER_POINT[..]);
    }

    /// Counts, or fails.
    struct Random(Option<u8>);

    impl TryRng for Random {
        type Error = fmt::Error;

        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            Err(fmt::Error)
        }

        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            Err(fmt::Error)
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
            let next = self.0.as_mut().ok_or(fmt::Error)?;
            *next += 1;
            bytes.fill(*next);
            Ok(())
        }
    }

    impl TryCryptoRng for Random {}

    #[test]
    fn with_randomness() {
        let claims = json!({"exp": NOW + 60});
        let key = SigningKey::es256(&D).unwrap();
        let mut random = Random(Some(0));
        let mut tokens = [(); 3].map(|()| {
            let mut buffer = [0; 512];
            let token = key.sign_with(&mut random, "JWT", &claims, &mut buffer);
            token.unwrap().to_owned()
        });
        for token in &tokens {
            assert_eq!(claims_by_jsonwebtoken(Alg::Es256, token), claims);
        }
        tokens.sort_unstable();
        assert!(tokens.windows(2).all(|two| two[0] != two[1]));
        assert!(!tokens.contains(&sign(key, &claims).unwrap()));

        let mut buffer = [0; 512];
        let failed = key.sign_with(&mut Random(None), "JWT", &claims, &mut buffer);
        assert_eq!(failed, Err(Error::NoRandomness));
    }
}

/// The claims that RFC 7523 section 3 requires, judged as an authorization server does.
#[test]
fn client_assertion() {
    for alg in Alg::ALL {
        let assertion = ClientAssertion::new("pump-7", "https://auth.example", "a-1", NOW);
        let token = sign(signing_key(*alg), &assertion).unwrap();
        assert_eq!(
            claims_by_jsonwebtoken(*alg, &token),
            json!({
                "iss": "pump-7",
                "sub": "pump-7",
                "aud": "https://auth.example",
                "jti": "a-1",
                "iat": NOW,
                "exp": NOW + 60,
            })
        );
        let endless = assertion.lifetime(u64::MAX);
        let token = sign(signing_key(*alg), &endless).unwrap();
        assert_eq!(claims_by_jsonwebtoken(*alg, &token)["exp"], u64::MAX);
    }
}

#[test]
fn kid_of_a_key() {
    for alg in Alg::ALL {
        let key = signing_key(*alg);
        assert_eq!(key.kid(), None);
        assert_eq!(key.with_kid("k").kid(), Some("k"));
    }
}

#[test]
fn keys_print_no_secret() {
    for alg in Alg::ALL {
        let shown = format!("{:?}", signing_key(*alg).with_kid("k"));
        let algorithm = signing_key(*alg).algorithm();
        assert_eq!(
            shown,
            format!("SigningKey {{ algorithm: {algorithm:?}, kid: Some(\"k\"), .. }}")
        );
    }
}

proptest! {
    /// What is signed here is accepted here and there, with equal claims.
    #[test]
    fn round_trip(members in prop::collection::btree_map("\\PC{0,8}", ".{0,24}", 0..8), number: i64) {
        let mut claims: Map<String, Value> = Map::new();
        for (name, value) in members {
            claims.insert(format!("x{name}"), value.into());
        }
        claims.insert("number".to_owned(), number.into());
        claims.insert("exp".to_owned(), (NOW + 60).into());
        let claims = Value::Object(claims);
        for alg in Alg::ALL {
            let token = sign(signing_key(*alg), &claims).unwrap();
            prop_assert_eq!(claims_by_jsonwebtoken(*alg, &token), claims.clone());
            let (keys, policy) = (keys(), Policy::new().typ("JWT"));
            let mut buffer = vec![0; token.len()];
            let verifier = Verifier::new(&keys, &policy);
            let ours = verifier.verify(token.as_bytes(), Time::Trusted(NOW), &mut buffer);
            prop_assert!(ours.is_ok(), "{:?}", ours);
        }
    }
}
