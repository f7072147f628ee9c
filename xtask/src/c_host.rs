//! `cargo xtask c-host`: the C API on the host. Its tests in Rust, then a program in C with the same tokens,
//! under the sanitizers of gcc and under valgrind, then `CMake`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, anyhow, ensure};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use embedded_jwt::{Error, Key, Policy, Time, Token, Verifier, buffer_len};

use crate::{
    packages,
    steps::{Steps, execute},
    toolchain::{host, root},
};

/// When the tests of the core judge a token.
const NOW: Time = Time::Trusted(1_790_000_000);

/// The libraries that Rust's `std` needs on the host.
const LIBRARIES: [&str; 4] = ["-lpthread", "-ldl", "-lm", "-lgcc_s"];

/// What every C file has to pass.
const STRICT: &str = "-Wall -Wextra -Wpedantic -Werror -Wno-missing-field-initializers";

pub(crate) fn run() -> Result<bool> {
    packages::need(
        &["gcc", "g++", "valgrind", "cmake", "make"],
        "to try the C API on the host",
    )?;
    let folder = root().join("target/c-host");
    fs::create_dir_all(&folder)?;
    let mut steps = Steps::default();
    let cases = folder.join("cases.bin");
    let mut token = Err(anyhow!("no cases"));
    steps.run("the C API in Rust, and its lints", || {
        execute(&mut in_capi(
            "clippy --locked --all-features --all-targets -- -D warnings",
        ))?;
        let table = folder.join("attacks.txt");
        _ = fs::remove_file(&table);
        execute(
            in_capi("test --quiet --locked --all-features").env("EMBEDDED_JWT_ATTACKS", &table),
        )?;
        token = write_cases(&fs::read_to_string(table)?, &cases);
        Ok(())
    });
    let token = token?;
    steps.run("lints of the C API, each algorithm alone", || {
        for features in ["hs256", "es256", "fast-es256", "es256,device"] {
            let lints = format!(
                "clippy --locked --no-default-features --features {features} -- -D warnings"
            );
            execute(&mut in_capi(&lints))?;
        }
        Ok(())
    });
    steps.run("the library for the host", || {
        execute(&mut in_capi(
            "rustc --quiet --locked --release --crate-type staticlib --all-features",
        ))
    });
    for (title, options, wrapper) in [
        (
            "C under AddressSanitizer and UndefinedBehaviorSanitizer",
            "-O1 -fsanitize=address,undefined -fno-sanitize-recover=all",
            "",
        ),
        (
            "C under valgrind",
            "-O1",
            "valgrind --quiet --error-exitcode=1 --leak-check=full --errors-for-leak-kinds=all",
        ),
    ] {
        steps.run(title, || {
            let program = folder.join(title.replace(' ', "-"));
            compile("gcc", "-std=c99", options, "host.c", &program)?;
            let mut words = wrapper.split_whitespace();
            let mut command = match words.next() {
                Some(first) => {
                    let mut command = Command::new(first);
                    command.args(words).arg(&program);
                    command
                }
                None => Command::new(&program),
            };
            execute(command.arg(&cases).arg(&token))
        });
    }
    steps.run("the header in C++", || {
        let program = folder.join("header");
        compile("g++", "-std=c++11", "", "header.cpp", &program)?;
        execute(&mut Command::new(program))
    });
    steps.run("CMake: install, find_package", || cmake(&folder));
    Ok(steps.summary())
}

/// A cargo command for `capi`, in the crate's folder of builds, which has most of the packages that the
/// tests need.
fn in_capi(words: &str) -> Command {
    let mut command = host(words);
    command
        .current_dir(root().join("capi"))
        .env("CARGO_TARGET_DIR", root().join("target"));
    command
}

