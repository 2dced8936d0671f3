//! NumPy's masked arrays, which are known without importing NumPy.

use pyo3::intern;
use pyo3::prelude::*;

use super::loaded::is_instance;

/// What is True for each masked sample, if one is: the buffer has some number in its place.
pub(crate) fn mask<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = object.py();
    if !is_instance(object, intern!(py, "numpy.ma"), intern!(py, "MaskedArray"))? {
        return Ok(None);
    }
    let mask = object.getattr(intern!(py, "mask"))?;
    Ok(mask.call_method0(intern!(py, "any"))?.is_truthy()?.then_some(mask))
}
