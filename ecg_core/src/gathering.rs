//! Samples that come one after the other: all are kept, or they are handed on in runs.

use crate::memory::{OutOfMemory, Room};
use crate::signal::Signal;

/// What samples become that are read in order.
pub trait Gathered: Sized {
    /// The most samples that are in memory at once, but for a few; more are handed on in runs of so many.
    const RUN: usize;
    /// What became of the runs so far.
    type Runs: Default;

    /// Takes a run, behind which more samples come.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    fn add(runs: &mut Self::Runs, run: &[i32]) -> Result<(), OutOfMemory>;

    /// What the runs and the samples behind them are together.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    fn made(runs: Self::Runs, rest: Vec<i32>) -> Result<Self, OutOfMemory>;

    /// How many samples there are.
    fn size(&self) -> usize;
}

impl Gathered for Signal {
    const RUN: usize = usize::MAX;
    type Runs = ();

    fn add((): &mut (), _: &[i32]) -> Result<(), OutOfMemory> {
        Ok(()) // no memory has so many
    }

    fn made((): (), samples: Vec<i32>) -> Result<Self, OutOfMemory> {
        Self::try_new(samples)
    }

    fn size(&self) -> usize {
        self.samples().len()
    }
}

/// Samples on their way.
pub(crate) struct Gathering<G: Gathered> {
    /// Those that were not handed on yet.
    pub(crate) samples: Vec<i32>,
    /// How many were.
    before: usize,
    runs: G::Runs,
}

impl<G: Gathered> Gathering<G> {
    pub(crate) fn new(samples: Vec<i32>) -> Self {
        Self { samples, before: 0, runs: G::Runs::default() }
    }

    /// A gathering for so many samples.
    pub(crate) fn with_room(len: usize) -> Result<Self, OutOfMemory> {
        Ok(Self::new(Vec::with_room(len.min(G::RUN.saturating_add(1)))?))
    }

    /// How many samples have come.
    pub(crate) fn len(&self) -> usize {
        self.before + self.samples.len()
    }

    /// Hands on whole runs, if with so many more there are samples behind them.
    #[inline]
    pub(crate) fn settle(&mut self, more: usize) -> Result<(), OutOfMemory> {
        if self.samples.len() + more <= G::RUN {
            return Ok(());
        }
        let mut settled = 0;
        while self.samples.len() - settled >= G::RUN && self.samples.len() - settled + more > G::RUN {
            G::add(&mut self.runs, &self.samples[settled..settled + G::RUN])?;
            settled += G::RUN;
        }
        self.before += settled;
        self.samples.drain(..settled);
        Ok(())
    }

    pub(crate) fn made(mut self) -> Result<G, OutOfMemory> {
        self.settle(0)?;
        G::made(self.runs, self.samples)
    }
}
