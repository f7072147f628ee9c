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
    gdb::Debugger,
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

/// The two hexadecimal numbers of an answer.
pub(crate) fn numbers(line: &str) -> Result<(u64, u64)> {
    let number = |word| u64::from_str_radix(word, 16);
    let words = line.split_once(' ');
    words
        .and_then(|(first, second)| number(first).ok().zip(number(second).ok()))
        .with_context(|| format!("it answered {line:?}"))
}

/// A running board. Dropping it ends the emulator.
pub(crate) struct Machine {
    serial: TcpStream,
    /// What comes on the serial line.
    received: Receiver<Vec<u8>>,
    monitor: TcpStream,
    log: Receiver<Result<String>>,
    /// Received on the serial line and not asked for yet.
    pending: Vec<u8>,
    /// Where the paint starts, and the file that it came from.
    painted_from: u64,
    paint: PathBuf,
    board: Board,
    debugger: Option<Debugger>,
    /// What the firmware takes without a stack.
    pub(crate) size: Size,
    emulator: Running,
}

/// A process that ends with us.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // That it may have ended before is no error.
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

impl Machine {
    /// Boots `elf_file` on `board`.
    pub(crate) fn boot(board: Board, elf_file: &Path) -> Result<Self> {
        Self::start(board, elf_file, false)
    }

    /// Boots `elf_file` with a debugger, which lets it run.
    pub(crate) fn debug(board: Board, elf_file: &Path) -> Result<(Self, Debugger)> {
        let mut machine = Self::start(board, elf_file, true)?;
        let debugger = machine.debugger.take().context("no debugger")?;
        Ok((machine, debugger))
    }

    fn start(board: Board, elf_file: &Path, is_debugged: bool) -> Result<Self> {
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
        // The emulated clock counts instructions, so that a time means the same at every run and on
        // every host. Without `nodelay` every answer waits for the next packet.
        let arguments = format!(
            "-display none -semihosting-config enable=on,target=native \
             -icount shift={ICOUNT_SHIFT},align=off,sleep=off \
             -serial tcp:{},nodelay=on -monitor tcp:{},nodelay=on -device",
            serial.local_addr()?,
            monitor.local_addr()?,
        );
        let at = format!("addr={painted_from:#x},force-raw=on");
        let debugger = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let stub = if is_debugged {
            let socket = format!(
                "socket,id=gdb,host=127.0.0.1,port={},nodelay=on",
                debugger.local_addr()?.port()
            );
            ["-S", "-chardev", &socket, "-gdb", "chardev:gdb"]
                .map(str::to_owned)
                .to_vec()
        } else {
            Vec::new()
        };
        let (program, _) = board.emulator();
        let mut command = Command::new(program);
        command
            .args(board.machine())
            .args(arguments.split_whitespace())
            .arg(format!("loader,file={},{at}", paint.display()))
            .arg("-kernel")
            .arg(elf_file)
            .args(stub)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let emulator = command
            .spawn()
            .with_context(|| format!("running {program}"))?;
        let mut emulator = Running(emulator);
        let stdout = emulator.0.stdout.take().context("no output")?;
        let mut connect = |listener| accept(listener, &mut emulator.0, LIMIT);
        let (serial, monitor) = (connect(&serial)?, connect(&monitor)?);
        let debugger = is_debugged.then(|| connect(&debugger)).transpose()?;
        let mut machine = Self {
            debugger: debugger.map(Debugger),
            received: receive(serial.try_clone()?),
            serial,
            monitor,
            log: decode_log(table, stdout),
            pending: Vec::new(),
            painted_from,
            paint,
            board,
            size,
            emulator,
        };
        machine.prompt()?;
        Ok(machine)
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

    /// Whether a line has come that was not asked for yet.
    pub(crate) fn has_line(&mut self) -> bool {
        self.pending.extend(self.received.try_iter().flatten());
        self.pending.contains(&b'\n')
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

    /// Lets the power fail. RAM and peripherals are as after the start, except what the start-up code of
    /// the firmware leaves alone. A machine that stands still does so afterwards too.
    pub(crate) fn reset(&mut self) -> Result<()> {
        self.command("system_reset")
    }

    /// Gives the emulator a command and waits for its next prompt.
    fn command(&mut self, command: &str) -> Result<()> {
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
            match self
                .received
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            {
                Ok(bytes) => self.pending.extend(bytes),
                Err(RecvTimeoutError::Timeout) => return Ok(None),
                Err(RecvTimeoutError::Disconnected) => return Err(self.why_it_stopped()),
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
            match self.emulator.0.try_wait() {
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

/// Hands on what comes, on a thread of its own, until the connection ends.
fn receive(mut stream: TcpStream) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = [0; 256];
        while let Ok(length @ 1..) = stream.read(&mut bytes) {
            if sender.send(bytes[..length].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
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
