//! Nothing is allocated, whatever comes in, and the types stay small.

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use core::mem::size_of;

use common::rfc7515::{A1, A1_JWK, A3, A3_JWK, BEFORE_EXP};
use embedded_jwt::{
    Claims, Compact, Error, Header, Key, Policy, Time, Token, Verified, Verifier,
    crypto::{PublicKey, Software},
    jwk::{JwkSet, KeyRing},
    oauth::{Challenge, DpopRequest, Scheme},
};

const TOKENS: [&[u8]; 2] = [A1, A3];
const JWKS: [&[u8]; 2] = [A1_JWK, A3_JWK];

#[derive(serde::Deserialize)]
struct Shape<'a> {
    iss: &'a str,
    #[serde(rename = "http://example.com/is_root")]
    is_root: bool,
}

#[test]
fn nothing_is_allocated() {
    // One symbol changed, at every seventh place of each token: form, header, payload or signature is wrong.
    let hostile: Vec<Vec<u8>> = TOKENS
        .iter()
        .flat_map(|token| {
            (0..token.len())
                .step_by(7)
                .map(|at| [&token[..at], b"_", &token[at + 1..]].concat())
        })
        .collect();
    let mut in_place = TOKENS.map(<[u8]>::to_vec);
    let [first, second] = &mut in_place;
    let mut accepted = 0;
    let mut refused = 0;

    let allocated = allocation_counter::measure(|| {
        let (mut a, mut b, mut buffer) = ([0; 512], [0; 512], [0; 512]);
        let keys = [
            Key::from_jwk(JWKS[0], &mut a).unwrap(),
            Key::from_jwk(JWKS[1], &mut b).unwrap(),
        ];
        let policy = Policy::new().issuer("joe");
        let verifier = Verifier::new(&keys, &policy);
        for token in TOKENS {
            let token = verifier.verify(token, BEFORE_EXP, &mut buffer).unwrap();
            let shape: Shape<'_> = token.claims().deserialize().unwrap();
            accepted += usize::from(shape.iss == "joe" && shape.is_root);
        }
        for token in [first, second] {
            accepted += usize::from(verifier.verify_in_place(token, BEFORE_EXP).is_ok());
        }
        for token in &hostile {
            refused += usize::from(verifier.verify(token, BEFORE_EXP, &mut buffer).is_err());
        }
    });
    assert_eq!((accepted, refused), (4, hostile.len()));
    assert_eq!(allocated.count_total, 0, "{allocated:?}");

    // The counter counts.
    let counted = allocation_counter::measure(|| drop(core::hint::black_box(vec![0u8; 7])));
    assert_eq!(counted.count_total, 1);
}

#[test]
fn nothing_is_allocated_for_keys() {
    let set = [&b"{\"keys\":["[..], JWKS[0], b",", JWKS[1], b"]}"].concat();
    let mut counts = (0, 0, 0);
    let allocated = allocation_counter::measure(|| {
        let mut buffer = [0; 1024];
        let jwks = JwkSet::parse_with_secrets(&set, &mut buffer).unwrap();
        counts.0 = jwks.keys::<2>().unwrap().len();
        let mut ring: KeyRing<'_, 2> = KeyRing::new("joe", 60);
        counts.1 += usize::from(ring.update(&set, 1, &mut buffer).is_ok());
        counts.1 += usize::from(ring.update(&set[1..], 2, &mut buffer).is_ok());
        let policy = Policy::new();
        let keys = ring.keys(&policy);
        for token in TOKENS {
            let token = keys.verify(token, BEFORE_EXP, &mut buffer);
            counts.2 += usize::from(token.is_ok_and(|token| token.key().thumbprint().is_some()));
        }
    });
    // A published secret is no key, so the token under HS256 is refused.
    assert_eq!(counts, (2, 1, 1));
    assert_eq!(allocated.count_total, 0, "{allocated:?}");
}

/// Nor for a table, its key, or a verification under it.
#[cfg(feature = "fast-es256")]
#[test]
fn nothing_is_allocated_for_a_prepared_key() {
    use embedded_jwt::prepared::KeyTable16;

    let mut counts = (0, 0);
    let allocated = allocation_counter::measure(|| {
        let (mut for_key, mut buffer, mut room) = ([0; 512], [0; 512], KeyTable16::room());
        let plain = Key::from_jwk(JWKS[1], &mut for_key).unwrap();
        let public_key = plain.public_key().unwrap();
        let table = room.prepare(public_key);
        counts.0 += usize::from(table.matches(public_key));
        let keys = [Key::es256_prepared(table.key())];
        counts.0 += usize::from(keys[0].thumbprint() == plain.thumbprint());
        let policy = Policy::new().issuer("joe");
        let verifier = Verifier::new(&keys, &policy);
        for token in TOKENS {
            let verdict = verifier.verify(token, BEFORE_EXP, &mut buffer);
            counts.1 += usize::from(verdict.is_ok());
        }
    });
    assert_eq!(counts, (2, 1));
    assert_eq!(allocated.count_total, 0, "{allocated:?}");
}

