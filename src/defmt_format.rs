//! `defmt::Format` for the types whose output hides a part. It shows the same part as `Debug`.
//!
//! A type that hides nothing derives `Format`.

use defmt::{Format, Formatter, write};

use crate::{
    claims::{AccessToken, Claims},
    crypto::{PublicKey, owned_public_key::OwnedPublicKey, thumbprint::Thumbprint},
    encoding::LEN_OF_32_BYTES,
    json::Quoted,
    jws::{Compact, Header, Verified},
    keys::Key,
};

impl Format for PublicKey<'_> {
    fn format(&self, fmt: Formatter<'_>) {
        write!(fmt, "PublicKey {{ .. }}");
    }
}

impl Format for OwnedPublicKey {
    fn format(&self, fmt: Formatter<'_>) {
        write!(fmt, "OwnedPublicKey {{ .. }}");
    }
}

impl Format for Thumbprint {
    fn format(&self, fmt: Formatter<'_>) {
        write!(fmt, "{=str}", self.encode(&mut [0; LEN_OF_32_BYTES]));
    }
}

impl Format for Key<'_> {
    fn format(&self, fmt: Formatter<'_>) {
        write!(
            fmt,
            "Key {{ algorithm: {}, kid: {}, .. }}",
            self.algorithm(),
            self.kid().map(Quoted)
        );
    }
}

impl Format for Compact<'_> {
    fn format(&self, fmt: Formatter<'_>) {
        write!(
            fmt,
            "Compact({}.{}.{} symbols)",
            self.header_segment().len(),
            self.payload_segment().len(),
            self.signature_segment().len()
        );
    }
}

impl Format for Header<'_> {
    fn format(&self, fmt: Formatter<'_>) {
        write!(
            fmt,
            "Header {{ alg: {}, typ: {}, kid: {}, cty: {}, .. }}",
            self.alg(),
            self.typ(),
            self.kid(),
            self.cty()
        );
    }
}

impl Format for Verified<'_, '_> {
    fn format(&self, fmt: Formatter<'_>) {
        write!(
            fmt,
            "Verified({}, {}, {} bytes)",
            self.header(),
            self.key(),
            self.payload().len()
        );
    }
}

impl Format for Claims<'_> {
    fn format(&self, fmt: Formatter<'_>) {
        write!(
            fmt,
            "Claims {{ iss: {}, sub: {}, aud: {}, exp: {}, nbf: {}, iat: {}, jti: {}, .. }}",
            self.iss(),
            self.sub(),
            self.aud(),
            self.exp(),
            self.nbf(),
            self.iat(),
            self.jti()
        );
    }
}

impl Format for AccessToken<'_> {
    fn format(&self, fmt: Formatter<'_>) {
        write!(
            fmt,
            "AccessToken {{ sub: {}, client_id: {}, jti: {}, .. }}",
            self.sub(),
            self.client_id(),
            self.jti()
        );
    }
}

#[cfg(feature = "hs256")]
mod prepared_secret {
    use super::{Format, Formatter, write};
    use crate::prepared::{PreparedSecret, SecretRoom};

    impl Format for PreparedSecret {
        fn format(&self, fmt: Formatter<'_>) {
            write!(fmt, "PreparedSecret");
        }
    }

    impl Format for SecretRoom {
        fn format(&self, fmt: Formatter<'_>) {
            write!(fmt, "SecretRoom");
        }
    }
}

#[cfg(feature = "fast-es256")]
mod prepared_key {
    use super::{Format, Formatter, write};
    use crate::{
        jwk::RingTables,
        prepared::{KeyTable, PreparedKey, TableRoom},
    };

    impl<const POINTS: usize> Format for KeyTable<POINTS> {
        fn format(&self, fmt: Formatter<'_>) {
            write!(fmt, "KeyTable({} points)", POINTS);
        }
    }

    impl<const POINTS: usize> Format for TableRoom<POINTS> {
        fn format(&self, fmt: Formatter<'_>) {
            write!(fmt, "TableRoom({} points)", POINTS);
        }
    }

    impl<const N: usize, const POINTS: usize> Format for RingTables<N, POINTS> {
        fn format(&self, fmt: Formatter<'_>) {
            write!(fmt, "RingTables({} x {} points)", N, POINTS);
        }
    }

