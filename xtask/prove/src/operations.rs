//! The operations on words, which the model takes for granted: they are run, and compared with what the model makes of them.

use crate::{
    code::{Code, code},
    files::{
        field32::Column,
        halves::Halves as _,
        limb::{Branch as _, Limb},
    },
    numbers::{Numbers, edges},
};

/// Inputs at edges are gone through in full, with as many edges for a word as keep them below this.
const MOST: usize = 15_000;
/// And inputs that are random, or random in some words.
const RANDOM: usize = 5_000;

macro_rules! operations {
    ($width:literal $word:ident: $($name:literal $words:literal + $bits:literal |$w:ident, $b:ident| $code:expr;)*) => {
        vec![$(code!($width $word, concat!(stringify!($word), " ", $name), $words + $bits, |$w, $b| Some($code))),*]
    };
}

/// Those of every word.
macro_rules! of_every_word {
    ($width:literal $word:ident) => {
        operations! { $width $word:
            "constant" 0 + 0 |w, b| {
                let values = [0, 1, 0xffff_ffff, 0xffff_ffff_0000_0001, u64::MAX];
                values.map(L::constant).to_vec()
            };
            "opaque_zero" 0 + 0 |w, b| vec![L::opaque_zero()];
            "CLEAR" 0 + 0 |w, b| vec![L::of(L::CLEAR)];
            "of" 0 + 1 |w, b| vec![L::of(*b.first()?)];
            "multiply_add" 4 + 0 |w, b| {
                let [factor, other, first, second] = *w.first_chunk()?;
                <[L; 2]>::from(factor.multiply_add(other, first, second)).to_vec()
            };
            "add" 2 + 1 |w, b| {
                let (sum, carry) = Limb::add(*w.first()?, *w.get(1)?, *b.first()?);
                vec![sum, L::of(carry)]
            };
            "add_four" 8 + 1 |w, b| {
                let (first, second) = w.split_first_chunk()?;
                let (sum, carry) = L::add_four(*first, *second.first_chunk()?, *b.first()?);
                [&sum[..], &[L::of(carry)]].concat()
            };
            "add_four_if" 8 + 2 |w, b| {
                let ((first, second), [bit, carry]) = (w.split_first_chunk()?, *b.first_chunk()?);
                let (sum, carry) = L::add_four_if(bit, *first, *second.first_chunk()?, carry);
                [&sum[..], &[L::of(carry)]].concat()
            };
            "sub_four" 8 + 1 |w, b| {
                let (first, second) = w.split_first_chunk()?;
                let (difference, borrow) =
                    L::sub_four(*first, *second.first_chunk()?, *b.first()?);
                [&difference[..], &[L::of(borrow)]].concat()
            };
            "doubled" 2 + 0 |w, b| vec![w.first()?.doubled(*w.get(1)?)];
            "bottom" 1 + 0 |w, b| vec![L::of(w.first()?.bottom())];
            "halved" 2 + 0 |w, b| vec![L::halved(*w.first()?, *w.get(1)?)];
            "only_if" 1 + 1 |w, b| vec![w.first()?.only_if(*b.first()?)];
            "top" 1 + 0 |w, b| vec![L::of(w.first()?.top())];
            "up_by_half" 1 + 0 |w, b| <[L; 2]>::from(w.first()?.up_by_half()).to_vec();
            "is_set" 2 + 1 |w, b| {
                let is_set = L::is_set(*b.first()?);
                vec![if is_set { *w.first()? } else { *w.get(1)? }]
            };
            "is_largest" 2 + 0 |w, b| {
                let is_largest = w.first()?.is_largest();
                vec![if is_largest { *w.first()? } else { *w.get(1)? }]
            };
        }
    };
}

fn all() -> Vec<Code> {
    let mut operations = of_every_word!(32 u32);
    operations.extend(of_every_word!(64 u64));
    operations.extend(operations! { 32 u32:
        "halves, product_of_halves" 2 + 0 |w, b| {
            let ((low, high), (other_low, other_high)) = (w.first()?.halves(), w.get(1)?.halves());
            vec![low, high, low.product_of_halves(other_high), high.product_of_halves(other_low)]
        };
        "column: plus, minus, take" 4 + 0 |w, b| {
            let [first, second, third, fourth] = *w.first_chunk()?;
            // As long as it gets, and as far below zero.
            let long = C::new().plus(first).plus(second).plus(third).plus(fourth);
            let (low, rest) = long.take();
            let (next, rest) = rest.minus(first).minus(second).take();
            let (last, _) = rest.plus(third).take();
            vec![low, next, last]
        };
        "column: rest" 2 + 0 |w, b| {
            let (low, rest) = C::new().plus(*w.first()?).plus(*w.get(1)?).take();
            vec![low, L::of(rest.rest())]
        };
    });
    operations
}

/// What became of the comparison.
#[derive(Default)]
pub(crate) struct Compared {
    pub(crate) operations: usize,
    pub(crate) inputs: usize,
    pub(crate) wrong: Vec<&'static str>,
}

pub(crate) fn compare(numbers: &mut Numbers) -> Compared {
    let mut compared = Compared::default();
    for code in all() {
        let mut inputs = at_edges(&code);
        inputs.extend((0..RANDOM).map(|_| numbers.any(&code)));
        if !inputs.iter().all(|inputs| code.agrees(inputs)) {
            compared.wrong.push(code.name);
        }
        compared.operations = compared.operations.saturating_add(1);
        compared.inputs = compared.inputs.saturating_add(inputs.len());
    }
    compared
}

/// Every choice of edges.
fn at_edges(code: &Code) -> Vec<Vec<u64>> {
    let edges = edges(code.width);
    let choices = |edges: &[u64]| {
        let words = (0..code.words).map(|_| edges.len());
        words.fold(1 << code.bits, usize::saturating_mul)
    };
    let most = edges.len();
    let most = (1..=most).rfind(|count| edges.get(..*count).map_or(0, choices) <= MOST);
    let edges = edges.get(..most.unwrap_or(1)).unwrap_or_default();
    let places = (0..code.words).map(|_| edges);
    let places = places.chain((0..code.bits).map(|_| &[0, 1][..]));
    places.fold(vec![Vec::new()], |inputs, choices| {
        let longer = |input: &Vec<u64>| {
            let input = input.clone();
            choices
                .iter()
                .map(move |choice| [&input[..], &[*choice]].concat())
        };
        inputs.iter().flat_map(longer).collect()
    })
}
