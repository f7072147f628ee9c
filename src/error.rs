//! The one error type: what is wrong and where, as a number that never changes.

use core::fmt;

/// Declares [`Error`] from one table, so that a variant, its code, its text and its source stand on one line.
macro_rules! errors {
    ($($code:literal $name:ident $({ $field:ident: $type:ty, $why:literal })? $text:literal, $section:literal;)*) => {
        /// Why a token or a key was refused.
        ///
        /// Names come in families: `Missing` (not there), `Invalid` (there, of the wrong JSON type or form),
        /// `Mismatch` (well-formed, not what the policy expects), `Unsupported`, `TooLong`/`TooDeep`/`TooMany` (a bound
        /// of [`limits`](crate::limits)). The codes are stable across releases; new ones may join.
        ///
        /// No variant carries bytes of a token or a key.
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
        // Tags that are the codes need no table on a device that reports them.
        #[repr(u16)]
        pub enum Error {
            $(
                #[doc = concat!("Code ", $code, ": ", $text, " (", $section, ").")]
                $name $({
                    #[doc = $why]
                    $field: $type,
                })? = $code,
            )*
        }

        impl Error {
            /// The number of this error, the same in every release.
            #[must_use]
            pub const fn code(self) -> u16 {
                match self {
                    $(Self::$name { .. } => $code,)*
                }
            }

            /// The name of the variant, as written in the source.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name { .. } => stringify!($name),)*
                }
            }

            /// Where the rule comes from: the RFC and its section, or the part of this crate that sets it.
            #[must_use]
            pub const fn section(self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $section,)*
                }
            }

            pub(crate) const fn text(self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $text,)*
                }
            }
        }
    };
}

