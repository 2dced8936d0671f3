//! Eight digits in one register.

pub(super) const ZEROS: u64 = 0x3030_3030_3030_3030;

/// Eight digits, the most significant in the lowest byte: neighbours are joined to pairs, then fours.
pub(super) fn decimal(digits: u64) -> u32 {
    let pairs = (digits * 10 + (digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    let eight = fours * 10_000 + (fours >> 32);
    (eight & 0xFFFF_FFFF) as u32
}

/// Without a branch: signs of an ECG are hard to predict.
#[expect(clippy::cast_possible_wrap, reason = "eight digits fit 27 bits")]
pub(super) fn signed(value: u32, negative: bool) -> i32 {
    let sign = -i32::from(negative);
    (value as i32 ^ sign) - sign
}
