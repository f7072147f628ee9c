//! The methods of the elements, which call the routines one after the other, against the same of big integers.

use num_bigint::BigInt;
use num_integer::Integer as _;

use crate::{
    claims::{p, r},
    files::{field::Field, field32, field64},
    numbers::{Numbers, join, split},
};

const PAIRS: usize = 5_000;

type IsRight = fn(&BigInt, &BigInt) -> bool;

/// How many were compared, and those that are wrong.
pub(crate) fn compare(numbers: &mut Numbers) -> (usize, Vec<&'static str>) {
    let middles = [BigInt::ZERO, r() - p(), p() / 2u32];
    let near =
        |middle: &BigInt| [-2i32, -1, 0, 1, 2].map(|offset| (middle + offset).mod_floor(&p()));
    let edges: Vec<_> = middles.iter().flat_map(near).collect();
    let mut pairs: Vec<_> = edges
        .iter()
        .flat_map(|a| edges.iter().map(move |b| (a.clone(), b.clone())))
        .collect();
    let mut random = || {
        let words = [(); 4].map(|()| numbers.random());
        join(&words, 64).mod_floor(&p())
    };
    pairs.extend((0..PAIRS).map(|_| (random(), random())));
    let mut wrong = Vec::new();
    let mut tried = 0usize;
    let elements: [(_, IsRight); 2] = [
        ("field32::Element", is_right::<field32::Element>),
        ("field64::Element", is_right::<field64::Element>),
    ];
    for (name, is_right) in elements {
        if !pairs.iter().all(|(a, b)| is_right(a, b)) {
            wrong.push(name);
        }
        tried = tried.saturating_add(pairs.len().saturating_mul(5));
    }
    (tried, wrong)
}

fn is_right<E: Field>(a: &BigInt, b: &BigInt) -> bool {
    let [first, second] = [a, b].map(element::<E>);
    // Products have R once too often, in Montgomery's form.
    let is_times_r = |result: E, wanted: BigInt| {
        let result = number(result);
        result < p() && (result * r() - wanted).mod_floor(&p()) == BigInt::ZERO
    };
    is_times_r(first.mul(&second), a * b)
        && is_times_r(first.square(), a * a)
        && number(first.add(&second)) == (a + b).mod_floor(&p())
        && number(first.sub(&second)) == (a - b).mod_floor(&p())
        && (number(first.halved()) * 2u32).mod_floor(&p()) == *a
        && number(first.halved()) < p()
}

/// With that number as its words.
fn element<E: Field>(number: &BigInt) -> E {
    let mut words = split(number, 32, 8).into_iter();
    let mut next = || words.next().and_then(|word| u32::try_from(word).ok());
    E::from_montgomery([(); 8].map(|()| next().unwrap_or_default()))
}

fn number<E: Field>(element: E) -> BigInt {
    join(&element.montgomery().map(u64::from), 32)
}
