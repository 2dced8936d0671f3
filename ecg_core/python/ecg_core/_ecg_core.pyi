import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import (
    Any,
    ClassVar,
    Literal,
    Never,
    Protocol,
    SupportsFloat,
    SupportsIndex,
    TypeAlias,
    final,
    overload,
)

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Buffer

from ecg_core.zero_rule import ZeroRule

class _ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: object = None, /) -> tuple[object, object]: ...

class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object = None, /) -> object: ...

class _Array(Protocol):
    def __array__(self) -> NDArray[Any]: ...

class _Tensor(Protocol):
    def __dlpack__(self) -> object: ...
    def __dlpack_device__(self) -> tuple[int, int]: ...

# NumPy's stubs give arrays `__buffer__` from Python 3.12 on only.
_Together: TypeAlias = Buffer | NDArray[Any] | _ArrowArray | _ArrowStream | _Array | _Tensor
_Samples: TypeAlias = _Together | Iterable[SupportsIndex | SupportsFloat]
_Integers: TypeAlias = _Together | Iterable[SupportsIndex]
_Lane: TypeAlias = (
    Signal
    | array[Any]
    | np.ndarray[tuple[int], np.dtype[Any]]
    | _ArrowArray
    | _ArrowStream
    | list[int]
    | list[float]
    | tuple[float, ...]
)
_Lanes: TypeAlias = np.ndarray[tuple[int, int, *tuple[int, ...]], np.dtype[Any]]
# Only a shape that nobody knows is one of four that no number can be.
_Unshaped: TypeAlias = np.ndarray[tuple[Never, Never, Never, Never], np.dtype[Any]]

_Real: TypeAlias = SupportsFloat | SupportsIndex
_Reals: TypeAlias = _Real | NDArray[Any] | Sequence[_Real | Sequence[_Real]]
_Bytes: TypeAlias = Buffer | NDArray[np.uint8]

__all__ = [
    "BlobError",
    "DecodeError",
    "PackedSignal",
    "Reading",
    "Signal",
    "ZeroCrossingCounter",
    "_leads",
    "count_zero_crossings",
    "lift_signals",
    "open_blob",
    "pack",
    "parse_signal",
    "read_batch",
    "unpack",
    "unpack_between",
    "unpack_json",
    "unpack_lead",
    "zero_crossing_rate",
    "zero_crossings",
    "zero_crossings_mask",
]

__version__: str

class DecodeError(ValueError):
    code: Literal[
        "syntax",
        "trailing",
        "encoding",
        "depth",
        "duplicate_key",
        "not_an_array",
        "not_an_integer",
        "out_of_range",
        "too_many_signals",
        "unsupported",
        "wrong_encoding",
        "wrong_length",
    ]
    offset: int
    pointer: str

class BlobError(ValueError): ...

@final
class Signal(Sequence[int], Buffer):
    def __new__(cls, samples: _Integers, *, missing: int | None = None) -> Signal: ...
    @property
    def minimum(self) -> int | None: ...
    @property
    def maximum(self) -> int | None: ...
    def extremes(self, *, missing: _Real | None = None) -> tuple[int, int] | None: ...
    def count_zero_crossings(
        self, *, zeros: ZeroRule = "neutral", baseline: _Real = 0, missing: _Real | None = None
    ) -> int: ...
    @property
    def nbytes(self) -> int: ...
    def average(self, *, baseline: _Real = 0, missing: _Real | None = None) -> float: ...
    def rms(self, *, baseline: _Real = 0, missing: _Real | None = None) -> float: ...
    def mean_and_rms(
        self, *, baseline: _Real = 0, missing: _Real | None = None
    ) -> tuple[float, float]: ...
    def thin(
        self, max_points: int, /, *, missing: _Real | None = None
    ) -> tuple[Signal, Signal]: ...
    def to_json(self) -> bytes: ...
    def to_bytes(self, encoding: Literal["i16le", "i32le"], /) -> bytes: ...
    def to_list(self) -> list[int]: ...
    def to_numpy(self) -> NDArray[np.int32]: ...
    def index(self, value: object, start: int | None = 0, stop: int | None = None, /) -> int: ...
    def count(self, value: object, /) -> int: ...
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, key: SupportsIndex, /) -> int: ...
    @overload
    def __getitem__(self, key: slice, /) -> Signal: ...
    def __iter__(self) -> Iterator[int]: ...
    def __contains__(self, value: object, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Signal: ...
    def __deepcopy__(self, memo: object, /) -> Signal: ...
    def __sizeof__(self) -> int: ...
    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]: ...
    if sys.version_info >= (3, 12):
        def __buffer__(self, flags: int, /) -> memoryview: ...

    def __reduce__(self) -> tuple[Any, tuple[bytes, int]]: ...

