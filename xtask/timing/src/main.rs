//! Verifies HS256 tokens under valgrind's memcheck with the secret marked as undefined memory. Memcheck follows undefined
//! bits through every instruction, and reports each branch and each address that depends on one: here, on the secret.
//!
//! A verdict is public, and something has to branch on it: the library gets one report for each token, and no more. Making
//! the key gets one too, where a secret whose bytes are all equal is rejected. To see that it is for the verdict, that bit is made public where the back-end hands it over ([`watch::Watched`]), and
//! now nothing may be reported. A check that finds nothing might be blind. So the same tokens go through back-ends that
//! leak on purpose ([`twins`]), and each of those has to be reported.
//!
//! What it cannot see:
//! - Other machine code than the host's, as this compiler made it. SHA-256 is the portable code that microcontrollers
//!   run; `hmac` compares by the crate `cmov`, which has assembly of its own for each architecture.
//! - Instructions whose own time depends on their operands: memcheck never reports a division by a secret.
//! - A leak in the source that the compiler has optimized away here, and may not elsewhere: `==` on arrays of known
//!   length is free of branches. With `==` in `src/crypto/hs256.rs` in place of `verify`, all of
//!   this passes, at both levels of optimization (tried). On a microcontroller that is a `memcmp` which stops at the
//!   first difference: `cargo xtask attacks` counts the instructions there, and fails. (The twins compare slices of a
//!   length that the compiler cannot know.)
//! - Caches, speculation and power. What is left on the stack is seen by `residue`, beside this. Verifying ES256 is not
//!   checked, since its data is public, nor is signing, which `p256` does.

#![forbid(unsafe_code)]

mod memcheck;
mod twins;
mod watch;

use std::{error::Error, hint::black_box, process::ExitCode};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use crabgrind::valgrind::count_errors;
use embedded_jwt::{
    Compact, Key,
    crypto::{Crypto, Software},
};
use twins::Twin;
use watch::Watched;

/// `{"alg":"HS256"}` and a payload.
const SIGNING_INPUT: &str = "eyJhbGciOiJIUzI1NiJ9.YW55IGJ5dGVzIGF0IGFsbA";

/// As short as is allowed.
const SHORT: &[u8] = b"\x8a\x40 a demonstration secret, 32 by";
/// Longer than a block of SHA-256: HMAC hashes it first.
const LONG: &[u8] =
    b"\x8a\x40 a demonstration secret that is longer than the 64 bytes of one block of SHA-256";

/// Which byte of the token's MAC has one wrong bit.
const WRONG_BYTES: [Option<usize>; 3] = [None, Some(0), Some(31)];

/// Who verifies.
#[derive(Clone, Copy)]
enum By {
    /// The library, and what is counted is the making of its key.
    Key,
    /// The library, as a firmware calls it.
    Library,
    /// The library, its verdict made public.
    LibraryWatched,
    /// The library with another back-end, its verdict made public.
    Twin(Twin),
}

/// What an attacker must not learn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hidden {
    /// The secret, and with it every MAC that is computed.
    Secret,
    /// The received MAC, once the library has read it: what leaks now is the comparison alone.
    Mac,
}

/// What memcheck has to find.
#[derive(Clone, Copy)]
enum Expected {
    /// The branch on a verdict.
    One,
    Nothing,
    Leak,
}

