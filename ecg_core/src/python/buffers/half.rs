//! Floats of 16 bits, which Rust has not yet.

/// A sign, 5 bits of exponent and 10 of fraction.
#[derive(Clone, Copy, Default)]
pub(crate) struct Half(u16);

const FRACTION: i32 = 10;
const LEAST_EXPONENT: i32 = -14;
const MAX: f64 = 65_504.0;

impl From<Half> for f32 {
    /// Exact, also where the processor takes subnormal numbers for zeros: none of f32 is on the way.
    fn from(Half(bits): Half) -> Self {
        let (sign, rest) = (u32::from(bits >> 15) << 31, bits & 0x7FFF);
        let wide = u32::from(rest) << 13;
        let magnitude = match rest >> FRACTION {
            0 => Self::from(rest) / 16_777_216.0,
            0x1F => Self::from_bits(wide | 0xFF << 23),
            _ => Self::from_bits(wide + ((127 - 15) << 23)),
        };
        Self::from_bits(magnitude.to_bits() | sign)
    }
}

impl Half {
    /// The nearest number of 16 bits, the even one of two, or an infinity.
    #[expect(clippy::cast_possible_truncation, reason = "numbers of 16 bits fit 32")]
    pub(crate) fn nearest(value: f64) -> f32 {
        let exponent = (value.to_bits() >> 52 & 0x7FF) as i32 - 1023;
        let unit = 2_f64.powi(exponent.max(LEAST_EXPONENT) - FRACTION);
        let rounded = (value / unit).round_ties_even() * unit;
        if rounded.abs() > MAX { f32::INFINITY.copysign(value as f32) } else { rounded as f32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widened(bits: u16) -> f32 {
        Half(bits).into()
    }

    #[test]
    fn every_number_is_its_own_nearest() {
        for bits in 0..=u16::MAX {
            let value = widened(bits);
            if value.is_finite() {
                assert_eq!(Half::nearest(value.into()).to_bits(), value.to_bits());
            }
        }
    }

    #[test]
    fn the_order_of_bits_is_that_of_numbers() {
        for bits in 0..0x7C00 {
            assert!(widened(bits) < widened(bits + 1));
            assert!(widened(bits | 0x8000) > widened((bits + 1) | 0x8000));
        }
        assert_eq!(widened(0x7C00).to_bits(), f32::INFINITY.to_bits());
        assert!((0x7C01..=0x7FFF).all(|bits| widened(bits).is_nan() && widened(bits | 0x8000).is_nan()));
    }

    #[test]
    fn known_numbers() {
        for (bits, value) in
            [(0, 0.0), (1, 5.960_464_5e-8), (0x0400, 6.103_515_6e-5), (0x3C00, 1.0), (0xFBFF, -65_504.0)]
        {
            assert_eq!(widened(bits).to_bits(), f32::to_bits(value));
        }
    }

    #[test]
    fn what_lies_between_two_goes_to_the_nearer_or_the_even_one() {
        for bits in 0..0x7BFF_u16 {
            let (low, high) = (f64::from(widened(bits)), f64::from(widened(bits + 1)));
            let middle = f64::midpoint(low, high);
            let even = if bits % 2 == 0 { low } else { high };
            for (value, nearest) in [(middle.next_down(), low), (middle, even), (middle.next_up(), high)] {
                assert_eq!(f64::from(Half::nearest(value)).to_bits(), nearest.to_bits());
                assert_eq!(f64::from(Half::nearest(-value)).to_bits(), (-nearest).to_bits());
            }
        }
        for (value, nearest) in
            [(65_519.999, 65_504.0), (-65_520.0, f32::NEG_INFINITY), (1e300, f32::INFINITY)]
        {
            assert_eq!(Half::nearest(value).to_bits(), nearest.to_bits());
        }
    }
}
