//! Whether two numbers are a point of P-256. `const`, so that a
//! key in flash is checked by the compiler; slow and simple, because a key is made once. Only public
//! data goes through here, so its time may depend on it.
//!
//! Curve and constants: NIST SP 800-186 section 3.2.1.3.

/// A number below 2^256.
#[derive(Clone, Copy)]
struct U256 {
    high: u128,
    low: u128,
}

/// The prime of the field.
const P: U256 = U256 {
    high: 0xffff_ffff_0000_0001_0000_0000_0000_0000,
    low: 0x0000_0000_ffff_ffff_ffff_ffff_ffff_ffff,
};
/// The constant of the curve y^2 = x^3 - 3x + b.
const B: U256 = U256 {
    high: 0x5ac6_35d8_aa3a_93e7_b3eb_bd55_7698_86bc,
    low: 0x651d_06b0_cc53_b0f6_3bce_3c3e_27d2_604b,
};
const ZERO: U256 = U256 { high: 0, low: 0 };

impl U256 {
    const fn from_be_bytes(bytes: &[u8; 32]) -> Self {
        match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(high), Some(low)) => Self {
                high: u128::from_be_bytes(*high),
                low: u128::from_be_bytes(*low),
            },
            _ => ZERO,
        }
    }

    const fn is_zero(self) -> bool {
        self.high == 0 && self.low == 0
    }

    const fn is_below(self, other: Self) -> bool {
        self.high < other.high || (self.high == other.high && self.low < other.low)
    }

    /// The sum modulo 2^256, and whether it went over.
    const fn overflowing_add(self, other: Self) -> (Self, bool) {
        let (low, carry) = self.low.overflowing_add(other.low);
        let (high, over) = self.high.overflowing_add(other.high);
        let (high, over_by_carry) = if carry {
            high.overflowing_add(1)
        } else {
            (high, false)
        };
        (Self { high, low }, over || over_by_carry)
    }

    /// The difference modulo 2^256.
    const fn wrapping_sub(self, other: Self) -> Self {
        let (low, borrow) = self.low.overflowing_sub(other.low);
        let high = self.high.wrapping_sub(other.high);
        Self {
            high: if borrow { high.wrapping_sub(1) } else { high },
            low,
        }
    }

    /// The sum in the field, of two of its elements.
    const fn add(self, other: Self) -> Self {
        let (sum, over) = self.overflowing_add(other);
        if over || !sum.is_below(P) {
            sum.wrapping_sub(P)
        } else {
            sum
        }
    }

    /// The difference in the field, of two of its elements.
    const fn sub(self, other: Self) -> Self {
        if other.is_zero() {
            self
        } else {
            self.add(P.wrapping_sub(other))
        }
    }

    /// The product in the field, of two of its elements: double and add, from the top bit down.
    const fn mul(self, other: Self) -> Self {
        times(other.low, self, times(other.high, self, ZERO))
    }
}

/// `sum * 2^128 + bits * factor` in the field.
const fn times(bits: u128, factor: U256, mut sum: U256) -> U256 {
    let mut bit = 1 << 127;
    while bit != 0 {
        sum = sum.add(sum);
        if bits & bit != 0 {
            sum = sum.add(factor);
        }
        bit >>= 1;
    }
    sum
}

/// Whether x and y are the coordinates of a point. Infinity has none.
pub(super) const fn is_on_curve(x: &[u8; 32], y: &[u8; 32]) -> bool {
    let (x, y) = (U256::from_be_bytes(x), U256::from_be_bytes(y));
    if !x.is_below(P) || !y.is_below(P) {
        return false;
    }
    let right = x.mul(x).mul(x).sub(x).sub(x).sub(x).add(B);
    y.mul(y).sub(right).is_zero()
}
