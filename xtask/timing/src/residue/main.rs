//! Does a piece of work with a secret on a painted stack, and hands out what the stack is then: `residue NUMBER` writes a line
//! with the name of the work and `ok`, or `failed`, and the bytes of the dead stack. It writes nothing where there is no
//! such work. `cargo xtask residue` looks for the secret in them.

#[path = "../../../../examples/firmware/src/bin/residue/material.rs"]
#[allow(
    dead_code,
    reason = "the nonce is of interest to those who look for it"
)]
mod material;
mod stack;
#[path = "../../../../examples/firmware/src/bin/residue/work.rs"]
mod work;

use std::{
    env,
    error::Error,
    hint::black_box,
    io::{self, Write as _},
    thread,
};

fn main() -> Result<(), Box<dyn Error>> {
    let number = env::args().nth(1).ok_or("the number of a work")?.parse()?;
    let Some((name, work)) = work::ALL.get::<usize>(number) else {
        return Ok(());
    };
    // On a stack of its own, of a size that is known.
    let worker = thread::Builder::new().stack_size(8 * stack::DEPTH);
    let (done, dead) = worker
        .spawn(|| {
            let mut dead = vec![0; stack::DEPTH];
            stack::paint();
            let done = deeper(*work);
            stack::copy(&mut dead);
            (done, dead)
        })?
        .join()
        .map_err(|_| "it panicked")?;
    let mut out = io::stdout().lock();
    writeln!(out, "{name}: {}", if done { "ok" } else { "failed" })?;
    Ok(out.write_all(&dead)?)
}

/// Works below some unused stack, over which the frames of [`stack::copy`] come to lie.
#[inline(never)]
fn deeper(work: fn() -> bool) -> bool {
    let unused = black_box([0_u8; 1024]);
    let done = black_box(work)();
    black_box(&unused);
    done
}
