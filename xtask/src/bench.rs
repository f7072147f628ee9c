//! `cargo xtask bench`: this crate beside the other Rust libraries on the same tokens, as a table, and the goals that it
//! has set itself. The package `benches` has the cases; this runs them and does the sums.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};

use crate::{
    packages,
    steps::execute,
    toolchain::{host_cargo, output, root},
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

/// Where the package is.
pub(crate) fn directory() -> PathBuf {
    root().join("benches")
}

/// Prints the tables and whether each goal is met; with `check`, a missed one is a failure.
pub(crate) fn run(check: bool) -> Result<bool> {
    need_tools()?;
    println!("xtask: building the benches; the other libraries take some minutes the first time");
    execute(cargo("build").args(["--locked", "--release", "--bins"]))?;

    let cases = measure()?;
    let lengths = count("length")?;
    println!("{}", setting()?);
    for group in ["hs256", "es256"] {
        print_group(&cases, group)?;
    }
    println!("\n{NOTE}");
    let shapes = shapes(&lengths)?;
    print_shapes(&shapes);

    let goals = goals(&cases, &shapes)?;
    println!();
    for goal in &goals {
        let verdict = if goal.is_met() { "met   " } else { "MISSED" };
        println!(
            "goal {verdict} {:.3} <= {:.2}  {}",
            goal.figure, goal.limit, goal.name
        );
    }
    Ok(!check || goals.iter().all(Goal::is_met))
}

/// One way to verify, and what it costs.
struct Case {
    group: String,
    name: String,
    /// Nanoseconds in each round.
    times: Vec<f64>,
    instructions: u64,
}

struct Goal {
    name: String,
    figure: f64,
    limit: f64,
}

impl Goal {
    fn is_met(&self) -> bool {
        self.figure <= self.limit
    }
}

/// What is to be had of this crate beside the others, and what it promises for long tokens.
fn goals(cases: &[Case], shapes: &[Shape]) -> Result<Vec<Goal>> {
    let against_aws_lc = |name: &str, limit| -> Result<Goal> {
        Ok(Goal {
            name: format!("es256, {name}: time, of {AWS_LC}"),
            figure: ratio(find(cases, "es256", name)?, find(cases, "es256", AWS_LC)?),
            limit,
        })
    };
    let best = reference(cases, "hs256")?;
    let ours = cases
        .iter()
        .filter(|case| case.group == "hs256" && case.name.starts_with(OURS))
        .min_by(|a, b| median(&a.times).total_cmp(&median(&b.times)))
        .context("no case of ours")?;
    let steepest = shapes
        .iter()
        .max_by(|a, b| a.growth().total_cmp(&b.growth()))
        .context("no shape")?;
    Ok(vec![
        against_aws_lc("embedded-jwt, plain key", 1.02)?,
        against_aws_lc("embedded-jwt, key seen first", 1.05)?,
        against_aws_lc("embedded-jwt, prepared key, 16 points", 0.60)?,
        against_aws_lc("embedded-jwt, prepared key, 64 points", 0.45)?,
        Goal {
            name: format!("hs256, {}: time, of {}", ours.name, best.name),
            figure: ratio(ours, best),
            limit: 0.35,
        },
        Goal {
            name: format!(
                "length: instructions a byte, of those at 1 KiB; steepest: {}",
                steepest.name
            ),
            figure: steepest.growth(),
            limit: LARGEST_GROWTH,
        },
    ])
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
            times: times
                .split(' ')
                .map(str::parse)
                .collect::<Result<_, _>>()
                .context("reading the times")?,
            instructions: instructions.context("a case that was not counted")?.1,
        });
    }
    Ok(cases)
}

/// The instructions of one verification by each case of `what`, in callgrind's order, which is that of the program.
fn count(what: &str) -> Result<Vec<(String, u64)>> {
    println!("xtask: counting instructions, {what}");
    let counts = directory().join("target/counts");
    if counts.exists() {
        // Those of an earlier run might have been more.
        fs::remove_dir_all(&counts).context("removing the last counts")?;
    }
    fs::create_dir_all(&counts).context("making room for the counts")?;
    let file = counts.join(what);
    let mut callgrind = Command::new("valgrind");
    callgrind
        .args(["--quiet", "--tool=callgrind"])
        // A count for each call of that function, from its first instruction to its last.
        .args(
            ["--toggle-collect", "--dump-after"].map(|option| format!("{option}=count::measured")),
        )
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(program("count"))
        .arg(what);
    let cases = output(&mut callgrind)?;
    (1..)
        .zip(cases.lines())
        .map(|(index, case)| {
            let count = total(&file.with_extension(index.to_string()))?;
            ensure!(count > 0, "nothing was counted for {case}");
            Ok((case.to_owned(), count))
        })
        .collect()
}

