//! What the table of leads says, without a look at the samples.

use super::error::BlobError;
use super::header::{self, Entry};
use crate::memory::collected;

/// What the table says of a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lead {
    /// How many samples it has.
    pub samples: u32,
    /// The smallest sample, if there is any.
    pub minimum: Option<i32>,
    /// The largest sample, if there is any.
    pub maximum: Option<i32>,
    /// Its zero crossings by the rule `Neutral`, of baseline 0.
    pub crossings: u32,
}

impl From<&Entry> for Lead {
    fn from(entry: &Entry) -> Self {
        let known = |sample| (entry.samples > 0).then_some(sample);
        let (minimum, maximum) = (known(entry.min), known(entry.max));
        Self { samples: entry.samples, minimum, maximum, crossings: entry.crossings }
    }
}

/// The leads of a blob. Unpacking verifies what is said of them, this does not.
///
/// ```
/// use ecg_core::{Signal, blob};
///
/// let leads = blob::leads(&blob::pack(&[Signal::new([1030, 1020]), Signal::new([])])?)?;
/// assert_eq!((leads[0].samples, leads[0].minimum, leads[0].crossings), (2, Some(1020), 0));
/// assert_eq!((leads[1].samples, leads[1].minimum), (0, None));
/// # Ok::<(), blob::BlobError>(())
/// ```
///
/// # Errors
/// [`BlobError`] if the header or the table is damaged.
pub fn leads(blob: &[u8]) -> Result<Vec<Lead>, BlobError> {
    collected(header::read(blob)?.iter().map(|entry| Ok(Lead::from(entry))))
}
