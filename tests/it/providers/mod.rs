//! What well-known providers send: the shapes of their tokens and JWK Sets, remade with invented
//! names and with the keys of the tests. Each has its exact verdict.
//!
//! The files in `tokens/` and `sets.json` are data.

mod generate;
#[cfg(feature = "es256")]
mod sets;

use embedded_jwt::{Error, Policy, Time, limits::MAX_JSON_NAMES};
use serde_json::Value;

use self::generate::generate;
use crate::common::{self, NOW, alg, mint, verify};

const FILES: [&str; 3] = [
    include_str!("tokens/identity_providers.json"),
    include_str!("tokens/platforms.json"),
    include_str!("tokens/odd.json"),
];

/// The policy that `docs/providers.md` names for a token that (a) and (b) below reject, or that has
/// its scopes in `scp`.
const AS_DOCUMENTED: &[(&str, Policy<'static>)] = &[
    (
        "keycloak user",
        Policy::new()
            .typ("JWT")
            .issuer("https://login.example/realms/plant")
            .audience("pump-api")
            .require_claims(&["azp"])
            .scope("profile"),
    ),
    (
        "auth0 machine to machine",
        Policy::new()
            .typ("JWT")
            .issuer("https://tenant.auth.example/")
            .audience("https://pump.example/api")
            .require_claims(&["azp"])
            .scope("read:pumps"),
    ),
    (
        "okta user",
        Policy::new()
            .issuer("https://org.okta.example/oauth2/default")
            .audience("api://default")
            .scope("pump:write")
            .scope_claim("scp"),
    ),
    (
        "entra v2 user",
        Policy::new()
            .issuer("https://login.entra.example/72f988bf-0000-4000-8000-2d7cd011db47/v2.0")
            .audiences(&[
                "11112222-bbbb-3333-cccc-4444dddd5555",
                "api://11112222-bbbb-3333-cccc-4444dddd5555",
            ])
            .scope("Pump.Write")
            .scope_claim("scp"),
    ),
    (
        "hydra access token",
        Policy::access_token("https://hydra.example", "pump-api")
            .typ("JWT")
            .scope("pump:write")
            .scope_claim("scp"),
    ),
    (
        "zitadel access token",
        Policy::access_token("https://zitadel.example", "171234567890123457").typ("JWT"),
    ),
    (
        "cognito access token",
        Policy::new()
            .issuer("https://cognito.example/eu-west-1_A1b2C3d4E")
            .require_claims(&["client_id", "token_use"])
            .scope("pump/write"),
    ),
    (
        "SPIFFE identity of a workload",
        Policy::new().audience("pump-api"),
    ),
    (
        "Kubernetes, bound to a pod",
        Policy::new()
            .issuer("https://kubernetes.default.svc.cluster.example")
            .audience("pump-api")
            .subject("system:serviceaccount:plant:pump"),
    ),
    (
        "supabase session",
        Policy::new()
            .issuer("https://project.supabase.example/auth/v1")
            .audience("authenticated"),
    ),
    (
        "keycloak with typ at+jwt",
        Policy::new()
            .typ("at+jwt")
            .issuer("https://login.example/realms/plant")
            .audience("pump-api")
            .scope("profile"),
    ),
];

/// The shape of a token.
struct Shape {
    row: Value,
}

impl Shape {
    fn all() -> Vec<Self> {
        FILES
            .iter()
            .flat_map(|file| serde_json::from_str::<Vec<Value>>(file).unwrap())
            .map(|row| Self { row })
            .collect()
    }

    fn text(&self, member: &str) -> &str {
        self.row[member].as_str().unwrap()
    }

    fn token(&self) -> Vec<u8> {
        let part = |member: &str| generate(&self.row[member], 0).to_string();
        let token = mint(alg(), part("header"), part("claims"));
        if self.row["padded"] != true {
            return token;
        }
        let padded = |segment: &[u8]| {
            let equals = vec![b'='; segment.len().wrapping_neg() % 4];
            [segment, &equals].concat()
        };
        let segments: Vec<_> = token.split(|byte| *byte == b'.').map(padded).collect();
        segments.join(&b'.')
    }

    /// The verdict in the row, unless the claims have more names than the limit.
    fn expected(&self, member: &str) -> &str {
        let claims = generate(&self.row["claims"], 0);
        if open_names(&claims) > MAX_JSON_NAMES {
            return "PayloadTooManyNames";
        }
        self.text(member)
    }
}

/// The largest number of names that are open at one place of a text.
fn open_names(value: &Value) -> usize {
    match value {
        Value::Object(object) => (1..)
            .zip(object.values())
            .map(|(names, value)| names + open_names(value))
            .max()
            .unwrap_or(0),
        Value::Array(list) => list.iter().map(open_names).max().unwrap_or(0),
        _ => 0,
    }
}

fn verdict(policy: &Policy<'_>, token: &[u8]) -> &'static str {
    let verdict = verify(&[alg().key()], policy, Time::Trusted(NOW), token);
    verdict.map_or_else(Error::name, |_| "accept")
}

#[test]
fn tokens() {
    let mut wrong = Vec::new();
    for shape in Shape::all() {
        let (issuer, audience) = (shape.text("issuer"), shape.text("audience"));
        let token = shape.token();
        for (member, policy) in [
            ("bearer", Policy::new().issuer(issuer).audience(audience)),
            ("access_token", Policy::access_token(issuer, audience)),
        ] {
            let (found, expected) = (verdict(&policy, &token), shape.expected(member));
            if found != expected {
                let name = shape.text("name");
                wrong.push(format!("{name}, {member}: {found} and not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// With the policy of the docs, and not with another issuer, audience, scope or time.
#[test]
fn tokens_under_the_documented_policies() {
    let shapes = Shape::all();
    for (name, policy) in AS_DOCUMENTED {
        let shape = shapes.iter().find(|shape| shape.text("name") == *name);
        let token = shape.unwrap().token();
        let judge = |policy: Policy<'_>| verdict(&policy, &token);
        assert_eq!(judge(*policy), "accept", "{name}");
        for stricter in [
            policy.issuer("https://b.example"),
            policy.audience("other"),
            policy.scope("other"),
        ] {
            assert_ne!(judge(stricter), "accept", "{name}");
        }
        let late = Time::Trusted(NOW + 1_000_000);
        let verdict = verify(&[alg().key()], policy, late, &token).map(drop);
        assert_eq!(verdict, Err(Error::Expired), "{name}");
    }
}

/// Whoever changes a token, and whoever else signs one, is rejected.
#[test]
fn forged() {
    for shape in Shape::all() {
        let part = |member: &str| generate(&shape.row[member], 0).to_string();
        let token = common::forge(alg(), part("header"), part("claims"));
        let policy = Policy::new().issuer(shape.text("issuer"));
        let policy = policy.audience(shape.text("audience"));
        let expected = match shape.text("bearer") {
            "TokenTooLong" => "TokenTooLong",
            _ => "KeyNotFound or InvalidSignature",
        };
        let found = match verdict(&policy, &token) {
            "KeyNotFound" | "InvalidSignature" => "KeyNotFound or InvalidSignature",
            other => other,
        };
        assert_eq!(found, expected, "{}", shape.text("name"));
    }
}

#[test]
fn names_are_unique() {
    let shapes = Shape::all();
    let names: std::collections::BTreeSet<&str> =
        shapes.iter().map(|shape| shape.text("name")).collect();
    assert_eq!(names.len(), shapes.len());
    assert!(shapes.len() >= 48, "{}", shapes.len());
}
