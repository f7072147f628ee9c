//! The compiler for bare metal: rustup's, or Debian's where rustup cannot download.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use clap::ValueEnum;

use crate::{boards::Board, packages};

/// What `--help` says about the choice.
pub(crate) const HELP: &str = "\
Environment:
  EMBEDDED_JWT_TOOLCHAIN=rustup  compile for the boards with rustup's targets, or fail
  EMBEDDED_JWT_TOOLCHAIN=debian  compile for the boards with Debian's rustc-web and -Zbuild-std, or fail
  unset                          try the first, fall back to the second

What is missing (a target, QEMU, valgrind, Debian's compiler) is installed where that is possible, and said.";

const VARIABLE: &str = "EMBEDDED_JWT_TOOLCHAIN";

/// How long rustup may take to add one target; without a network it tries for minutes.
const RUSTUP_LIMIT: Duration = Duration::from_secs(180);

const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CLIPPY: &str = "/usr/bin/cargo-clippy";

/// Runs the proof of the arithmetic, and sees that planted faults are noticed.
pub(crate) const PROVE: &str = "run --quiet --locked --release --package prove";

/// How an image for a board is optimized.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OptLevel {
    /// Small
    #[value(name = "s")]
    Small,
    /// Fast
    #[value(name = "3")]
    Fast,
}

impl OptLevel {
    pub(crate) const ALL: [Self; 2] = [Self::Small, Self::Fast];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Small => "s",
            Self::Fast => "3",
        }
    }

    /// Sets it for a build. The short code of SHA-256 goes with "s": it takes 1.5 times the instructions.
    pub(crate) fn set(self, command: &mut Command) -> &mut Command {
        let flags = match self {
            Self::Small => r#"--cfg sha2_backend_soft="compact""#,
            Self::Fast => "",
        };
        command
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", self.name())
            .env("RUSTFLAGS", flags)
    }
}

/// The release profile of everything that is built for a board. The packages of the firmware have it too,
/// except for the debug information: nothing here reads that, and it takes a third of the time. With one
/// profile, all of them share one build of `core`.
const PROFILE: [&str; 4] = [
    "profile.release.lto='fat'",
    "profile.release.codegen-units=1",
    "profile.release.panic='abort'",
    "profile.release.debug='none'",
];

/// The top of the repository.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A cargo command for the host, run at the top of the repository.
pub(crate) fn host_cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// A cargo command for the host, from its words.
pub(crate) fn host(words: &str) -> Command {
    let mut command = host_cargo();
    command.args(words.split(' '));
    command
}

/// What rustup's compiler answers.
fn rustc(arguments: &[&str]) -> Result<String> {
    output(Command::new("rustc").args(arguments).current_dir(root()))
}

/// A compiler that has `core` for the targets it was set up for.
pub(crate) enum Toolchain {
    /// rustup's, or any other whose sysroot holds the targets.
    Rustup,
    /// Debian's rustc-web, which compiles `core` from its source.
    Debian {
        /// Links the firmware.
        linker: PathBuf,
    },
}

impl Toolchain {
    /// Chooses a compiler for `boards`, and installs what it lacks.
    pub(crate) fn set_up(boards: &[Board]) -> Result<Self> {
        let wish = env::var(VARIABLE).unwrap_or_default();
        let toolchain = match wish.as_str() {
            "rustup" => Self::rustup(boards)?,
            "debian" => Self::debian()?,
            "" => Self::rustup(boards).or_else(|error| {
                println!("xtask: rustup's compiler will not do ({error:#}); taking Debian's");
                Self::debian().with_context(|| {
                    format!("nor will Debian's, after rustup's failed ({error:#})")
                })
            })?,
            other => bail!("{VARIABLE}={other} is neither `rustup` nor `debian`"),
        };
        println!(
            "xtask: compiling for the boards with {}",
            toolchain.compiler()?
        );
        Ok(toolchain)
    }

    fn rustup(boards: &[Board]) -> Result<Self> {
        let sysroot = PathBuf::from(rustc(&["--print", "sysroot"])?);
        for target in boards.iter().map(|board| board.target()) {
            if !sysroot.join("lib/rustlib").join(target).is_dir() {
                println!("xtask: adding the target {target} (rustup)");
                let mut command = Command::new("rustup");
                command.args(["target", "add", target]).current_dir(root());
                run_within(&mut command, RUSTUP_LIMIT)
                    .with_context(|| format!("rustup target add {target}"))?;
            }
        }
        Ok(Self::Rustup)
    }