fn compile(
    compiler: &str,
    standard: &str,
    options: &str,
    source: &str,
    program: &Path,
) -> Result<()> {
    let capi = root().join("capi");
    execute(
        Command::new(compiler)
            .arg(standard)
            .args("-g -Iinclude".split(' '))
            .args(STRICT.split(' '))
            .args(options.split_whitespace())
            .arg(format!("tests/{source}"))
            .arg(root().join("target/release/libembedded_jwt_c.a"))
            .args(LIBRARIES)
            .arg("-o")
            .arg(program)
            .current_dir(capi),
    )
}

/// Writes the tokens of the attack table and the stored inputs of the fuzzer, each with the verdicts of the
/// core. Gives an accepted token with a `jti`.
fn write_cases(table: &str, file: &Path) -> Result<String> {
    let decode = |text| BASE64_URL_SAFE_NO_PAD.decode(text);
    let mut tokens = BTreeSet::new();
    let mut keys = None;
    for line in table.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [_, _, secret, point, token] = words[..] else {
            return Err(anyhow!("no attack: {line}"));
        };
        keys = Some((decode(secret)?, decode(point)?));
        tokens.insert(decode(token)?);
    }
    ensure!(tokens.len() > 300, "only {} tokens", tokens.len());
    for target in fs::read_dir(root().join("fuzz/seeds"))? {
        for input in fs::read_dir(target?.path())? {
            tokens.insert(fs::read(input?.path())?);
        }
    }
    let (secret, point) = keys.context("an empty table")?;
    let key = |key: Result<Key<'static>, Error>| key.map_err(|error| anyhow!("{error}"));
    let (secret, point): (&[u8], &[u8]) = (secret.leak(), point.leak());
    let keys = [key(Key::hs256(secret))?, key(Key::es256(point))?];
    let policy = Policy::new();
    let verifier = Verifier::new(&keys, &policy);
    let code = |verdict: Result<Token<'_, '_>, Error>| verdict.map_or_else(Error::code, |_| 0);

    let mut bytes = [secret, point].concat();
    for token in &tokens {
        let in_place = code(verifier.verify_in_place(&mut token.clone(), NOW));
        // The program gives at least one byte: no buffer at all is a wrong call.
        let mut buffer = vec![0; buffer_len(token.len()).max(1)];
        let with_buffer = code(verifier.verify(token, NOW, &mut buffer));
        for number in [
            in_place.into(),
            with_buffer.into(),
            u32::try_from(token.len())?,
        ] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(token);
    }
    fs::write(file, bytes)?;
    once(secret)
}

/// A token that a guard accepts.
fn once(secret: &[u8]) -> Result<String> {
    let key = jsonwebtoken::EncodingKey::from_secret(secret)?;
    let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    let claims = serde_json::json!({ "exp": 1_790_000_060_u64, "jti": "1" });
    Ok(jsonwebtoken::encode(&header, &claims, &key)?)
}

/// Installs the package with `CMake`, and builds a program that finds it.
fn cmake(folder: &Path) -> Result<()> {
    let [build, prefix, consumer] = ["cmake", "prefix", "consumer"].map(|name| folder.join(name));
    for stale in [&build, &prefix, &consumer] {
        _ = fs::remove_dir_all(stale);
    }
    let run = |words: &[String]| execute(Command::new("cmake").args(words).current_dir(root()));
    let path = |option: &str, path: &PathBuf| format!("{option}{}", path.display());
    run(&[
        "-Scapi".into(),
        path("-B", &build),
        path("-DCMAKE_INSTALL_PREFIX=", &prefix),
        "-DEMBEDDED_JWT_FEATURES=hs256,es256,fast-es256,table-64,device".into(),
    ])?;
    run(&["--build".into(), build.display().to_string()])?;
    run(&["--install".into(), build.display().to_string()])?;
    run(&[
        "-Sexamples/c/cmake".into(),
        path("-B", &consumer),
        path("-DCMAKE_PREFIX_PATH=", &prefix),
    ])?;
    run(&["--build".into(), consumer.display().to_string()])?;
    execute(&mut Command::new(consumer.join("verify")))
}
