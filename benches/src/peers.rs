//! Whole verifications by the other libraries, each asked for the same checks in its own way.

use std::collections::HashSet;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use jwt_compact::alg::{Es256, Hs256, Hs256Key, VerifyingKey as _};
use jwt_simple::prelude::{
    ECDSAP256PublicKeyLike as _, ES256PublicKey, HS256Key, MACLike as _, VerificationOptions,
};
use serde::{Deserialize, Serialize};

use crate::{
    Cases, Result, Verify,
    back_ends::{self, BackEnd},
    tokens::{AUDIENCE, ISSUER, SECRET, Tokens, is_complete},
};

/// The claims that a library reads which leaves issuer and audience in them.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    client_id: String,
    scope: String,
    jti: String,
}

/// Without those that jwt-simple reads by itself.
#[derive(Serialize, Deserialize)]
struct Custom {
    client_id: String,
    scope: String,
}

pub(crate) fn add(cases: &mut Cases, tokens: &'static Tokens) -> Result<()> {
    let (x, y) = tokens.coordinates();
    let (x, y) = (
        BASE64_URL_SAFE_NO_PAD.encode(x),
        BASE64_URL_SAFE_NO_PAD.encode(y),
    );
    back_ends::install()?;
    for (name, back_end) in [
        ("jsonwebtoken on aws-lc", BackEnd::AwsLc),
        ("jsonwebtoken on RustCrypto", BackEnd::RustCrypto),
    ] {
        let key = DecodingKey::from_secret(SECRET)?;
        cases.hs256(
            name,
            by_jsonwebtoken(back_end, &tokens.hs256, key, Algorithm::HS256),
        );
        let key = DecodingKey::from_ec_components(&x, &y)?;
        cases.es256(
            name,
            by_jsonwebtoken(back_end, &tokens.es256, key, Algorithm::ES256),
        );
    }

    let (key, options) = (HS256Key::from_bytes(SECRET), jwt_simple_options());
    cases.hs256(
        "jwt-simple",
        Box::new(move || {
            key.verify_token::<Custom>(&tokens.hs256, Some(options.clone()))
                .is_ok_and(|claims| is_complete_for_jwt_simple(&claims))
        }),
    );
    let key = ES256PublicKey::from_bytes(&tokens.point).map_err(|error| error.to_string())?;
    let options = jwt_simple_options();
    cases.es256(
        "jwt-simple",
        Box::new(move || {
            key.verify_token::<Custom>(&tokens.es256, Some(options.clone()))
                .is_ok_and(|claims| is_complete_for_jwt_simple(&claims))
        }),
    );

    let secret = Hs256Key::new(SECRET);
    cases.hs256("jwt-compact", by_jwt_compact(&tokens.hs256, Hs256, secret));
    let key = <Es256 as jwt_compact::Algorithm>::VerifyingKey::from_slice(&tokens.point)
        .map_err(|error| error.to_string())?;
    cases.es256("jwt-compact", by_jwt_compact(&tokens.es256, Es256, key));
    Ok(())
}

fn by_jsonwebtoken(
    back_end: BackEnd,
    token: &'static str,
    key: DecodingKey,
    algorithm: Algorithm,
) -> Verify {
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.leeway = 0;
    Box::new(move || {
        back_end.choose();
        jsonwebtoken::decode::<Claims>(token, &key, &validation).is_ok_and(|token| {
            let claims = &token.claims;
            is_complete(&claims.client_id, &claims.scope, &claims.jti)
        })
    })
}

fn jwt_simple_options() -> VerificationOptions {
    VerificationOptions {
        allowed_issuers: Some(HashSet::from([ISSUER.to_owned()])),
        allowed_audiences: Some(HashSet::from([AUDIENCE.to_owned()])),
        ..Default::default()
    }
}

fn is_complete_for_jwt_simple(claims: &jwt_simple::claims::JWTClaims<Custom>) -> bool {
    let jti = claims.jwt_id.as_deref().unwrap_or_default();
    is_complete(&claims.custom.client_id, &claims.custom.scope, jti)
}

fn by_jwt_compact<A>(token: &'static str, algorithm: A, key: A::VerifyingKey) -> Verify
where
    A: jwt_compact::Algorithm + 'static,
{
    use jwt_compact::{AlgorithmExt as _, TimeOptions, UntrustedToken};
    Box::new(move || {
        let Ok(token) = UntrustedToken::new(token) else {
            return false;
        };
        let validator = algorithm.validator::<Claims>(&key);
        let Ok(token) = validator.validate(&token) else {
            return false;
        };
        let in_time = token.claims().validate_expiration(&TimeOptions::default());
        let claims = &token.claims().custom;
        in_time.is_ok()
            && claims.iss == ISSUER
            && claims.aud == AUDIENCE
            && is_complete(&claims.client_id, &claims.scope, &claims.jti)
    })
}
