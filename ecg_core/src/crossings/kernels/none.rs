//! No kernels for this machine.

use super::Sample;

impl Sample for u8 {}
impl Sample for i16 {}
impl Sample for i32 {}
impl Sample for i64 {}

impl Sample for f32 {
    fn is_nan(self) -> bool {
        self.is_nan()
    }

    fn is_finite(self) -> bool {
        self.is_finite()
    }
}

impl Sample for f64 {
    fn is_nan(self) -> bool {
        self.is_nan()
    }

    fn is_finite(self) -> bool {
        self.is_finite()
    }
}
