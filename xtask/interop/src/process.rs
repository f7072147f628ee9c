//! Programs that run beside this one.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};

/// How long a program may take to say that it is ready; the example is compiled in it.
const LIMIT: Duration = Duration::from_secs(300);

/// A program, ended where this goes out of scope.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    /// Starts `command` with `input` as its standard input.
    pub(crate) fn start(command: &mut Command, input: &[u8]) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let (sender, lines) = mpsc::channel();
        let mut running = Self {
            child: command
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .with_context(|| format!("starting {name}"))?,
            lines,
        };
        let stdin = running.child.stdin.take();
        stdin
            .context("no standard input")?
            .write_all(input)
            .with_context(|| format!("telling {name}"))?;
        let stdout = running.child.stdout.take().context("no standard output")?;
        // Read to the end, though nobody may listen any more: a full pipe would stop the program.
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                _ = sender.send(line);
            }
        });
        Ok(running)
    }

    /// What comes after `beginning` in the line that begins with it.
    pub(crate) fn says(&self, beginning: &str) -> Result<String> {
        let end = Instant::now() + LIMIT;
        loop {
            let patience = end.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(patience);
            let line = line.with_context(|| format!("it never said {beginning:?}"))?;
            if let Some(rest) = line.strip_prefix(beginning) {
                return Ok(rest.to_owned());
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // That it has ended is no error.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
