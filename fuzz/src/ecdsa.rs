//! The crate's own arithmetic for ES256, with the fields of both widths, against fiat-crypto and p256.

// The tests' own: the arithmetic for every machine, and its oracles.
#[path = "../../tests/it/fast_es256/arithmetic.rs"]
mod arithmetic;
#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../../tests/it/fast_es256/oracle.rs"]
mod oracle;
#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../../tests/it/fast_es256/verdict.rs"]
mod verdict;

use arbitrary::{Arbitrary, Unstructured};
use arithmetic::{comb16, comb64, comb256, field::Field, field32, field64, halves, limb::Limb};
use oracle::{
    ORDER, PRIME, Signed, Words, accepts, fiat, inverse_in_field, is_below, key_for, minus, number,
    plus, point_at, scalar, signed_with_factors, signed_with_nonce, times_generator, x as x_of,
};
use p256::{ProjectivePoint, Scalar, elliptic_curve::Field as _};
use verdict::{agrees, plain_key_agrees, table_of};

/// A number of 256 bits.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Number {
    /// Near one at which something ends.
    Near {
        base: Base,
        distance: i8,
    },
    /// 2^`power`, near such a one.
    Power {
        base: Base,
        power: u8,
        is_negative: bool,
    },
    /// Of words at which something carries.
    Edges([Edge; 8]),
    Words(Words),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Base {
    Zero,
    Prime,
    Order,
    /// Half of the order: 1 / 2.
    Half,
    /// p - n.
    Room,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Edge {
    Zero,
    One,
    Full,
    AlmostFull,
    Top,
    BelowTop,
}

impl Base {
    fn words(self) -> Words {
        match self {
            Self::Zero => [0; 8],
            Self::Prime => PRIME,
            Self::Order => ORDER,
            Self::Half => number(&oracle::inverse(&Scalar::from(2u64))),
            Self::Room => minus(PRIME, ORDER),
        }
    }
}

impl Number {
    fn words(self) -> Words {
        match self {
            Self::Near { base, distance } => {
                let steps = [u32::from(distance.unsigned_abs()), 0, 0, 0, 0, 0, 0, 0];
                moved(base.words(), steps, distance < 0)
            }
            Self::Power {
                base,
                power,
                is_negative,
            } => {
                let mut step = [0; 8];
                step[usize::from(power / 32)] = 1 << (power % 32);
                moved(base.words(), step, is_negative)
            }
            Self::Edges(edges) => edges.map(|edge| match edge {
                Edge::Zero => 0,
                Edge::One => 1,
                Edge::Full => u32::MAX,
                Edge::AlmostFull => u32::MAX - 1,
                Edge::Top => 1 << 31,
                Edge::BelowTop => (1 << 31) - 1,
            }),
            Self::Words(words) => words,
        }
    }

    fn element(self) -> Words {
        modulo_prime(self.words())
    }

    /// Modulo n, and other than 0.
    fn nonzero(self) -> Scalar {
        let scalar = scalar(self.words());
        if bool::from(scalar.is_zero()) {
            Scalar::ONE
        } else {
            scalar
        }
    }
}

fn modulo_prime(number: Words) -> Words {
    if is_below(number, PRIME) {
        number
    } else {
        minus(number, PRIME)
    }
}

fn moved(number: Words, step: Words, is_negative: bool) -> Words {
    if is_negative {
        minus(number, step)
    } else {
        plus(number, step)
    }
}

/// Two elements; where `is_result`, the second is what their product is to be.
#[derive(Arbitrary, Debug)]
struct Elements {
    is_result: bool,
    a: Number,
    b: Number,
}

/// Any two elements: sum, difference, product, square, inverse and form are those of fiat-crypto.
pub fn field(data: &[u8]) {
    let Ok(elements) = Elements::arbitrary_take_rest(Unstructured::new(data)) else {
        return;
    };
    let [a, b] = [elements.a, elements.b].map(Number::element);
    operations::<field32::Element>(&elements, a, b);
    operations::<field64::Element>(&elements, a, b);
    let [a, b] = [elements.a, elements.b].map(Number::words);
    for at in 0..8 {
        let other = (at + 1) % 8;
        assert_eq!(
            halves::multiply_add(a[at], b[at], a[other], b[other]),
            a[at].multiply_add(b[at], a[other], b[other])
        );
    }
}

fn operations<F: Field>(elements: &Elements, a: Words, b: Words) {
    let x = F::from_montgomery(a);
    let inverse = inverse_in_field(x).montgomery();
    let b = if elements.is_result {
        fiat::mul(b, inverse)
    } else {
        b
    };
    let y = F::from_montgomery(b);
    assert_eq!(x.mul(&y).montgomery(), fiat::mul(a, b), "mul");
    assert_eq!(x.square().montgomery(), fiat::square(a), "square");
    assert_eq!(x.add(&y).montgomery(), fiat::add(a, b), "add");
    assert_eq!(x.sub(&y).montgomery(), fiat::sub(a, b), "sub");
    assert_eq!(x.number(), fiat::number(a), "number");
    assert_eq!(F::from_number(a).montgomery(), fiat::of_number(a), "form");
    let one = if x.is_zero() { F::zero() } else { F::one() };
    assert_eq!(fiat::mul(a, inverse), one.montgomery(), "inverse");
    let by_steps = (!x.is_zero()).then_some(inverse);
    assert_eq!(x.inverse().map(F::montgomery), by_steps, "steps");
    let half = x.halved();
    assert!(half.is_reduced(), "half");
    let half = half.montgomery();
    assert_eq!(fiat::add(half, half), a, "half");
}

/// A key and a signature.
#[derive(Arbitrary, Debug)]
struct Verification {
    size: Size,
    signed: By,
    change: Option<Change>,
}

#[derive(Arbitrary, Debug)]
enum Size {
    Small,
    Middle,
    Large,
}

/// How a signature is made.
#[derive(Arbitrary, Debug)]
enum By {
    /// As its issuer does.
    Nonce {
        d: Number,
        nonce: Number,
        digest: Number,
    },
    /// So that these are the factors of the base point and of the key.
    Factors {
        d: Number,
        u1: Number,
        u2: Number,
        r_of_infinity: Number,
    },
    /// So that the sum has this x, under whatever key.
    X {
        x: Number,
        digest: Number,
        s: Number,
    },
    /// So that this r looks as if the sum had it.
    R {
        x: Number,
        r: Number,
        digest: Number,
        s: Number,
    },
}

/// What is done to it then.
#[derive(Arbitrary, Debug)]
struct Change {
    part: Part,
    how: How,
}

#[derive(Arbitrary, Debug)]
enum Part {
    Digest,
    R,
    S,
}

#[derive(Arbitrary, Debug)]
enum How {
    Flip(u8),
    Another(Number),
    Plus(Number),
    Minus(Number),
    /// n less the number: of s the other good one.
    Negated,
}

impl By {
    /// The key and what it signed; `None` where there is no such key.
    fn key_and_signed(&self) -> Option<(ProjectivePoint, Signed)> {
        match self {
            Self::Nonce { d, nonce, digest } => {
                let d = d.nonzero();
                let signed = signed_with_nonce(&d, &nonce.nonzero(), digest.words());
                Some((times_generator(&d), signed))
            }
            Self::Factors {
                d,
                u1,
                u2,
                r_of_infinity,
            } => {
                let d = d.nonzero();
                let (u1, u2) = (scalar(u1.words()), u2.nonzero());
                let signed = signed_with_factors(&d, &u1, &u2, r_of_infinity.words());
                Some((times_generator(&d), signed))
            }
            Self::X { x, digest, s } => {
                let sum = point_near(x.words());
                let r = number(&scalar(x_of(&sum)));
                Self::for_sum(&sum, r, digest, s)
            }
            Self::R { x, r, digest, s } => {
                Self::for_sum(&point_near(x.words()), number(&r.nonzero()), digest, s)
            }
        }
    }

    fn for_sum(
        sum: &ProjectivePoint,
        r: Words,
        digest: &Number,
        s: &Number,
    ) -> Option<(ProjectivePoint, Signed)> {
        let signed = Signed {
            digest: digest.words(),
            r,
            s: number(&s.nonzero()),
        };
        if r == [0; 8] {
            return None;
        }
        let key = key_for(sum, &signed);
        (key != ProjectivePoint::IDENTITY).then_some((key, signed))
    }
}

/// The first point from this x on, modulo p: above p no number is an x, for 2^224 steps.
fn point_near(x: Words) -> ProjectivePoint {
    let one = [1, 0, 0, 0, 0, 0, 0, 0];
    let numbers =
        core::iter::successors(Some(modulo_prime(x)), |x| Some(modulo_prime(plus(*x, one))));
    let mut points = numbers.filter_map(point_at);
    points.next().expect("each second number is an x")
}

impl Change {
    fn apply(&self, signed: &mut Signed) {
        let part = match self.part {
            Part::Digest => &mut signed.digest,
            Part::R => &mut signed.r,
            Part::S => &mut signed.s,
        };
        match self.how {
            How::Flip(bit) => part[usize::from(bit / 32)] ^= 1 << (bit % 32),
            How::Another(number) => *part = number.words(),
            How::Plus(number) => *part = plus(*part, number.words()),
            How::Minus(number) => *part = minus(*part, number.words()),
            How::Negated => *part = minus(ORDER, *part),
        }
    }
}

/// Verifies any signature under any key, valid ones among them. The plain key and the table have to give the verdict of
/// p256, with both fields.
pub fn fast_es256(data: &[u8]) {
    let Ok(Verification {
        size,
        signed,
        change,
    }) = Verification::arbitrary_take_rest(Unstructured::new(data))
    else {
        return;
    };
    let Some((key, mut signed)) = signed.key_and_signed() else {
        return;
    };
    if let Some(change) = &change {
        change.apply(&mut signed);
    }
    let (points, generator): (_, &[_]) = match size {
        Size::Small => (16, &comb16::TABLE),
        Size::Middle => (64, &comb64::TABLE),
        Size::Large => (256, &comb256::TABLE),
    };
    let verdict = accepts(&key, &signed);
    plain_key_agrees(&key, &signed, verdict);
    let table = table_of::<field32::Element>(&key, points);
    assert_eq!(
        table,
        table_of::<field64::Element>(&key, points),
        "the tables differ"
    );
    agrees::<field32::Element>(&table, generator, &signed, verdict);
    agrees::<field64::Element>(&table, &comb256::TABLE, &signed, verdict);
}
