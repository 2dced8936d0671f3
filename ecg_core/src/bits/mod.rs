//! One bit per item of a block. Only `places` and `spread` choose: otherwise each kernel calls what fits its instructions.

#[cfg(target_arch = "x86_64")]
pub(crate) mod movemask;
#[cfg(target_arch = "aarch64")]
pub(crate) mod neon;
#[cfg(any(test, feature = "python"))]
pub(crate) mod places;
pub(crate) mod portable;
#[cfg(any(test, feature = "python"))]
pub(crate) mod positions;
#[cfg(any(test, feature = "python"))]
pub(crate) mod spread;
