//! Keys: what makes one, what does not, and which of them a token means.

#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod const_jwk;
#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod es256;
#[cfg(feature = "hs256")]
mod hs256;
mod jwk;
#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod pem;
#[cfg(feature = "fast-es256")]
mod prepared;
#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod ring;
#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod ring_saved;
#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod ring_sets;
#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod ring_signed;
#[cfg(feature = "fast-es256")]
mod ring_tables;
mod select;
mod set;
#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod thumbprint;

use embedded_jwt::{
    Key, Policy, Verifier,
    crypto::{Algorithm, Software},
};

use crate::common::{self, Alg, GOOD, HEADER, mint};

/// Whether a token of the issuer is good under this key.
fn opens(key: Key<'_>, alg: Alg) -> bool {
    let token = mint(alg, HEADER, GOOD);
    let time = embedded_jwt::Time::Trusted(common::NOW);
    common::verify(&[key], &Policy::new(), time, &token).is_ok()
}

/// A log that shows a key shows which one, and nothing to verify or sign with.
#[test]
fn debug_shows_no_material() {
    for alg in Alg::ALL {
        let key = alg.key().with_kid("pump");
        let algorithm = key.algorithm();
        let shown = format!("Key {{ algorithm: {algorithm:?}, kid: Some(\"pump\"), .. }}");
        assert_eq!(format!("{key:?}"), shown);
        let (keys, policy) = ([key], Policy::new());
        assert!(format!("{:?}", Verifier::new(&keys, &policy)).contains(&shown));
        assert!(format!("{:?}", alg.key()).contains("kid: None, .."));
        assert!(
            !format!("{:#?}", alg.key()).contains("97"),
            "the first byte of the secret"
        );
    }
}

#[test]
fn algorithms() {
    for (algorithm, name, len) in [
        (Algorithm::Hs256, "HS256", 32),
        (Algorithm::Es256, "ES256", 64),
    ] {
        assert_eq!((algorithm.as_str(), algorithm.signature_len()), (name, len));
    }
}

#[test]
fn kid_is_replaced() {
    for alg in Alg::ALL {
        let key = alg.key();
        assert_eq!(key.kid(), None);
        assert_eq!(key.with_kid("a").with_kid("b").kid(), Some("b"));
        assert_eq!(key.with_kid("").kid(), Some(""));
        assert_eq!(key.algorithm().as_str(), alg.name());
        assert!(opens(key, *alg));
        assert!(!opens(alg.other_key(), *alg));
    }
}

/// A slot is a name for a key that the software does not have.
#[test]
fn slot_without_hardware() {
    for alg in Alg::ALL {
        let key = Key::slot(alg.key().algorithm(), 0);
        assert_eq!(key.algorithm().as_str(), alg.name());
        let token = mint(*alg, HEADER, GOOD);
        let verdict = Verifier::new(&[key], &Policy::new())
            .verify_with(
                &mut Software,
                &token,
                embedded_jwt::Time::Unknown,
                &mut [0; 128],
            )
            .map(|_| ());
        assert_eq!(verdict, Err(embedded_jwt::Error::InvalidSignature));
    }
}
