//! `cargo xtask bench`: this crate beside the other Rust libraries on the same tokens, as a table, and the goals that it
//! has set itself. The package `benches` has the cases; this runs them and does the sums.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{
    budget::grouped,
    packages,
    steps::execute,
    toolchain::{host, output, root},
};

/// How often every case has its turn; some 20 seconds in all.
const ROUNDS: u32 = 300;

/// The libraries whose versions belong to the figures.
const PEERS: [&str; 7] = [
    "jsonwebtoken",
    "jwt-simple",
    "jwt-compact",
    "p256",
    "hmac",
    "aws-lc-rs",
    "ring",
];

const AWS_LC: &str = "jsonwebtoken on aws-lc";
const RUST_CRYPTO: &str = "jsonwebtoken on RustCrypto";
const OURS: &str = "embedded-jwt";

/// By how much a token may cost more for each byte than one of 1 KiB of the same shape.
const LARGEST_GROWTH: f64 = 1.3;

const NOTE: &str = "\
Times are medians over all rounds; a ratio is the median of the ratios within a round, to jsonwebtoken on its faster
back-end (hs256) and on aws-lc (es256). Instructions are callgrind's for one verification. The processor that valgrind
emulates has no ADX, no SHA extensions and no AVX-512, so aws-lc, ring and sha2 take other code there than on a newer
one: counts compare what has no such choice, such as p256 and the code of embedded-jwt.";

/// Prints the tables and whether each goal is met; with `check`, a missed one is a failure.
pub(crate) fn run(check: bool) -> Result<bool> {
    if !packages::runs("valgrind") {
        packages::need(&["valgrind"], "to count instructions")?;
    }
    // Without CMake and an assembler of its own, where the system is one that aws-lc-sys knows.
    if !packages::runs("cc") {
        packages::need(&["gcc", "libc6-dev"], "to compile aws-lc and ring")?;
    }
    println!("xtask: building the benches; the other libraries take some minutes the first time");
    execute(cargo("build").args(["--locked", "--release", "--bins"]))?;

    let cases = measure()?;
    let shapes = shapes(count("length")?)?;
    println!("{}", setting()?);
    for group in ["hs256", "es256"] {
        let reference = reference(&cases, group)?;
        println!("\n{group:44}        time   ratio  instructions");
        for case in cases.iter().filter(|case| case.group == group) {
            let (time, ratio) = (median(&case.times) / 1e3, ratio(case, reference));
            let instructions = grouped(case.instructions);
            println!(
                "{:44}{time:>9.2} µs{ratio:>8.3}{instructions:>14}",
                case.name
            );
        }
    }
    println!("\n{NOTE}");
    println!(
        "\nlength (hs256, whole)           instructions a byte, by the length of the token in bytes"
    );
    for (name, costs) in &shapes {
        let costs = costs
            .iter()
            .map(|(length, cost)| format!("{length:>7}:{cost:>4.0}"));
        println!("{name:30}{}", costs.collect::<String>());
    }

    let mut is_met = true;
    println!();
    for (name, figure, limit) in goals(&cases, &shapes)? {
        let verdict = if figure <= limit { "met   " } else { "MISSED" };
        is_met &= figure <= limit;
        println!("goal {verdict} {figure:.3} <= {limit:.2}  {name}");
    }
    Ok(!check || is_met)
}

/// One way to verify, and what it costs.
struct Case {
    group: String,
    name: String,
    /// Nanoseconds in each round.
    times: Vec<f64>,
    instructions: u64,
}

/// A shape of claims: instructions a byte for each length of the token.
type Shape = (String, Vec<(u64, f64)>);

/// What this crate promises beside the others, and for long tokens: each with its figure and its limit.
fn goals(cases: &[Case], shapes: &[Shape]) -> Result<Vec<(String, f64, f64)>> {
    let mut goals = Vec::new();
    for (name, limit) in [
        ("plain key", 1.02),
        ("key seen first", 1.05),
        ("prepared key, 16 points", 0.60),
        ("prepared key, 64 points", 0.45),
    ] {
        let name = format!("{OURS}, {name}");
        let figure = ratio(find(cases, "es256", &name)?, find(cases, "es256", AWS_LC)?);
        goals.push((format!("es256, {name}: time, of {AWS_LC}"), figure, limit));
    }
    let best = reference(cases, "hs256")?;
    let ours = cases
        .iter()
        .filter(|case| case.group == "hs256" && case.name.starts_with(OURS));
    let ours = ours.min_by(|a, b| median(&a.times).total_cmp(&median(&b.times)));
    let ours = ours.context("no case of ours")?;
    goals.push((
        format!("hs256, {}: time, of {}", ours.name, best.name),
        ratio(ours, best),
        // A bare reading of such a token, without any of the checks, takes 0.45 of jsonwebtoken 12. The
        // goal is from version 11, which took 1.25 times as long: there the reading took 0.36.
        0.53,
    ));
    // The costliest byte of a token longer than 1 KiB, by that of one of 1 KiB.
    let growth = |costs: &[(u64, f64)]| {
        let longer = costs.iter().skip(2).map(|(_, cost)| cost / costs[1].1);
        longer.fold(0.0, f64::max)
    };
    let growths = shapes.iter().map(|(name, costs)| (name, growth(costs)));
    let (name, growth) = growths
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .context("no shape")?;
    let name = format!("length: instructions a byte, of those at 1 KiB; steepest: {name}");
    goals.push((name, growth, LARGEST_GROWTH));
    Ok(goals)
}