errors! {
    // The compact serialization, before anything is decoded.
    10 TokenTooLong "the token is longer than the limit", "limits::MAX_TOKEN_LEN";
    11 JsonSerialization "the token is in the JSON serialization, not the compact one", "RFC 7515 section 7.2";
    12 EncryptedToken "the token has five segments: it is encrypted (JWE), not signed", "RFC 7516 section 3.1";
    13 NotThreeSegments "the token is not three segments separated by dots", "RFC 7515 section 7.1";
    14 Whitespace "the token contains whitespace", "RFC 7515 section 2";
    15 Padding "the token contains base64 padding", "RFC 7515 section 2";
    16 EmptyHeader "the header segment is empty", "RFC 7515 section 4";
    17 EmptySignature "the signature segment is empty", "RFC 7515 section 5.2";
    18 HeaderNotBase64url "the header segment is not canonical base64url", "RFC 7515 section 2";
    19 PayloadNotBase64url "the payload segment is not canonical base64url", "RFC 7515 section 2";
    20 SignatureNotBase64url "the signature segment is not canonical base64url", "RFC 7515 section 2";
    21 BufferTooSmall { needed: usize, "Bytes that the buffer must have." } "the buffer is too small", "Compact::buffer_len";

    // The JOSE header, before the signature is checked.
    30 HeaderTooLong "the header is longer than the limit", "limits::MAX_HEADER_LEN, in place MAX_IN_PLACE_HEADER_LEN";
    31 HeaderNotUtf8 "the header is not UTF-8", "RFC 7515 section 5.2";
    32 HeaderNotJson "the header is not JSON", "RFC 8259 section 2";
    33 HeaderNotObject "the header is not a JSON object", "RFC 7515 section 4";
    34 HeaderDuplicateName "the header has two members of one name", "RFC 7515 section 4";
    35 HeaderLoneSurrogate "a string of the header escapes half a surrogate pair", "RFC 8259 section 8.2";
    36 HeaderTooDeep "the header is nested deeper than the limit", "limits::MAX_JSON_DEPTH";
    37 HeaderTooManyNames "the header has more members than the limit", "limits::MAX_JSON_NAMES";
    38 MissingAlg "the header has no `alg`", "RFC 7515 section 4.1.1";
    39 InvalidAlg "`alg` is not a string", "RFC 7515 section 4.1.1";
    40 InvalidTyp "`typ` is not a string", "RFC 7515 section 4.1.9";
    41 InvalidKid "`kid` is not a string", "RFC 7515 section 4.1.4";
    42 InvalidCty "`cty` is not a string", "RFC 7515 section 4.1.10";
    43 InvalidCrit "`crit` is not a list of distinct names of header members", "RFC 7515 section 4.1.11";
    44 UnsupportedCrit "`crit` names an extension that is not supported", "RFC 7515 section 4.1.11";
    45 InvalidB64 "`b64` is not a boolean", "RFC 7797 section 3";
    46 UnsupportedB64 "`b64` is false: unencoded payloads are not supported", "RFC 7797 section 3";
    47 MissingKid "the verifier requires a `kid` and the header has none", "Verifier::require_kid";

    // Key selection and signature.
    50 KeyNotFound "no key has the `kid` of the header", "RFC 7515 section 4.1.4";
    51 AlgMismatch "no key that the header may mean is for its `alg`", "RFC 8725 section 3.1";
    52 TooManyKeys "more keys fit the header than the limit", "limits::MAX_CANDIDATE_KEYS";
    53 SignatureLength "the signature has the wrong length for its algorithm", "RFC 7518 section 3";
    54 InvalidSignature "the signature is not by the key", "RFC 7515 section 5.2";

    // The claims, after the signature was found good.
    60 PayloadNotUtf8 "the payload is not UTF-8", "RFC 7519 section 7.2";
    61 PayloadNotJson "the payload is not JSON", "RFC 8259 section 2";
    62 PayloadNotObject "the payload is not a JSON object", "RFC 7519 section 7.2";
    63 PayloadDuplicateName "an object in the payload has two members of one name", "RFC 7519 section 4";
    64 PayloadLoneSurrogate "a string of the payload escapes half a surrogate pair", "RFC 8259 section 8.2";
    65 PayloadTooDeep "the payload is nested deeper than the limit", "limits::MAX_JSON_DEPTH";
    66 PayloadTooManyNames "the payload has more members than the limit", "limits::MAX_JSON_NAMES";
    67 InvalidIss "`iss` is not a string", "RFC 7519 section 4.1.1";
    68 InvalidSub "`sub` is not a string, or an access token's is empty", "RFC 7519 section 4.1.2";
    69 InvalidAud "`aud` is not a string or a list of strings", "RFC 7519 section 4.1.3";
    70 InvalidExp "`exp` is not a NumericDate", "RFC 7519 section 4.1.4";
    71 InvalidNbf "`nbf` is not a NumericDate", "RFC 7519 section 4.1.5";
    72 InvalidIat "`iat` is not a NumericDate", "RFC 7519 section 4.1.6";
    73 InvalidJti "`jti` is not a string, or an access token's is empty", "RFC 7519 section 4.1.7";
    74 ClaimsShape "the claims do not fit the caller's type", "json::Value::deserialize";
    75 KeyIssuerMismatch "the key is bound to another issuer than the `iss` of the token", "RFC 8725 section 3.8";
    76 KeyIssuerUnbound "the policy allows several issuers and the key is bound to none", "RFC 8725 section 3.8";
    77 KeyWithdrawn "the key was withdrawn before the token was issued, or too long ago", "KeyRing";

    // The policy, in the order of its checks.
    80 MissingTyp "the policy expects a `typ` and the header has none", "RFC 8725 section 3.11";
    81 TypMismatch "`typ` is not the one that the policy expects", "RFC 8725 section 3.11";
    82 MissingIss "the policy or the key expects an `iss` and there is none", "RFC 7519 section 4.1.1";
    83 IssMismatch "`iss` is not the one that the policy expects", "RFC 7519 section 4.1.1";
    84 MissingSub "the policy expects a `sub` and there is none", "RFC 7519 section 4.1.2";
    85 SubMismatch "`sub` is not the one that the policy expects", "RFC 7519 section 4.1.2";
    86 MissingAud "the policy expects an `aud` and there is none", "RFC 7519 section 4.1.3";
    87 AudMismatch "`aud` does not hold the audience of the policy", "RFC 7519 section 4.1.3";
    88 UnexpectedAud "the token is for an audience and the policy names none", "RFC 7519 section 4.1.3";
    89 MissingExp "the token has no `exp`", "Policy::allow_missing_exp";
    90 Expired "the token has expired", "RFC 7519 section 4.1.4";
    91 NotYetValid "the token is not valid yet", "RFC 7519 section 4.1.5";
    92 MissingIat "the policy limits age or lifetime and the token has no `iat`", "Policy::max_age";
    93 IssuedInFuture "`iat` is in the future", "Policy::leeway";
    94 TooOld "the token is older than the policy allows", "Policy::max_age";
    95 LifetimeTooLong "the token lives longer than the policy allows", "Policy::max_lifetime";
    96 MissingClaim { index: usize, "Index into the names given to `Policy::required`." } "a claim that the policy requires is not there", "Policy::required";
    97 FreshnessUnproved "without a trusted clock it cannot be proved that the token is valid now", "Policy::accept_unproved_freshness";
    98 PossessionUnproved "the token is bound to a key by `cnf`, and possession of it was not proved", "RFC 9449 section 7.2";

    // OAuth 2.0: what an access token says, by the policy or where it is asked for.
    100 MissingScope "the policy expects a `scope` and there is none", "RFC 8693 section 4.2";
    101 InsufficientScope "`scope` does not hold a scope that is needed", "RFC 6750 section 3.1";
    102 InvalidScope "`scope` is not words of the allowed characters with single spaces between them", "RFC 6749 section 3.3";
    103 MissingClientId "the access token has no `client_id`", "RFC 9068 section 2.2";
    104 InvalidClientId "`client_id` is not a string, or an empty one", "RFC 8693 section 4.3";
    105 MissingJti "the access token has no `jti`", "RFC 9068 section 2.2";
    106 InvalidAuthTime "`auth_time` is not a NumericDate", "RFC 9068 section 2.2.1";
    107 InvalidAcr "`acr` is not a string", "RFC 9068 section 2.2.1";
    108 InvalidAmr "`amr` is not a list of strings", "RFC 9068 section 2.2.1";
    109 InvalidEntitlements "`roles`, `groups` or `entitlements` is not a list of names", "RFC 9068 section 2.2.3.1";

    // Making a key.
    110 KeyTooShort "the HMAC secret is too short", "RFC 7518 section 3.2";
    111 KeyLength "the public key has the wrong length", "SEC 1 section 2.3.4";
    112 KeyNotUncompressed "the public key is not in the uncompressed form", "SEC 1 section 2.3.4";
    113 KeyNotOnCurve "the public key is not a point of P-256", "RFC 7518 section 6.2.1";
    127 WeakSecret "all bytes of the HMAC secret are equal", "RFC 2104 section 3";
    114 KeyNotSpki "the DER is not a SubjectPublicKeyInfo of an uncompressed P-256 key", "RFC 5480 section 2";

    // The `Authorization` header field that a token comes in.
    115 UnsupportedScheme "the credentials are of another scheme", "RFC 9110 section 11.4";
    116 MissingAccessToken "no access token follows the scheme", "RFC 6750 section 2.1";
    117 CredentialsWhitespace "the credentials have whitespace other than the spaces behind the scheme", "RFC 6750 section 2.1";
    118 SeveralCredentials "more than one access token was sent", "RFC 6750 section 2";
    119 CredentialsNotToken68 "the access token has characters that no credentials have", "RFC 9110 section 11.2";

    // Making a key from a JWK.
    120 JwkNotJson "the JWK is not a JSON object with distinct names, or it is over a limit", "RFC 7517 section 4";
    121 JwkUnsupportedKty "`kty` of the JWK is missing or not supported", "RFC 7518 section 6.1";
    122 JwkUnsupportedCrv "`crv` of the JWK is missing or not P-256", "RFC 7518 section 6.2.1";
    123 JwkNotForVerifying "`use` or `key_ops` of the JWK do not allow to verify", "RFC 7517 section 4.2";
    124 JwkAlgMismatch "`alg` of the JWK is not the one of its key type here", "RFC 7517 section 4.4";
    125 JwkInvalidMember "a member of the JWK is missing, of the wrong type or not canonical base64url", "RFC 7518 section 6";
    126 JwkNotPublic "the JWK publishes a secret or the private half of a key", "RFC 7517 section 9.2";

    // A JWK Set as a whole.
    130 JwkSetNotJson "the JWK Set is not a JSON object with distinct names, or it is over a limit", "RFC 7517 section 5";
    131 JwkSetMissingKeys "the JWK Set has no `keys`", "RFC 7517 section 5.1";
    132 JwkSetInvalidKeys "`keys` of the JWK Set is not a list", "RFC 7517 section 5.1";
    133 JwkSetTooManyKeys "the JWK Set has more keys than the limit", "limits::MAX_JWK_SET_KEYS";
    134 JwkSetDuplicateKid "two usable keys of one algorithm in the JWK Set have the same `kid`", "RFC 7517 section 4.5";
    135 JwkSetNoRoom "the JWK Set has more usable keys than there is room for", "JwkSet::keys";

    // Updating a key ring.
    140 KeyRingStale "the JWK Set is not newer than the last one", "KeyRing::update";
    141 KeyRingNoKeys "the JWK Set has no key that the key ring can use", "KeyRing::update";
    142 KeyRingKidTooLong "a `kid` is longer than the limit", "limits::MAX_KID_LEN";
    143 KeyRingFull "the new keys and those still needed are more than the key ring holds", "KeyRing::update";
    144 KeyRingKeyPublished "the JWK Set publishes the private half of a key of the key ring, which was dropped", "RFC 7517 section 9.2";
    145 KeyRingOutdated "the last JWK Set is older than the key ring allows", "KeyRing::stale_after";

    // Answering a request.
    150 InvalidChallenge "the realm or the scope cannot be written in a challenge", "RFC 6750 section 3";

    // A proof of possession.
    170 DpopInvalidJwk "`jwk` in the header of the DPoP proof is missing or no public key for ES256", "RFC 9449 section 4.2";
    171 DpopHtmMismatch "`htm` of the DPoP proof is not the method of the request", "RFC 9449 section 4.3";
    172 DpopHtuMismatch "`htu` of the DPoP proof is not the URI of the request", "RFC 9449 section 4.3";
    173 DpopAthMismatch "`ath` of the DPoP proof is not the hash of the access token", "RFC 9449 section 4.3";
    174 DpopNonceMismatch "`nonce` of the DPoP proof is not the one that the server expects", "RFC 9449 section 9";
    175 DpopKeyMismatch "the access token is not bound to the key of the DPoP proof", "RFC 9449 section 7.1";
    176 InvalidCnf "`cnf` does not name one key: by `jkt`, `jwk` or `kid`", "RFC 7800 section 3.1";
    177 UnsupportedCnf "`cnf` names a key in no way that is supported", "RFC 7800 section 3.1";

    // Issuing.
    160 PrivateKeyOutOfRange "the private key is 0 or not below the order of P-256", "FIPS 186-5 section 6.2";
    161 ClaimsNotJson "the claims have no JSON text", "SigningKey::sign";
    162 NoRandomness "the source of randomness failed", "SigningKey::sign_with";
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())?;
        match self {
            Self::BufferTooSmall { needed } => write!(f, ": {needed} bytes are needed"),
            Self::MissingClaim { index } => write!(f, ": number {index} of the required ones"),
            _ => Ok(()),
        }
    }
}

impl core::error::Error for Error {}