fn main() -> ExitCode {
    match check_all() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("timing: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the table; gives whether all of it is as expected.
fn check_all() -> Result<bool, Box<dyn Error>> {
    use Expected::{Leak, Nothing, One};
    println!("secret-dependent branches and addresses, by the MAC of the token:");
    println!("verified by                 hidden            right  byte 0 wrong  byte 31 wrong");
    let mut all_right = true;
    for (name, by, expected) in [
        ("Key::hs256", By::Key, One),
        ("Compact::verify", By::Library, One),
        ("the same, verdict public", By::LibraryWatched, Nothing),
        // Shows that what the others are caught at is their comparison.
        ("twin: fair", By::Twin(Twin(twins::fold)), Nothing),
        ("twin: early exit", By::Twin(Twin(twins::early_exit)), Leak),
        ("twin: slice ==", By::Twin(Twin(twins::slices)), Leak),
        ("twin: table lookup", By::Twin(Twin(twins::lookup)), Leak),
    ] {
        for (secret, hidden) in [
            (SHORT, Hidden::Secret),
            (LONG, Hidden::Secret),
            (SHORT, Hidden::Mac),
        ] {
            // The MAC is hidden at the seam, where there is none to stand.
            if matches!(by, By::Key | By::Library) && hidden == Hidden::Mac {
                continue;
            }
            all_right &= row(name, by, secret, hidden, expected)?;
        }
    }
    Ok(all_right)
}

/// Prints one row; gives whether it is as expected.
fn row(
    name: &str,
    by: By,
    secret: &[u8],
    hidden: Hidden,
    expected: Expected,
) -> Result<bool, Box<dyn Error>> {
    let what = match hidden {
        Hidden::Secret => format!("secret, {} bytes", secret.len()),
        Hidden::Mac => "MAC".to_owned(),
    };
    print!("{name:<28}{what:<18}");
    let mut faults = Vec::new();
    for (wrong_byte, width) in WRONG_BYTES.into_iter().zip([5, 14, 15]) {
        let seen = verify(by, secret, hidden, wrong_byte)?;
        print!("{:>width$}", seen.reports);
        if seen.accepted != wrong_byte.is_none() {
            faults.push("the verdict is wrong");
        }
        match expected {
            Expected::One if seen.reports != 1 => faults.push("one is expected, at the verdict"),
            Expected::Nothing if seen.reports != 0 => faults.push("this leaks"),
            // Then nothing was hidden, and finding nothing means nothing.
            Expected::Nothing if !seen.verdict_was_hidden => {
                faults.push("the verdict does not depend on what is hidden");
            }
            Expected::Leak if seen.reports == 0 => faults.push("this leaks and is not noticed"),
            _ => (),
        }
    }
    faults.dedup();
    if faults.is_empty() {
        println!();
    } else {
        println!("  WRONG: {}", faults.join(", "));
    }
    Ok(faults.is_empty())
}

/// What became of one verification.
struct Seen {
    accepted: bool,
    /// Branches and addresses that depended on what is hidden, as often as they were come by.
    reports: usize,
    /// Known where the verdict is made public.
    verdict_was_hidden: bool,
}

/// The whole way of a token, from its text to its payload.
fn verify(
    by: By,
    secret: &[u8],
    hidden: Hidden,
    wrong_byte: Option<usize>,
) -> Result<Seen, Box<dyn Error>> {
    let token = token(secret, wrong_byte)?;
    let mut secret = secret.to_vec();
    let mut buffer = [0; 64];

    let before = count_errors();
    if hidden == Hidden::Secret {
        memcheck::hide(&mut secret)?;
    }
    let keys = [Key::hs256(&secret)?];
    let after_key = count_errors();
    let compact = Compact::parse(token.as_bytes())?;
    let (accepted, verdict_was_hidden) = match by {
        By::Key | By::Library => (compact.verify(&keys, &mut buffer).is_ok(), false),
        By::LibraryWatched => watched(Software, &compact, &keys, &mut buffer, hidden),
        By::Twin(twin) => watched(twin, &compact, &keys, &mut buffer, hidden),
    };
    // Before anything else looks at the verdict.
    let accepted = black_box(accepted);
    let reports = match by {
        By::Key => after_key.saturating_sub(before),
        _ => count_errors().saturating_sub(after_key),
    };
    Ok(Seen {
        accepted,
        reports,
        verdict_was_hidden,
    })
}

/// Verifies with `back_end`; gives the verdict, and whether it depended on what is hidden.
fn watched(
    back_end: impl Crypto,
    compact: &Compact<'_>,
    keys: &[Key<'_>],
    buffer: &mut [u8],
    hidden: Hidden,
) -> (bool, bool) {
    let mut crypto = Watched::new(back_end, hidden == Hidden::Mac);
    let verdict = compact.verify_with(&mut crypto, keys, buffer);
    (verdict.is_ok(), crypto.verdict_was_hidden())
}

fn token(secret: &[u8], wrong_byte: Option<usize>) -> Result<String, Box<dyn Error>> {
    let mut mac = twins::mac(secret, SIGNING_INPUT.as_bytes())?;
    if let Some(index) = wrong_byte {
        *mac.get_mut(index).ok_or("no such byte")? ^= 1;
    }
    let mac = Base64UrlUnpadded::encode_string(&mac);
    Ok(format!("{SIGNING_INPUT}.{mac}"))
}
