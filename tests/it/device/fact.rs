//! When a store may drop a fact for another one.

use embedded_jwt::device::Fact;

const TIME: u8 = 0;
const TOKEN: u8 = 1;
const COUNTER: u8 = 2;

/// The fact with these numbers: value, window, floor, since.
fn fact(kind: u8, id: u8, numbers: [u64; 4]) -> Fact {
    let mut bytes = [id; Fact::LEN];
    bytes[0] = kind;
    for (to, number) in bytes[17..].chunks_mut(8).zip(numbers) {
        to.copy_from_slice(&number.to_be_bytes());
    }
    Fact::from_bytes(&bytes).unwrap()
}

#[test]
fn covers_what_is_the_same_or_earlier() {
    for kind in [TIME, TOKEN, COUNTER] {
        // Value 9: a token that is alive at these floors.
        let at = |floor, since| fact(kind, 1, [9, 0, floor, since]);
        for floor in 4..=6 {
            for since in 4..=6 {
                let covers = at(5, 5).covers(&at(floor, since));
                assert_eq!(covers, floor <= 5 && since <= 5, "{kind} {floor} {since}");
            }
        }
        // Every fact says what one of the time alone says.
        for (other_kind, other_id) in [(TIME, 1), (TIME, 2), (TOKEN, 1), (COUNTER, 1), (kind, 2)] {
            let covers = at(5, 5).covers(&fact(other_kind, other_id, [9, 0, 5, 5]));
            let is_same = (other_kind, other_id) == (kind, 1);
            assert_eq!(covers, other_kind == TIME || is_same, "{kind} {other_kind}");
        }
    }
    for value in 8..=10 {
        let token = |value| fact(TOKEN, 1, [value, 0, 5, 5]);
        assert_eq!(token(9).covers(&token(value)), value <= 9);
    }
    // Whatever moves the floor covers a token that has expired by then.
    for kind in [TIME, TOKEN, COUNTER] {
        for value in 4..=6 {
            let covers = fact(kind, 1, [9, 0, 5, 5]).covers(&fact(TOKEN, 2, [value, 0, 4, 5]));
            assert_eq!(covers, value <= 5, "{kind} {value}");
        }
    }
}

/// Whether a counter rejects the number: it was used, or the window ends above it.
fn is_used((last, window): (u64, u64), number: u64) -> bool {
    number == last || number + 64 < last || number < last && window >> (last - 1 - number) & 1 == 1
}

/// A counter covers another one if it rejects all that the other one rejects.
#[test]
fn covers_the_numbers_of_a_counter() {
    const LAST: u64 = 200;
    let counter = |(last, window)| fact(COUNTER, 1, [last, window, 5, 5]);
    for free in 0..=64 {
        // All numbers in the window were used, except for one at most.
        let one = (LAST, !1_u64.checked_shl(free).unwrap_or_default());
        for last in LAST - 66..=LAST + 2 {
            for used in 0..=64 {
                let other = (last, 1_u64.checked_shl(used).unwrap_or_default());
                let is_covered =
                    is_used(one, last) && (used == 64 || is_used(one, last - 1 - u64::from(used)));
                let covers = counter(one).covers(&counter(other));
                assert_eq!(covers, is_covered, "{one:x?} {other:x?}");
            }
        }
    }
}