/// The total of a file of callgrind's.
fn total(file: &Path) -> Result<u64> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    Ok(total.context("callgrind gives no total")?.parse()?)
}

/// The machine, the compiler and the versions: what the figures hold for.
fn setting() -> Result<String> {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("a processor without a name", |(_, name)| name);
    let rustc = output(Command::new("rustc").arg("--version").current_dir(root()))?;
    let tree =
        output(cargo("tree").args(["--locked", "--depth=1", "--prefix=none", "--edges=normal"]))?;
    let peers: Vec<&str> = tree
        .lines()
        .filter(|line| {
            PEERS
                .iter()
                .any(|name| line.split(' ').next() == Some(name))
        })
        .collect();
    Ok(format!("\n{cpu}, {rustc}\n{}", peers.join(", ")))
}

fn print_group(cases: &[Case], group: &str) -> Result<()> {
    let reference = reference(cases, group)?;
    println!(
        "\n{group:44}{:>12}{:>8}{:>14}",
        "time", "ratio", "instructions"
    );
    for case in cases.iter().filter(|case| case.group == group) {
        println!(
            "{:44}{:>9.2} µs{:>8.3}{:>14}",
            case.name,
            median(&case.times) / 1e3,
            ratio(case, reference),
            grouped(case.instructions)
        );
    }
    Ok(())
}

/// What a group's ratios are to.
fn reference<'c>(cases: &'c [Case], group: &str) -> Result<&'c Case> {
    let aws_lc = find(cases, group, AWS_LC)?;
    let rust_crypto = find(cases, group, RUST_CRYPTO)?;
    let is_faster = group == "hs256" && ratio(rust_crypto, aws_lc) < 1.0;
    Ok(if is_faster { rust_crypto } else { aws_lc })
}

fn find<'c>(cases: &'c [Case], group: &str, name: &str) -> Result<&'c Case> {
    cases
        .iter()
        .find(|case| case.group == group && case.name == name)
        .with_context(|| format!("no case {group} {name}"))
}

/// A shape of claims: instructions a byte for each length of the token.
struct Shape {
    name: String,
    costs: Vec<(u64, f64)>,
}

impl Shape {
    /// The dearest byte of a token longer than 1 KiB, by that of one of 1 KiB.
    fn growth(&self) -> f64 {
        let (_, base) = self.costs.get(1).copied().unwrap_or_default();
        let longer = self.costs.iter().skip(2).map(|(_, cost)| cost / base);
        longer.fold(0.0, f64::max)
    }
}

fn shapes(lengths: &[(String, u64)]) -> Result<Vec<Shape>> {
    let mut shapes: Vec<Shape> = Vec::new();
    for (case, instructions) in lengths {
        let mut parts = case.split('\t').skip(1);
        let (name, length) = parts.next().zip(parts.next()).context("no length")?;
        let length: u64 = length.parse()?;
        let cost = (length, as_float(*instructions) / as_float(length));
        match shapes.last_mut() {
            Some(shape) if shape.name == name => shape.costs.push(cost),
            _ => shapes.push(Shape {
                name: name.to_owned(),
                costs: vec![cost],
            }),
        }
    }
    ensure!(
        shapes.iter().all(|shape| shape.costs.len() > 2),
        "a shape without lengths"
    );
    Ok(shapes)
}

fn print_shapes(shapes: &[Shape]) {
    println!(
        "\n{:32}instructions a byte, by the length of the token in bytes",
        "length (hs256, whole)"
    );
    for shape in shapes {
        print!("{:30}", shape.name);
        for (length, cost) in &shape.costs {
            print!("{length:>7}:{cost:>4.0}");
        }
        println!();
    }
}

fn ratio(case: &Case, to: &Case) -> f64 {
    let ratios: Vec<f64> = case
        .times
        .iter()
        .zip(&to.times)
        .map(|(a, b)| a / b)
        .collect();
    median(&ratios)
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

/// A number with commas, for people.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(String::from_utf8_lossy)
        .collect();
    groups.join(",")
}

fn cargo(subcommand: &str) -> Command {
    let mut command = host_cargo();
    command
        .arg(subcommand)
        .current_dir(directory())
        .env("CARGO_TARGET_DIR", directory().join("target"));
    command
}

fn program(name: &str) -> PathBuf {
    directory().join("target/release").join(name)
}

fn need_tools() -> Result<()> {
    if !packages::runs("valgrind") {
        packages::need(&["valgrind"], "to count instructions")?;
    }
    // Without CMake and without an assembler of its own, where the system is one that aws-lc-sys knows.
    if !packages::runs("cc") {
        packages::need(&["gcc", "libc6-dev"], "to compile aws-lc and ring")?;
    }
    Ok(())
}
