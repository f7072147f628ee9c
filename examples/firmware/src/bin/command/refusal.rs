//! The reasons why a line is rejected.

use embedded_jwt::Error;

use crate::memory::FlashError;

/// The reason why a command was rejected.
#[derive(Clone, Copy, defmt::Format)]
pub(crate) enum Refusal {
    Token(Error),
    LineTooLong,
    UnknownOutput,
    /// The flash failed. The command may be recorded as used.
    Flash(FlashError),
}

impl Refusal {
    /// Returns the code of the error. Codes from 1000 on are the application's. Lower codes are
    /// those of embedded-jwt.
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

    /// Returns the error code of RFC 6750 section 3.1. RFC 6750 has no code for an error that the
    /// sender did not cause: such an error is `server_error`.
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
