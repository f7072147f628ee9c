//! Which keys a token may mean: by `kid` first, then by `alg`.

use embedded_jwt::{Error, Error::*, Key, Policy, Time, Verifier, limits::MAX_CANDIDATE_KEYS};

use crate::common::{Alg, GOOD, HEADER, NOW, Spy, mint, verify};

const NAMED: &str = r#"{"alg":"<alg>","kid":"a"}"#;

/// The `kid` of the key that the token is by.
fn verdict(keys: &[Key<'_>], alg: Alg, header: &str) -> Result<Option<String>, Error> {
    let token = mint(alg, header, GOOD);
    verify(keys, &Policy::new(), Time::Trusted(NOW), &token).map(|accepted| accepted.kid)
}

#[allow(clippy::unnecessary_wraps, reason = "what a verdict holds")]
fn name(kid: &str) -> Option<String> {
    Some(kid.to_owned())
}

#[test]
fn no_keys() {
    for alg in Alg::ALL {
        assert_eq!(verdict(&[], *alg, HEADER), Err(KeyNotFound));
        assert_eq!(verdict(&[], *alg, NAMED), Err(KeyNotFound));
        assert_eq!(verdict(&[], *alg, r#"{"alg":"none"}"#), Err(KeyNotFound));
    }
}

#[test]
fn header_with_a_kid() {
    for alg in Alg::ALL {
        let (good, other) = (alg.key(), alg.other_key());
        for (keys, expected) in [
            (&[good.with_kid("a")][..], Ok(name("a"))),
            (&[good.with_kid("b")], Err(KeyNotFound)),
            (&[good], Ok(None)),
            (&[other.with_kid("b"), good.with_kid("a")], Ok(name("a"))),
            (
                &[good.with_kid("b"), other.with_kid("a")],
                Err(InvalidSignature),
            ),
            // Two keys of one name, as while keys are exchanged.
            (&[other.with_kid("a"), good.with_kid("a")], Ok(name("a"))),
            // Keys without a name are meant only where none has the name.
            (&[good.with_kid("b"), good], Ok(None)),
            // That a name is unknown shows, also where a key without one was tried.
            (&[good.with_kid("b"), other], Err(KeyNotFound)),
            (&[other], Err(KeyNotFound)),
            (&[other.with_kid("a"), good], Err(InvalidSignature)),
            (&[good, good.with_kid("a")], Ok(name("a"))),
            (
                &[other, other, other, other, good.with_kid("a")],
                Ok(name("a")),
            ),
            (&[good.with_kid("")], Err(KeyNotFound)),
            (&[good.with_kid("A")], Err(KeyNotFound)),
        ] {
            assert_eq!(verdict(keys, *alg, NAMED), expected, "{keys:?}");
        }
    }
}

#[test]
fn header_without_a_kid() {
    for alg in Alg::ALL {
        let (good, other) = (alg.key(), alg.other_key());
        for (keys, expected) in [
            (&[good.with_kid("a")][..], Ok(name("a"))),
            (&[other.with_kid("a"), good.with_kid("b")], Ok(name("b"))),
            (&[other, other, other, good], Ok(None)),
            (&[other.with_kid("a"), other], Err(InvalidSignature)),
        ] {
            assert_eq!(verdict(keys, *alg, HEADER), expected, "{keys:?}");
        }
    }
}

/// A verifier may want every token to name its key: no signature is verified for one that does not.
#[test]
fn kid_required() {
    for alg in Alg::ALL {
        let keys = [alg.key(), alg.key().with_kid("a")];
        let policy = Policy::new();
        let verifier = Verifier::new(&keys, &policy).require_kid();
        for (header, verdict, calls) in [
            (NAMED, Ok(()), 1),
            (HEADER, Err(MissingKid), 0),
            (r#"{"alg":"none"}"#, Err(MissingKid), 0),
            (r#"{"alg":"<alg>","kid":""}"#, Ok(()), 1),
        ] {
            let mut token = mint(*alg, header, GOOD);
            let (mut spy, time) = (Spy::default(), Time::Trusted(NOW));
            let mut buffer = [0; 128];
            let answer = verifier.verify_with(&mut spy, &token, time, &mut buffer);
            assert_eq!(answer.map(drop), verdict, "{header}");
            assert_eq!(spy.calls, calls, "{header}");
            let answer = verifier.verify_in_place(&mut token, time);
            assert_eq!(answer.map(drop), verdict, "{header}");
        }
    }
}

/// `kid` is compared by value with names that JSON has to escape.
#[test]
fn kid_with_escapes() {
    for alg in Alg::ALL {
        let header = r#"{"alg":"<alg>","kid":"DOMAIN\\\u0022key\u0022"}"#;
        let key = alg.key();
        assert_eq!(
            verdict(&[key.with_kid(r#"DOMAIN\"key""#)], *alg, header),
            Ok(name(r#"DOMAIN\"key""#))
        );
        assert_eq!(
            verdict(&[key.with_kid(r#"DOMAIN\\\"key\""#)], *alg, header),
            Err(KeyNotFound)
        );
    }
}

/// No `alg` finds a key of another algorithm; that there is none of the name is told before that.
#[test]
fn mismatch_or_not_found() {
    for alg in Alg::ALL {
        let key = alg.key();
        for (keys, header, error) in [
            (&[key][..], r#"{"alg":"none"}"#, AlgMismatch),
            (
                &[key.with_kid("a")],
                r#"{"alg":"none","kid":"a"}"#,
                AlgMismatch,
            ),
            (
                &[key.with_kid("b")],
                r#"{"alg":"none","kid":"a"}"#,
                KeyNotFound,
            ),
            (
                &[key.with_kid("b"), key.with_kid("a")],
                r#"{"alg":"none","kid":"a"}"#,
                AlgMismatch,
            ),
            // That the name is unknown is told before that a key without one has another algorithm.
            (
                &[key.with_kid("b"), key],
                r#"{"alg":"RS256","kid":"a"}"#,
                KeyNotFound,
            ),
        ] {
            assert_eq!(verdict(keys, *alg, header), Err(error), "{header}");
        }
    }
}

#[cfg(all(feature = "hs256", any(feature = "es256", feature = "fast-es256")))]
#[test]
fn keys_of_two_algorithms() {
    let (mac, ec) = (Alg::Hs256.key(), Alg::Es256.key());
    for keys in [[mac, ec], [ec, mac], [mac.with_kid("a"), ec.with_kid("a")]] {
        for alg in Alg::ALL {
            assert!(verdict(&keys, *alg, HEADER).is_ok());
            assert!(verdict(&keys, *alg, NAMED).is_ok());
        }
    }
    for keys in [
        [mac.with_kid("a"), ec.with_kid("b")],
        [ec.with_kid("b"), mac.with_kid("a")],
        [ec, mac.with_kid("a")],
    ] {
        assert_eq!(verdict(&keys, Alg::Hs256, NAMED), Ok(name("a")));
        assert_eq!(verdict(&keys, Alg::Es256, NAMED), Err(AlgMismatch));
    }
}

/// A token without a `kid` buys no more trials than the limit, and the ones it buys are in order.
#[test]
fn too_many_keys() {
    for alg in Alg::ALL {
        let (good, other) = (alg.key(), alg.other_key());
        let most = vec![other; MAX_CANDIDATE_KEYS];
        assert_eq!(verdict(&most, *alg, HEADER), Err(InvalidSignature));
        let mut with_good_last = most.clone();
        *with_good_last.last_mut().unwrap() = good;
        assert_eq!(verdict(&with_good_last, *alg, HEADER), Ok(None));
        for at in 0..=MAX_CANDIDATE_KEYS {
            let mut more = most.clone();
            more.insert(at, good);
            assert_eq!(
                verdict(&more, *alg, HEADER),
                Err(TooManyKeys),
                "good at {at}"
            );
            assert_eq!(
                verdict(&more, *alg, NAMED),
                Err(KeyNotFound),
                "good at {at}"
            );
        }
    }
}

/// A large set is no obstacle to a token that says which key it means.
#[test]
fn many_named_keys() {
    let names: Vec<String> = (0..1000).map(|n| n.to_string()).collect();
    for alg in Alg::ALL {
        let keys: Vec<Key<'_>> = names.iter().map(|name| alg.key().with_kid(name)).collect();
        assert_eq!(
            verdict(&keys, *alg, r#"{"alg":"<alg>","kid":"999"}"#),
            Ok(name("999"))
        );
        assert_eq!(verdict(&keys, *alg, NAMED), Err(KeyNotFound));
        assert_eq!(verdict(&keys, *alg, HEADER), Err(TooManyKeys));
        // Keys of the other algorithm do not count.
        let slot = match *alg {
            Alg::Hs256 => embedded_jwt::crypto::Algorithm::Es256,
            Alg::Es256 => embedded_jwt::crypto::Algorithm::Hs256,
        };
        let mut keys = vec![Key::slot(slot, 0); 1000];
        keys.push(alg.key());
        assert_eq!(verdict(&keys, *alg, HEADER), Ok(None));
    }
}

#[test]
fn trials_end_at_the_first_good_key() {
    for alg in Alg::ALL {
        let (good, other) = (alg.key(), alg.other_key());
        for (keys, calls) in [
            (&[good, other, other][..], 1),
            (&[other, good, other], 2),
            (&[other, other, other, other], 4),
            (&[other.with_kid("x"), other.with_kid("x"), good], 3),
        ] {
            let token = mint(*alg, HEADER, GOOD);
            let mut spy = Spy::default();
            let policy = Policy::new();
            let verifier = Verifier::new(keys, &policy);
            let _ = verifier.verify_with(&mut spy, &token, Time::Trusted(NOW), &mut [0; 128]);
            assert_eq!(spy.calls, calls);
        }
    }
}

/// Keys in an array, a slice of one, and the growing containers of firmware and host.
#[test]
fn containers() {
    for alg in Alg::ALL {
        let array = [alg.other_key().with_kid("b"), alg.key().with_kid("a")];
        let mut fixed: heapless::Vec<Key<'_>, 4> = heapless::Vec::new();
        fixed.extend_from_slice(&array).unwrap();
        let growing = array.to_vec();
        let policy = Policy::new();
        let verifiers = [
            Verifier::new(&array, &policy),
            Verifier::new(&array[1..], &policy),
            Verifier::new(&fixed, &policy),
            Verifier::new(&growing, &policy),
        ];
        for verifier in verifiers {
            let token = mint(*alg, NAMED, GOOD);
            let mut buffer = [0; 128];
            let token = verifier
                .verify(&token, Time::Trusted(NOW), &mut buffer)
                .unwrap();
            assert_eq!(token.key().kid(), Some("a"));
        }
    }
}
