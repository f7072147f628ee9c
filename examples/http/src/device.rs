//! A device behind the gateway: the example firmware. Its serial line is a TCP connection.
//!
//! The gateway signs each command itself, with the scopes of the client's access token. So the
//! device trusts one key and needs no JWK Set and no clock. It still decides what the client may
//! do.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde::Serialize;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream},
    net::TcpStream,
    sync::Mutex,
    time::timeout,
};

use crate::{PrivateKey, now};

/// The `iss` that the policy of the example firmware requires. `AUDIENCE` is the `aud` that it
/// requires.
const ISSUER: &str = "https://auth.example";
const AUDIENCE: &str = "pump-7";

/// The lifetime of a command, in seconds.
const LIFETIME: u64 = 60;

/// The longest time to wait for an answer. An emulated Cortex-M0 needs seconds for ES256.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The longest accepted answer in bytes. Answers of the firmware are shorter than 100 bytes.
const ANSWER_LIMIT: u64 = 256;

/// A device behind the gateway.
pub struct Device {
    address: String,
    key: PrivateKey,
    line: Mutex<Line>,
}

/// The serial line, and the number of the last command.
struct Line {
    connection: Option<BufStream<TcpStream>>,
    seq: u32,
}

/// A command from a client.
#[derive(Clone, Copy, Debug)]
pub struct Command<'a> {
    /// The client that sends the command (`client_id` of the access token).
    pub client_id: &'a str,
    /// The scopes of the client: the `scope` of the access token.
    pub scope: &'a str,
    /// The output to switch.
    pub output: &'a str,
    /// `true` to switch the output on, `false` to switch it off.
    pub on: bool,
}

/// The claims of a command for the device.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: u64,
    exp: u64,
    client_id: &'a str,
    scope: &'a str,
    seq: u32,
    output: &'a str,
    on: bool,
}

/// An answer of the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The command was executed. Holds the text of the device.
    Done(String),
    /// The command was rejected.
    Refused {
        /// The name of the error.
        name: String,
        /// The error code of RFC 6750 section 3.1, if there is one.
        error: Option<String>,
    },
}

impl Device {
    /// Creates a device at `address` that trusts `key`.
    #[must_use]
    pub fn new(address: String, key: PrivateKey) -> Self {
        Self {
            address,
            key,
            line: Mutex::new(Line {
                connection: None,
                seq: 0,
            }),
        }
    }

    /// Sends a command to the device, and returns its answer.
    pub async fn command(&self, command: Command<'_>) -> Result<Answer> {
        let mut line = self.line.lock().await;
        // The number also rises after a restart of the gateway.
        line.seq = u32::try_from(now())?.max(line.seq.saturating_add(1));
        let token = self.sign(command, line.seq)?;

        // The connection is taken out while it is in use, and is dropped after a fault. Otherwise a
        // late answer would be read as the answer to the next command.
        let mut connection = match line.connection.take() {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let answer = timeout(TIMEOUT, exchange(&mut connection, &token))
            .await
            .context("the device does not answer")??;
        line.connection = Some(connection);
        answer.parse()
    }

    async fn connect(&self) -> Result<BufStream<TcpStream>> {
        let connection = TcpStream::connect(&self.address)
            .await
            .with_context(|| format!("connecting to the device at {}", self.address))?;
        connection.set_nodelay(true)?;
        Ok(BufStream::new(connection))
    }

    fn sign(&self, command: Command<'_>, seq: u32) -> Result<String> {
        let iat = now();
        let claims = Claims {
            iss: ISSUER,
            aud: AUDIENCE,
            iat,
            exp: iat + LIFETIME,
            client_id: command.client_id,
            scope: command.scope,
            seq,
            output: command.output,
            on: command.on,
        };
        Ok(self.key.sign("JWT", &claims)?)
    }
}

async fn exchange(connection: &mut BufStream<TcpStream>, token: &str) -> Result<String> {
    connection.write_all(token.as_bytes()).await?;
    connection.write_all(b"\n").await?;
    connection.flush().await?;
    let mut answer = String::new();
    connection.take(ANSWER_LIMIT).read_line(&mut answer).await?;
    ensure!(answer.ends_with('\n'), "the device breaks off: {answer:?}");
    Ok(answer)
}

impl std::str::FromStr for Answer {
    type Err = anyhow::Error;

    /// Parses `ok ...`, or `refused CODE NAME`, which may end with an error code of RFC 6750.
    fn from_str(line: &str) -> Result<Self> {
        let mut words = line.split_ascii_whitespace();
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some("ok"), ..) => Ok(Self::Done(line.trim_end().to_owned())),
            (Some("refused"), Some(_code), Some(name), error) => Ok(Self::Refused {
                name: name.to_owned(),
                error: error.map(str::to_owned),
            }),
            _ => bail!("the device answers {line:?}"),
        }
    }
}
