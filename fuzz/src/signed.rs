//! Behind the signature: a header and a payload that are almost right, signed, and changed after that.

use arbitrary::{Arbitrary, Unstructured};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use embedded_jwt::{Compact, Error, Time};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};

use super::{KEYS, NOW, X_Y, claims, compare_acceptance, compare_ways, hmac, verify};

/// The private key of RFC 7515 appendix A.3 in PKCS #8, without its public half.
const PRIVATE_PKCS8: &str =
    "MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCCOmxCecZCYv5gEh98fXXfpyylgbr7SJjtfV8IT34T0sg";

/// The order n of P-256 (SEC 2 section 2.4.2).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
    0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// A good token with one thing done to it before it is signed, and one after.
#[derive(Arbitrary, Debug)]
struct Mutated<'a> {
    in_header: bool,
    escape_a_name: bool,
    after: Option<Change>,
    insert_at: u16,
    remove: u8,
    /// Raw bytes come last, so that seeds are plain files.
    insert: &'a [u8],
}

/// What is done to a signed token.
#[derive(Arbitrary, Debug)]
enum Change {
    /// Bits of one of its symbols or dots.
    Symbol { at: u16, flip: u8 },
    /// Bits of a byte of the signature, before it is encoded.
    Byte { at: u8, flip: u8 },
    /// r or s of an ECDSA signature is another number.
    Number { is_s: bool, number: Number },
}

#[derive(Arbitrary, Debug)]
enum Number {
    Zero,
    One,
    Order,
    AllOnes,
    /// n less the number that was there. Of s this is the other good signature.
    Negated,
}

impl<'a> Mutated<'a> {
    fn from_bytes(data: &'a [u8]) -> Option<Self> {
        Self::arbitrary_take_rest(Unstructured::new(data)).ok()
    }

    fn header_and_payload(&self, alg: &str) -> [Vec<u8>; 2] {
        let header = format!(
            r#"{{"alg":"{alg}","typ":"JWT","kid":"k","b64":true,"crit":["b64"],"x":[1,{{"y":null}}]}}"#
        );
        let mut texts = [header.into_bytes(), br#"{"iss":"joe","sub":"a\"b","aud":["x","y"],"exp":1790000001,"nbf":1.5e3,"iat":0,"jti":"\u00e9","scope":"a b","seq":7,"on":true,"list":[-1,2]}"#.to_vec()];
        let text = &mut texts[usize::from(!self.in_header)];
        let at = usize::from(self.insert_at) % text.len();
        let end = (at + usize::from(self.remove % 8)).min(text.len());
        text.splice(at..end, self.insert.iter().copied());
        if self.escape_a_name {
            let escaped = String::from_utf8_lossy(text).replacen("\"iss\"", "\"\\u0069ss\"", 1);
            *text = escaped
                .replacen("\"crit\"", "\"cri\\u0074\"", 1)
                .into_bytes();
        }
        texts
    }

    /// The token of this signature, after the change.
    fn join(&self, signing_input: &str, mut signature: Vec<u8>) -> Vec<u8> {
        match &self.after {
            Some(Change::Byte { at, flip }) => {
                let at = usize::from(*at) % signature.len();
                signature[at] ^= flip;
            }
            Some(Change::Number { is_s, number }) if signature.len() == 64 => {
                number.replace(&mut signature[if *is_s { 32..64 } else { 0..32 }]);
            }
            _ => {}
        }
        let mut token = format!(
            "{signing_input}.{}",
            BASE64_URL_SAFE_NO_PAD.encode(signature)
        )
        .into_bytes();
        if let Some(Change::Symbol { at, flip }) = &self.after {
            let at = usize::from(*at) % token.len();
            token[at] ^= flip;
        }
        token
    }
}

impl Mutated<'_> {
    fn hs256_token(&self, texts: &[Vec<u8>; 2]) -> Vec<u8> {
        let signing_input = signing_input(texts);
        self.join(&signing_input, hmac(signing_input.as_bytes()).to_vec())
    }

    fn es256_token(&self) -> Vec<u8> {
        let signing_input = signing_input(&self.header_and_payload("ES256"));
        let issuer_key = EncodingKey::from_ec_der(
            &BASE64_URL_SAFE_NO_PAD
                .decode(PRIVATE_PKCS8)
                .expect("base64url"),
        );
        let signature = crypto::sign(signing_input.as_bytes(), &issuer_key, Algorithm::ES256)
            .expect("a key of P-256");
        self.join(
            &signing_input,
            BASE64_URL_SAFE_NO_PAD.decode(signature).expect("base64url"),
        )
    }
}

impl Number {
    fn replace(&self, number: &mut [u8]) {
        match self {
            Self::Zero => number.fill(0),
            Self::One => {
                number.fill(0);
                number[31] = 1;
            }
            Self::Order => number.copy_from_slice(&ORDER),
            Self::AllOnes => number.fill(0xff),
            Self::Negated => {
                let mut borrow = false;
                for (byte, of_order) in number.iter_mut().zip(ORDER).rev() {
                    let (less, one) = of_order.overflowing_sub(*byte);
                    let (less, other) = less.overflowing_sub(u8::from(borrow));
                    (*byte, borrow) = (less, one || other);
                }
            }
        }
    }
}

fn signing_input(texts: &[Vec<u8>; 2]) -> String {
    texts
        .each_ref()
        .map(|text| BASE64_URL_SAFE_NO_PAD.encode(text))
        .join(".")
}

/// HS256 with any defect of a header or a payload: the checks of [`verify`], and where the token is whole
/// those of [`claims`].
pub fn token(data: &[u8]) {
    let Some(mutated) = Mutated::from_bytes(data) else {
        return;
    };
    let texts = mutated.header_and_payload("HS256");
    verify(&mutated.hs256_token(&texts));
    if mutated.after.is_none() {
        claims(&texts[1]);
    }
}

/// The tokens that [`token`] and [`es256`] judge, for tests of other interfaces.
#[allow(dead_code, reason = "only some of those who include this file use it")]
pub fn tokens(data: &[u8]) -> Vec<Vec<u8>> {
    let Some(mutated) = Mutated::from_bytes(data) else {
        return Vec::new();
    };
    let texts = mutated.header_and_payload("HS256");
    vec![mutated.hs256_token(&texts), mutated.es256_token()]
}

/// ES256 with any defect of a header, a payload or a signature: the verdict on the signature is that of
/// `jsonwebtoken`, both ways.
pub fn es256(data: &[u8]) {
    let Some(mutated) = Mutated::from_bytes(data) else {
        return;
    };
    let token = mutated.es256_token();
    compare_ways(&token, Time::Trusted(NOW));
    compare_acceptance(&token);
    let Ok(compact) = Compact::parse(&token) else {
        return;
    };
    let mut buffer = vec![0; compact.buffer_len()];
    let is_good = match compact.verify(&KEYS[1..], &mut buffer) {
        Ok(_) => true,
        Err(Error::InvalidSignature) => false,
        // Refused before the signature was looked at.
        Err(_) => return,
    };
    let signature = str::from_utf8(compact.signature_segment()).expect("base64url");
    let key = DecodingKey::from_ec_components(X_Y[0], X_Y[1]).expect("RFC 7515");
    let oracle = crypto::verify(signature, compact.signing_input(), &key, Algorithm::ES256);
    assert_eq!(is_good, oracle.unwrap_or(false), "the signature alone");
}
