//! Reads files, the standard input and the token. Every read has a limit.

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Read},
    path::Path,
};

use anyhow::Context;
use embedded_jwt::limits::MAX_TOKEN_LEN;

/// Reads the bytes of a token, which need not be text.
pub(crate) fn token(argument: &OsStr) -> anyhow::Result<Vec<u8>> {
    // One byte more than the limit, so that a token that is too long is still too long after its
    // newline is removed.
    let limit = MAX_TOKEN_LEN.saturating_add("\r\n".len()).saturating_add(1);
    let path = Path::new(argument);
    let mut token = if argument == "-" {
        read(io::stdin(), limit).context("the standard input cannot be read")?
    } else if path.exists() {
        file(path, limit)
            .with_context(|| format!("the token file {} cannot be read", path.display()))?
    } else {
        return Ok(argument.as_encoded_bytes().to_vec());
    };
    // Whitespace makes a token invalid, but editors and `echo` end every file with a newline.
    if token.pop_if(|byte| *byte == b'\n').is_some() {
        token.pop_if(|byte| *byte == b'\r');
    }
    Ok(token)
}

/// Reads the first `limit` bytes of a file.
pub(crate) fn file(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    read(File::open(path)?, limit)
}

fn read(source: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    source.take(limit).read_to_end(&mut content)?;
    Ok(content)
}
