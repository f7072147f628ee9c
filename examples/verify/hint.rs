//! Hints for a rejected token: what it has, what was expected, and which argument decides.

use embedded_jwt::{Audience, Claims, Compact, Error, Header, Key, json::Text, limits};

use crate::{
    Question,
    report::{distance, duration, moment, object},
};

/// Returns a hint for this error of this token, if there is one.
pub(crate) fn hint(error: Error, question: &Question<'_>) -> Option<String> {
    of_form(error, question)
        .or_else(|| of_header(error, question))
        .or_else(|| of_claims(error, question))
}

/// Returns a hint for a token that does not split, or whose payload is not a claims set.
fn of_form(error: Error, question: &Question<'_>) -> Option<String> {
    let hint = match error {
        Error::TokenTooLong => format!("The limit is {} bytes.", limits::MAX_TOKEN_LEN),
        Error::JsonSerialization => {
            "Have the issuer send the compact serialization: header.payload.signature.".to_owned()
        }
        Error::EncryptedToken => "Only the holder of the decryption key can read it. Decrypt it first: it may contain a \
             signed token."
            .to_owned(),
        Error::Whitespace if question.token.starts_with(b"Bearer ") => {
            "Leave out `Bearer `: the token begins after it.".to_owned()
        }
        Error::Whitespace => "Look for line breaks and blanks from copying. One newline at the end of a file is \
             removed already."
            .to_owned(),
        Error::Padding => "The issuer has to leave out the `=`.".to_owned(),
        Error::EmptySignature => "The token is not signed, so anyone can have written it.".to_owned(),
        Error::NotThreeSegments => format!(
            "It is {} bytes in {} segments where 3 are expected. If it is the name of a file: there is no such \
             file.",
            question.token.len(),
            question.token.split(|byte| *byte == b'.').count()
        ),
        Error::HeaderNotBase64url | Error::PayloadNotBase64url | Error::SignatureNotBase64url => {
            "The token was truncated or changed, or it is base64 (`+`, `/`) and not base64url (`-`, `_`)."
                .to_owned()
        }
        Error::PayloadNotUtf8 | Error::PayloadNotJson | Error::PayloadNotObject => {
            "The signature is valid. If the payload is not a claims set, use --jws.".to_owned()
        }
        _ => return None,
    };
    Some(hint)
}

/// Returns a hint for a header that fits no key, or for an invalid signature. Nothing has verified
/// the header, so it is shown as unverified.
fn of_header(error: Error, question: &Question<'_>) -> Option<String> {
    let mut buffer = question.buffer();
    let header = Compact::parse(question.token).ok()?;
    let header = header.peek_header(&mut buffer).ok()?;
    let keys = question.keys;
    // A header with a kid also refers to the keys without one. A header without a kid refers to
    // every key.
    let meant = keys.iter().filter(|key| match (header.kid(), key.kid()) {
        (Some(wanted), Some(kid)) => wanted == *kid,
        _ => true,
    });
    let meant = listed(meant.map(|key| question.call(key)));
    let hint = match error {
        Error::KeyNotFound if keys.iter().all(|key| key.kid().is_some()) => format!(
            "The header has the kid {}; the given keys have {}. Give the key with this kid, or one without a kid.",
            text(header.kid()),
            listed(
                keys.iter()
                    .filter_map(Key::kid)
                    .map(|kid| format!("{kid:?}"))
            ),
        ),
        Error::AlgMismatch => format!(
            "The header says {:?}; it may refer to {meant}. The key selects the algorithm, never the header.",
            header.alg(),
        ),
        Error::TooManyKeys => format!(
            "At most {} keys are tried. Give fewer keys, or use a kid in the token and its key.",
            limits::MAX_CANDIDATE_KEYS
        ),
        Error::SignatureLength if header.alg() == "ES256" => {
            "An ES256 signature is r and s, 32 bytes each; some issuers send DER, which is longer."
                .to_owned()
        }
        Error::InvalidSignature | Error::KeyNotFound => format!(
            "Tried: {meant}. The token was changed, or it was signed with another key.{}",
            if header.alg() == "HS256" {
                "\nA secret may be hexadecimal, base64url or plain bytes; only the issuer knows."
            } else {
                ""
            }
        ),
        _ => return None,
    };
    Some(format!(
        "{hint}\nunverified header {}",
        object(header.object())
    ))
}

