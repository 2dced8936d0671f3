//! Counting in the lanes of buffers, whatever their samples are.

use super::buffers::{Element, Lane};
use crate::crossings::{BLOCK, Crossings, NotANumber, Sample, Signs};
use crate::isa::Isa;

/// Runs an expression with `T` as the type of the samples.
macro_rules! with_sample {
    ($view:expr, $T:ident => $work:expr) => {
        with_sample!($view, $T => $work; U8 u8, I16 i16, I32 i32, I64 i64, F32 f32, F64 f64)
    };
    ($view:expr, $T:ident => $work:expr; $($format:ident $type:ty),*) => {
        match $view.format {
            $($crate::python::buffers::Format::$format => {
                type $T = $type;
                $work
            })*
            _ => Err($view.refused()),
        }
    };
}
pub(super) use with_sample;

/// Samples that are copied together where there are many.
const MANY: usize = 16 * BLOCK;

/// Takes the samples of a lane.
pub(super) fn count<T: Sample + Element>(
    lane: &Lane<'_, T>,
    counter: &mut Crossings,
) -> Result<(), NotANumber> {
    if let Some(run) = lane.run()
        && T::kernel(Isa::current(), run, T::default(), counter)
    {
        return Ok(());
    }
    let each = |from, samples: &[T]| counter.extend(samples).map_err(|nan| nan.after(from));
    if lane.len <= BLOCK { lane.blocks::<BLOCK, _>(each) } else { lane.blocks::<MANY, _>(each) }
}

/// Takes the samples of a lane; `each` gets the index of each block and its crossings.
pub(super) fn advance<T: Sample + Element>(
    lane: &Lane<'_, T>,
    counter: &mut Crossings,
    mut each: impl FnMut(usize, u64),
) -> Result<(), NotANumber> {
    lane.blocks::<BLOCK, _>(|from, block| {
        let signs = Signs::of(block).map_err(|nan| nan.after(from))?;
        each(from, counter.advance(signs));
        Ok(())
    })
}