    impl Format for PreparedKey<'_> {
        fn format(&self, fmt: Formatter<'_>) {
            write!(fmt, "PreparedKey {{ .. }}");
        }
    }
}

mod jwk_set {
    use super::{Format, Formatter, write};
    use crate::jwk::{JwkSet, Keys};

    impl Format for JwkSet<'_> {
        fn format(&self, fmt: Formatter<'_>) {
            write!(fmt, "JwkSet {{ .. }}");
        }
    }

    impl<const N: usize> Format for Keys<'_, N> {
        fn format(&self, fmt: Formatter<'_>) {
            let keys: &[_] = self;
            write!(
                fmt,
                "Keys {{ keys: {=[?]}, rejected: {}, skipped: {=usize} }}",
                keys,
                self.rejected(),
                self.skipped()
            );
        }
    }
}

#[cfg(any(feature = "es256", feature = "fast-es256"))]
mod key_ring {
    use super::{Format, Formatter, Quoted, write};
    use crate::{
        jwk::{KeyRing, RingKeys},
        oauth::{DpopProof, DpopRequest},
    };

    impl<const N: usize> Format for KeyRing<'_, N> {
        fn format(&self, fmt: Formatter<'_>) {
            write!(
                fmt,
                "KeyRing {{ issuer: {=str}, keys: {=usize}, updated_at: {}, .. }}",
                self.issuer(),
                self.len(),
                self.updated_at()
            );
        }
    }

    impl<const N: usize> Format for RingKeys<'_, N> {
        fn format(&self, fmt: Formatter<'_>) {
            write!(
                fmt,
                "RingKeys {{ keys: {=[?]}, policy: {}, .. }}",
                self.keys.as_slice(),
                self.policy
            );
        }
    }

    impl Format for DpopRequest<'_> {
        fn format(&self, fmt: Formatter<'_>) {
            write!(
                fmt,
                "DpopRequest {{ method: {}, uri: {}, authorization_len: {=usize}, \
                 proof_len: {=usize}, has_nonce: {=bool}, max_age: {=u64}, leeway: {=u64} }}",
                Quoted(self.method),
                Quoted(self.uri),
                self.authorization.len(),
                self.proof.len(),
                self.nonce.is_some(),
                self.max_age,
                self.leeway
            );
        }
    }

    impl Format for DpopProof<'_> {
        fn format(&self, fmt: Formatter<'_>) {
            write!(
                fmt,
                "DpopProof {{ thumbprint: {}, remember_until: {}, .. }}",
                self.thumbprint(),
                self.remember_until()
            );
        }
    }
}

#[cfg(feature = "sign")]
mod signing_key {
    use super::{Format, Formatter, Quoted, write};
    use crate::sign::SigningKey;

    impl Format for SigningKey<'_> {
        fn format(&self, fmt: Formatter<'_>) {
            write!(
                fmt,
                "SigningKey {{ algorithm: {}, kid: {}, .. }}",
                self.algorithm(),
                self.kid().map(Quoted)
            );
        }
    }
}

#[cfg(feature = "device")]
mod device {
    use super::{Format, Formatter, write};
    use crate::device::{Accepted, Candidate, Nonce, Permit, ReplayGuard};

    impl<const N: usize, const C: usize> Format for ReplayGuard<N, C> {
        fn format(&self, fmt: Formatter<'_>) {
            write!(
                fmt,
                "ReplayGuard {{ time: {}, is_open: {=bool}, .. }}",
                self.time(),
                self.is_open()
            );
        }
    }

    impl Format for Nonce {
        fn format(&self, fmt: Formatter<'_>) {
            write!(fmt, "Nonce {{ .. }}");
        }
    }

    impl Format for Candidate<'_, '_, '_> {
        fn format(&self, fmt: Formatter<'_>) {
            write!(fmt, "Candidate {{ .. }}");
        }
    }

    impl<T> Format for Permit<'_, T> {
        fn format(&self, fmt: Formatter<'_>) {
            write!(fmt, "Permit {{ .. }}");
        }
    }

    impl<T: Format> Format for Accepted<T> {
        fn format(&self, fmt: Formatter<'_>) {
            write!(fmt, "Accepted({})", self.token());
        }
    }
}
