//! Classes of modules of Python that are known without importing them.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString};

/// Whether an object is of a class; who has such an object has imported its module.
pub(crate) fn is_instance(
    object: &Bound<'_, PyAny>,
    module: &Bound<'_, PyString>,
    class: &Bound<'_, PyString>,
) -> PyResult<bool> {
    known(module, class)?.map_or(Ok(false), |class| object.is_instance(&class))
}

fn known<'py>(
    module: &Bound<'py, PyString>,
    class: &Bound<'py, PyString>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let module = modules(module.py())?.get_item(module)?;
    Ok(module.map(|module| module.getattr_opt(class)).transpose()?.flatten())
}

/// Whether something is an array of NumPy's own class, of which each array is nothing but its numbers.
pub(crate) fn is_plain_array(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    let class = known(intern!(object.py(), "numpy"), intern!(object.py(), "ndarray"))?;
    Ok(class.is_some_and(|class| object.get_type().is(&class)))
}

/// Whether something has a type of NumPy's.
pub(crate) fn is_dtype(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    is_instance(object, intern!(object.py(), "numpy"), intern!(object.py(), "dtype"))
}

/// The modules that are imported, looked up once: that takes longer than counting a short signal.
fn modules(py: Python<'_>) -> PyResult<&Bound<'_, PyDict>> {
    static MODULES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
    let modules = || Ok(py.import("sys")?.getattr("modules")?.cast_into()?.unbind());
    MODULES.get_or_try_init(py, modules).map(|modules| modules.bind(py))
}
