//! The error type of the crate. Each error has a number that never changes.

use core::fmt;

/// The party at fault for an error in terms of OAuth 2.0. It selects the status and the error code
/// of the response.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    /// The request has credentials of another scheme.
    Scheme,
    /// The request is malformed.
    Request,
    /// The access token is rejected.
    Token,
    /// The DPoP proof is rejected.
    Proof,
    /// The DPoP proof needs a nonce from the server.
    Nonce,
    /// The access token does not grant what the request needs.
    Scope,
    /// The server lacks a key, a buffer or a clock.
    Server,
}

/// The reason why a value does not fit the caller's type, in [`Error::ClaimsShape`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
// As wide as a word: a single byte would take more code wherever an `Error` is copied.
#[repr(u32)]
pub enum Misfit {
    /// The object has no member for the field.
    Missing,
    /// The value has the wrong JSON type.
    Type,
    /// The value has the right JSON type, but is out of range or has no meaning for its type.
    Value,
    /// The value has the wrong number of elements or characters.
    Length,
    /// The object has a member for which its struct has no field.
    UnknownField,
    /// The enum has no such variant.
    UnknownVariant,
    /// Two members are for the same field.
    Duplicate,
    /// Another reason, which only the code of the caller's type knows.
    Other,
}

impl Misfit {
    /// Returns what is wrong with the value, as the end of a sentence.
    const fn text(self) -> &'static str {
        match self {
            Self::Missing => "is missing",
            Self::Type => "has another JSON type",
            Self::Value => "is out of range or invalid",
            Self::Length => "has another length",
            Self::UnknownField => "has a member without a field",
            Self::UnknownVariant => "is not a known variant",
            Self::Duplicate => "is there twice",
            Self::Other => "is rejected by its type",
        }
    }
}

/// Converts the word in the table of errors into a `Fault`.
macro_rules! fault {
    (scheme) => {
        Fault::Scheme
    };
    (request) => {
        Fault::Request
    };
    (token) => {
        Fault::Token
    };
    (proof) => {
        Fault::Proof
    };
    (nonce) => {
        Fault::Nonce
    };
    (scope) => {
        Fault::Scope
    };
    (server) => {
        Fault::Server
    };
}

/// Declares [`Error`] from one table. Each line has the code, the name, the party at fault, the
/// text and the source.
macro_rules! errors {
    ($($code:literal $name:ident $({ $($field:ident: $type:ty = $empty:expr, $why:literal),+ })? $fault:ident $text:literal, $reference:literal;)*) => {
        /// The reason why a token or a key was rejected.
        ///
        /// Names come in families:
        /// - `Missing`: absent
        /// - `Invalid`: present, but of the wrong JSON type or form
        /// - `Mismatch`: well-formed, but not what the policy expects
        /// - `Unsupported`: not supported
        /// - `TooLong`, `TooDeep`, `TooMany`: beyond a limit of [`limits`](crate::limits)
        ///
        /// The codes are stable across releases. New ones may be added.
        ///
        /// No variant carries bytes of a token or a key.
        ///
        /// On a device, log [`code`](Error::code): it adds nothing to the image.
        /// [`name`](Error::name) adds 4.3 KB, [`text`](Error::text) 8.7 KB, `{}` 11 KB and `{:?}`
        /// 12 KB (a Cortex-M4F at opt-level "s"; docs/devices.md has the figures). A host turns the
        /// number back into the error by [`from_code`](Error::from_code).
        ///
        /// ```
        /// use embedded_jwt::Error;
        /// assert_eq!(Error::Expired.code(), 90);
        /// assert_eq!(Error::Expired.name(), "Expired");
        /// assert_eq!(Error::Expired.to_string(), "the token has expired");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[non_exhaustive]
        // The discriminants are the codes, so a device that reports codes needs no table.
        #[repr(u16)]
        pub enum Error {
            $(
                #[doc = concat!("Code ", $code, ": ", $text, " (", $reference, ").")]
                $name $({
                    $(
                        #[doc = $why]
                        $field: $type,
                    )+
                })? = $code,
            )*
        }

        impl Error {
            /// Returns the number of this error, the same in every release.
            #[must_use]
            pub const fn code(self) -> u16 {
                match self {
                    $(Self::$name { .. } => $code,)*
                }
            }

            /// Returns the error with this number, or `None` if no error has it. The fields of the
            /// error, if any, are 0 or `None`.
            ///
            /// A service can use it to read the numbers that devices report.
            ///
            /// ```
            /// use embedded_jwt::Error;
            /// assert_eq!(Error::from_code(90), Some(Error::Expired));
            /// assert_eq!(Error::from_code(21), Some(Error::BufferTooSmall { needed: 0 }));
            /// assert_eq!(Error::from_code(0), None);
            /// ```
            #[must_use]
            pub const fn from_code(code: u16) -> Option<Self> {
                Some(match code {
                    $($code => Self::$name $({ $($field: $empty),+ })?,)*
                    _ => return None,
                })
            }

            /// Returns the name of the variant, as written in the source.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name { .. } => stringify!($name),)*
                }
            }

            /// Returns the source of the rule: the RFC and its section, or the part of this crate
            /// that sets it.
            #[must_use]
            pub const fn reference(self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $reference,)*
                }
            }

            /// Returns the party at fault when a request is rejected.
            pub(crate) const fn fault(self) -> Fault {
                match self {
                    $(Self::$name { .. } => fault!($fault),)*
                }
            }

            /// Returns the text of this error: what is wrong with the token or the key.
            ///
            /// `Display` writes this text and the fields of the variant. This method needs no
            /// formatting code on a device.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $text,)*
                }
            }
        }
    };
}

