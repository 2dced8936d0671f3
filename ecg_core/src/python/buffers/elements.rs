//! The numbers that buffers hold, and the numbers that they count as.

use pyo3::prelude::*;

use super::half::Half;
use crate::crossings::Sample;
use crate::python::levels::level::Level;
use crate::python::levels::number::{Number, Real};
use crate::python::levels::real::{self, Fault};

/// What a buffer may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F16,
    F32,
    F64,
}

/// Runs an expression with `T` as the type of the numbers of a view.
macro_rules! with_element {
    ($view:expr, $T:ident => $work:expr) => {
        $crate::python::buffers::elements::with_element!($view, $T => $work;
            Bool $crate::python::buffers::elements::Bool, I8 i8, I16 i16, I32 i32, I64 i64, U8 u8, U16 u16, U32 u32,
            U64 u64, F16 $crate::python::buffers::half::Half, F32 f32, F64 f64)
    };
    ($view:expr, $T:ident => $work:expr; $($format:ident $type:ty),*) => {
        match $view.format {
            $($crate::python::buffers::elements::Format::$format => {
                type $T = $type;
                $work
            })*
        }
    };
}
pub(crate) use with_element;

/// A number without invalid bit patterns.
pub(crate) trait Element: Copy + Default + 'static {
    /// A type that has kernels.
    type Counted: Sample;

    /// The number that it counts as, in the same order.
    fn counted(self) -> Self::Counted;

    /// Where a baseline lies among such numbers.
    fn level(baseline: &impl Real) -> Result<Level<Self::Counted>, Fault>;

    /// The number that it is.
    fn number(self) -> Number;

    /// What such a number counts as that is equal to a real one, if there is one.
    fn equal(number: &Bound<'_, PyAny>) -> Result<Option<Self::Counted>, Fault>;
}

/// Implements it for types whose baselines are read by the function `$level`, and other numbers by `$equal`.
macro_rules! elements {
    ($level:ident, $equal:ident, $number:expr; $($type:ident as $counted:ident by $convert:expr),*) => { $(
        impl Element for $type {
            type Counted = $counted;

            #[inline]
            fn counted(self) -> $counted {
                $convert(self)
            }

            fn level(baseline: &impl Real) -> Result<Level<$counted>, Fault> {
                $level::<Self>(baseline)
            }

            fn number(self) -> Number {
                $number(self)
            }

            fn equal(number: &Bound<'_, PyAny>) -> Result<Option<$counted>, Fault> {
                $equal::<Self>(number)
            }
        }
    )* };
}

// flipping the first bit leads from signed to unsigned integers and back, and keeps their order
elements!(integer, exactly, Number::of_integer;
    Bool as u8 by |sample: Self| u8::from(sample.0 != 0),
    i8 as u8 by |sample: Self| sample.cast_unsigned() ^ 1 << 7,
    i16 as i16 by |sample| sample,
    i32 as i32 by |sample| sample,
    i64 as i64 by |sample| sample,
    u8 as u8 by |sample| sample,
    u16 as i16 by |sample: Self| sample.cast_signed() ^ 1 << 15,
    u32 as i32 by |sample: Self| sample.cast_signed() ^ 1 << 31,
    u64 as i64 by |sample: Self| sample.cast_signed() ^ 1 << 63
);
elements!(float, nearest, |sample: Self| Number::of_float(sample.counted());
    Half as f32 by f32::from,
    f32 as f32 by |sample| sample,
    f64 as f64 by |sample| sample
);

/// A number with a fraction.
pub(crate) trait Float: Element {
    /// The nearest number of this type, or an infinity.
    fn nearest(value: f64) -> Self::Counted;
}

impl Float for Half {
    fn nearest(value: f64) -> f32 {
        Self::nearest(value)
    }
}

impl Float for f32 {
    #[expect(clippy::cast_possible_truncation, reason = "it is rounded")]
    fn nearest(value: f64) -> Self {
        value as Self
    }
}

impl Float for f64 {
    fn nearest(value: f64) -> Self {
        value
    }
}

/// A baseline of floats, rounded to their type as NumPy does.
fn float<T: Float>(baseline: &impl Real) -> Result<Level<T::Counted>, Fault> {
    Level::equal(T::nearest(baseline.float()?)).if_finite().ok_or(Fault::Beyond)
}

/// A baseline of integers, exactly.
fn integer<T>(baseline: &impl Real) -> Result<Level<T::Counted>, Fault>
where
    T: Element + TryFrom<i128>,
{
    let (ceiling, above) = baseline.ceiling()?;
    let fitting = |value| T::try_from(value).map(T::counted).map_err(|_| Fault::Beyond);
    if above {
        fitting(ceiling - 1).and(fitting(ceiling)).map(Level::below)
    } else {
        fitting(ceiling).map(Level::equal)
    }
}

/// The integer that a number is.
fn exactly<T>(number: &Bound<'_, PyAny>) -> Result<Option<T::Counted>, Fault>
where
    T: Element + TryFrom<i128>,
{
    let (ceiling, above) = real::ceiling(number)?;
    Ok(T::try_from(ceiling).ok().filter(|_| !above).map(T::counted))
}

/// The float that a number is rounded to, NaN and infinities too.
fn nearest<T: Float>(number: &Bound<'_, PyAny>) -> Result<Option<T::Counted>, Fault> {
    let float = real::any_float(number)?;
    let nearest = T::nearest(float);
    let beyond = float.is_finite() && Level::equal(nearest).if_finite().is_none();
    Ok((!beyond).then_some(nearest))
}

/// False or true: any byte other than 0.
#[derive(Clone, Copy, Default)]
pub(crate) struct Bool(u8);

impl From<Bool> for i128 {
    fn from(value: Bool) -> Self {
        (value.0 != 0).into()
    }
}

impl TryFrom<i128> for Bool {
    type Error = ();

    fn try_from(value: i128) -> Result<Self, ()> {
        match value {
            0 => Ok(Self(0)),
            1 => Ok(Self(1)),
            _ => Err(()),
        }
    }
}
