//! Passes the memory map of the selected board to the linker.

use core::error::Error;
use std::{env, fs, path::PathBuf};

const BOARDS: [&str; 5] = ["microbit", "an385", "an386", "an505", "rv-virt"];

fn main() -> Result<(), Box<dyn Error>> {
    let chosen: Vec<&str> = BOARDS
        .into_iter()
        .filter(|board| {
            let feature = board.to_uppercase().replace('-', "_");
            env::var_os(format!("CARGO_FEATURE_{feature}")).is_some()
        })
        .collect();
    let [board] = chosen[..] else {
        return Err(format!(
            "choose exactly one board of {BOARDS:?} by --features, not {chosen:?}"
        )
        .into());
    };

    let source = format!("memory/{board}.x");
    let directory = PathBuf::from(env::var("OUT_DIR")?);
    fs::copy(&source, directory.join("memory.x"))?;
    println!("cargo::rerun-if-changed={source}");
    println!("cargo::rustc-link-search={}", directory.display());

    if env::var("CARGO_CFG_TARGET_ARCH")? == "riscv32" {
        // riscv-rt's script uses the region aliases of memory.x without including it.
        println!("cargo::rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    // `cargo xtask proof` reads the relocations to find the calls.
    println!("cargo::rustc-link-arg-bin=minimal=--emit-relocs");
    for binary in ["command", "p256_cm4", "probe"] {
        println!("cargo::rustc-link-arg-bin={binary}=-Tdefmt.x");
    }
    Ok(())
}
