//! What others' code says: fiat-crypto of the field, p256 of the curve. Numbers are words of 32 bits, the lowest first.

use fiat_crypto::p256_32::{
    fiat_p256_add, fiat_p256_from_montgomery, fiat_p256_montgomery_domain_field_element as Form,
    fiat_p256_mul, fiat_p256_non_montgomery_domain_field_element as Number, fiat_p256_square,
    fiat_p256_sub, fiat_p256_to_montgomery,
};
use p256::{
    AffinePoint, FieldBytes, ProjectivePoint, Scalar,
    ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier},
    elliptic_curve::{
        Field as _, PrimeField as _, bigint::U256, ops::Reduce, point::AffineCoordinates as _,
    },
};

use super::arithmetic::{
    field::Field,
    point::{Affine, Stored},
};

/// A number of 256 bits.
pub(crate) type Words = [u32; 8];

/// p (SP 800-186 section 3.2.1.3).
pub(crate) const PRIME: Words = [u32::MAX, u32::MAX, u32::MAX, 0, 0, 0, 1, u32::MAX];
/// n.
pub(crate) const ORDER: Words = [
    0xfc63_2551,
    0xf3b9_cac2,
    0xa717_9e84,
    0xbce6_faad,
    u32::MAX,
    u32::MAX,
    0,
    u32::MAX,
];

fn uint(words: Words) -> U256 {
    U256::from_be_slice(&bytes(words))
}

/// The sum modulo 2^256.
pub(crate) fn plus(a: Words, b: Words) -> Words {
    words(&uint(a).wrapping_add(&uint(b)).to_be_bytes().into())
}

/// The difference modulo 2^256.
pub(crate) fn minus(a: Words, b: Words) -> Words {
    words(&uint(a).wrapping_sub(&uint(b)).to_be_bytes().into())
}

pub(crate) fn is_below(a: Words, b: Words) -> bool {
    uint(a) < uint(b)
}

/// From 32 bytes, the highest first.
pub(crate) fn words(bytes: &[u8; 32]) -> Words {
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(bytes.rchunks(4)) {
        *word = u32::from_be_bytes(bytes.try_into().unwrap());
    }
    words
}

/// 32 bytes, the highest first.
pub(crate) fn bytes(words: Words) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.rchunks_mut(4).zip(words) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    bytes
}

/// The field in Montgomery's form, by fiat-crypto.
pub(crate) mod fiat {
    use super::{Form, Words};

    macro_rules! operations {
        ($($name:ident: $function:ident $($operand:ident)*;)*) => {$(
            pub(crate) fn $name($($operand: Words),*) -> Words {
                let mut result = Form([0; 8]);
                super::$function(&mut result, $(&Form($operand)),*);
                result.0
            }
        )*};
    }
    operations! {
        mul: fiat_p256_mul a b;
        square: fiat_p256_square a;
        add: fiat_p256_add a b;
        sub: fiat_p256_sub a b;
    }

    /// Into the form.
    pub(crate) fn of_number(number: Words) -> Words {
        let mut result = Form([0; 8]);
        super::fiat_p256_to_montgomery(&mut result, &super::Number(number));
        result.0
    }

    /// Out of the form.
    pub(crate) fn number(element: Words) -> Words {
        let mut result = super::Number([0; 8]);
        super::fiat_p256_from_montgomery(&mut result, &Form(element));
        result.0
    }

    /// To the power of a number.
    pub(crate) fn power(element: Words, exponent: Words) -> Words {
        let one = of_number([1, 0, 0, 0, 0, 0, 0, 0]);
        (0..256).rev().fold(one, |power, bit| {
            let square = square(power);
            if exponent[bit / 32] >> (bit % 32) & 1 == 1 {
                mul(square, element)
            } else {
                square
            }
        })
    }
}

/// The inverse of an element; 0 for 0.
pub(crate) fn inverse_in_field<F: Field>(element: F) -> F {
    let exponent = minus(PRIME, [2, 0, 0, 0, 0, 0, 0, 0]);
    F::from_montgomery(fiat::power(element.montgomery(), exponent))
}

/// A number modulo n.
pub(crate) fn scalar(number: Words) -> Scalar {
    Scalar::reduce(&uint(number))
}

/// The number.
pub(crate) fn number(scalar: &Scalar) -> Words {
    words(&scalar.to_repr().into())
}

/// 1 / `scalar`.
pub(crate) fn inverse(scalar: &Scalar) -> Scalar {
    scalar.invert().unwrap()
}

/// A multiple of the base point.
pub(crate) fn times_generator(scalar: &Scalar) -> ProjectivePoint {
    ProjectivePoint::GENERATOR * scalar
}

/// The x coordinate.
pub(crate) fn x(point: &ProjectivePoint) -> Words {
    words(&point.to_affine().x().into())
}

/// As a table holds a point.
pub(crate) fn stored(point: &ProjectivePoint) -> Stored {
    let point = point.to_affine();
    let coordinates = [point.x(), point.y()].map(|number| fiat::of_number(words(&number.into())));
    coordinates.concat().try_into().unwrap()
}

pub(crate) fn affine<F: Field>(point: &ProjectivePoint) -> Affine<F> {
    Affine::load(&stored(point))
}

/// The point with this x and an even y, if there is one.
pub(crate) fn point_at(x: Words) -> Option<ProjectivePoint> {
    use p256::elliptic_curve::point::DecompressPoint as _;
    let point: Option<AffinePoint> =
        AffinePoint::decompress(&FieldBytes::from(bytes(x)), 0.into()).into();
    point.map(ProjectivePoint::from)
}

/// A digest, r and s.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed {
    pub(crate) digest: Words,
    pub(crate) r: Words,
    pub(crate) s: Words,
}

/// What is signed by the key `d` and makes a verification compute `u1 G + u2 Q`, for a `u2` other than 0. Where that sum is
/// infinity it has no r, and `r_of_infinity` is put there.
pub(crate) fn signed_with_factors(
    d: &Scalar,
    u1: &Scalar,
    u2: &Scalar,
    r_of_infinity: Words,
) -> Signed {
    let sum = u1 + &(*u2 * d);
    let r = if bool::from(sum.is_zero()) {
        scalar(r_of_infinity)
    } else {
        scalar(x(&times_generator(&sum)))
    };
    let s = r * inverse(u2);
    Signed {
        digest: number(&(*u1 * s)),
        r: number(&r),
        s: number(&s),
    }
}

/// What `d` signs with this nonce, as FIPS 186-5 section 6.4.1 has it.
pub(crate) fn signed_with_nonce(d: &Scalar, nonce: &Scalar, digest: Words) -> Signed {
    let r = scalar(x(&times_generator(nonce)));
    let s = inverse(nonce) * (scalar(digest) + r * d);
    Signed {
        digest,
        r: number(&r),
        s: number(&s),
    }
}

/// The key under which the verification of this computes `sum` (SEC 1 section 4.1.6).
pub(crate) fn key_for(sum: &ProjectivePoint, signed: &Signed) -> ProjectivePoint {
    let [digest, r, s] = [signed.digest, signed.r, signed.s].map(scalar);
    (*sum * s - times_generator(&digest)) * inverse(&r)
}

/// Whether p256 takes it for a signature by `key`.
pub(crate) fn accepts(key: &ProjectivePoint, signed: &Signed) -> bool {
    let key = VerifyingKey::from_affine(key.to_affine()).unwrap();
    Signature::from_scalars(bytes(signed.r), bytes(signed.s)).is_ok_and(|signature| {
        key.verify_prehash(&bytes(signed.digest), &signature)
            .is_ok()
    })
}
