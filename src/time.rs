//! What the caller knows of the time, and dates as tokens carry them (RFC 7519 section 2).

use crate::json::Value;

/// What is known of the present, in seconds since 1970-01-01 00:00 UTC without leap seconds.
///
/// The crate reads no clock. A device that has none passes what it can vouch for.
///
/// A device whose clock may not have been set yet passes [`Time::from_clock`].
///
/// ```
/// use embedded_jwt::Time;
/// // Without a clock, the present is not earlier than the day the firmware was built.
/// const BUILT: Time = Time::AtLeast(1_790_000_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Time {
    /// The present, from a clock that can be trusted.
    Trusted(u64),
    /// A moment that the present is not earlier than: build time, last good time. It proves a token
    /// expired, never fresh.
    AtLeast(u64),
    /// Nothing is known.
    Unknown,
}

impl Time {
    /// The time that a clock shows, if it can be right: a clock cannot be before the moment at which the firmware was built.
    ///
    /// Returns [`Time::Trusted`] from `build_time` on, else [`Time::AtLeast`] with `build_time`. A clock that was never
    /// set (it shows 0, or a day in 1970) then proves no token fresh. As [`Time::Trusted`] it would accept each token that
    /// ever expired, for most tokens say nothing of when they begin.
    ///
    /// ```
    /// use embedded_jwt::Time;
    /// /// Seconds since 1970, by which the release script sets the date of the build.
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

    /// The latest moment that the present is known not to be earlier than.
    pub(crate) const fn lower_bound(self) -> u64 {
        match self {
            Self::Trusted(time) | Self::AtLeast(time) => time,
            Self::Unknown => 0,
        }
    }

    /// The earliest moment that the present is known not to be later than.
    pub(crate) const fn upper_bound(self) -> u64 {
        match self {
            Self::Trusted(time) => time,
            Self::AtLeast(_) | Self::Unknown => u64::MAX,
        }
    }
}

/// The clock of a host, which is trusted. A clock before 1970 was never set, so it gives [`Time::Unknown`].
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

/// A `NumericDate`, to the second.
#[derive(Clone, Copy)]
pub(crate) struct NumericDate {
    whole: u64,
    has_fraction: bool,
}

impl NumericDate {
    /// Reads the value of a claim; `None` where it is not a date.
    pub(crate) fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Number(number) => numeric_date(number),
            _ => None,
        }
    }

    /// The last second that is not behind it.
    pub(crate) const fn rounded_down(self) -> u64 {
        self.whole
    }

    /// The first second that is not before it; behind the last that fits there is none, so that is the last one too.
    pub(crate) const fn rounded_up(self) -> u64 {
        if self.has_fraction {
            self.whole.saturating_add(1)
        } else {
            self.whole
        }
    }
}

/// Reads a `NumericDate` from a number in its JSON spelling.
///
/// `None` where it is negative or its whole part does not fit. By digits, because issuers in the field send
/// `1e10` and `1731109279.42`, and a detour through floating point would round.
fn numeric_date(number: &str) -> Option<NumericDate> {
    // Most dates are digits and nothing else; the plus sign that is read here too stands before no number in JSON.
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
    // How many of the digits stand before the decimal point once it has moved.
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
    // Zeros that are not spelled out; after 20 of them no number but 0 fits.
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

/// A checked product takes several times as long on a core of 32 bits.
const fn times_ten(date: u64) -> Option<u64> {
    if date > u64::MAX / 10 {
        return None;
    }
    Some(date.wrapping_mul(10))
}

/// An exponent; one that fits no `i32` moves the point beyond every digit that a token can hold.
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