/// An access token by the key of RFC 7515 appendix A.3 and bound to it, and a proof for it: both by other people's code.
fn dpop() -> (Vec<u8>, Vec<u8>) {
    use sha2::Digest as _;
    let (x, y) = (common::ISSUER_X, common::ISSUER_Y);
    let jwk = format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#);
    let claims = format!(r#"{{"iat":1,"exp":99,"cnf":{{"jwk":{jwk}}}}}"#);
    let token = common::mint(common::Alg::Es256, common::HEADER, claims);
    let ath = common::encode(sha2::Sha256::digest(&token));
    let header = format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{jwk}}}"#);
    let claims = format!(r#"{{"jti":"1","iat":10,"htm":"GET","htu":"https://a","ath":"{ath}"}}"#);
    let proof = common::mint(common::Alg::Es256, header, claims);
    ([&b"DPoP "[..], &token].concat(), proof)
}

#[test]
fn nothing_is_allocated_for_a_request() {
    let mut counts = (0, 0, 0);
    let (authorization, proof) = dpop();
    let allocated = allocation_counter::measure(|| {
        let mut header = [0; 512];
        let challenge = Challenge::new("pump-7").scope("pump:write");
        for value in [
            &b"Bearer a.b.c"[..],
            b"bearer  x",
            b"Basic x",
            b"Bearer a b",
        ] {
            match Scheme::Bearer.token(value) {
                Ok(_token) => counts.0 += 1,
                Err(refusal) => {
                    counts.1 += challenge
                        .write(refusal.into(), &mut header)
                        .unwrap()
                        .map_or(0, str::len);
                }
            }
        }
        let (mut for_key, mut buffer) = ([0; 512], [0; 1024]);
        let (keys, policy) = (
            [Key::from_jwk(JWKS[1], &mut for_key).unwrap()],
            Policy::new(),
        );
        let verifier = Verifier::new(&keys, &policy);
        let request = DpopRequest::new("GET", "https://a", &authorization, &proof);
        for now in [10, 90] {
            let verdict = verifier.verify_dpop(&request, Time::Trusted(now), &mut buffer);
            counts.2 += usize::from(verdict.is_ok());
        }
    });
    assert!(
        counts.0 >= 1 && counts.1 > 50 && counts.2 == 1,
        "{counts:?}"
    );
    assert_eq!(allocated.count_total, 0, "{allocated:?}");
}

/// Figures for 64-bit hosts; a pointer is half as wide on the microcontrollers.
#[test]
#[cfg(target_pointer_width = "64")]
fn types_are_small() {
    assert_eq!(size_of::<Error>(), 24);
    assert_eq!(size_of::<Result<(), Error>>(), 24);
    assert_eq!(size_of::<Time>(), 16);
    // `device` adds a mark for sources of time.
    let key = if cfg!(feature = "device") { 80 } else { 72 };
    assert_eq!(size_of::<Key<'_>>(), key);
    assert_eq!(size_of::<PublicKey<'_>>(), 24);
    assert_eq!(size_of::<Software>(), 0);
    assert_eq!(size_of::<Compact<'_>>(), 64);
    assert_eq!(size_of::<Header<'_>>(), 80);
    assert_eq!(size_of::<Claims<'_>>(), 144);
    assert_eq!(size_of::<Policy<'_>>(), 176);
    assert_eq!(size_of::<Verified<'_, '_>>(), 104);
    assert_eq!(size_of::<Verifier<'_>>(), 32);
    assert_eq!(size_of::<Token<'_, '_>>(), 256);
    #[cfg(feature = "fast-es256")]
    {
        use embedded_jwt::prepared::{KeyTable16, PreparedKey, TableRoom};
        assert_eq!(size_of::<PreparedKey<'_>>(), 16);
        assert_eq!(size_of::<KeyTable16>(), 1024);
        assert_eq!(size_of::<TableRoom<16>>(), 1024);
    }
}
