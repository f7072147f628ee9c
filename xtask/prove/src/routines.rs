//! What is proved, and the claim about each.

use crate::{
    claims::Claim,
    code::{Code, code},
    files::{field32, field64, halves, limb::Limb as _},
};

/// A number's words, and behind them its bit as another.
macro_rules! with_bit {
    ($number:expr) => {{
        let (words, bit) = $number;
        let mut words = words.to_vec();
        words.push(L::of(bit));
        Some(words)
    }};
}

/// Those of a field, which have the same names in each width: numbers are of so many words, products of twice as many.
macro_rules! field {
    ($width:literal $word:ident, $field:ident, $single:literal, $double:literal, $reduced:expr) => {
        field!(@ $width $word, $field, $reduced,
            "product" Product $double + 0 |w, b| {
                let (a, b) = w.split_first_chunk::<$single>()?;
                Some($field::product(a, b.first_chunk()?).to_vec())
            }
            "square" Square $single + 0 |w, b| {
                Some($field::square(w.first_chunk::<$single>()?).to_vec())
            }
            "reduced" Reduced $double + 0 |w, b| {
                with_bit!($reduced(w.first_chunk::<$double>()?))
            }
            "sum" Sum $double + 0 |w, b| {
                let (a, b) = w.split_first_chunk::<$single>()?;
                with_bit!($field::sum(a, b.first_chunk()?))
            }
            "difference" Difference $double + 0 |w, b| {
                let (a, b) = w.split_first_chunk::<$single>()?;
                with_bit!($field::difference(a, b.first_chunk()?))
            }
            "below_p" BelowP $single + 1 |w, b| {
                let number = w.first_chunk::<$single>()?;
                Some($field::below_p((*number, *b.first()?)).to_vec())
            }
            "halved" Halved $single + 0 |w, b| {
                Some($field::halved(w.first_chunk::<$single>()?).to_vec())
            }
            "not_negative" NotNegative $single + 1 |w, b| {
                let number = w.first_chunk::<$single>()?;
                Some($field::not_negative((*number, *b.first()?)).to_vec())
            }
        )
    };
    (@ $width:literal $word:ident, $field:ident, $reduced:expr, $(
        $name:literal $claim:ident $words:literal + $bits:literal |$w:ident, $b:ident| $code:block
    )*) => {
        [$((
            Claim::$claim,
            code!(
                $width $word,
                concat!(stringify!($field), "::", $name),
                $words + $bits,
                |$w, $b| $code
            ),
        )),*]
    };
}

pub(crate) fn all() -> Vec<(Claim, Code)> {
    let mut routines = Vec::new();
    routines.extend(field!(32 u32, field32, 8, 16, field32::reduced::<L, C>));
    routines.extend(field!(64 u64, field64, 4, 8, field64::reduced::<L>));
    routines.push((
        Claim::MultiplyAdd,
        code!(32 u32, "halves::multiply_add", 4 + 0, |w, b| {
            let [a, b, first, second] = *w.first_chunk()?;
            let (low, high) = halves::multiply_add(a, b, first, second);
            Some(vec![low, high])
        }),
    ));
    routines
}
