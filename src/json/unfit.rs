//! The error of the reader: why a value does not fit its type.

use core::fmt;

use serde::de::{self, Expected, Unexpected};

use crate::error::Misfit;

/// A value that does not fit its type. serde's message is dropped, because there is no memory for
/// it.
#[derive(Debug)]
pub(super) struct Unfit {
    pub(super) reason: Misfit,
    pub(super) field: Option<&'static str>,
}

impl Unfit {
    const fn new(reason: Misfit) -> Self {
        let field = None;
        Self { reason, field }
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value does not fit the type")
    }
}

impl core::error::Error for Unfit {}

impl de::Error for Unfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::new(Misfit::Other)
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::new(Misfit::Type)
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::new(Misfit::Value)
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self::new(Misfit::Length)
    }

    fn unknown_variant(_: &str, _: Fields) -> Self {
        Self::new(Misfit::UnknownVariant)
    }

    fn unknown_field(_: &str, _: Fields) -> Self {
        Self::new(Misfit::UnknownField)
    }

    fn missing_field(field: &'static str) -> Self {
        let (reason, field) = (Misfit::Missing, Some(field));
        Self { reason, field }
    }

    fn duplicate_field(field: &'static str) -> Self {
        let (reason, field) = (Misfit::Duplicate, Some(field));
        Self { reason, field }
    }
}

pub(super) const TYPE: Unfit = Unfit::new(Misfit::Type);
pub(super) const VALUE: Unfit = Unfit::new(Misfit::Value);
pub(super) const LENGTH: Unfit = Unfit::new(Misfit::Length);

pub(super) type Result<T> = core::result::Result<T, Unfit>;

/// The names of a struct's fields, as serde passes them.
pub(super) type Fields = &'static [&'static str];