@final
class PackedSignal:
    def unpack(self) -> Signal: ...
    def to_json(self) -> bytes: ...
    def count(self, value: int, /) -> int: ...
    def extremes(self, *, missing: _Real | None = None) -> tuple[int, int] | None: ...
    def count_zero_crossings(
        self, *, zeros: ZeroRule = "neutral", baseline: _Real = 0, missing: _Real | None = None
    ) -> int: ...
    def mean_and_rms(
        self, *, baseline: _Real = 0, missing: _Real | None = None
    ) -> tuple[float, float]: ...
    def thin(
        self, max_points: int, /, *, missing: _Real | None = None
    ) -> tuple[Signal, Signal]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, part: slice, /) -> PackedSignal: ...

@final
class Reading:
    def __new__(cls, skeleton: bytes, blob: bytes) -> Reading: ...
    @property
    def skeleton(self) -> bytes: ...
    @property
    def blob(self) -> bytes: ...
    @property
    def signals(self) -> list[Signal]: ...
    @property
    def leads(self) -> list[Signal | PackedSignal]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Reading: ...
    def __deepcopy__(self, memo: object, /) -> Reading: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class ZeroCrossingCounter:
    __hash__: ClassVar[None]  # type: ignore[assignment]
    def __new__(
        cls, zeros: ZeroRule = "neutral", *, baseline: _Real = 0, missing: _Real | None = None
    ) -> ZeroCrossingCounter: ...
    @property
    def zeros(self) -> ZeroRule: ...
    @property
    def baseline(self) -> float: ...
    @property
    def missing(self) -> _Real | None: ...
    @property
    def samples(self) -> int: ...
    @property
    def count(self) -> int: ...
    def update(self, chunk: _Samples, /) -> int: ...
    def merge(self, other: ZeroCrossingCounter, /) -> None: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __setstate__(self, state: tuple[Any, ...], /) -> None: ...

@overload
def count_zero_crossings(  # type: ignore[overload-overlap]
    signal: _Unshaped,
    /,
    *,
    zeros: ZeroRule = "neutral",
    baseline: _Reals = 0,
    missing: _Real | None = None,
    axis: int = -1,
) -> int | NDArray[np.int64]: ...
@overload
def count_zero_crossings(
    signal: _Lane,
    /,
    *,
    zeros: ZeroRule = "neutral",
    baseline: _Real = 0,
    missing: _Real | None = None,
    axis: int = -1,
) -> int: ...
@overload
def count_zero_crossings(
    signal: _Lanes,
    /,
    *,
    zeros: ZeroRule = "neutral",
    baseline: _Reals = 0,
    missing: _Real | None = None,
    axis: int = -1,
) -> NDArray[np.int64]: ...
@overload
def count_zero_crossings(
    signal: _Samples | Iterable[_Samples],
    /,
    *,
    zeros: ZeroRule = "neutral",
    baseline: _Reals = 0,
    missing: _Real | None = None,
    axis: int = -1,
) -> int | NDArray[np.int64]: ...
def zero_crossings(
    signal: _Samples | Iterable[_Samples],
    /,
    *,
    zeros: ZeroRule = "neutral",
    baseline: _Reals = 0,
    missing: _Real | None = None,
    axis: int = -1,
) -> NDArray[np.int64]: ...
def zero_crossings_mask(
    signal: _Samples | Iterable[_Samples],
    /,
    *,
    zeros: ZeroRule = "neutral",
    baseline: _Reals = 0,
    missing: _Real | None = None,
    axis: int = -1,
    pad: bool = False,
) -> NDArray[np.bool_]: ...
def zero_crossing_rate(
    signal: _Samples | Iterable[_Samples],
    /,
    *,
    frame_length: int = 2048,
    hop_length: int = 512,
    center: bool = True,
    zeros: ZeroRule = "neutral",
    baseline: _Reals = 0,
    missing: _Real | None = None,
    axis: int = -1,
) -> NDArray[np.float64]: ...
def parse_signal(json: _Bytes, /) -> Signal: ...
def lift_signals(body: _Bytes, /, key: str = "signal") -> tuple[bytes, list[Signal]]: ...
def read_batch(
    bodies: Iterable[_Bytes],
    /,
    key: str = "signal",
    *,
    max_signals: int | None = None,
    format: Literal["json", "msgpack"] = "json",  # noqa: A002
) -> list[Reading | DecodeError]: ...
def pack(signals: Iterable[_Integers], /, *, missing: int | None = None) -> bytes: ...
@overload
def open_blob(
    source: _Bytes, /, size: None = None, *, max_samples: int | None = None
) -> list[PackedSignal]: ...
@overload
def open_blob(
    source: Callable[[int, int], _Bytes], /, size: int, *, max_samples: int | None = None
) -> list[PackedSignal]: ...
def unpack(blob: _Bytes, /, *, max_samples: int | None = None) -> list[Signal]: ...
def unpack_between(
    blob: _Bytes, parts: Iterable[_Bytes], /, *, max_samples: int | None = None
) -> bytearray: ...
def unpack_json(blob: _Bytes, /, *, max_samples: int | None = None) -> list[bytes]: ...
def unpack_lead(
    blob: _Bytes,
    i: int,
    /,
    start: int | None = 0,
    stop: int | None = None,
    *,
    max_samples: int | None = None,
) -> Signal: ...
def _leads(blob: _Bytes, /) -> list[tuple[int, int | None, int | None, int]]: ...
