//! Which instructions the kernels use: the best of this machine, or those that `ECG_CORE_ISA` names.
//!
//! Kernels are functions of one name in the modules `portable`, `avx2`, `avx512` and `neon` of one folder, whose
//! `mod.rs` calls them with [`dispatch`].

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

/// Calls the function of this name that is made for an [`Isa`], out of the modules where the macro is used.
macro_rules! dispatch {
    ($isa:expr, $function:ident($($argument:expr),* $(,)?)) => {{
        #[cfg_attr(
            any(target_arch = "x86_64", target_arch = "aarch64"),
            expect(unsafe_code, reason = "the machine must have the instructions")
        )]
        let answer = match $isa.kind() {
            $crate::isa::Kind::Scalar => portable::$function($($argument),*),
            // SAFETY: an `Isa` comes from detecting its instructions.
            #[cfg(target_arch = "x86_64")]
            $crate::isa::Kind::Avx2 => unsafe { avx2::$function($($argument),*) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            $crate::isa::Kind::Avx512 => unsafe { avx512::$function($($argument),*) },
            // SAFETY: as above.
            #[cfg(target_arch = "aarch64")]
            $crate::isa::Kind::Neon => unsafe { neon::$function($($argument),*) },
        };
        answer
    }};
}
pub(crate) use dispatch;

/// The environment variable that forces one, so that each path can be tested on one machine.
const VARIABLE: &str = "ECG_CORE_ISA";

/// A set of instructions for which there are kernels and that this machine has: nothing else makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Isa(Kind);

/// The kinds of kernels, the fastest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What every machine of this architecture has: the portable kernels.
    Scalar,
    /// NEON, which every 64-bit ARM has.
    #[cfg(target_arch = "aarch64")]
    Neon,
    /// AVX2 and BMI2.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512 with VBMI2, and GFNI.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

const KINDS: &[Kind] = &[
    Kind::Scalar,
    #[cfg(target_arch = "aarch64")]
    Kind::Neon,
    #[cfg(target_arch = "x86_64")]
    Kind::Avx2,
    #[cfg(target_arch = "x86_64")]
    Kind::Avx512,
];

/// The place in [`KINDS`] of those in use; outside of it before they are asked for.
static CURRENT: AtomicU8 = AtomicU8::new(UNDECIDED);
const UNDECIDED: u8 = u8::MAX;

/// `ECG_CORE_ISA` names instructions that are unknown, or that this machine lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable {
    name: String,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = Isa::available().map(Isa::name).collect();
        write!(f, "{VARIABLE} must be one of {} on this machine; got {:?}", names.join(", "), self.name)
    }
}

impl std::error::Error for Unavailable {}

impl Isa {
    /// What every machine has.
    pub const SCALAR: Self = Self(Kind::Scalar);

    /// What the kernels use, decided once unless it is [forced](Self::force).
    ///
    /// # Errors
    /// [`Unavailable`] if the environment asks for what is not there; the kernels are scalar then.
    pub fn chosen() -> Result<Self, Unavailable> {
        Self::decided().clone().map(|_| Self::current())
    }

    /// Makes all kernels of this process use it from here on, whatever was decided: to compare them.
    pub fn force(self) {
        CURRENT.store(self.0 as u8, Ordering::Relaxed);
    }

    pub(crate) fn current() -> Self {
        let current = KINDS.get(usize::from(CURRENT.load(Ordering::Relaxed)));
        current.map_or_else(Self::first, |&kind| Self(kind))
    }

    #[cold]
    fn first() -> Self {
        let Self(kind) = *Self::decided().as_ref().unwrap_or(&Self::SCALAR);
        // another thread may have forced one
        let _ = CURRENT.compare_exchange(UNDECIDED, kind as u8, Ordering::Relaxed, Ordering::Relaxed);
        Self::current()
    }

    fn decided() -> &'static Result<Self, Unavailable> {
        static DECIDED: OnceLock<Result<Isa, Unavailable>> = OnceLock::new();
        DECIDED.get_or_init(|| match std::env::var_os(VARIABLE).filter(|name| !name.is_empty()) {
            None => Ok(Self::available().last().unwrap_or(Self::SCALAR)),
            Some(name) => Self::named(&name.to_string_lossy()),
        })
    }

    fn named(name: &str) -> Result<Self, Unavailable> {
        let found = Self::available().find(|isa| isa.name() == name);
        found.ok_or_else(|| Unavailable { name: name.into() })
    }

    /// All that this machine has, the fastest last.
    pub fn available() -> impl Iterator<Item = Self> {
        KINDS.iter().copied().filter(|kind| kind.detected()).map(Self)
    }

    pub(crate) fn kind(self) -> Kind {
        self.0
    }

    /// Its name in the environment.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Scalar => "scalar",
            #[cfg(target_arch = "aarch64")]
            Kind::Neon => "neon",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "avx512",
        }
    }
}

impl Kind {
    #[cfg(target_arch = "x86_64")]
    fn detected(self) -> bool {
        macro_rules! all {
            ($($feature:tt),*) => { $(is_x86_feature_detected!($feature))&&* };
        }
        let avx2 = || all!("avx2", "bmi1", "bmi2", "lzcnt", "popcnt");
        match self {
            Self::Scalar => true,
            Self::Avx2 => avx2(),
            Self::Avx512 => avx2() && all!("avx512f", "avx512bw", "avx512vbmi", "avx512vbmi2", "gfni"),
        }
    }

    #[cfg(target_arch = "aarch64")]
    fn detected(self) -> bool {
        self == Self::Scalar || std::arch::is_aarch64_feature_detected!("neon")
    }

    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    fn detected(self) -> bool {
        self == Self::Scalar
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_what_the_machine_has() {
        for isa in Isa::available() {
            assert_eq!(Isa::named(isa.name()), Ok(isa));
        }
        let message = Isa::named("mmx").unwrap_err().to_string();
        assert!(message.starts_with("ECG_CORE_ISA must be one of scalar"), "{message}");
        assert!(message.ends_with("got \"mmx\""), "{message}");
    }

    #[test]
    #[cfg(target_arch = "aarch64")]
    fn no_64_bit_arm_is_without_neon() {
        assert_eq!(Isa::named("neon"), Ok(Isa(Kind::Neon)));
    }
}