/// Times and counts every case.
fn measure() -> Result<Vec<Case>> {
    println!("xtask: timing, {ROUNDS} rounds");
    let times = output(Command::new(program("rounds")).arg(ROUNDS.to_string()))?;
    let counts = count("verify")?;
    let mut cases = Vec::new();
    for line in times.lines() {
        let (case, times) = line.rsplit_once('\t').context("a case without times")?;
        let (group, name) = case.split_once('\t').context("a case without a group")?;
        let instructions = counts.iter().find(|(counted, _)| counted == case);
        cases.push(Case {
            group: group.to_owned(),
            name: name.to_owned(),
            times: times.split(' ').map(str::parse).collect::<Result<_, _>>()?,
            instructions: instructions.context("a case that was not counted")?.1,
        });
    }
    Ok(cases)
}

/// The instructions of one verification by each case of `what`, in callgrind's order, which is that of
/// the program.
fn count(what: &str) -> Result<Vec<(String, u64)>> {
    println!("xtask: counting instructions, {what}");
    let counts = root().join("benches/target/counts");
    if counts.exists() {
        // Those of an earlier run might have been more.
        fs::remove_dir_all(&counts)?;
    }
    fs::create_dir_all(&counts)?;
    let file = counts.join(what);
    let mut callgrind = Command::new("valgrind");
    callgrind
        .args(["--quiet", "--tool=callgrind"])
        // A count for each call of that function, from its first instruction to its last.
        .args([
            "--toggle-collect=count::measured",
            "--dump-after=count::measured",
        ])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(program("count"))
        .arg(what);
    let cases = output(&mut callgrind)?;
    let count = |(index, case): (u32, &str)| {
        let text = fs::read_to_string(file.with_extension(index.to_string()))?;
        let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
        let count = total.context("callgrind gives no total")?.parse()?;
        ensure!(count > 0, "nothing was counted for {case}");
        Ok((case.to_owned(), count))
    };
    (1..).zip(cases.lines()).map(count).collect()
}

/// The machine, the compiler and the versions: what the figures hold for.
fn setting() -> Result<String> {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = |line: &str| {
        Some(
            line.strip_prefix("model name")?
                .split_once(": ")?
                .1
                .to_owned(),
        )
    };
    let cpu = cpu.lines().find_map(model).unwrap_or_default();
    let rustc = output(Command::new("rustc").arg("--version").current_dir(root()))?;
    let tree =
        output(cargo("tree").args("--locked --depth=1 --prefix=none --edges=normal".split(' ')))?;
    let is_peer = |line: &&str| PEERS.contains(&line.split(' ').next().unwrap_or_default());
    let peers: Vec<&str> = tree.lines().filter(is_peer).collect();
    Ok(format!("\n{cpu}, {rustc}\n{}", peers.join(", ")))
}

/// What a group's ratios are to.
fn reference<'c>(cases: &'c [Case], group: &str) -> Result<&'c Case> {
    let aws_lc = find(cases, group, AWS_LC)?;
    let rust_crypto = find(cases, group, RUST_CRYPTO)?;
    let is_faster = group == "hs256" && ratio(rust_crypto, aws_lc) < 1.0;
    Ok(if is_faster { rust_crypto } else { aws_lc })
}

fn find<'c>(cases: &'c [Case], group: &str, name: &str) -> Result<&'c Case> {
    let found = cases
        .iter()
        .find(|case| case.group == group && case.name == name);
    found.with_context(|| format!("no case {group} {name}"))
}

fn shapes(lengths: Vec<(String, u64)>) -> Result<Vec<Shape>> {
    let mut shapes: Vec<Shape> = Vec::new();
    for (case, instructions) in lengths {
        let words: Vec<&str> = case.split('\t').collect();
        let [_, name, length] = words[..] else {
            bail!("no length in {case:?}")
        };
        let length: u64 = length.parse()?;
        let cost = (length, as_float(instructions) / as_float(length));
        match shapes.last_mut() {
            Some((last, costs)) if last == name => costs.push(cost),
            _ => shapes.push((name.to_owned(), vec![cost])),
        }
    }
    ensure!(
        shapes.iter().all(|(_, costs)| costs.len() > 2),
        "a shape without lengths"
    );
    Ok(shapes)
}

fn ratio(case: &Case, to: &Case) -> f64 {
    let ratios = case.times.iter().zip(&to.times).map(|(time, to)| time / to);
    median(&ratios.collect::<Vec<_>>())
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn as_float(count: u64) -> f64 {
    count as f64
}

fn cargo(subcommand: &str) -> Command {
    let mut command = host(subcommand);
    command.current_dir(root().join("benches"));
    command.env("CARGO_TARGET_DIR", root().join("benches/target"));
    command
}

fn program(name: &str) -> PathBuf {
    root().join("benches/target/release").join(name)
}
