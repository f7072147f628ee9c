//! The codes of errors are stable across releases: people look for them in logs of devices that run for years. A code or a
//! name that changes fails here, and so does an error that is new and not in the list.

use std::collections::BTreeMap;

use embedded_jwt::{Error, json::Misfit};

use crate::source;

/// An error with the code and the name that it has for ever.
macro_rules! golden {
    ($($code:literal $name:ident $({ $($field:ident: $value:expr),+ })?;)*) => {
        &[$(($code, stringify!($name), Error::$name $({ $($field: $value),+ })?)),*]
    };
}

/// Every error. A line never changes; a new error gets a line of its own.
const GOLDEN: &[(u16, &str, Error)] = golden! {
    10 TokenTooLong;
    11 JsonSerialization;
    12 EncryptedToken;
    13 NotThreeSegments;
    14 Whitespace;
    15 Padding;
    16 EmptyHeader;
    17 EmptySignature;
    18 HeaderNotBase64url;
    19 PayloadNotBase64url;
    20 SignatureNotBase64url;
    21 BufferTooSmall { needed: 0 };
    30 HeaderTooLong;
    31 HeaderNotUtf8;
    32 HeaderNotJson;
    33 HeaderNotObject;
    34 HeaderDuplicateName;
    35 HeaderLoneSurrogate;
    36 HeaderTooDeep;
    37 HeaderTooManyNames;
    38 MissingAlg;
    39 InvalidAlg;
    40 InvalidTyp;
    41 InvalidKid;
    42 InvalidCty;
    43 InvalidCrit;
    44 UnsupportedCrit;
    45 InvalidB64;
    46 UnsupportedB64;
    47 MissingKid;
    50 KeyNotFound;
    51 AlgMismatch;
    52 TooManyKeys;
    53 SignatureLength;
    54 InvalidSignature;
    60 PayloadNotUtf8;
    61 PayloadNotJson;
    62 PayloadNotObject;
    63 PayloadDuplicateName;
    64 PayloadLoneSurrogate;
    65 PayloadTooDeep;
    66 PayloadTooManyNames;
    67 InvalidIss;
    68 InvalidSub;
    69 InvalidAud;
    70 InvalidExp;
    71 InvalidNbf;
    72 InvalidIat;
    73 InvalidJti;
    74 ClaimsShape { reason: Misfit::Other, field: None };
    75 KeyIssuerMismatch;
    76 KeyIssuerUnbound;
    77 KeyWithdrawn;
    80 MissingTyp;
    81 TypMismatch;
    82 MissingIss;
    83 IssMismatch;
    84 MissingSub;
    85 SubMismatch;
    86 MissingAud;
    87 AudMismatch;
    88 UnexpectedAud;
    89 MissingExp;
    90 Expired;
    91 NotYetValid;
    92 MissingIat;
    93 IssuedInFuture;
    94 TooOld;
    95 LifetimeTooLong;
    96 MissingClaim { index: 0 };
    97 FreshnessUnproved;
    98 PossessionUnproved;
    100 MissingScope;
    101 InsufficientScope;
    102 InvalidScope;
    103 MissingClientId;
    104 InvalidClientId;
    105 MissingJti;
    106 InvalidAuthTime;
    107 InvalidAcr;
    108 InvalidAmr;
    109 InvalidEntitlements;
    110 KeyTooShort;
    111 KeyLength;
    112 KeyNotUncompressed;
    113 KeyNotOnCurve;
    114 KeyNotSpki;
    115 UnsupportedScheme;
    116 MissingAccessToken;
    117 CredentialsWhitespace;
    118 SeveralCredentials;
    119 CredentialsNotToken68;
    120 JwkNotJson;
    121 JwkUnsupportedKty;
    122 JwkUnsupportedCrv;
    123 JwkNotForVerifying;
    124 JwkAlgMismatch;
    125 JwkInvalidMember;
    126 JwkNotPublic;
    127 WeakSecret;
    128 InvalidThumbprint;
    129 KeyNotPem;
    180 KeyPrivate;
    181 KeyCertificate;
    182 KeyRsa;
    183 KeyOtherCurve;
    184 KeyPemNotDer;
    130 JwkSetNotJson;
    131 JwkSetMissingKeys;
    132 JwkSetInvalidKeys;
    133 JwkSetTooManyKeys;
    134 JwkSetDuplicateKid;
    135 JwkSetNoRoom;
    140 KeyRingStale;
    141 KeyRingNoKeys { skipped: 0 };
    142 KeyRingKidTooLong;
    143 KeyRingFull;
    144 KeyRingKeyPublished;
    145 KeyRingOutdated;
    146 KeyRingStateInvalid;
    147 KeyRingStateForeign;
    148 KeyRingMissingNumber;
    150 InvalidChallenge;
    170 DpopInvalidJwk;
    171 DpopHtmMismatch;
    172 DpopHtuMismatch;
    173 DpopAthMismatch;
    174 DpopNonceMismatch;
    175 DpopKeyMismatch;
    176 InvalidCnf;
    177 UnsupportedCnf;
    190 Replayed;
    191 ReplayGuardFull;
    192 ReplayGuardClosed;
    193 IssuedBeforeReset;
    194 NonceMismatch;
    195 NonceExpired;
    160 PrivateKeyOutOfRange;
    161 ClaimsNotJson;
    162 NoRandomness;
};

#[test]
fn each_error_has_the_code_and_the_name_of_the_list() {
    for (code, name, error) in GOLDEN {
        assert_eq!((error.code(), error.name()), (*code, *name));
    }
}

#[test]
fn each_code_gives_its_error() {
    for code in 0..=u16::MAX {
        let listed = GOLDEN.iter().find(|(golden, ..)| *golden == code);
        assert_eq!(
            Error::from_code(code),
            listed.map(|(_, _, error)| *error),
            "{code}"
        );
    }
}

/// The number that an error carries is in its text.
#[test]
fn numbers_are_in_the_texts() {
    for (error, text) in [
        (
            Error::BufferTooSmall { needed: 600 },
            "600 bytes are needed",
        ),
        (
            Error::KeyRingNoKeys { skipped: 3 },
            "3 of other kinds were skipped",
        ),
        (
            Error::MissingClaim { index: 2 },
            "number 2 of the required claims",
        ),
    ] {
        assert_eq!(error.to_string(), format!("{}: {text}", error.text()));
    }
}

/// The list is complete: it has every line of the table in the source.
#[test]
fn every_error_is_in_the_list() {
    let (_, table) = source::ERROR.split_once("\nerrors! {\n").unwrap();
    let (table, _) = table.split_once("\n}\n").unwrap();
    let in_source: Vec<(u16, &str)> = table
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with(|first: char| first.is_ascii_digit()))
        .map(|line| {
            let mut words = line.split(' ');
            let code = words.next().unwrap().parse().unwrap();
            (code, words.next().unwrap())
        })
        .collect();
    let mut listed: BTreeMap<u16, &str> = BTreeMap::new();
    for (code, name, _) in GOLDEN {
        let earlier = listed.insert(*code, name);
        assert_eq!(earlier, None, "code {code} is in the list twice");
    }
    for (code, name) in &in_source {
        assert_eq!(
            listed.remove(code),
            Some(*name),
            "{code} {name} is not in the list of tests/it/error_codes.rs"
        );
    }
    assert!(listed.is_empty(), "not in src/error.rs: {listed:?}");
    assert_eq!(in_source.len(), GOLDEN.len());
}
