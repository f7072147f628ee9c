//! Tokens with one defect each, and the error that names it. Every row is verified with a buffer of exactly the
//! needed length, with one that is a byte short, and in place: see `common::verify`.

/// One test for each defect, with its own name, under every algorithm of this build: each is a token, or what
/// makes one of an algorithm.
macro_rules! rows {
    ($make:expr; $($(#[$attribute:meta])* $name:ident: $defect:expr => $verdict:expr;)*) => {$(
        $(#[$attribute])*
        #[test]
        fn $name() {
            for alg in $crate::common::Alg::ALL {
                let token: Vec<u8> = ($make)(*alg, $defect);
                assert_eq!($crate::common::verdict(&token), $verdict, "{alg:?}");
            }
        }
    )*};
}

mod confusion;
mod form;
mod header;
mod kid;
mod payload;
mod signature;
mod size;
