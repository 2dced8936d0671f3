//! Rules of zero crossings by the names that Python gives them.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::crossings::ZeroRule;

/// The rule with this name.
pub(super) fn zero_rule(zeros: &str) -> PyResult<ZeroRule> {
    ZeroRule::named(zeros).ok_or_else(|| {
        let names = ZeroRule::NAMES.map(|(name, _)| name).join(", ");
        PyValueError::new_err(format!("zeros must be one of {names}; got {zeros:?}"))
    })
}

/// The name of a rule.
pub(super) fn name(rule: ZeroRule) -> &'static str {
    ZeroRule::NAMES.iter().find(|(_, known)| *known == rule).map_or("", |(name, _)| name)
}
