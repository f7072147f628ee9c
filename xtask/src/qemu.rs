//! A board emulated by QEMU: its serial line, its log, its memory. Every wait has a limit.

use std::{
    fs,
    io::{ErrorKind, Read, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use defmt_decoder::{DecodeError, Table};
use object::Object as _;

use crate::{
    boards::Board,
    size::{self, Size},
};

/// How long the emulator may take to start, and the firmware for one answer. The slowest board needs about a second for
/// an ES256 signature; a loaded machine needs much more.
const LIMIT: Duration = Duration::from_secs(60);

/// An instruction takes two to the power of this in nanoseconds of the emulated clock: more than a tick of any board's
/// timer, so that no instruction is lost between two.
const ICOUNT_SHIFT: u32 = 6;

/// How much of the RAM below its end is painted, to see how deep the stack reached.
const PAINTED: u64 = 64 * 1024;
pub(crate) const PAINT: u8 = 0xC5;

/// How many instructions fit into `ticks` of a timer.
pub(crate) fn instructions(ticks: u32, tick_ps: u64) -> u64 {
    u64::from(ticks) * tick_ps / (1_000 << ICOUNT_SHIFT)
}

/// A running board. Dropping it ends the emulator.
pub(crate) struct Machine {
    emulator: Child,
    serial: TcpStream,
    monitor: TcpStream,
    log: Receiver<Result<String>>,
    /// Received on the serial line and not asked for yet.
    pending: Vec<u8>,
    /// Where the paint starts, and the file that it came from.
    painted_from: u64,
    paint: PathBuf,
    board: Board,
    /// What the firmware takes without a stack.
    pub(crate) size: Size,
}

impl Machine {
    /// Boots `elf_file` on `board`.
    pub(crate) fn boot(board: Board, elf_file: &Path) -> Result<Self> {
        let size = size::measure(board, elf_file)?;
        let elf = fs::read(elf_file)?;
        // A firmware that logs nothing has none.
        let logs = object::File::parse(&*elf)?
            .section_by_name(".defmt")
            .is_some();
        let table = if logs { Table::parse(&elf)? } else { None };

        let ram_end = board.ram().end;
        let painted_from = size
            .ram_end
            .next_multiple_of(16)
            .max(ram_end.saturating_sub(PAINTED));
        let paint = elf_file.with_extension("paint");
        fs::write(
            &paint,
            vec![PAINT; usize::try_from(ram_end - painted_from)?],
        )?;

        // The emulator connects to us, so that no port has to be guessed.
        let serial = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let monitor = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let (program, _) = board.emulator();
        let mut emulator = Command::new(program)
            .args(board.machine())
            .args([
                "-display",
                "none",
                "-semihosting-config",
                "enable=on,target=native",
            ])
            // The emulated clock counts instructions, so that a time means the same at every run and on every host.
            .args([
                "-icount",
                &format!("shift={ICOUNT_SHIFT},align=off,sleep=off"),
            ])
            // Without `nodelay` every answer waits for the next packet.
            .args([
                "-serial",
                &format!("tcp:{},nodelay=on", serial.local_addr()?),
            ])
            .args([
                "-monitor",
                &format!("tcp:{},nodelay=on", monitor.local_addr()?),
            ])
            .arg("-device")
            .arg(format!(
                "loader,file={},addr={painted_from:#x},force-raw=on",
                paint.display()
            ))
            .arg("-kernel")
            .arg(elf_file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("running {program}"))?;

        let log = emulator
            .stdout
            .take()
            .map(|stdout| decode_log(table, stdout))
            .context("no output")?;
        let connected = accept(&serial, &mut emulator, LIMIT)
            .and_then(|serial| Ok((serial, accept(&monitor, &mut emulator, LIMIT)?)))
            .context("starting the emulator");
        match connected {
            Ok((serial, monitor)) => Ok(Self {
                emulator,
                serial,
                monitor,
                log,
                pending: Vec::new(),
                painted_from,
                paint,
                board,
                size,
            }),
            Err(error) => {
                end(&mut emulator);
                Err(error)
            }
        }
    }

    /// Sends bytes on the serial line.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.serial.set_write_timeout(Some(LIMIT))?;
        self.serial
            .write_all(bytes)
            .context("sending to the firmware")
    }

    /// The next line on the serial line.
    pub(crate) fn line(&mut self) -> Result<String> {
        match self.line_within(LIMIT)? {
            Some(line) => Ok(line),
            None => bail!(
                "no answer within {} s, after {:?}",
                LIMIT.as_secs(),
                self.partial()
            ),
        }
    }

    /// Listens for `time`; whatever the firmware says meanwhile is an error.
    pub(crate) fn silence(&mut self, time: Duration) -> Result<()> {
        match self.line_within(time)? {
            Some(line) => bail!("nothing was asked, and it answered {line:?}"),
            None if self.pending.is_empty() => Ok(()),
            None => bail!("nothing was asked, and it answered {:?}", self.partial()),
        }
    }

    /// The next line of the log.
    pub(crate) fn log_line(&mut self) -> Result<String> {
        match self.log.recv_timeout(LIMIT) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => {
                bail!("no line in the log within {} s", LIMIT.as_secs())
            }
            Err(RecvTimeoutError::Disconnected) => Err(self.why_it_stopped()),
        }
    }

    /// A line of the log that has come without being expected.
    pub(crate) fn stray_log_line(&mut self) -> Result<Option<String>> {
        self.log.try_recv().ok().transpose()
    }

    /// Bytes of stack that were used since the start, at the most.
    pub(crate) fn stack_used(&mut self) -> Result<u64> {
        let ram = self.stack()?;
        let untouched = ram.iter().take_while(|byte| **byte == PAINT).count();
        ensure!(
            untouched > 0,
            "the stack ran over everything that was free for it"
        );
        // Whole frames: the bytes at the end of the deepest one may happen to look like paint.
        Ok(u64::try_from(ram.len() - untouched)?.next_multiple_of(16))
    }

    /// The RAM in which the stack is: what was painted.
    pub(crate) fn stack(&mut self) -> Result<Vec<u8>> {
        let dump = self.paint.with_extension("ram");
        let length = self.board.ram().end - self.painted_from;
        self.command(&format!(
            "memsave {:#x} {length} \"{}\"",
            self.painted_from,
            dump.display()
        ))?;
        fs::read(&dump).context("the emulator wrote no copy of the RAM")
    }

    /// Gives the emulator a command and waits for its next prompt.
    fn command(&mut self, command: &str) -> Result<()> {
        // One prompt stands there from the start.
        self.prompt()?;
        writeln!(self.monitor, "{command}")?;
        self.prompt()
    }

    fn prompt(&mut self) -> Result<()> {
        self.monitor.set_read_timeout(Some(LIMIT))?;
        let mut seen = Vec::new();
        while !seen.ends_with(b"(qemu) ") {
            let mut byte = [0];
            self.monitor
                .read_exact(&mut byte)
                .context("waiting for the emulator's monitor")?;
            seen.extend(byte);
        }
        Ok(())
    }

    /// The next line on the serial line, if it comes in time.
    pub(crate) fn line_within(&mut self, time: Duration) -> Result<Option<String>> {
        let end = Instant::now() + time;
        loop {
            if let Some(length) = self.pending.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.pending.drain(..=length).collect();
                return Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()));
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            self.serial.set_read_timeout(Some(left))?;
            let mut bytes = [0; 256];
            match self.serial.read(&mut bytes) {
                Ok(0) => return Err(self.why_it_stopped()),
                Ok(length) => self.pending.extend_from_slice(&bytes[..length]),
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    return Ok(None);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => {
                    return Err(self.why_it_stopped());
                }
                Err(error) => return Err(error).context("listening to the firmware"),
            }
        }
    }

    fn partial(&self) -> String {
        String::from_utf8_lossy(&self.pending).into_owned()
    }

    /// The firmware never ends by itself; if it did, its exit code and its last words tell why.
    fn why_it_stopped(&mut self) -> anyhow::Error {
        let end = Instant::now() + Duration::from_secs(5);
        let status = loop {
            match self.emulator.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if Instant::now() < end => thread::sleep(Duration::from_millis(10)),
                _ => return anyhow!("the emulator closed the connection"),
            }
        };
        let last_words: Vec<String> = self
            .log
            .try_iter()
            .flatten()
            .map(|line| format!("; log: {line}"))
            .collect();
        let reason = match status.code() {
            Some(101) => "it panicked",
            Some(102) => "it faulted",
            Some(103) => "an interrupt came that nobody asked for",
            _ => "the emulator ended",
        };
        anyhow!(
            "the firmware stopped: {reason} ({status}){}",
            last_words.concat()
        )
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        end(&mut self.emulator);
    }
}

