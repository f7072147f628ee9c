//! JWT client authentication (RFC 7523 section 2.2): how a client asks the authorization server for a token of its own.

use serde::{Serialize, Serializer, ser::SerializeStruct};

/// The claims by which a client authenticates itself at the token endpoint (RFC 7523 section 3).
///
/// Signed by the client's own key, with the `typ` [`ClientAssertion::TYP`], the token goes into the request as
/// `client_assertion`, beside a `client_assertion_type` of [`ClientAssertion::TYPE`].
///
/// ```
/// use embedded_jwt::{oauth::ClientAssertion, sign::SigningKey};
/// let assertion = ClientAssertion::new("pump-7", "https://auth.example", "7f3a-0001", 1_790_000_000);
/// let mut buffer = [0; 512];
/// let key = SigningKey::hs256(b"a client secret of 32 bytes, say")?;
/// let token = key.sign(ClientAssertion::TYP, &assertion, &mut buffer)?;
/// assert_eq!(token.split('.').count(), 3);
/// # Ok::<(), embedded_jwt::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[must_use]
pub struct ClientAssertion<'a> {
    client_id: &'a str,
    issuer: &'a str,
    jti: &'a str,
    issued_at: u64,
    lifetime: u64,
}

impl<'a> ClientAssertion<'a> {
    /// The value of `client_assertion_type` in the request (RFC 7523 section 2.2).
    pub const TYPE: &'static str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// The `typ` of the token (draft-ietf-oauth-rfc7523bis section 4): it is no other kind of JWT.
    pub const TYP: &'static str = "client-authentication+jwt";

    /// The claims of a client, `iss` and `sub`, for the authorization server with this issuer identifier, `aud`.
    ///
    /// The token endpoint and other URLs of the server are not its issuer identifier: a server that another one has talked
    /// into using its endpoint could replay what was signed for it (draft-ietf-oauth-rfc7523bis section 3).
    ///
    /// `jti` is different in every assertion, since servers refuse one that they have seen. `issued_at` is in seconds since
    /// 1970. The assertion expires a minute later, unless [`ClientAssertion::lifetime`] says otherwise.
    pub const fn new(client_id: &'a str, issuer: &'a str, jti: &'a str, issued_at: u64) -> Self {
        Self {
            client_id,
            issuer,
            jti,
            issued_at,
            lifetime: 60,
        }
    }

    /// Seconds until it expires; 60 unless set. It is used at once, and once.
    pub const fn lifetime(mut self, seconds: u64) -> Self {
        self.lifetime = seconds;
        self
    }
}

impl Serialize for ClientAssertion<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut claims = serializer.serialize_struct("ClientAssertion", 6)?;
        claims.serialize_field("iss", self.client_id)?;
        claims.serialize_field("sub", self.client_id)?;
        claims.serialize_field("aud", self.issuer)?;
        claims.serialize_field("jti", self.jti)?;
        claims.serialize_field("iat", &self.issued_at)?;
        claims.serialize_field("exp", &self.issued_at.saturating_add(self.lifetime))?;
        claims.end()
    }
}