errors! {
    // The compact serialization, before decoding.
    10 TokenTooLong token "the token is longer than the limit", "limits::MAX_TOKEN_LEN";
    11 JsonSerialization token "the token is in the JSON serialization, not in the compact one", "RFC 7515 section 7.2";
    12 EncryptedToken token "the token has five segments: it is encrypted (JWE), not signed", "RFC 7516 section 3.1";
    13 NotThreeSegments token "the token is not three segments separated by dots", "RFC 7515 section 7.1";
    14 Whitespace token "the token contains whitespace", "RFC 7515 section 2";
    15 Padding token "the token contains base64 padding", "RFC 7515 section 2";
    16 EmptyHeader token "the header segment is empty", "RFC 7515 section 4";
    17 EmptySignature token "the signature segment is empty", "RFC 7515 section 5.2";
    18 HeaderNotBase64url token "the header segment is not canonical base64url", "RFC 7515 section 2";
    19 PayloadNotBase64url token "the payload segment is not canonical base64url", "RFC 7515 section 2";
    20 SignatureNotBase64url token "the signature segment is not canonical base64url", "RFC 7515 section 2";
    21 BufferTooSmall { needed: usize = 0, "Bytes that the buffer must have." } server "the buffer is too small", "Compact::buffer_len";

    // The JOSE header, before the signature is verified.
    30 HeaderTooLong token "the header is longer than the limit", "limits::MAX_HEADER_LEN, in place MAX_IN_PLACE_HEADER_LEN";
    31 HeaderNotUtf8 token "the header is not UTF-8", "RFC 7515 section 5.2";
    32 HeaderNotJson token "the header is not JSON", "RFC 8259 section 2";
    33 HeaderNotObject token "the header is not a JSON object", "RFC 7515 section 4";
    34 HeaderDuplicateName token "the header has two members with the same name", "RFC 7515 section 4";
    35 HeaderLoneSurrogate token "a string in the header escapes half of a surrogate pair", "RFC 8259 section 8.2";
    36 HeaderTooDeep token "the header is nested deeper than the limit", "limits::MAX_JSON_DEPTH";
    37 HeaderTooManyNames token "the header has more members than the limit", "limits::MAX_JSON_NAMES";
    38 MissingAlg token "the header has no `alg`", "RFC 7515 section 4.1.1";
    39 InvalidAlg token "`alg` is not a string", "RFC 7515 section 4.1.1";
    40 InvalidTyp token "`typ` is not a string", "RFC 7515 section 4.1.9";
    41 InvalidKid token "`kid` is not a string", "RFC 7515 section 4.1.4";
    42 InvalidCty token "`cty` is not a string", "RFC 7515 section 4.1.10";
    43 InvalidCrit token "`crit` is not a list of distinct header member names", "RFC 7515 section 4.1.11";
    44 UnsupportedCrit token "`crit` names an extension that is not supported", "RFC 7515 section 4.1.11";
    45 InvalidB64 token "`b64` is not a boolean", "RFC 7797 section 3";
    46 UnsupportedB64 token "`b64` is false: unencoded payloads are not supported", "RFC 7797 section 3";
    47 MissingKid token "the verifier requires a `kid` and the header has none", "Verifier::require_kid";

    // Key selection and signature.
    50 KeyNotFound token "no key has the `kid` of the header", "RFC 7515 section 4.1.4";
    51 AlgMismatch token "no candidate key is for the `alg` of the header", "RFC 8725 section 3.1";
    52 TooManyKeys server "more candidate keys than the limit match the header", "limits::MAX_CANDIDATE_KEYS";
    53 SignatureLength token "the signature has the wrong length for its algorithm", "RFC 7518 section 3";
    54 InvalidSignature token "the signature does not match the key", "RFC 7515 section 5.2";

    // The claims, after the signature is verified.
    60 PayloadNotUtf8 token "the payload is not UTF-8", "RFC 7519 section 7.2";
    61 PayloadNotJson token "the payload is not JSON", "RFC 8259 section 2";
    62 PayloadNotObject token "the payload is not a JSON object", "RFC 7519 section 7.2";
    63 PayloadDuplicateName token "an object in the payload has two members with the same name", "RFC 7519 section 4";
    64 PayloadLoneSurrogate token "a string in the payload escapes half of a surrogate pair", "RFC 8259 section 8.2";
    65 PayloadTooDeep token "the payload is nested deeper than the limit", "limits::MAX_JSON_DEPTH";
    66 PayloadTooManyNames token "the payload has more members than the limit", "limits::MAX_JSON_NAMES";
    67 InvalidIss token "`iss` is not a string", "RFC 7519 section 4.1.1";
    68 InvalidSub token "`sub` is not a string, or is empty in an access token", "RFC 7519 section 4.1.2";
    69 InvalidAud token "`aud` is not a string or a list of strings", "RFC 7519 section 4.1.3";
    70 InvalidExp token "`exp` is not a NumericDate", "RFC 7519 section 4.1.4";
    71 InvalidNbf token "`nbf` is not a NumericDate", "RFC 7519 section 4.1.5";
    72 InvalidIat token "`iat` is not a NumericDate", "RFC 7519 section 4.1.6";
    73 InvalidJti token "`jti` is not a string, or is empty", "RFC 7519 section 4.1.7";
    74 ClaimsShape {
        reason: Misfit = Misfit::Other, "What is wrong with the value.",
        field: Option<&'static str> = None, "The innermost field of a struct that the value was for, if there is one."
    } token "the claims do not match the type that they are read into", "json::Value::deserialize";
    75 KeyIssuerMismatch token "`iss` is not the issuer that the key is bound to", "RFC 8725 section 3.8";
    76 KeyIssuerUnbound server "the policy allows several issuers and the key is bound to none of them", "RFC 8725 section 3.8";
    77 KeyWithdrawn token "the issuer withdrew the key before it issued the token, or too long ago", "KeyRing";

    // The policy, in the order of its checks.
    80 MissingTyp token "the policy expects a `typ` and the header has none", "RFC 8725 section 3.11";
    81 TypMismatch token "`typ` is not the expected one", "RFC 8725 section 3.11";
    82 MissingIss token "the policy or the key expects an `iss` and there is none", "RFC 7519 section 4.1.1";
    83 IssMismatch token "`iss` is not an expected issuer", "RFC 7519 section 4.1.1";
    84 MissingSub token "the policy expects a `sub` and there is none", "RFC 7519 section 4.1.2";
    85 SubMismatch token "`sub` is not the expected one", "RFC 7519 section 4.1.2";
    86 MissingAud token "the policy expects an `aud` and there is none", "RFC 7519 section 4.1.3";
    87 AudMismatch token "`aud` does not contain the expected audience", "RFC 7519 section 4.1.3";
    88 UnexpectedAud token "the token names an audience and the policy expects none", "RFC 7519 section 4.1.3";
    89 MissingExp token "the token has no `exp`", "Policy::allow_missing_exp";
    90 Expired token "the token has expired", "RFC 7519 section 4.1.4";
    91 NotYetValid token "the token is not valid yet", "RFC 7519 section 4.1.5";
    92 MissingIat token "the policy limits age or lifetime and the token has no `iat`", "Policy::max_age";
    93 IssuedInFuture token "`iat` is in the future", "Policy::leeway";
    94 TooOld token "the token is older than the policy allows", "Policy::max_age";
    95 LifetimeTooLong token "the lifetime of the token is longer than the policy allows", "Policy::max_lifetime";
    96 MissingClaim { index: usize = 0, "Index into the names given to `Policy::require_claims`." } token "a claim that the policy requires is missing or null", "Policy::require_claims";
    97 FreshnessUnproved server "without a trusted clock the token cannot be proved to be valid now", "Policy::accept_unproved_freshness";
    98 PossessionUnproved token "the token is bound to a key by `cnf` and possession of that key was not proved", "RFC 9449 section 7.2";

    // OAuth 2.0: the claims of an access token, checked by the policy or read by an accessor.
    100 MissingScope scope "the policy expects a scope and the token has none", "RFC 8693 section 4.2";
    101 InsufficientScope scope "the token does not have a required scope", "RFC 6750 section 3.1";
    102 InvalidScope token "the scopes are not scope tokens separated by single spaces", "RFC 6749 section 3.3";
    103 MissingClientId token "the access token has no `client_id`", "RFC 9068 section 2.2";
    104 InvalidClientId token "`client_id` is not a string, or is empty", "RFC 8693 section 4.3";
    105 MissingJti token "the token has no `jti`", "RFC 9068 section 2.2";
    106 InvalidAuthTime token "`auth_time` is not a NumericDate", "RFC 9068 section 2.2.1";
    107 InvalidAcr token "`acr` is not a string", "RFC 9068 section 2.2.1";
    108 InvalidAmr token "`amr` is not a list of strings", "RFC 9068 section 2.2.1";
    109 InvalidEntitlements token "`roles`, `groups` or `entitlements` is not a list of names", "RFC 9068 section 2.2.3.1";

    // Creating a key.
    110 KeyTooShort server "the HMAC secret is too short", "RFC 7518 section 3.2";
    111 KeyLength server "the public key has the wrong length", "SEC 1 section 2.3.4";
    112 KeyNotUncompressed server "the public key is not an uncompressed point", "SEC 1 section 2.3.4";
    113 KeyNotOnCurve server "the public key is not a point of P-256", "RFC 7518 section 6.2.1";
    127 WeakSecret server "all bytes of the HMAC secret are equal", "RFC 2104 section 3";
    114 KeyNotSpki server "the DER is not a SubjectPublicKeyInfo with an uncompressed P-256 point", "RFC 5480 section 2";
    129 KeyNotPem server "the text is not PEM with one P-256 public key", "RFC 7468 section 13";
    180 KeyPrivate server "the key is a private key, not a public key", "RFC 5958 section 2";
    181 KeyCertificate server "the key is in a certificate, not by itself", "RFC 5280 section 4.1";
    182 KeyRsa server "the key is an RSA key, not a P-256 key", "RFC 8017 appendix A.1";
    183 KeyOtherCurve server "the public key is on another curve than P-256", "RFC 5480 section 2.1.1.1";
    184 KeyPemNotDer server "the key is PEM text, not DER", "RFC 7468 section 13";
    128 InvalidThumbprint server "the text is not a SHA-256 thumbprint in base64url", "RFC 7638 section 3";

    // The `Authorization` header field that carries a token.
    115 UnsupportedScheme scheme "the credentials are of another scheme", "RFC 9110 section 11.4";
    116 MissingAccessToken request "no access token follows the scheme", "RFC 6750 section 2.1";
    117 CredentialsWhitespace request "the credentials contain whitespace other than the spaces after the scheme", "RFC 6750 section 2.1";
    118 SeveralCredentials request "more than one access token was sent", "RFC 6750 section 2";
    119 CredentialsNotToken68 request "the access token contains a character that credentials cannot contain", "RFC 9110 section 11.2";

    // Creating a key from a JWK.
    120 JwkNotJson server "the JWK is not a JSON object with distinct member names, or exceeds a limit", "RFC 7517 section 4";
    121 JwkUnsupportedKty server "`kty` of the JWK is missing or not supported", "RFC 7518 section 6.1";
    122 JwkUnsupportedCrv server "`crv` of the JWK is missing or not P-256", "RFC 7518 section 6.2.1";
    123 JwkNotForVerifying server "`use` or `key_ops` of the JWK does not allow verification", "RFC 7517 section 4.2";
    124 JwkAlgMismatch server "`alg` of the JWK does not match its key type", "RFC 7517 section 4.4";
    125 JwkInvalidMember server "a member of the JWK is missing, of the wrong type or not canonical base64url", "RFC 7518 section 6";
    126 JwkNotPublic server "the JWK publishes a secret or the private half of a key", "RFC 7517 section 9.2";

    // A JWK Set as a whole.
    130 JwkSetNotJson server "the JWK Set is not a JSON object with distinct member names, or exceeds a limit", "RFC 7517 section 5";
    131 JwkSetMissingKeys server "the JWK Set has no `keys`", "RFC 7517 section 5.1";
    132 JwkSetInvalidKeys server "`keys` of the JWK Set is not a list", "RFC 7517 section 5.1";
    133 JwkSetTooManyKeys server "the JWK Set has more keys than the limit", "limits::MAX_JWK_SET_KEYS";
    134 JwkSetDuplicateKid server "two usable keys of the JWK Set have the same `kid` and algorithm", "RFC 7517 section 4.5";
    135 JwkSetNoRoom server "the JWK Set has more usable keys than there is room for", "JwkSet::keys";

    // Updating a key ring.
    140 KeyRingStale server "the JWK Set is not newer than the previous one", "KeyRing::update";
    141 KeyRingNoKeys { skipped: usize = 0, "Keys of other kinds in the set." } server "the JWK Set has no key that the key ring can use", "KeyRing::update";
    142 KeyRingKidTooLong server "a `kid` is longer than the limit", "limits::MAX_KID_LEN";
    143 KeyRingFull server "the new keys and the keys still needed exceed the capacity of the key ring", "KeyRing::update";
    144 KeyRingKeyPublished server "the JWK Set publishes the private half of a key, which the key ring dropped", "RFC 7517 section 9.2";
    145 KeyRingOutdated server "the last JWK Set is older than the key ring allows", "KeyRing::stale_after";
    146 KeyRingStateInvalid server "the saved state of the key ring is damaged, or of another version", "KeyRing::load";
    147 KeyRingStateForeign server "the saved state of the key ring belongs to another issuer", "KeyRing::load";
    148 KeyRingMissingNumber server "the JWK Set does not have the number by which the key ring orders the sets", "KeyRing::numbered_by";

    // The response to a request.
    150 InvalidChallenge server "the realm or the scope contains a character that a challenge cannot contain", "RFC 6750 section 3";

    // A proof of possession.
    170 DpopInvalidJwk proof "`jwk` in the header of the DPoP proof is missing or not an ES256 public key", "RFC 9449 section 4.2";
    171 DpopHtmMismatch proof "`htm` of the DPoP proof is not the method of the request", "RFC 9449 section 4.3";
    172 DpopHtuMismatch proof "`htu` of the DPoP proof is not the URI of the request", "RFC 9449 section 4.3";
    173 DpopAthMismatch proof "`ath` of the DPoP proof is not the hash of the access token", "RFC 9449 section 4.3";
    174 DpopNonceMismatch nonce "`nonce` of the DPoP proof is not the expected one", "RFC 9449 section 9";
    175 DpopKeyMismatch token "the access token is not bound to the key of the DPoP proof", "RFC 9449 section 7.1";
    176 InvalidCnf token "`cnf` does not name exactly one key by `jkt`, `jwk` or `kid`", "RFC 7800 section 3.1";
    177 UnsupportedCnf token "`cnf` names a key only in unsupported ways", "RFC 7800 section 3.1";

    // The replay guard of a device.
    190 Replayed token "the token was used before", "RFC 7519 section 4.1.7";
    191 ReplayGuardFull server "the replay guard has no room for another token", "device::ReplayGuard";
    192 ReplayGuardClosed server "the device has lost its memory, and the token carries no fresh nonce", "device::ReplayGuard";
    193 IssuedBeforeReset token "the token was issued before the device lost its memory", "device::ReplayGuard";
    194 NonceMismatch token "`nonce` of the token is missing, or is not the nonce of the device", "device::Nonce";
    195 NonceExpired server "the device has given out no nonce, or its time is over", "device::Nonce";

    // Issuing.
    160 PrivateKeyOutOfRange server "the private key is zero, or not less than the order of P-256", "FIPS 186-5 section 6.2";
    161 ClaimsNotJson server "the claims cannot be written as JSON", "SigningKey::sign";
    162 NoRandomness server "the source of randomness failed", "SigningKey::sign_with";
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())?;
        match self {
            Self::BufferTooSmall { needed } => write!(f, ": {needed} bytes are needed"),
            Self::KeyRingNoKeys { skipped } => {
                write!(f, ": {skipped} of other kinds were skipped")
            }
            Self::MissingClaim { index } => write!(f, ": number {index} of the required claims"),
            Self::ClaimsShape { reason, field } => match (field, reason) {
                (Some(field), reason) => write!(f, ": the field `{field}` {}", reason.text()),
                (None, Misfit::Other) => Ok(()),
                (None, reason) => write!(f, ": a value {}", reason.text()),
            },
            _ => Ok(()),
        }
    }
}

impl core::error::Error for Error {}
