//! Both back-ends of jsonwebtoken in one process, which has one provider for good: ours asks each time which one is meant.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use jsonwebtoken::crypto::{CryptoProvider, KeyUtils, aws_lc, rust_crypto};

use crate::Result;

/// What jsonwebtoken computes with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BackEnd {
    /// Amazon's fork of `BoringSSL`, in C and assembly.
    AwsLc,
    /// The crates that embedded-jwt builds on too.
    RustCrypto,
}

static IS_AWS_LC: AtomicBool = AtomicBool::new(false);

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| (chosen().signer_factory)(algorithm, key),
    verifier_factory: |algorithm, key| (chosen().verifier_factory)(algorithm, key),
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes ours the provider of this process.
pub(crate) fn install() -> Result<()> {
    let installed = PROVIDER.install_default();
    installed.map_err(|_| "another provider was there before".into())
}

impl BackEnd {
    /// Takes it from now on: a store and a load, which no figure shows.
    pub(crate) fn choose(self) {
        IS_AWS_LC.store(self == Self::AwsLc, Relaxed);
    }
}

fn chosen() -> &'static CryptoProvider {
    if IS_AWS_LC.load(Relaxed) {
        &aws_lc::DEFAULT_PROVIDER
    } else {
        &rust_crypto::DEFAULT_PROVIDER
    }
}
