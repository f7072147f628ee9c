//! Verifies once by each case, in a function that callgrind can watch, and prints the cases in that order:
//! `count aws-lc|RustCrypto|length`.

use std::{env, hint::black_box};

use benches::{BackEnd, Case, Result, Verify, cases, cases_of_length};

fn main() -> Result<()> {
    let cases = match env::args().nth(1).as_deref() {
        Some("length") => cases_of_length()?,
        Some("aws-lc") => with(BackEnd::AwsLc)?,
        Some("RustCrypto") => with(BackEnd::RustCrypto)?,
        _ => return Err("count aws-lc|RustCrypto|length".into()),
    };
    for Case {
        group,
        name,
        mut verify,
    } in cases
    {
        if !measured(&mut verify) {
            return Err(format!("{name} refuses").into());
        }
        println!("{group}\t{name}");
    }
    Ok(())
}

fn with(back_end: BackEnd) -> Result<Vec<Case>> {
    back_end.install()?;
    cases(back_end)
}

#[inline(never)]
fn measured(verify: &mut Verify) -> bool {
    black_box(verify())
}
