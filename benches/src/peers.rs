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
    BackEnd, Cases, Result, Verify,
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

pub(crate) fn add_jsonwebtoken(
    cases: &mut Cases,
    tokens: &'static Tokens,
    back_end: BackEnd,
) -> Result<()> {
    let secret = DecodingKey::from_secret(SECRET);
    cases.hs256(
        back_end.case(),
        by_jsonwebtoken(&tokens.hs256, secret, Algorithm::HS256),
    );
    let (x, y) = tokens.coordinates();
    let (x, y) = (
        BASE64_URL_SAFE_NO_PAD.encode(x),
        BASE64_URL_SAFE_NO_PAD.encode(y),
    );
    let public_key = DecodingKey::from_ec_components(&x, &y)?;
    cases.es256(
        back_end.case(),
        by_jsonwebtoken(&tokens.es256, public_key, Algorithm::ES256),
    );
    Ok(())
}

pub(crate) fn add_others(cases: &mut Cases, tokens: &'static Tokens) -> Result<()> {
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

fn by_jsonwebtoken(token: &'static str, key: DecodingKey, algorithm: Algorithm) -> Verify {
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.leeway = 0;
    Box::new(move || {
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
