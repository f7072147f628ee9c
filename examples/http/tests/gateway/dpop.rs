//! Tokens that are bound to a key: a request needs a new proof, for this method and this output.

use anyhow::{Context as _, Result};
use axum::http::Request;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use http_examples::{gateway::Settings, now, send};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::issuer::{AS_OAUTH, AUDIENCE, Issuer, Lines, settings};

const URL: &str = "https://pump-7.example";

/// The key of a client.
struct Client(SigningKey);

impl Client {
    fn new(byte: u8) -> Result<Self> {
        Ok(Self(SigningKey::from_slice(&[byte; 32])?))
    }

    fn jwk(&self) -> Value {
        let point = self.0.verifying_key().to_sec1_point(false);
        let (x, y) = point.as_bytes().split_at(1).1.split_at(32);
        let encode = |bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        json!({"crv": "P-256", "kty": "EC", "x": encode(x), "y": encode(y)})
    }

    /// The thumbprint of RFC 7638: the members of `jwk` are in its order.
    fn thumbprint(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.jwk().to_string()))
    }

    fn proof(&self, token: &str, jti: &str, path: &str) -> String {
        let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk()});
        let claims = json!({
            "jti": jti, "htm": "POST", "htu": format!("{URL}{path}"), "iat": now() + 5,
            "ath": BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token)),
        });
        let [header, claims] =
            [header, claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string()));
        let input = format!("{header}.{claims}");
        let signature: Signature = self.0.sign(input.as_bytes());
        format!(
            "{input}.{}",
            BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes())
        )
    }
}

fn bound_token(issuer: &Issuer, client: &Client) -> Result<String> {
    let claims = json!({
        "iss": issuer.url, "sub": "console", "client_id": "console", "aud": AUDIENCE,
        "iat": now(), "exp": now() + 600, "jti": "1", "scope": "pump:write",
        "cnf": {"jkt": client.thumbprint()},
    });
    Ok(issuer.key.sign("at+jwt", &claims)?)
}

/// Returns the status and the challenge.
fn post(
    gateway: &str,
    path: &str,
    scheme: &str,
    token: &str,
    proofs: &[&str],
) -> Result<(u16, String)> {
    let mut request = Request::post(format!("{gateway}{path}"))
        .header("Authorization", format!("{scheme} {token}"));
    for proof in proofs {
        request = request.header("DPoP", *proof);
    }
    let response = send(request.body(br#"{"on":true}"#.to_vec())?)?;
    let challenge = response.headers().get("WWW-Authenticate");
    let challenge = challenge.map(|field| field.to_str().map(str::to_owned));
    Ok((
        response.status().as_u16(),
        challenge.transpose()?.unwrap_or_default(),
    ))
}

#[test]
fn a_proof_is_used_once() -> Result<()> {
    let issuer = Issuer::start(AS_OAUTH, None)?;
    let lines = Lines::default();
    let gateway = issuer.gateway_with(Settings {
        url: Some(format!("{URL}/")),
        log: lines.log(),
        ..settings(&issuer.url)
    })?;
    let (client, thief) = (Client::new(7)?, Client::new(8)?);
    let token = bound_token(&issuer, &client)?;
    let pump = "/outputs/pump";
    // The gateway rejects proofs that may have been used before its start, up to the leeway of 5
    // seconds. So the clock of this client is 5 seconds ahead.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let proof = |jti: &str| client.proof(&token, jti, pump);
    let first = proof("1");
    lines.take();

    assert_eq!(post(&gateway, pump, "DPoP", &token, &[&first])?.0, 200);
    let (status, challenge) = post(&gateway, pump, "DPoP", &token, &[&first])?;
    assert_eq!(status, 401);
    assert!(challenge.starts_with("DPoP "), "{challenge}");
    assert!(
        challenge.contains(r#"error="invalid_dpop_proof""#),
        "{challenge}"
    );
    let logged = lines.take();
    let line = logged.first().context("no line in the log")?;
    assert!(line.contains("190 Replayed"), "{line}");
    assert_eq!(post(&gateway, pump, "dpop", &token, &[&proof("2")])?.0, 200);

    let (third, stolen) = (proof("3"), thief.proof(&token, "4", pump));
    let of_another_output = client.proof(&token, "5", "/outputs/lamp");
    for (name, scheme, proofs) in [
        ("no proof", "DPoP", &[][..]),
        ("two proofs", "DPoP", &[&*third, &third][..]),
        ("as a bearer token", "Bearer", &[&*third][..]),
        ("by the key of a thief", "DPoP", &[&*stolen][..]),
        ("for another output", "DPoP", &[&*of_another_output][..]),
    ] {
        let (status, challenge) = post(&gateway, pump, scheme, &token, proofs)?;
        assert!(matches!(status, 400 | 401), "{name}: {status} {challenge}");
    }
    // None of them used the proof up.
    assert_eq!(post(&gateway, pump, "DPoP", &token, &[&third])?.0, 200);
    // Tokens that are bound to no key work as before.
    let bearer = issuer.token("pump:write")?;
    assert_eq!(post(&gateway, pump, "Bearer", &bearer, &[])?.0, 200);
    Ok(())
}

/// Without its own URL, a gateway cannot tell what a proof is about.
#[test]
fn without_a_url() -> Result<()> {
    let issuer = Issuer::start(AS_OAUTH, None)?;
    let gateway = issuer.gateway()?;
    let client = Client::new(7)?;
    let token = bound_token(&issuer, &client)?;
    let proof = client.proof(&token, "1", "/outputs/pump");
    for scheme in ["DPoP", "Bearer"] {
        let (status, challenge) = post(&gateway, "/outputs/pump", scheme, &token, &[&proof])?;
        assert_eq!(status, 401, "{scheme}");
        assert!(challenge.starts_with("Bearer "), "{challenge}");
    }
    Ok(())
}
