//! Tables of keys, each made once.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex},
};

use embedded_jwt::{crypto::PublicKey, prepared::KeyTable16};

/// The table of this point, as SEC 1 writes it.
pub(crate) fn table(point: &[u8]) -> &'static KeyTable16 {
    static TABLES: LazyLock<Mutex<HashMap<Vec<u8>, &'static KeyTable16>>> =
        LazyLock::new(Mutex::default);
    let mut tables = TABLES.lock().unwrap();
    tables.entry(point.to_vec()).or_insert_with(|| {
        let room = Box::leak(Box::new(KeyTable16::room()));
        room.prepare(PublicKey::from_sec1(point).unwrap())
    })
}

/// The same keys, those for ES256 by their tables; `None` where there is no such key.
pub(crate) fn twins<'k>(keys: &[embedded_jwt::Key<'k>]) -> Option<Vec<embedded_jwt::Key<'k>>> {
    use embedded_jwt::Key;

    let twin = |key: &Key<'k>| {
        let Some(point) = key.public_key() else {
            return *key;
        };
        let point = [&[4], &point.x()[..], point.y()].concat();
        let twin = Key::es256_prepared(table(&point).key());
        let twin = key.kid().map_or(twin, |kid| twin.with_kid(kid));
        key.issuer().map_or(twin, |issuer| twin.with_issuer(issuer))
    };
    let any = keys.iter().any(|key| key.public_key().is_some());
    any.then(|| keys.iter().map(twin).collect())
}
