//! Counters of parts that follow each other.

use std::fmt;

use super::counter::Crossings;

/// Two counters have different rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DifferentRules;

impl fmt::Display for DifferentRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the counters have different rules")
    }
}

impl std::error::Error for DifferentRules {}

impl Crossings {
    /// Appends what another counter saw directly after this one.
    ///
    /// ```
    /// use ecg_core::crossings::{Crossings, ZeroRule};
    ///
    /// let (mut left, mut right) = (Crossings::new(ZeroRule::Neutral), Crossings::new(ZeroRule::Neutral));
    /// left.extend(&[5, 5])?;
    /// right.extend(&[-5, 5])?;
    /// left.merge(&right)?;
    /// assert_eq!(left.count(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`DifferentRules`] if it has another rule; nothing is appended then.
    pub fn merge(&mut self, after: &Self) -> Result<(), DifferentRules> {
        if self.rule() != after.rule() {
            return Err(DifferentRules);
        }
        self.append(after);
        Ok(())
    }
}
