//! Verifies once by each case, in a function that callgrind can watch, and prints the cases in that order: `count verify`,
//! `count length`.

use std::{env, hint::black_box};

use benches::{Case, Result, Verify, cases, cases_of_length};

fn main() -> Result<()> {
    let cases = match env::args().nth(1).as_deref() {
        Some("verify") => cases()?,
        Some("length") => cases_of_length()?,
        _ => return Err("count verify|length".into()),
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

#[inline(never)]
fn measured(verify: &mut Verify) -> bool {
    black_box(verify())
}
