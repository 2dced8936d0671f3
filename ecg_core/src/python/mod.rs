//! The Python module: arguments in, the GIL released, results and errors out.
#![expect(clippy::doc_markdown, reason = "the docs of what is exported are Python's docstrings")]

mod arguments;
mod array;
mod arrow;
mod axes;
mod baseline;
mod blobs;
mod buffers;
mod counter;
mod counter_state;
mod counting;
mod documents;
mod elements;
mod errors;
mod exporter;
mod finding;
mod frames;
mod gil;
mod half;
mod inputs;
mod lane;
mod lane_counting;
mod level;
mod loaded;
mod masked;
mod memory;
mod missing;
mod numbers;
mod octets;
mod reading;
mod real;
mod rows;
mod samples;
mod several;
mod signal;
mod slices;
mod table;
mod together;
mod unpacking;

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::types::PySequence;

use crate::isa::Isa;

/// The compiled part of `ecg_core`; import its names from there.
#[pymodule]
mod _ecg_core {
    #[pymodule_export]
    use super::blobs::pack;
    #[pymodule_export]
    use super::counter::ZeroCrossingCounter;
    #[pymodule_export]
    use super::counting::count_zero_crossings;
    #[pymodule_export]
    use super::documents::{lift_signals, parse_signal, read_batch};
    #[pymodule_export]
    use super::errors::{BlobError, DecodeError};
    #[pymodule_export]
    use super::finding::{zero_crossings, zero_crossings_mask};
    #[pymodule_export]
    use super::frames::zero_crossing_rate;
    #[pymodule_export]
    use super::reading::Reading;
    #[pymodule_export]
    use super::signal::PySignal;
    #[pymodule_export]
    use super::unpacking::{leads, unpack, unpack_json, unpack_lead};

    #[pymodule_init]
    fn init(module: &super::Bound<'_, super::PyModule>) -> super::PyResult<()> {
        super::PySequence::register::<super::signal::PySignal>(module.py())?;
        super::name_build(module)
    }
}

/// Tells the version, and tests which kernels run; a wrong choice in the environment must not go unnoticed.
fn name_build(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let isa = Isa::chosen().map_err(|error| PyImportError::new_err(error.to_string()))?;
    module.setattr("__version__", env!("CARGO_PKG_VERSION"))?;
    module.setattr("_isa", isa.name())
}
