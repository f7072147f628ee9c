//! Why a line was not obeyed.

use embedded_jwt::Error;

use crate::memory::FlashError;

/// The reason why a command was rejected.
#[derive(Clone, Copy, defmt::Format)]
pub(crate) enum Refusal {
    Token(Error),
    LineTooLong,
    UnknownOutput,
    /// The flash does not work, and the command may be used up.
    Flash(FlashError),
}

impl Refusal {
    /// Returns the code of the error. The application's codes start at 1000, and those of
    /// embedded-jwt are below.
    pub(crate) fn code(self) -> u16 {
        match self {
            Self::Token(error) => error.code(),
            Self::LineTooLong => 1000,
            Self::UnknownOutput => 1002,
            Self::Flash(_) => 1003,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Token(error) => error.name(),
            Self::LineTooLong => "LineTooLong",
            Self::UnknownOutput => "UnknownOutput",
            Self::Flash(_) => "Flash",
        }
    }

    /// Returns the error code of RFC 6750 section 3.1. There is none for an error that is not the
    /// sender's.
    pub(crate) fn error_code(self) -> &'static str {
        match self {
            Self::Token(error) => embedded_jwt::oauth::Refusal::from(error)
                .error_code()
                .unwrap_or("server_error"),
            Self::Flash(_) => "server_error",
            Self::LineTooLong | Self::UnknownOutput => "invalid_request",
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Token(error)
    }
}

impl From<FlashError> for Refusal {
    fn from(error: FlashError) -> Self {
        Self::Flash(error)
    }
}
