//! An OAuth 2.0 client that acts for itself (RFC 6749 section 4.4), with the crate `oauth2`.

use anyhow::{Result, anyhow};
use embedded_jwt::oauth::ClientAssertion;
use oauth2::{
    AuthType, ClientId, ClientSecret, RequestTokenError, Scope, TokenResponse as _, TokenUrl,
    basic::{BasicClient, BasicErrorResponse},
};

use crate::{PrivateKey, key::random_id, now, send};

/// The credentials that a client authenticates with.
pub enum Credentials<'a> {
    /// A secret shared with the authorization server, sent with HTTP Basic (RFC 6749 section
    /// 2.3.1).
    Secret(&'a str),
    /// A token that the client signs with its own key (RFC 7523 section 2.2).
    Assertion(&'a str),
}

/// A client, with the address of its authorization server.
pub struct Client<'a> {
    /// The issuer identifier of the authorization server.
    pub issuer: &'a str,
    /// The token endpoint of the authorization server.
    pub token_endpoint: &'a str,
    /// The identifier of the client at the authorization server.
    pub client_id: &'a str,
}

impl Client<'_> {
    /// Signs a client assertion that is valid for one minute and for one use.
    pub fn assertion(&self, key: &PrivateKey) -> Result<String> {
        let jti = random_id()?;
        let assertion = ClientAssertion::new(self.client_id, self.issuer, &jti, now());
        Ok(key.sign(ClientAssertion::TYP, &assertion)?)
    }

    /// Requests an access token for `resource` (RFC 8707) with `scope`.
    ///
    /// # Errors
    /// The error code and description of the authorization server, if it rejects the request.
    pub fn access_token(
        &self,
        credentials: &Credentials<'_>,
        resource: &str,
        scope: &str,
    ) -> Result<String> {
        let mut client = BasicClient::new(ClientId::new(self.client_id.to_owned()))
            .set_token_uri(TokenUrl::new(self.token_endpoint.to_owned())?);
        if let Credentials::Secret(secret) = credentials {
            client = client
                .set_client_secret(ClientSecret::new((*secret).to_owned()))
                .set_auth_type(AuthType::BasicAuth);
        }
        let mut request = client
            .exchange_client_credentials()
            .add_extra_param("resource", resource)
            .add_scopes(scope.split(' ').map(|scope| Scope::new(scope.to_owned())));
        if let Credentials::Assertion(assertion) = credentials {
            request = request
                .add_extra_param("client_assertion_type", ClientAssertion::TYPE)
                .add_extra_param("client_assertion", *assertion);
        }
        match request.request(&send) {
            Ok(response) => Ok(response.access_token().secret().clone()),
            Err(error) => Err(explain(error)),
        }
    }
}

/// Converts an error into a message. An error response of the authorization server (RFC 6749
/// section 5.2) is expected. Every other error is a fault.
fn explain(error: RequestTokenError<ureq::Error, BasicErrorResponse>) -> anyhow::Error {
    match error {
        RequestTokenError::ServerResponse(refusal) => anyhow!("{refusal}"),
        error => anyhow!(error).context("asking for a token"),
    }
}
