//! Real numbers of Python among samples: baselines, and what stands for a missing sample.

pub(super) mod baseline;
pub(super) mod level;
pub(super) mod missing;
pub(super) mod number;
pub(super) mod real;
