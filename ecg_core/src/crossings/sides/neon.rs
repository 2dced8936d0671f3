//! NEON: the portable loop, compiled for it.

use super::portable::{self, Samples};
use crate::crossings::kernels::Sample;

#[target_feature(enable = "neon")]
pub(super) fn sides<T: Sample>(samples: &Samples<'_, T>, sides: &mut [i16]) -> bool {
    portable::sides(samples, sides)
}
