//! The parts of a request that carry the credentials, and that a DPoP proof covers.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, Method, Uri, header, request::Parts},
};
use embedded_jwt::{Error, oauth::Scheme};

/// The method, the URI and the header fields of a request. Nothing in them is verified yet.
pub(crate) struct Caller {
    pub(crate) method: Method,
    uri: Uri,
    headers: HeaderMap,
}

impl Caller {
    pub(crate) fn authorization(&self) -> Result<Option<&[u8]>, Error> {
        self.field(header::AUTHORIZATION.as_str())
    }

    /// Returns the DPoP proof. Returns an empty text if the request has no `DPoP` field.
    pub(crate) fn proof(&self) -> Result<&[u8], Error> {
        Ok(self.field("dpop")?.unwrap_or_default())
    }

    /// Returns the scheme of the credentials. Returns `Bearer` if the request has no credentials.
    pub(crate) fn scheme(&self) -> Scheme {
        match self.authorization() {
            Ok(Some(field)) if Scheme::Dpop.token(field) != Err(Error::UnsupportedScheme) => {
                Scheme::Dpop
            }
            _ => Scheme::Bearer,
        }
    }

    /// Returns the target URI of the request. `url` is the URL of the server.
    pub(crate) fn uri_at(&self, url: &str) -> String {
        format!("{}{}", url.trim_end_matches('/'), self.uri.path())
    }

    /// Returns the value of a header field. A field that occurs more than once is an error.
    fn field(&self, name: &str) -> Result<Option<&[u8]>, Error> {
        let mut fields = self.headers.get_all(name).iter();
        let field = fields.next();
        match fields.next() {
            None => Ok(field.map(HeaderValue::as_bytes)),
            Some(_) => Err(Error::SeveralCredentials),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self {
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            headers: parts.headers.clone(),
        })
    }
}
