//! What the caller knows about the time, and the dates in tokens (RFC 7519 section 2).

use crate::json::Value;

/// What is known about the present, in seconds since 1970-01-01 00:00 UTC without leap seconds.
///
/// The crate reads no clock. A device without a clock passes what it knows for certain.
///
/// A device whose clock may not be set yet passes [`Time::from_clock`].
///
/// ```
/// use embedded_jwt::Time;
/// // Without a clock, the present is not earlier than the day when the firmware was built.
/// const BUILT: Time = Time::AtLeast(1_790_000_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Time {
    /// The present, from a trusted clock.
    Trusted(u64),
    /// The present is this moment or later. The moment is, for example, the build time or the last
    /// known time. It can prove that a token has expired, but never that a token is valid now.
    AtLeast(u64),
    /// Nothing is known about the present.
    Unknown,
}

impl Time {
    /// Returns [`Time::Trusted`] with `now` if it is not before `build_time`. Otherwise the clock
    /// is wrong, and the result is [`Time::AtLeast`] with `build_time`.
    ///
    /// A clock that was never set shows a time in 1970. As [`Time::Trusted`], that time would
    /// accept every expired token that has neither `iat` nor `nbf`. As [`Time::AtLeast`], it proves
    /// no token valid.
    ///
    /// ```
    /// use embedded_jwt::Time;
    /// /// Seconds since 1970. The release script sets it to the date of the build.
    /// const BUILD_TIME: u64 = 1_790_000_000;
    /// assert_eq!(Time::from_clock(1_790_000_600, BUILD_TIME), Time::Trusted(1_790_000_600));
    /// // The clock was not set since the last reset.
    /// assert_eq!(Time::from_clock(17, BUILD_TIME), Time::AtLeast(BUILD_TIME));
    /// ```
    #[must_use]
    pub const fn from_clock(now: u64, build_time: u64) -> Self {
        if now < build_time {
            Self::AtLeast(build_time)
        } else {
            Self::Trusted(now)
        }
    }

    /// Returns the latest moment that is known not to be after the present.
    pub(crate) const fn lower_bound(self) -> u64 {
        match self {
            Self::Trusted(time) | Self::AtLeast(time) => time,
            Self::Unknown => 0,
        }
    }

    /// Returns the earliest moment that is known not to be before the present.
    pub(crate) const fn upper_bound(self) -> u64 {
        match self {
            Self::Trusted(time) => time,
            Self::AtLeast(_) | Self::Unknown => u64::MAX,
        }
    }
}

/// Converts the clock of a host, which is trusted. A clock before 1970 was never set, so it gives
/// [`Time::Unknown`].
///
/// ```
/// use embedded_jwt::Time;
/// let now = Time::from(std::time::SystemTime::now());
/// assert!(matches!(now, Time::Trusted(1_700_000_000..)));
/// ```
#[cfg(feature = "std")]
impl From<std::time::SystemTime> for Time {
    fn from(now: std::time::SystemTime) -> Self {
        match now.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => Self::Trusted(since.as_secs()),
            Err(_) => Self::Unknown,
        }
    }
}

/// A `NumericDate` with a resolution of one second.
#[derive(Clone, Copy)]
pub(crate) struct NumericDate {
    whole: u64,
    has_fraction: bool,
}

impl NumericDate {
    /// Reads the value of a claim. Returns `None` if it is not a date.
    pub(crate) fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Number(number) => numeric_date(number),
            _ => None,
        }
    }

    /// Returns the last whole second that is not after the date.
    pub(crate) const fn rounded_down(self) -> u64 {
        self.whole
    }

    /// Returns the first whole second that is not before the date. If it does not fit, returns
    /// `u64::MAX`.
    pub(crate) const fn rounded_up(self) -> u64 {
        if self.has_fraction {
            self.whole.saturating_add(1)
        } else {
            self.whole
        }
    }
}

/// Parses a `NumericDate` from a number in its JSON spelling.
///
/// Returns `None` if it is negative or its whole part does not fit into a `u64`. The digits are
/// read one by one. Issuers in the field send `1e10` and `1731109279.42`, and floating point would
/// round.
fn numeric_date(number: &str) -> Option<NumericDate> {
    // Most dates are only digits. `parse` also reads a plus sign, but no number in JSON starts with
    // one.
    if let Ok(whole) = number.parse() {
        return Some(NumericDate {
            whole,
            has_fraction: false,
        });
    }
    let digits = number.strip_prefix('-').unwrap_or(number).as_bytes();
    let is_negative = digits.len() < number.len();
    let (mantissa, exponent) = match digits.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (
            digits.get(..at)?,
            exponent(digits.get(at.wrapping_add(1)..)?),
        ),
        None => (digits, 0),
    };
    let point = mantissa.iter().position(|byte| *byte == b'.');
    // The number of digits before the decimal point, after the exponent has moved the point.
    let whole_len = point.unwrap_or(mantissa.len());
    let mut wanted = i32::try_from(whole_len).ok()?.saturating_add(exponent);
    let mut whole = 0u64;
    let mut has_fraction = false;
    for digit in mantissa.iter().filter(|byte| **byte != b'.') {
        let digit = digit.wrapping_sub(b'0');
        if wanted > 0 {
            whole = times_ten(whole)?.checked_add(u64::from(digit))?;
        } else {
            has_fraction |= digit != 0;
        }
        wanted = wanted.saturating_sub(1);
    }
    // These zeros come from the exponent. After 20 of them, every number except 0 is too large.
    while wanted > 0 && whole > 0 {
        whole = times_ten(whole)?;
        wanted = wanted.wrapping_sub(1);
    }
    let is_zero = whole == 0 && !has_fraction;
    (is_zero || !is_negative).then_some(NumericDate {
        whole,
        has_fraction,
    })
}

/// Returns ten times `date`, or `None` if it does not fit. A checked product takes several times as
/// long on a 32-bit core.
const fn times_ten(date: u64) -> Option<u64> {
    if date > u64::MAX / 10 {
        return None;
    }
    Some(date.wrapping_mul(10))
}

/// Parses an exponent. A value that does not fit into an `i32` saturates: it moves the point beyond
/// every digit that a token can hold.
fn exponent(digits: &[u8]) -> i32 {
    let (is_negative, digits) = match digits {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    let exponent = digits.iter().fold(0i32, |exponent, digit| {
        let digit = i32::from(digit.wrapping_sub(b'0'));
        exponent.saturating_mul(10).saturating_add(digit)
    });
    if is_negative {
        exponent.saturating_neg()
    } else {
        exponent
    }
}
