//! What to do about a refusal: what the token has, what was wanted, and which argument decides.

use embedded_jwt::{Audience, Claims, Compact, Error, Header, Key, json::Text, limits};

use crate::{
    Question,
    report::{distance, duration, moment, object, value},
};

/// What helps with this refusal of this token, where anything does.
pub(crate) fn hint(error: Error, question: &Question<'_>) -> Option<String> {
    of_form(error, question)
        .or_else(|| of_header(error, question))
        .or_else(|| of_claims(error, question))
}

/// Of a token that does not split, or whose payload is no claims set.
fn of_form(error: Error, question: &Question<'_>) -> Option<String> {
    let hint = match error {
        Error::TokenTooLong => format!("The limit is {} bytes.", limits::MAX_TOKEN_LEN),
        Error::JsonSerialization => {
            "Have the issuer send the compact serialization: header.payload.signature.".to_owned()
        }
        Error::EncryptedToken => "Nobody but the holder of the decryption key can read it. Decrypt it first; what is \
             inside may be a signed token."
            .to_owned(),
        Error::Whitespace if question.token.starts_with(b"Bearer ") => {
            "Leave out `Bearer `: the token begins behind it.".to_owned()
        }
        Error::Whitespace => "Look for line breaks and blanks that came in by copying; one newline at the end of a file \
             is left out already."
            .to_owned(),
        Error::Padding => "The issuer has to leave out the `=`.".to_owned(),
        Error::EmptySignature => "The token is not signed, so anybody can have written it.".to_owned(),
        Error::NotThreeSegments => format!(
            "It is {} bytes in {} segments where 3 are expected. If it was meant as the name of a file: there is none of \
             that name.",
            question.token.len(),
            question.token.split(|byte| *byte == b'.').count()
        ),
        Error::HeaderNotBase64url | Error::PayloadNotBase64url | Error::SignatureNotBase64url => {
            "The token was cut off or changed on its way, or it is in base64 (`+`, `/`) and not in base64url (`-`, `_`)."
                .to_owned()
        }
        Error::PayloadNotUtf8 | Error::PayloadNotJson | Error::PayloadNotObject => {
            "The signature is good. For a payload that is no claims set there is --jws.".to_owned()
        }
        _ => return None,
    };
    Some(hint)
}

/// Of a header that fits no key, and of a signature that is by none. Nobody vouches for the header, so it is
/// shown as what it is.
fn of_header(error: Error, question: &Question<'_>) -> Option<String> {
    let mut buffer = question.buffer();
    let header = Compact::parse(question.token).ok()?;
    let header = header.peek_header(&mut buffer).ok()?;
    let keys = question.keys;
    // A key without a kid may be meant by any header, and any key by a header without one.
    let meant = keys.iter().filter(|key| match (header.kid(), key.kid()) {
        (Some(wanted), Some(kid)) => wanted == *kid,
        _ => true,
    });
    let meant = listed(meant.map(|key| question.call(key)));
    let hint = match error {
        Error::KeyNotFound if keys.iter().all(|key| key.kid().is_some()) => format!(
            "The header names the kid {}; the keys given have {}. Give the key of that name, or one without a kid.",
            text(header.kid()),
            listed(
                keys.iter()
                    .filter_map(Key::kid)
                    .map(|kid| format!("{kid:?}"))
            ),
        ),
        Error::AlgMismatch => format!(
            "The header says {:?}; it may mean {meant}. A key decides its algorithm, a header never.",
            header.alg(),
        ),
        Error::TooManyKeys => format!(
            "At most {} keys are tried. Give fewer, or have issuer and keys agree on a kid.",
            limits::MAX_CANDIDATE_KEYS
        ),
        Error::SignatureLength if header.alg() == "ES256" => {
            "An ES256 signature is r and s, 32 bytes each; some issuers send DER, which is longer."
                .to_owned()
        }
        Error::InvalidSignature | Error::KeyNotFound => format!(
            "Tried was {meant}. Either the token was changed on its way, or it was signed with another key.{}",
            if header.alg() == "HS256" {
                "\nA secret may be meant as hexadecimal, as base64url or as it stands; only the issuer can tell."
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

/// Of claims that the policy does not accept. Their signature is good: they are what the issuer says.
fn of_claims(error: Error, question: &Question<'_>) -> Option<String> {
    let mut buffer = question.buffer();
    let compact = Compact::parse(question.token).ok()?;
    let verified = compact.verify(question.keys, &mut buffer).ok()?;
    let header = *verified.header();
    let claims = verified.claims().ok()?;
    let hint = of_party(error, question, &header, &claims)
        .or_else(|| of_time(error, question, &claims))?;
    Some(format!(
        "{hint}\nsigned but refused claims {}",
        object(claims.object())
    ))
}

/// Of `typ`, `iss`, `sub`, `aud` and the claims that are only required to be there.
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
            "It is for {}. If you are one of these say so by --audience; --ignore-audience accepts it whomever it is for.",
            audience()
        ),
        Error::MissingClaim { index } => {
            let name = wanted.require.get(index)?;
            let found = claims.get(name).map_or("nothing".to_owned(), value);
            format!("--require names {name:?}; the token has {found} there.")
        }
        _ => return None,
    };
    Some(hint)
}

/// Of `exp`, `nbf` and `iat`.
fn of_time(error: Error, question: &Question<'_>, claims: &Claims<'_>) -> Option<String> {
    const CLOCKS: &str =
        "--leeway SECONDS allows for clocks that differ, --now SECONDS judges as at another time.";
    let (now, arguments) = (question.now, question.arguments);
    let hint = match error {
        Error::MissingExp if arguments.max_lifetime.is_some() => {
            "--max-lifetime needs an exp.".to_owned()
        }
        Error::MissingExp => "It is valid for ever. --allow-missing-exp accepts that.".to_owned(),
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
                "It begins to be valid at {}, {}.\n{CLOCKS}",
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
        Error::PossessionUnproved => "The token is bound to a key by cnf: it counts only beside a proof of possession, which is not \
             checked here. See --accept-unproved-possession."
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
