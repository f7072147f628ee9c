//! What the caller knows of the time, and dates as tokens carry them (RFC 7519 section 2).

/// What is known of the present, in seconds since 1970-01-01 00:00 UTC without leap seconds.
///
/// The crate reads no clock. A device that has none passes what it can vouch for.
///
/// ```
/// use embedded_jwt::Time;
/// // Without a clock, the present is not earlier than the day the firmware was built.
/// const BUILT: Time = Time::AtLeast(1_790_000_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
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

/// Reads a `NumericDate` from a number in its JSON spelling: its whole part, the fraction dropped.
///
/// `None` where it is negative or its whole part does not fit. By digits, because issuers in the field send
/// `1e10` and `1731109279.42`, and a detour through floating point would round.
pub(crate) fn numeric_date(number: &str) -> Option<u64> {
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent),
        None => (number, "0"),
    };
    let (negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => (true, mantissa),
        None => (false, mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || {
        whole
            .bytes()
            .chain(fraction.bytes())
            .map(|digit| u64::from(digit.wrapping_sub(b'0')))
    };
    if digits().all(|digit| digit == 0) {
        return Some(0);
    }
    if negative {
        return None;
    }
    // How many of the digits stand before the decimal point once it has moved. An exponent that fits no
    // i64 moves it beyond every digit that a token can hold.
    let whole_len = i64::try_from(whole.len()).ok()?;
    let shift = exponent.parse().unwrap_or(if exponent.starts_with('-') {
        i64::MIN
    } else {
        i64::MAX
    });
    let wanted = whole_len.saturating_add(shift);
    let zeros = core::iter::repeat(0);
    let mut date = 0u64;
    let mut taken = 0;
    for digit in digits().chain(zeros) {
        if taken >= wanted {
            return Some(date);
        }
        date = date.checked_mul(10)?.checked_add(digit)?;
        taken = taken.saturating_add(1);
    }
    None
}