/// Returns a hint for claims that the policy rejects. Their signature is valid, so the issuer made
/// them.
fn of_claims(error: Error, question: &Question<'_>) -> Option<String> {
    let mut buffer = question.buffer();
    let compact = Compact::parse(question.token).ok()?;
    let verified = compact.verify(question.keys, &mut buffer).ok()?;
    let header = *verified.header();
    let claims = verified.claims().ok()?;
    let hint = of_party(error, question, &header, &claims)
        .or_else(|| of_time(error, question, &claims))?;
    Some(format!(
        "{hint}\nsigned but rejected claims {}",
        object(claims.object())
    ))
}

/// Returns a hint for `typ`, `iss`, `sub`, `aud` and other required claims.
fn of_party(
    error: Error,
    question: &Question<'_>,
    header: &Header<'_>,
    claims: &Claims<'_>,
) -> Option<String> {
    let wanted = question.arguments;
    let audience = || {
        listed(
            claims
                .aud()
                .into_iter()
                .flat_map(Audience::iter)
                .map(|aud| format!("{aud:?}")),
        )
    };
    let hint = match error {
        Error::MissingTyp | Error::TypMismatch => {
            differs("typ", &text(header.typ()), wanted.typ.iter())
        }
        Error::MissingIss | Error::IssMismatch => {
            differs("iss", &text(claims.iss()), wanted.issuer.iter())
        }
        Error::MissingSub | Error::SubMismatch => {
            differs("sub", &text(claims.sub()), wanted.subject.iter())
        }
        Error::MissingAud | Error::AudMismatch => {
            differs("aud", &audience(), wanted.audience.iter())
        }
        Error::UnexpectedAud => format!(
            "It is for {}. If you are one of these, use --audience; --ignore-audience accepts any audience.",
            audience()
        ),
        Error::MissingClaim { index } => {
            let name = wanted.require.get(index)?;
            let found = claims
                .get(name)
                .map_or("nothing".to_owned(), |found| found.to_string());
            format!("--require names {name:?}; the token has {found} there.")
        }
        _ => return None,
    };
    Some(hint)
}

/// Returns a hint for `exp`, `nbf` and `iat`.
fn of_time(error: Error, question: &Question<'_>, claims: &Claims<'_>) -> Option<String> {
    const CLOCKS: &str =
        "--leeway SECONDS allows for clocks that differ, --now SECONDS checks at another time.";
    let (now, arguments) = (question.now, question.arguments);
    let hint = match error {
        Error::MissingExp if arguments.max_lifetime.is_some() => {
            "--max-lifetime needs an exp.".to_owned()
        }
        Error::MissingExp => "It never expires. --allow-missing-exp accepts that.".to_owned(),
        Error::Expired => {
            let exp = claims.exp()?;
            format!(
                "It expired at {}, {}. Get a new one.\n{CLOCKS}",
                moment(exp),
                distance(exp, now)
            )
        }
        Error::NotYetValid => {
            let nbf = claims.nbf()?;
            format!(
                "It becomes valid at {}, {}.\n{CLOCKS}",
                moment(nbf),
                distance(nbf, now)
            )
        }
        Error::IssuedInFuture => {
            let iat = claims.iat()?;
            format!(
                "It was issued at {}, {}.\n{CLOCKS}",
                moment(iat),
                distance(iat, now)
            )
        }
        Error::PossessionUnproved => "The token is bound to a key by cnf. It is valid only with a proof of possession, which is not \
             verified here. See --accept-unproved-possession."
            .to_owned(),
        Error::MissingIat => {
            "--max-age and --max-lifetime count from the iat, which the issuer has to add."
                .to_owned()
        }
        Error::TooOld => {
            let iat = claims.iat()?;
            format!(
                "It was issued at {}, {}; --max-age allows {}.",
                moment(iat),
                distance(iat, now),
                duration(arguments.max_age?)
            )
        }
        Error::LifetimeTooLong => format!(
            "It is valid for {}; --max-lifetime allows {}.",
            duration(claims.exp()?.saturating_sub(claims.iat()?)),
            duration(arguments.max_lifetime?)
        ),
        _ => return None,
    };
    Some(hint)
}

fn differs<'w>(name: &str, found: &str, wanted: impl Iterator<Item = &'w String>) -> String {
    let wanted = listed(wanted.map(|wanted| format!("{wanted:?}")));
    format!("The token's {name} is {found}; wanted is {wanted}.")
}

fn text(text: Option<Text<'_>>) -> String {
    text.map_or("missing".to_owned(), |text| format!("{text:?}"))
}

fn listed(items: impl Iterator<Item = String>) -> String {
    let mut items: Vec<String> = items.collect();
    items.dedup();
    if items.is_empty() {
        "none".to_owned()
    } else {
        items.join(", ")
    }
}
