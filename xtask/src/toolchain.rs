//! The compiler for bare metal: rustup's, or Debian's where rustup cannot download.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, anyhow, bail};

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

/// The folder with LLVM's tools of the compiler's own version, which read its profiles.
pub(crate) fn llvm_tools() -> Result<PathBuf> {
    let tools = tools_of_rustup()?;
    if !tools.join("llvm-cov").is_file() {
        println!("xtask: adding the component llvm-tools (rustup)");
        let mut command = Command::new("rustup");
        command
            .args(["component", "add", "llvm-tools"])
            .current_dir(root());
        run_within(&mut command, RUSTUP_LIMIT).context("rustup component add llvm-tools")?;
    }
    Ok(tools)
}

/// Where rustup's toolchain has its linker, and LLVM's tools if they were added.
fn tools_of_rustup() -> Result<PathBuf> {
    let sysroot = output(
        Command::new("rustc")
            .args(["--print", "sysroot"])
            .current_dir(root()),
    )?;
    let rustlib = Path::new(&sysroot).join("lib/rustlib");
    Ok(rustlib.join(host_triple()?).join("bin"))
}

/// The host, as the compiler calls it.
pub(crate) fn host_triple() -> Result<String> {
    let version = output(Command::new("rustc").arg("-vV").current_dir(root()))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc names no host")?.to_owned())
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
            toolchain.describe()?
        );
        Ok(toolchain)
    }

    fn rustup(boards: &[Board]) -> Result<Self> {
        let sysroot = output(
            Command::new("rustc")
                .args(["--print", "sysroot"])
                .current_dir(root()),
        )?;
        for target in boards.iter().map(|board| board.target()) {
            if !has_core(Path::new(&sysroot), target) {
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
        packages::need(
            &["rustc-web", "cargo-web", "rust-web-src"],
            "to compile for the boards",
        )?;
        let linker = if let Some(linker) = find_linker() {
            linker
        } else {
            packages::need(&["lld"], "to link for the boards")?;
            find_linker()
                .context("no lld to link with, though Debian's package lld is installed")?
        };
        Ok(Self::Debian { linker })
    }

    /// The compiler: what figures depend on.
    pub(crate) fn compiler(&self) -> Result<String> {
        match self {
            Self::Rustup => output(Command::new("rustc").arg("--version").current_dir(root())),
            Self::Debian { .. } => {
                let version = output(Command::new(DEBIAN_RUSTC).arg("--version"))?;
                Ok(format!("Debian's {version}"))
            }
        }
    }

    fn describe(&self) -> Result<String> {
        let compiler = self.compiler()?;
        match self {
            Self::Rustup => Ok(compiler),
            Self::Debian { linker } => Ok(format!("{compiler}, linker {}", linker.display())),
        }
    }

    /// `cargo SUBCOMMAND --target TARGET` of this toolchain, with a target directory of its own: a cache that two
    /// compilers share is rebuilt at every change of hands.
    pub(crate) fn cargo(&self, subcommand: &str, target: &str) -> Command {
        let mut command;
        match self {
            Self::Rustup => {
                command = host_cargo();
                command.arg(subcommand);
            }
            Self::Debian { linker } => {
                command = if subcommand == "clippy" {
                    // By its path: `cargo clippy` would find rustup's beside it.
                    let mut clippy = Command::new(DEBIAN_CLIPPY);
                    clippy.arg("clippy").env("CARGO", DEBIAN_CARGO);
                    clippy
                } else {
                    let mut cargo = Command::new(DEBIAN_CARGO);
                    cargo.arg(subcommand).env_remove("CARGO");
                    cargo
                };
                // Set for the rustup toolchain that runs this program.
                for variable in [
                    "RUSTUP_TOOLCHAIN",
                    "LD_LIBRARY_PATH",
                    "RUSTC_WORKSPACE_WRAPPER",
                    "RUSTDOC",
                ] {
                    command.env_remove(variable);
                }
                let linker_variable = format!(
                    "CARGO_TARGET_{}_LINKER",
                    target.to_uppercase().replace(['-', '.'], "_")
                );
                command
                    .arg("-Zbuild-std=core")
                    .env("RUSTC", DEBIAN_RUSTC)
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env(linker_variable, linker)
                    .current_dir(root());
            }
        }
        command
            .args(["--target", target])
            .env("CARGO_TARGET_DIR", self.target_directory());
        command
    }

    /// Sees to it that `cargo clippy` of this toolchain is there.
    pub(crate) fn need_clippy(&self) -> Result<()> {
        match self {
            Self::Rustup => Ok(()),
            Self::Debian { .. } => packages::need(&["rust-web-clippy"], "to lint the firmware"),
        }
    }

    /// Where this toolchain's `cargo` puts what it builds.
    pub(crate) fn target_directory(&self) -> PathBuf {
        let name = match self {
            Self::Rustup => "boards-rustup",
            Self::Debian { .. } => "boards-debian",
        };
        root().join("target").join(name)
    }
}

fn has_core(sysroot: &Path, target: &str) -> bool {
    let directory = sysroot.join("lib/rustlib").join(target).join("lib");
    fs::read_dir(directory).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
    })
}

/// An lld: the one of the rustup toolchain, or one of the system.
fn find_linker() -> Option<PathBuf> {
    let of_rustup = tools_of_rustup().ok().map(|tools| tools.join("rust-lld"));
    let of_system = ["/usr/bin/rust-lld", "/usr/bin/ld.lld"].map(PathBuf::from);
    of_rustup
        .into_iter()
        .chain(of_system)
        .find(|linker| linker.is_file())
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
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| anyhow!("it does not run: {error}"))?;
    let stderr = child.stderr.take();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let story = stderr
            .and_then(|stream| std::io::read_to_string(stream).ok())
            .unwrap_or_default();
        _ = sender.send(story);
    });
    // The stream ends when the program does.
    let Ok(story) = receiver.recv_timeout(limit) else {
        child.kill().context("ending it")?;
        child.wait()?;
        bail!("no end after {} s", limit.as_secs());
    };
    let status = child.wait()?;
    if !status.success() {
        let last = story
            .lines()
            .rev()
            .find(|line| line.starts_with("error"))
            .unwrap_or("no error message");
        bail!("{status}: {last}");
    }
    Ok(())
}
