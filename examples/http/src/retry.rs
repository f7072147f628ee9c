//! Waits for a server that is down, within a limit.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};

use crate::{Log, is_temporary};

/// The pause after the first failure. Each further pause is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Calls `attempt` until it succeeds, fails permanently, or `limit` has passed. A wrong setting is
/// a permanent failure, because waiting would not help.
pub(crate) fn until_available<T>(
    what: &str,
    limit: Duration,
    log: &Log,
    mut attempt: impl FnMut() -> Result<T>,
) -> Result<T> {
    let started_at = Instant::now();
    let (mut pause, mut number) = (FIRST_PAUSE, 0u32);
    loop {
        number = number.saturating_add(1);
        let error = match attempt() {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let left = limit.saturating_sub(started_at.elapsed());
        if !is_temporary(&error) || left.is_zero() {
            return Err(error).with_context(|| format!("{what}, attempt {number}"));
        }
        let now = pause.min(left);
        log.line(format_args!(
            "{what}, attempt {number}: {error:#}. Again in {:.1} s",
            now.as_secs_f32()
        ));
        thread::sleep(now);
        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
    }
}
