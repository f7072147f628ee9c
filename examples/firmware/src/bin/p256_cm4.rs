#![no_std]
#![no_main]
//! A verifier whose ES256 is hand-written assembly for the Cortex-M4 (and M33): the crate `p256-cm4`, which says that it
//! takes about a tenth of the cycles of `p256` in Rust. It is plugged in at the seam, `Crypto`; `p256` is not linked.
//!
//! **It needs real hardware: it is built here, and was never run.** The assembly loads single registers by the 32-bit form of
//! `ldm`, which the architecture calls unpredictable: the cores that the crate was tested on do it, QEMU raises a fault at
//! the first signature. Nor is there a proof that it cannot panic. Before it goes into a product, send it genuine and
//! forged tokens on the device: `cargo xtask attacks` has a table of them.
//!
//! It receives tokens on its UART, one a line, and answers each with `ok` or the error's code and name.

use core::fmt::Write as _;

use embedded_jwt::{
    Error, Key, Policy, Time, Verifier, const_key,
    crypto::{Crypto, InvalidSignature, PublicKey},
};
use firmware::{Board, Line, LineReader, entry};

/// DEMONSTRATION KEY: its private half is published in RFC 6979, appendix A.2.5, so that anybody can sign for it.
static PUBLIC_KEY: [u8; 65] = *b"\x04\
    \x60\xFE\xD4\xBA\x25\x5A\x9D\x31\xC9\x61\xEB\x74\xC6\x35\x6D\x68\
    \xC0\x49\xB8\x92\x3B\x61\xFA\x6C\xE6\x69\x62\x2E\x60\xF2\x9F\xB6\
    \x79\x03\xFE\x10\x08\xB8\xBC\x99\xA4\x1A\xE9\xE9\x56\x28\xBC\x64\
    \xF2\xF1\xB2\x0C\x2D\x7E\x9F\x51\x77\xA3\xC2\x94\xD4\x46\x22\x99";
static KEYS: [Key<'static>; 1] = [const_key!(Key::es256(&PUBLIC_KEY)).with_kid("gateway-2026")];
static POLICY: Policy<'static> = Policy::new()
    .issuer("https://auth.example")
    .audience("pump-7")
    .max_lifetime(3600)
    .accept_unproved_freshness();

/// When this firmware was released, in seconds since 1970-01-01 UTC (this is 2026-01-01).
const RELEASED_AT: u64 = 1_767_225_600;

/// The back-end: SHA-256 stays the software's, HS256 too.
struct Assembly;

impl Crypto for Assembly {
    fn es256_digest(
        &mut self,
        key: PublicKey<'_>,
        digest: &[u8; 32],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        let (r, s) = signature.split_at(32);
        let is_valid = p256_cm4::verify(
            &words(key.x()),
            &words(key.y()),
            digest,
            &words(r),
            &words(s),
        );
        if is_valid {
            Ok(())
        } else {
            Err(InvalidSignature)
        }
    }
}

/// A big-endian number as `p256-cm4` takes it: words, least significant first.
fn words(number: &[u8]) -> [u32; 8] {
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(number.rchunks(4)) {
        *word = bytes
            .iter()
            .fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
    words
}

#[entry]
fn main() -> ! {
    let mut board = Board::start();
    let mut lines = LineReader::<1024>::new();
    loop {
        // A product sleeps here until its UART has something.
        let Some(byte) = board.uart.receive() else {
            continue;
        };
        let outcome = match lines.push(byte) {
            None | Some(Line::Text([])) => continue,
            Some(Line::TooLong) => Err(Error::TokenTooLong),
            Some(Line::Text(token)) => verify(token),
        };
        // Writing to this UART cannot fail, and there would be nobody to tell.
        _ = match outcome {
            Ok(()) => writeln!(board.uart, "ok"),
            Err(error) => writeln!(board.uart, "refused {} {}", error.code(), error.name()),
        };
    }
}

fn verify(token: &mut [u8]) -> Result<(), Error> {
    let time = Time::AtLeast(RELEASED_AT);
    let verifier = Verifier::new(&KEYS, &POLICY);
    verifier
        .verify_in_place_with(&mut Assembly, token, time)
        .map(drop)
}