/// Ends the emulator. That it may have ended before is no error.
fn end(emulator: &mut Child) {
    _ = emulator.kill();
    _ = emulator.wait();
}

/// Waits until `child` connects; that it ends before then is an error.
pub(crate) fn accept(
    listener: &TcpListener,
    child: &mut Child,
    limit: Duration,
) -> Result<TcpStream> {
    listener.set_nonblocking(true)?;
    let end = Instant::now() + limit;
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false)?;
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error).context("waiting for a connection"),
        }
        if let Some(status) = child.try_wait()? {
            bail!("it ended before it connected ({status})");
        }
        ensure!(
            Instant::now() < end,
            "it did not connect within {} s",
            limit.as_secs()
        );
        thread::sleep(Duration::from_millis(5));
    }
}

/// Decodes the log as it comes, on a thread of its own.
fn decode_log(table: Option<Table>, mut stdout: ChildStdout) -> Receiver<Result<String>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let Some(table) = table else { return };
        let mut decoder = table.new_stream_decoder();
        let mut bytes = [0; 256];
        while let Ok(length @ 1..) = stdout.read(&mut bytes) {
            decoder.received(&bytes[..length]);
            loop {
                let line = match decoder.decode() {
                    Ok(frame) => {
                        let level = frame.level().map_or("print", |level| level.as_str());
                        Ok(format!(
                            "{} {}",
                            level.to_uppercase(),
                            frame.display_message()
                        ))
                    }
                    Err(DecodeError::UnexpectedEof) => break,
                    Err(error @ DecodeError::Malformed) => {
                        Err(anyhow!(error).context("decoding the log"))
                    }
                };
                if sender.send(line).is_err() {
                    return;
                }
            }
        }
    });
    receiver
}
