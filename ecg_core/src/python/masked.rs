//! NumPy's masked arrays, which are known without importing NumPy.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

/// What is True for each masked sample, if one is: the buffer has some number in its place.
pub(super) fn mask<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = object.py();
    let module = modules(py)?.get_item(intern!(py, "numpy.ma"))?;
    let class = module.map(|module| module.getattr_opt(intern!(py, "MaskedArray"))).transpose()?;
    let Some(class) = class.flatten() else {
        return Ok(None); // who has a masked array has imported its module
    };
    if !object.is_instance(&class)? {
        return Ok(None);
    }
    let mask = object.getattr(intern!(py, "mask"))?;
    Ok(mask.call_method0(intern!(py, "any"))?.is_truthy()?.then_some(mask))
}

/// The modules that are imported, looked up once: that takes longer than counting a short signal.
fn modules(py: Python<'_>) -> PyResult<&Bound<'_, PyDict>> {
    static MODULES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
    let modules = || Ok(py.import("sys")?.getattr("modules")?.cast_into()?.unbind());
    MODULES.get_or_try_init(py, modules).map(|modules| modules.bind(py))
}
