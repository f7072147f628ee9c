//! A debugger on an emulated board, over the remote protocol of GDB: it writes the first content of the
//! flash, as a factory does, and stops the firmware where the power is to fail.

use std::{
    fmt::Write as _,
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(60);

/// How long to wait before somebody else may say that the machine need not be waited for.
const PATIENCE: Duration = Duration::from_millis(20);

/// How much is written with one packet.
const CHUNK: usize = 256;

/// A connection to the emulator. The machine stands still at first.
pub(crate) struct Debugger(pub(crate) TcpStream);

impl Debugger {
    /// Writes memory of the machine, which stands still.
    pub(crate) fn write(&mut self, address: u64, bytes: &[u8]) -> Result<()> {
        for (number, chunk) in bytes.chunks(CHUNK).enumerate() {
            let at = address + u64::try_from(number * CHUNK)?;
            let digits = chunk.iter().fold(String::new(), |mut text, byte| {
                // Writing to a `String` cannot fail.
                _ = write!(text, "{byte:02x}");
                text
            });
            self.order(&format!("M{at:x},{:x}:{digits}", chunk.len()))?;
        }
        Ok(())
    }

    /// Lets the machine run.
    pub(crate) fn go(&mut self) -> Result<()> {
        self.send("c")
    }

    /// Stops the running machine.
    pub(crate) fn stop(&mut self) -> Result<()> {
        self.0.write_all(&[3])?;
        self.answer().map(drop)
    }

    /// Lets the machine, which stands still, run until it is about to execute `address` for the `times`th
    /// time. Returns whether it came to that before `is_over` held. It stands still then.
    pub(crate) fn run_to(
        &mut self,
        address: u64,
        times: usize,
        mut is_over: impl FnMut() -> Result<bool>,
    ) -> Result<bool> {
        for time in 0..times {
            if time > 0 {
                // A step over the place, which would stop it again at once.
                self.send("s")?;
                self.answer()?;
            }
            self.order(&format!("Z0,{address:x},2"))?;
            self.go()?;
            let has_stopped = loop {
                if self.has_answer()? {
                    break true;
                }
                if is_over()? {
                    break false;
                }
            };
            if has_stopped {
                self.answer()?;
            } else {
                self.stop()?;
            }
            self.order(&format!("z0,{address:x},2"))?;
            if !has_stopped {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn order(&mut self, order: &str) -> Result<()> {
        self.send(order)?;
        let answer = self.answer()?;
        ensure!(answer == "OK", "the emulator answers {answer:?} to {order}");
        Ok(())
    }

    fn send(&mut self, text: &str) -> Result<()> {
        let sum = text.bytes().fold(0_u8, u8::wrapping_add);
        Ok(write!(self.0, "${text}#{sum:02x}")?)
    }

    /// Returns whether there is something to read.
    fn has_answer(&mut self) -> Result<bool> {
        self.0.set_read_timeout(Some(PATIENCE))?;
        loop {
            let mut byte = [0];
            match self.0.peek(&mut byte) {
                // The acknowledgement of what was sent.
                Ok(_) if byte == *b"+" => self.0.read_exact(&mut byte)?,
                Ok(_) => return Ok(true),
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    return Ok(false);
                }
                Err(error) => return Err(error).context("waiting for the emulator"),
            }
        }
    }

    /// The text of the next packet.
    fn answer(&mut self) -> Result<String> {
        self.0.set_read_timeout(Some(LIMIT))?;
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"#") {
            let mut byte = [0];
            self.0
                .read_exact(&mut byte)
                .context("waiting for the emulator")?;
            bytes.extend(byte);
        }
        let mut sum = [0; 2];
        self.0.read_exact(&mut sum)?;
        self.0.write_all(b"+")?;
        let text = String::from_utf8_lossy(&bytes);
        let start = text.find('$').context("no packet")?;
        Ok(text[start + 1..text.len() - 1].to_owned())
    }
}
