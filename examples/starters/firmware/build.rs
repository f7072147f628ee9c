//! Computes the table of the pinned key from its PEM file, for flash.

use std::{env, fs, path::Path};

use embedded_jwt::{jwk::OwnedPublicKey, prepared::KeyTable16};

const PEM: &str = "gateway.pem";

fn main() {
    let out = env::var_os("OUT_DIR").unwrap();
    let out = Path::new(&out);

    let key = OwnedPublicKey::from_pem(&fs::read(PEM).unwrap()).unwrap();
    let mut room = KeyTable16::room();
    let table = room.prepare(key.as_public_key());
    let source = format!("KeyTable16::from_trusted({:?})", table.points());
    fs::write(out.join("gateway.rs"), source).unwrap();
    println!("cargo::rerun-if-changed={PEM}");

    // Arm MPS2 with image AN386, as QEMU emulates it.
    let memory = "MEMORY { FLASH : ORIGIN = 0, LENGTH = 4M  RAM : ORIGIN = 0x20000000, LENGTH = 4M }";
    fs::write(out.join("memory.x"), memory).unwrap();
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rustc-link-arg=-Tlink.x");
}
