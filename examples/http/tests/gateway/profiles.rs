//! Settings for the tokens of other providers: their `typ`, their claims and their clocks.

use std::time::Duration;

use anyhow::Result;
use http_examples::{
    gateway::{Profile, Settings},
    now,
};
use serde_json::{Value, json};

use crate::issuer::{AS_OAUTH, AS_OPENID, AUDIENCE, Issuer, get_with, settings};

/// What default tokens of providers look like, and the settings that accept them: never without
/// issuer, audience and `exp`, and never bound to a key.
#[test]
fn profiles() -> Result<()> {
    let issuer = Issuer::start(AS_OPENID, None)?;
    let iss = &issuer.url;
    let (iat, exp) = (now(), now() + 600);
    let rfc9068 = json!({ "iss": iss, "sub": "ada", "client_id": "console", "aud": AUDIENCE,
        "iat": iat, "exp": exp, "jti": "1", "scope": "status:read" });
    let keycloak = json!({ "iss": iss, "sub": "ada", "azp": "console", "aud": [AUDIENCE, "account"],
        "iat": iat, "exp": exp, "jti": "1", "typ": "Bearer", "scope": "status:read" });
    let okta = json!({ "iss": iss, "sub": "ada", "cid": "console", "aud": AUDIENCE,
        "iat": iat, "exp": exp, "jti": "1", "scp": ["status:read", "openid"] });
    let but = |claims: &Value, name: &str, value: Value| {
        let mut claims = claims.clone();
        if let Some(claims) = claims.as_object_mut() {
            claims.insert(name.to_owned(), value);
        }
        claims
    };
    let bound = json!({ "jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" });
    let gateway = |typ: &str, scope_claim: &str| {
        issuer.gateway_with(Settings {
            profile: Profile::named(typ),
            scope_claim: scope_claim.to_owned(),
            scope: Some("status:read".to_owned()),
            ..settings(iss)
        })
    };
    let strict = gateway("at+jwt", "scope")?;
    let jwt = gateway("JWT", "scope")?;
    let any = gateway("any", "scp")?;
    let hour_ago = Value::from(now() - 3600);
    for (title, gateway, typ, claims, status) in [
        ("RFC 9068", &strict, "at+jwt", rfc9068.clone(), 200),
        ("another typ", &strict, "JWT", rfc9068.clone(), 401),
        ("no client_id", &strict, "at+jwt", keycloak.clone(), 401),
        ("Keycloak", &jwt, "JWT", keycloak.clone(), 200),
        ("not its typ", &jwt, "at+jwt", rfc9068, 401),
        ("Okta", &any, "JWT", okta.clone(), 200),
        ("scp where scope counts", &jwt, "JWT", okta.clone(), 403),
        ("scope where scp counts", &any, "JWT", keycloak.clone(), 403),
        (
            "a word more",
            &any,
            "JWT",
            but(&okta, "scp", "status:read2".into()),
            403,
        ),
        ("null", &any, "JWT", but(&okta, "scp", Value::Null), 401),
        (
            "other issuer",
            &any,
            "JWT",
            but(&okta, "iss", "https://b.example".into()),
            401,
        ),
        (
            "other audience",
            &any,
            "JWT",
            but(&okta, "aud", "account".into()),
            401,
        ),
        (
            "no audience",
            &any,
            "JWT",
            but(&okta, "aud", json!([])),
            401,
        ),
        ("expired", &any, "JWT", but(&okta, "exp", hour_ago), 401),
        ("bound to a key", &any, "JWT", but(&okta, "cnf", bound), 401),
    ] {
        let token = issuer.key.sign(typ, &claims)?;
        let answer = get_with(gateway, &token)?;
        assert_eq!(answer.status(), status, "{title}");
        if status == 200 {
            let grant: Value = serde_json::from_slice(answer.body())?;
            let member = |name: &str| grant.get(name).and_then(Value::as_str);
            assert_eq!(member("client_id"), Some("console"), "{title}");
            assert_eq!(member("sub"), Some("ada"), "{title}");
        }
    }
    Ok(())
}

#[test]
fn clocks_may_differ_by_the_leeway() -> Result<()> {
    let issuer = Issuer::start(AS_OAUTH, None)?;
    let gateway = issuer.gateway_with(Settings {
        leeway: Duration::from_secs(60),
        ..settings(&issuer.url)
    })?;
    for (ahead, status) in [(0, 200), (30, 200), (120, 401)] {
        let claims = json!({
            "iss": issuer.url, "sub": "console", "client_id": "console", "aud": AUDIENCE,
            "iat": now() + ahead, "exp": now() + 600, "jti": "1",
        });
        let token = issuer.key.sign("at+jwt", &claims)?;
        assert_eq!(get_with(&gateway, &token)?.status(), status, "{ahead}");
    }
    Ok(())
}