    fn debian() -> Result<Self> {
        const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy"];
        packages::need(&PACKAGES, "to compile and lint for the boards")?;
        if find_linker().is_none() {
            packages::need(&["lld"], "to link for the boards")?;
        }
        let linker = find_linker().context("no lld to link with")?;
        Ok(Self::Debian { linker })
    }

    /// The compiler: what figures depend on.
    pub(crate) fn compiler(&self) -> Result<String> {
        match self {
            Self::Rustup => rustc(&["--version"]),
            Self::Debian { .. } => {
                let version = output(Command::new(DEBIAN_RUSTC).arg("--version"))?;
                Ok(format!("Debian's {version}"))
            }
        }
    }

    /// `cargo SUBCOMMAND --target TARGET` of this toolchain, for an image at "s". The target directory is its
    /// own: a cache that two compilers share is rebuilt whenever the other one builds.
    pub(crate) fn cargo(&self, subcommand: &str, target: &str) -> Command {
        let mut command = match (self, subcommand) {
            (Self::Rustup, _) => host_cargo(),
            // By its path: `cargo clippy` would find rustup's beside it.
            (Self::Debian { .. }, "clippy") => Command::new(DEBIAN_CLIPPY),
            (Self::Debian { .. }, _) => Command::new(DEBIAN_CARGO),
        };
        command
            .arg(subcommand)
            .args(["--target", target])
            .args(PROFILE.iter().flat_map(|setting| ["--config", setting]))
            .current_dir(root());
        command.env("CARGO_TARGET_DIR", self.target_directory(target));
        OptLevel::Small.set(&mut command);
        if let Self::Debian { linker } = self {
            // Set for the rustup toolchain that runs this program.
            for variable in [
                "RUSTUP_TOOLCHAIN",
                "LD_LIBRARY_PATH",
                "RUSTC_WORKSPACE_WRAPPER",
                "RUSTDOC",
            ] {
                command.env_remove(variable);
            }
            let target = target.to_uppercase().replace(['-', '.'], "_");
            command
                .arg("-Zbuild-std=core")
                .env("CARGO", DEBIAN_CARGO)
                .env("RUSTC", DEBIAN_RUSTC)
                .env("RUSTC_BOOTSTRAP", "1")
                .env(format!("CARGO_TARGET_{target}_LINKER"), linker);
        }
        command
    }

    /// Where this toolchain's `cargo` puts what it builds for `target`. The link of an image keeps one
    /// core busy: with a directory each, two boards are built at a time.
    fn target_directory(&self, target: &str) -> PathBuf {
        let name = match self {
            Self::Rustup => "boards-rustup",
            Self::Debian { .. } => "boards-debian",
        };
        root().join("target").join(name).join(target)
    }

    /// Where the images for `target` are.
    pub(crate) fn images(&self, target: &str) -> PathBuf {
        self.target_directory(target).join(target).join("release")
    }
}

/// The target triple of this machine.
pub(crate) fn this_host() -> Result<String> {
    let version = rustc(&["-vV"])?;
    let mut lines = version.lines();
    let host = lines.find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc names no host")?.to_owned())
}

/// An lld: the one of the rustup toolchain, or one of the system.
fn find_linker() -> Option<PathBuf> {
    let sysroot = rustc(&["--print", "sysroot"]);
    let of_rustup = sysroot
        .and_then(|sysroot| {
            Ok(format!(
                "{sysroot}/lib/rustlib/{}/bin/rust-lld",
                this_host()?
            ))
        })
        .ok();
    let of_system = ["/usr/bin/rust-lld", "/usr/bin/ld.lld"].map(str::to_owned);
    let mut linkers = of_rustup.into_iter().chain(of_system).map(PathBuf::from);
    linkers.find(|linker| linker.is_file())
}

/// What `command` prints, without the line ending.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let bytes = output_bytes(command)?;
    Ok(String::from_utf8(bytes)?.trim_end().to_owned())
}

/// What `command` writes, as it is.
pub(crate) fn output_bytes(command: &mut Command) -> Result<Vec<u8>> {
    let name = command.get_program().to_string_lossy().into_owned();
    let answer = command
        .stderr(Stdio::null())
        .output()
        .with_context(|| format!("running {name}"))?;
    if !answer.status.success() {
        bail!("{name} failed: {}", answer.status);
    }
    Ok(answer.stdout)
}

/// Runs `command` to its end, or ends it after `limit`.
fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let end = Instant::now() + limit;
    while Instant::now() < end {
        if let Some(status) = child.try_wait()? {
            ensure!(status.success(), "{status}");
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    child.kill().context("ending it")?;
    child.wait()?;
    bail!("no end after {} s", limit.as_secs())
}
