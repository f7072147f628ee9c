//! Every input that is stored for the fuzzer, and every one that once broke something, as an ordinary test: the
//! same checks on the same bytes, without the fuzzer. A new finding is a file more in `fuzz/seeds/TARGET/`.

#[allow(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::duplicate_mod,
    clippy::expect_used,
    unreachable_pub,
    unused_imports,
    reason = "a check of the fuzzer is a test, and its file is a crate of its own too"
)]
#[path = "../../fuzz/src/lib.rs"]
mod fuzz;

use std::{
    fs, panic,
    path::{Path, PathBuf},
};

/// One test for each target, and the names of them all.
macro_rules! targets {
    ($($target:ident)*) => {
        const TARGETS: &[&str] = &[$(stringify!($target)),*];
        $(#[test]
        fn $target() {
            replay(stringify!($target), fuzz::$target);
        })*
    };
}

targets! { base64url claims es256 fast_es256 field header json jwk jwk_set token verify }

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz")
        .join(name)
}

/// The names in a folder, without their endings.
fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap().map(|file| {
        let path = file.unwrap().path();
        path.file_stem().unwrap().to_str().unwrap().to_owned()
    });
    let mut names: Vec<_> = files.collect();
    names.sort_unstable();
    names
}

fn replay(target: &str, check: fn(&[u8])) {
    let inputs = fs::read_dir(folder("seeds").join(target)).unwrap();
    let replayed = inputs.map(|file| {
        let path = file.unwrap().path();
        let input = fs::read(&path).unwrap();
        assert!(
            panic::catch_unwind(|| check(&input)).is_ok(),
            "the check fails on {}",
            path.display()
        );
    });
    assert_ne!(replayed.count(), 0, "no input is stored for {target}");
}

/// A target that was forgotten above would never be replayed, nor a folder that belongs to none.
#[test]
fn every_target_is_replayed() {
    assert_eq!(names(&folder("fuzz_targets")), TARGETS);
    assert_eq!(names(&folder("seeds")), TARGETS);
}
