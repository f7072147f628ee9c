//! A good signature under the name of another key, or under no name that the verifier knows.

use embedded_jwt::{Error, Error::*, Key, Policy, Time};

use crate::common::{Alg, GOOD, NOW, join, mint, signing_input, verify};

/// The issuer's key and somebody else's for the same algorithm, by name.
fn named(alg: Alg) -> [Key<'static>; 2] {
    [
        alg.key().with_kid("issuer"),
        alg.other_key().with_kid("other"),
    ]
}

fn verdict(keys: &[Key<'_>], token: &[u8]) -> Result<Option<String>, Error> {
    verify(keys, &Policy::new(), Time::Trusted(NOW), token).map(|accepted| accepted.kid)
}

macro_rules! kids {
    ($($name:ident: $kid:expr => $verdict:expr;)*) => {$(
        #[test]
        fn $name() {
            for alg in Alg::ALL {
                let token = mint(*alg, format!(r#"{{"alg":"<alg>","kid":{}}}"#, $kid), GOOD);
                assert_eq!(verdict(&named(*alg), &token), $verdict, "{alg:?}");
            }
        }
    )*};
}
kids! {
    own: r#""issuer""# => Ok(Some("issuer".to_owned()));
    own_in_escapes: r#""\u0069ssu\u0065r""# => Ok(Some("issuer".to_owned()));
    of_the_other_key: r#""other""# => Err(InvalidSignature);
    unknown: r#""unknown""# => Err(KeyNotFound);
    empty: r#""""# => Err(KeyNotFound);
    in_capitals: r#""ISSUER""# => Err(KeyNotFound);
    shorter: r#""issue""# => Err(KeyNotFound);
    longer: r#""issuer2""# => Err(KeyNotFound);
    with_a_space: r#""issuer ""# => Err(KeyNotFound);
    with_a_nul: r#""issuer\u0000""# => Err(KeyNotFound);
    with_a_quote: r#""issuer\"""# => Err(KeyNotFound);
    a_path: r#""../../dev/null""# => Err(KeyNotFound);
    a_query: r#""' OR 1=1 --""# => Err(KeyNotFound);
    null: "null" => Err(InvalidKid);
    a_number: "1" => Err(InvalidKid);
    an_array: r#"["issuer"]"# => Err(InvalidKid);
}

/// No `kid` means any key: the second one fits as well as the first.
#[test]
fn missing() {
    for alg in Alg::ALL {
        let token = mint(*alg, r#"{"alg":"<alg>"}"#, GOOD);
        let [issuer, other] = named(*alg);
        let accepted = Ok(Some("issuer".to_owned()));
        assert_eq!(verdict(&[issuer, other], &token), accepted);
        assert_eq!(verdict(&[other, issuer], &token), accepted);
        assert_eq!(verdict(&[other], &token), Err(InvalidSignature));
    }
}

/// A token under the name of a key that is there for another algorithm.
#[cfg(all(feature = "hs256", any(feature = "es256", feature = "fast-es256")))]
#[test]
fn of_a_key_for_the_other_algorithm() {
    let keys = [
        Alg::Hs256.key().with_kid("mac"),
        Alg::Es256.key().with_kid("ec"),
    ];
    for (alg, kid) in [(Alg::Hs256, "ec"), (Alg::Es256, "mac")] {
        let token = mint(alg, format!(r#"{{"alg":"<alg>","kid":"{kid}"}}"#), GOOD);
        assert_eq!(verdict(&keys, &token), Err(AlgMismatch));
    }
}

/// The name is part of what is signed.
#[test]
fn exchanged_after_signing() {
    for alg in Alg::ALL {
        let keys = [alg.key().with_kid("a"), alg.key().with_kid("b")];
        let input = signing_input(*alg, r#"{"alg":"<alg>","kid":"a"}"#, GOOD);
        let other = signing_input(*alg, r#"{"alg":"<alg>","kid":"b"}"#, GOOD);
        let signature = alg.sign(&input);
        assert_eq!(
            verdict(&keys, &join(&input, &signature)),
            Ok(Some("a".to_owned()))
        );
        assert_eq!(
            verdict(&keys, &join(&other, &signature)),
            Err(InvalidSignature)
        );
    }
}
