//! JWT client authentication (RFC 7523 section 2.2): a client requests its own token from the
//! authorization server.

use serde::{Serialize, Serializer, ser::SerializeStruct};

/// The claims that authenticate a client at the token endpoint (RFC 7523 section 3).
///
/// The client signs them with its own key and the `typ` [`ClientAssertion::TYP`]. The request sends
/// the token as `client_assertion`, and [`ClientAssertion::TYPE`] as `client_assertion_type`.
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

    /// The `typ` of the token (draft-ietf-oauth-rfc7523bis section 4). It distinguishes the token
    /// from other kinds of JWT.
    pub const TYP: &'static str = "client-authentication+jwt";

    /// Creates the claims of a client: `client_id` is `iss` and `sub`, and the issuer identifier of
    /// the authorization server is `aud`.
    ///
    /// Do not use the token endpoint or another URL of the server as `issuer`. A malicious server
    /// could name an endpoint of another server as its own, and replay the assertion there
    /// (draft-ietf-oauth-rfc7523bis section 3).
    ///
    /// `jti` must be different in every assertion, because servers reject one that they have seen.
    /// `issued_at` is in seconds since 1970. The assertion expires 60 seconds later, unless
    /// [`ClientAssertion::lifetime`] sets another time.
    pub const fn new(client_id: &'a str, issuer: &'a str, jti: &'a str, issued_at: u64) -> Self {
        Self {
            client_id,
            issuer,
            jti,
            issued_at,
            lifetime: 60,
        }
    }

    /// Sets the seconds until the assertion expires. The default is 60. An assertion is used at
    /// once, and only once.
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
