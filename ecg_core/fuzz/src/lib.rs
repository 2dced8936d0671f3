//! What the fuzz targets share.

pub mod forged;
mod members;
pub mod msgpack;
pub mod oracle;
pub mod rules;
mod tokens;
pub mod verdict;

use std::fmt::Debug;

use ecg_core::internals::Isa;

/// What some work returns.
///
/// # Panics
/// If it is not the same with all instructions of this machine.
pub fn on_every_isa<T: PartialEq + Debug>(work: impl Fn() -> T) -> T {
    Isa::SCALAR.force();
    let expected = work();
    for isa in Isa::available().filter(|&isa| isa != Isa::SCALAR) {
        isa.force();
        assert_eq!(work(), expected, "{isa:?} differs");
    }
    expected
}
