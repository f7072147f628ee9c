//! JWT client authentication (RFC 7523 section 2.2): how a client asks the authorization server for a token of its own.

use serde::{Serialize, Serializer, ser::SerializeStruct};

/// The claims by which a client authenticates itself at the token endpoint (RFC 7523 section 3).
///
/// Signed by the client's own key, the token goes into the request as `client_assertion`, beside a
/// `client_assertion_type` of [`ClientAssertion::TYPE`].
///
/// ```
/// # #[cfg(feature = "hs256")]
/// # {
/// use embedded_jwt::{ClientAssertion, SigningKey};
/// let assertion = ClientAssertion {
///     client_id: "pump-7",
///     audience: "https://auth.example/token",
///     jti: "7f3a-0001",
///     issued_at: 1_790_000_000,
///     lifetime: 60,
/// };
/// let mut buffer = [0; 512];
/// let key = SigningKey::hs256(b"a client secret of 32 bytes, say")?;
/// let token = key.sign("JWT", &assertion, &mut buffer)?;
/// assert_eq!(token.split('.').count(), 3);
/// # }
/// # Ok::<(), embedded_jwt::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ClientAssertion<'a> {
    /// The client's identifier: `iss` and `sub`.
    pub client_id: &'a str,
    /// Who it is for, `aud`: the authorization server's issuer identifier or its token endpoint, as that server wants it.
    pub audience: &'a str,
    /// `jti`: different in every assertion, since servers refuse one that they have seen.
    pub jti: &'a str,
    /// `iat`, in seconds since 1970.
    pub issued_at: u64,
    /// Seconds until it expires. A minute is plenty: it is used at once, and once.
    pub lifetime: u64,
}

impl ClientAssertion<'_> {
    /// The value of `client_assertion_type` in the request (RFC 7523 section 2.2).
    pub const TYPE: &'static str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
}

impl Serialize for ClientAssertion<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut claims = serializer.serialize_struct("ClientAssertion", 6)?;
        claims.serialize_field("iss", self.client_id)?;
        claims.serialize_field("sub", self.client_id)?;
        claims.serialize_field("aud", self.audience)?;
        claims.serialize_field("jti", self.jti)?;
        claims.serialize_field("iat", &self.issued_at)?;
        claims.serialize_field("exp", &self.issued_at.saturating_add(self.lifetime))?;
        claims.end()
    }
}
