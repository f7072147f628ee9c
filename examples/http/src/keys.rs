//! The keys of an issuer, over time.

use anyhow::{Context as _, Result, bail};
use embedded_jwt::{
    Error,
    jwk::{KeyRing, RingTables},
};

use crate::{Log, issuer::FetchedKeys, now};

/// The maximum number of keys of the issuer, withdrawn keys included.
const KEYS: usize = 16;

/// The keys of the issuer, each with its table.
pub(crate) struct Keys {
    pub(crate) ring: KeyRing<'static, KEYS>,
    pub(crate) tables: Box<RingTables<KEYS, 64>>,
}

impl Keys {
    /// Updates the keys from a fetched set, and logs the changes.
    pub(crate) fn update(&mut self, fetched: &FetchedKeys, log: &Log) -> Result<()> {
        let ring = &mut self.ring;
        let mut buffer = vec![0; fetched.text.len()];
        // The clock was ahead when the last set arrived, so no set would be newer for a long time.
        if ring.updated_at().is_some_and(|at| at > now()) {
            ring.reset();
        }
        let update = ring.update(&fetched.text, fetched.fetched_at, &mut buffer);
        // The tables are updated even after an error, because keys may be withdrawn.
        self.tables.prepare(ring);
        let update = match update {
            Err(Error::KeyRingNoKeys { skipped }) => bail!(
                "{} publishes {skipped} keys, none for ES256: its tokens cannot be verified here \
                 (docs/providers.md says where to switch the algorithm)",
                ring.issuer()
            ),
            update => update.with_context(|| format!("the JWK Set of {}", ring.issuer()))?,
        };
        if let Some(jwk) = update.rejected {
            log.line(jwk);
        }
        if update.added > 0 || update.withdrawn > 0 {
            log.line(format_args!(
                "{} keys for ES256 added, {} withdrawn, {} for others skipped",
                update.added, update.withdrawn, update.skipped
            ));
        }
        Ok(())
    }
}
