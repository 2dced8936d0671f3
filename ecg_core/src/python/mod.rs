//! The Python module: arguments in, the GIL released, results and errors out.
//!
//! - `counting`, `documents`, `blobs`, `signal`: what Python sees
//! - `inputs`: whatever has samples or bytes, made into something with the buffer protocol
//! - `buffers`: the numbers of such buffers
//! - `levels`: baselines and missing samples
//! - `arguments`, `array`, `errors`, `gil`, `memory`: what all of these need
#![expect(clippy::doc_markdown, reason = "the docs of what is exported are Python's docstrings")]

mod arguments;
mod array;
mod blobs;
mod buffers;
mod counting;
mod documents;
mod errors;
mod gil;
mod inputs;
mod levels;
mod memory;
mod signal;

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::types::PySequence;

use crate::isa::Isa;

/// The compiled part of `ecg_core`; import its names from there.
#[pymodule]
mod _ecg_core {
    #[pymodule_export]
    use super::blobs::between::unpack_between;
    #[pymodule_export]
    use super::blobs::opening::open_blob;
    #[pymodule_export]
    use super::blobs::packed::PackedSignal;
    #[pymodule_export]
    use super::blobs::packing::pack;
    #[pymodule_export]
    use super::blobs::unpacking::{leads, unpack, unpack_json, unpack_lead};
    #[pymodule_export]
    use super::counting::count::count_zero_crossings;
    #[pymodule_export]
    use super::counting::counter::ZeroCrossingCounter;
    #[pymodule_export]
    use super::counting::finding::{zero_crossings, zero_crossings_mask};
    #[pymodule_export]
    use super::counting::frames::zero_crossing_rate;
    #[pymodule_export]
    use super::documents::reading::Reading;
    #[pymodule_export]
    use super::documents::{lift_signals, parse_signal, read_batch};
    #[pymodule_export]
    use super::errors::{BlobError, DecodeError};
    #[pymodule_export]
    use super::signal::PySignal;

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
