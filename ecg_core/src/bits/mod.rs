//! One bit per item of a block. Only `spread` chooses: otherwise each kernel calls what fits its instructions.

#[cfg(target_arch = "aarch64")]
pub(crate) mod neon;
pub(crate) mod portable;
#[cfg(any(test, feature = "python"))]
pub(crate) mod spread;
