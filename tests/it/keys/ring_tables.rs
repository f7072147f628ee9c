//! A ring whose keys have tables: the same verdict on every token, at every state of the ring.

use embedded_jwt::{Error, Policy, Time, jwk::RingTables};

use super::ring::{A, LIFETIME, Ring, issued, jwk_as, set, set_of, take, update};
use crate::common::NOW;

type Tables<const N: usize> = RingTables<N, 16>;

/// The verdict with tables. It is the same as without them.
fn verdict<const N: usize>(
    tables: &Tables<N>,
    ring: &Ring,
    (name, kid): (char, &str),
    iat: u64,
) -> Result<(), Error> {
    let header = format!(r#"{{"alg":"ES256","kid":"{kid}"}}"#);
    let claims = format!(r#"{{"iss":"{A}","iat":{iat}}}"#);
    let token = issued(name, &header, &claims);
    let policy = Policy::new().allow_missing_exp();
    let verdict = [tables.keys(ring, &policy), ring.keys(&policy)].map(|keys| {
        let time = Time::Trusted(NOW + 30);
        keys.verify(&token, time, &mut [0; 256]).map(drop)
    });
    assert_eq!(verdict[0], verdict[1], "{kid} {iat}");
    verdict[0]
}

/// Tokens by each key under its own `kid` and under that of the next, from before and after a
/// withdrawal. Returns the number of accepted ones.
fn accepted<const N: usize>(tables: &Tables<N>, ring: &Ring) -> usize {
    let names = ["a", "b", "c", "d"];
    let mut accepted = 0;
    for (name, next) in names.iter().zip(names.iter().cycle().skip(1)) {
        let key = name.chars().next().unwrap();
        for (kid, iat) in [(*name, NOW + 5), (*name, NOW + 15), (*next, NOW + 5)] {
            accepted += usize::from(verdict(tables, ring, (key, kid), iat).is_ok());
        }
    }
    accepted
}

fn life<const N: usize>(room: usize) {
    let (mut ring, mut tables) = (Ring::new(A, LIFETIME), Tables::<N>::new());
    assert_eq!(tables.prepare(&ring), 0);
    take(&mut ring, &set("ab"), NOW);
    // Before there are tables, with them, and again.
    assert_eq!(accepted(&tables, &ring), 4);
    assert_eq!(tables.prepare(&ring), room.min(2));
    assert_eq!(accepted(&tables, &ring), 4);
    assert_eq!(tables.prepare(&ring), 0);

    // `a` is withdrawn and keeps its table, `c` gets one if there is room.
    take(&mut ring, &set("bc"), NOW + 10);
    assert_eq!(accepted(&tables, &ring), 5);
    assert_eq!(tables.prepare(&ring), room.min(3) - room.min(2));
    assert_eq!(accepted(&tables, &ring), 5);

    // A key whose private half is published verifies nothing, and its table is free.
    let private = jwk_as('b', "b").replace("\"kty\"", "\"d\":\"AA\",\"kty\"");
    let published = update(&mut ring, &set_of(&[private, jwk_as('c', "c")]), NOW + 20);
    assert_eq!(published, Err(Error::KeyRingKeyPublished));
    assert_eq!(accepted(&tables, &ring), 3);
    ring.forget_withdrawn();
    take(&mut ring, &set("cd"), NOW + 21);
    tables.prepare(&ring);
    assert_eq!(accepted(&tables, &ring), 4);

    // The tables of another ring are not used.
    let mut other = Ring::new(A, LIFETIME);
    take(&mut other, &set("a"), NOW);
    assert_eq!(accepted(&tables, &other), 2);
    assert_eq!(tables.prepare(&other), room.min(1));
    assert_eq!(accepted(&tables, &other), 2);
}

#[test]
fn same_verdict() {
    life::<0>(0);
    life::<1>(1);
    life::<2>(2);
    life::<4>(4);
}

/// Two names for one point share a table.
#[test]
fn one_key_under_two_names() {
    let (mut ring, mut tables) = (Ring::new(A, LIFETIME), Tables::<2>::new());
    take(
        &mut ring,
        &set_of(&[jwk_as('a', "a"), jwk_as('a', "b")]),
        NOW,
    );
    assert_eq!(tables.prepare(&ring), 1);
    for kid in ["a", "b"] {
        assert_eq!(verdict(&tables, &ring, ('a', kid), NOW), Ok(()));
    }
}
