//! A document that is made of its parts and the signals of a blob between them.

use super::error::BlobError;
use super::header::Entry;
use super::read::{entries_at_most, whole};
use crate::json::write;
use crate::memory::Room;
use crate::text::Text;

/// A document in JSON of which nothing is written yet.
///
/// ```
/// use ecg_core::{Signal, blob};
///
/// let packed = blob::pack(&[Signal::new([12, -3]), Signal::new([])])?;
/// let parts = ["{\"I\":", ",\"II\":", "}"];
/// let document = blob::Document::new(&parts, &packed, 2)?;
/// assert_eq!(document.text()?, br#"{"I":[12,-3],"II":[]}"#);
/// # Ok::<(), blob::BlobError>(())
/// ```
pub struct Document<'a, Part> {
    parts: &'a [Part],
    blob: &'a [u8],
    entries: Vec<Entry>,
}

impl<'a, Part: AsRef<[u8]>> Document<'a, Part> {
    /// That of these parts and the signals of a blob, if they have at most `max_samples` together.
    ///
    /// # Errors
    /// [`BlobError`] if they have more, are not one less than the parts, or the header or the table is damaged.
    pub fn new(parts: &'a [Part], blob: &'a [u8], max_samples: u64) -> Result<Self, BlobError> {
        let entries = entries_at_most(blob, max_samples)?;
        if parts.len() != entries.len() + 1 {
            return Err(BlobError::Parts { signals: entries.len(), parts: parts.len() });
        }
        Ok(Self { parts, blob, entries })
    }

    /// The most bytes that it takes.
    #[must_use]
    pub fn longest(&self) -> usize {
        let parts: usize = self.parts.iter().map(|part| part.as_ref().len()).sum();
        parts + self.entries.iter().map(longest).sum::<usize>()
    }

    /// The document, each signal as [`crate::json::to_json`] returns it.
    ///
    /// # Errors
    /// [`BlobError`] if a single bit of the blob is not as it was written, or there is no memory for the text.
    pub fn text(&self) -> Result<Vec<u8>, BlobError> {
        let mut text = Vec::with_room(self.longest())?;
        self.write(&mut text)?;
        Ok(text)
    }

    /// Appends the document.
    pub(crate) fn write(&self, text: &mut impl Text) -> Result<(), BlobError> {
        for (lead, part) in self.parts.iter().enumerate() {
            text.add(part.as_ref())?;
            if let Some(entry) = self.entries.get(lead) {
                write(whole(self.blob, lead, entry)?.samples(), text)?;
            }
        }
        Ok(())
    }
}

/// The most bytes that the text of a signal takes, with its brackets and commas.
fn longest(entry: &Entry) -> usize {
    let digits = |sample: i32| 1 + sample.unsigned_abs().checked_ilog10().unwrap_or(0) as usize;
    let len = |sample: i32| usize::from(sample < 0) + digits(sample);
    2 + entry.samples as usize * (len(entry.min).max(len(entry.max)) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::pack;
    use crate::signal::Signal;

    #[test]
    fn a_document_is_as_long_as_it_may_be_or_shorter() {
        for sample in [0, 9, 10, -1, -9, -10, i32::MAX, i32::MIN] {
            let packed = pack(&[Signal::new([sample; 300]), Signal::new([])]).unwrap();
            let document = Document::new(&["<", "|", ">"], &packed, 300).unwrap();
            let text = document.text().unwrap();
            let array = vec![sample.to_string(); 300].join(",");
            assert_eq!(String::from_utf8(text.clone()).unwrap(), format!("<[{array}]|[]>"));
            assert_eq!(document.longest(), text.len() + 1, "the last comma");
        }
    }

    #[test]
    fn parts_are_one_more_than_signals() {
        let packed = pack(&[Signal::new([1])]).unwrap();
        for parts in [&[][..], &[""], &["", "", ""]] {
            let error = Document::new(parts, &packed, 1).err();
            assert_eq!(error, Some(BlobError::Parts { signals: 1, parts: parts.len() }));
        }
    }
}
