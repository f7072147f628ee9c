//! The keys of the issuer, fetched again when they may have changed.

use std::{
    sync::{RwLock, RwLockReadGuard},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::Result;
use embedded_jwt::jwk::KeyRing;
use tokio::{sync::Mutex, task::spawn_blocking};

/// The longest lifetime of a token in seconds, with the leeway of the policy.
const TOKEN_LIFETIME: u64 = 3600 + 30;

/// How long the keys are trusted when the issuer cannot be reached, in seconds.
const STALE_AFTER: u64 = 86_400;

/// The shortest time between two fetches: anyone can send a token with an unknown key.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct Keys {
    jwks_uri: String,
    ring: RwLock<KeyRing<'static, 8>>,
    /// The time of the last fetch. The task that holds the lock fetches, and the others wait.
    asked_at: Mutex<Option<Instant>>,
}

impl Keys {
    pub(crate) fn new(issuer: &'static str, jwks_uri: String) -> Self {
        Self {
            jwks_uri,
            ring: RwLock::new(KeyRing::new(issuer, TOKEN_LIFETIME).stale_after(STALE_AFTER)),
            asked_at: Mutex::default(),
        }
    }

    pub(crate) fn ring(&self) -> RwLockReadGuard<'_, KeyRing<'static, 8>> {
        self.ring.read().unwrap()
    }

    /// Fetches the keys. If this fails, the present keys stay until they are too old.
    pub(crate) async fn update(&self) {
        let mut asked_at = self.asked_at.lock().await;
        if asked_at.is_some_and(|at| at.elapsed() < PATIENCE) {
            return;
        }
        *asked_at = Some(Instant::now());
        let jwks_uri = self.jwks_uri.clone();
        let fetched = spawn_blocking(move || fetch(&jwks_uri)).await;
        match fetched.map_err(Into::into).and_then(|set| self.take(set?)) {
            Ok(()) => {}
            Err(error) => eprintln!("the keys could not all be taken: {error:#}"),
        }
    }

    fn take(&self, (set, date): (Vec<u8>, u64)) -> Result<()> {
        let mut buffer = vec![0; set.len()];
        let update = self.ring.write().unwrap().update(&set, date, &mut buffer)?;
        if update.added > 0 || update.withdrawn > 0 {
            eprintln!(
                "keys: {} added, {} withdrawn",
                update.added, update.withdrawn
            );
        }
        Ok(())
    }
}

/// Returns a JWK Set and its date. Replace this by the HTTP client of your choice. It must
/// authenticate the issuer. An attacker who can change the set can sign tokens.
fn fetch(jwks_uri: &str) -> Result<(Vec<u8>, u64)> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let request = ureq::get(jwks_uri).config();
    let request = request.timeout_global(Some(Duration::from_secs(5)));
    // So no redirect leads from `https` to `http`.
    let request = request.https_only(jwks_uri.starts_with("https:"));
    let mut response = request.build().call()?;
    // The time that the set has spent in caches.
    let age = response.headers().get("Age");
    let age: Option<u64> = age.and_then(|age| age.to_str().ok()?.parse().ok());
    let set = response
        .body_mut()
        .with_config()
        .limit(65_536)
        .read_to_vec()?;
    Ok((set, now.saturating_sub(age.unwrap_or(0))))
}
