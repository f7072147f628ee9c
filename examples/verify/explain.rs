//! Explains the number of an error, such as one that a device has sent.

use anyhow::{Context as _, Result};
use embedded_jwt::{Error, limits, oauth::Refusal};

/// Returns what is known about the error with this number.
pub(crate) fn explain(code: u16) -> Result<String> {
    let error =
        Error::from_code(code).with_context(|| format!("no error has the number {code}"))?;
    let mut text = error.to_string();
    // Only the number is known, not the length or the index that the error carries.
    if let Error::BufferTooSmall { .. } | Error::MissingClaim { .. } = error
        && let Some((alone, _)) = text.split_once(": ")
    {
        text = alone.to_owned();
    }
    let (name, section) = (error.name(), error.reference());
    let mut explained = format!(
        "{code} {name}\n{text}\nsource: {section}\nat fault: {}\n",
        party(error)
    );
    if let Some(advice) = advice(error) {
        explained.extend(["what to do: ", &advice, "\n"]);
    }
    Ok(explained)
}

/// Returns who is at fault, and what a server answers over HTTP.
fn party(error: Error) -> String {
    let refusal = Refusal::from(error);
    let party = match refusal {
        Refusal::NoCredentials => "the client: it sent no access token of this scheme",
        Refusal::InvalidRequest(_) => "the client: its request is malformed",
        Refusal::InvalidToken(_) => "the token",
        Refusal::InvalidDpopProof(_) => "the client: its DPoP proof is rejected",
        Refusal::UseDpopNonce => "the client: its DPoP proof lacks the nonce of the server",
        Refusal::InsufficientScope(_) => "the token: it does not grant what the request needs",
        _ => "the verifier: its keys, its configuration or its clock",
    };
    let code = refusal.error_code().unwrap_or("no error code");
    format!(
        "{party}; over HTTP the answer is {}, {code}",
        refusal.status()
    )
}

/// Returns what to do about the error, if that does not depend on the token.
fn advice(error: Error) -> Option<String> {
    let advice = match error {
        Error::TokenTooLong => format!("The limit is {} bytes.", limits::MAX_TOKEN_LEN),
        Error::JsonSerialization => {
            "Have the issuer send the compact serialization: header.payload.signature.".to_owned()
        }
        Error::EncryptedToken => {
            "Have the issuer sign the token instead of encrypting it, or decrypt it first."
                .to_owned()
        }
        Error::Whitespace => "Cut off the line end, and the `Bearer ` before the token.".to_owned(),
        Error::BufferTooSmall { .. } => {
            "Make the buffer as long as `buffer_len` says for the longest token.".to_owned()
        }
        Error::HeaderTooLong => format!(
            "The limit is {} bytes, in place {}: verify with a buffer.",
            limits::MAX_HEADER_LEN,
            limits::MAX_IN_PLACE_HEADER_LEN
        ),
        Error::HeaderTooManyNames | Error::PayloadTooManyNames => format!(
            "The limit is {} members in all objects that are open at one place.",
            limits::MAX_JSON_NAMES
        ),
        Error::HeaderTooDeep | Error::PayloadTooDeep => {
            format!("The limit is {} levels.", limits::MAX_JSON_DEPTH)
        }
        Error::KeyNotFound => {
            "Fetch the keys of the issuer again: it may have a new one.".to_owned()
        }
        Error::AlgMismatch => {
            "The key selects the algorithm. Give the key that the issuer signs with.".to_owned()
        }
        Error::TooManyKeys => format!(
            "At most {} keys are tried. Have the issuer send a `kid`, and require it.",
            limits::MAX_CANDIDATE_KEYS
        ),
        Error::InvalidSignature => {
            "The token was changed, or another key signed it. Compare the key with the issuer's."
                .to_owned()
        }
        Error::ClaimsShape { .. } => {
            "Read the error where it happens: its text there names the field and the reason."
                .to_owned()
        }
        Error::KeyWithdrawn => "Get a new token: the issuer has withdrawn the key.".to_owned(),
        Error::UnexpectedAud => {
            "Name your own audience in the policy, or ignore audiences on purpose.".to_owned()
        }
        Error::MissingExp => {
            "Have the issuer add an `exp`, or allow tokens without one on purpose.".to_owned()
        }
        Error::Expired | Error::TooOld => {
            "Get a new token. If it is new, compare the clocks, or allow a leeway.".to_owned()
        }
        Error::NotYetValid | Error::IssuedInFuture => {
            "Compare the clocks of issuer and verifier, or allow a leeway.".to_owned()
        }
        Error::MissingClaim { .. } => {
            "Have the issuer add the claims that the policy requires.".to_owned()
        }
        Error::FreshnessUnproved => {
            "Set the clock of the device. Without one, accept unproved freshness on purpose, and \
             prevent replay in another way."
                .to_owned()
        }
        Error::PossessionUnproved => {
            "Verify the token with its DPoP proof: `Verifier::verify_dpop`.".to_owned()
        }
        Error::MissingScope | Error::InsufficientScope => {
            "Have the client ask the authorization server for the scope.".to_owned()
        }
        Error::DpopNonceMismatch => {
            "Send the nonce in `DPoP-Nonce`; the client repeats its request with it.".to_owned()
        }
        Error::KeyRingStale | Error::KeyRingOutdated => {
            "Fetch the keys of the issuer again.".to_owned()
        }
        Error::KeyRingKidTooLong => format!("The limit is {} bytes.", limits::MAX_KID_LEN),
        _ => return None,
    };
    Some(advice)
}
