"""A producer of Arrow's C structures that can lie, and counts what is given back."""

import ctypes
from array import array
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p, pointer
from typing import Any

SAMPLES = [3, 0, -2, 0, -1, 5]
Release = CFUNCTYPE(None, c_void_p)
Get = CFUNCTYPE(c_int, c_void_p, c_void_p)
LastError = CFUNCTYPE(c_void_p, c_void_p)


class Schema(Structure):
    _fields_ = (
        ("format", c_char_p),
        ("name", c_char_p),
        ("metadata", c_char_p),
        ("flags", c_int64),
        ("n_children", c_int64),
        ("children", c_void_p),
        ("dictionary", c_void_p),
        ("release", Release),
        ("private_data", c_void_p),
    )


class Array(Structure):
    _fields_ = (
        ("length", c_int64),
        ("null_count", c_int64),
        ("offset", c_int64),
        ("n_buffers", c_int64),
        ("n_children", c_int64),
        ("buffers", POINTER(c_void_p)),
        ("children", c_void_p),
        ("dictionary", c_void_p),
        ("release", Release),
        ("private_data", c_void_p),
    )


class Stream(Structure):
    _fields_ = (
        ("get_schema", Get),
        ("get_next", Get),
        ("get_last_error", LastError),
        ("release", Release),
        ("private_data", c_void_p),
    )


def shorts(*samples: int) -> "array[int]":
    return array("h", samples or SAMPLES)


_new_capsule = ctypes.pythonapi.PyCapsule_New
_new_capsule.restype = ctypes.py_object
_new_capsule.argtypes = (c_void_p, c_char_p, c_void_p)


class Producer:
    """One column of numbers; `lies` replaces fields of its structures, or of those in `about`, even with nonsense."""

    about: tuple[type[Structure], ...] = (Schema, Array, Stream)

    def __init__(self, samples: "array[Any]", validity: bytes | None = None, **lies: Any) -> None:
        self.samples, self.validity, self.lies = samples, validity, lies
        self.given = self.released = 0
        self.kept: list[Any] = []

    def schema(self) -> Schema:
        codes = {"b": "c", "B": "C", "h": "s", "H": "S", "i": "i", "I": "I", "q": "l", "Q": "L"}
        code = {**codes, "f": "f", "d": "g"}[self.samples.typecode]
        return self._lying(Schema(format=code.encode(), release=self._release(Schema)))

    def array(self, samples: "array[Any] | None" = None) -> Array:
        samples = self.samples if samples is None else samples
        buffers = (c_void_p * 2)(None, samples.buffer_info()[0] or None)
        if self.validity is not None:
            bits = ctypes.create_string_buffer(self.validity)
            buffers[0] = ctypes.addressof(bits)
            self.kept.append(bits)
        self.kept += [buffers, samples]
        fields = {"length": len(samples), "null_count": 0 if self.validity is None else -1}
        start = ctypes.cast(buffers, POINTER(c_void_p))
        release = self._release(Array)
        return self._lying(Array(**fields, n_buffers=2, buffers=start, release=release))

    def capsule(self, structure: Any, name: bytes) -> Any:
        self.kept.append(structure)
        return _new_capsule(ctypes.addressof(structure), self._name(name), None)

    def _name(self, name: bytes) -> bytes:
        self.kept.append(name)
        return name

    def _release(self, kind: Any) -> Any:
        def release(address: int) -> None:
            self.released += 1
            kind.from_address(address).release = Release()

        callback = Release(release)
        self.kept.append(callback)
        self.given += 1
        return callback

    def _lying(self, structure: Any) -> Any:
        names = {name for name, _ in structure._fields_ if isinstance(structure, self.about)}
        for name, lie in self.lies.items():
            if name in names:
                setattr(structure, name, lie)
        return structure


class ArrayProducer(Producer):
    """What PyArrow's Array is."""

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[Any, Any]:
        return (
            self.capsule(self.schema(), b"arrow_schema"),
            self.capsule(self.array(), b"arrow_array"),
        )


class TableProducer(ArrayProducer):
    """What PyArrow's RecordBatch is: a struct of columns, which its consumer does not release."""

    def __init__(self, *columns: Producer, validity: bytes | None = None, **lies: Any) -> None:
        super().__init__(columns[0].samples if columns else shorts(), validity, **lies)
        self.columns = columns

    def schema(self) -> Schema:
        fields = self._children([column.schema() for column in self.columns])
        return self._lying(Schema(format=b"+s", **fields, release=self._release(Schema)))

    def array(self, samples: "array[Any] | None" = None) -> Array:
        whole = super().array(samples)
        whole.n_buffers = 1
        fields = self._children([column.array() for column in self.columns])
        whole.n_children, whole.children = fields["n_children"], fields["children"]
        return self._lying(whole)

    def _children(self, children: list[Any]) -> dict[str, Any]:
        pointers = (c_void_p * len(children))(*map(ctypes.addressof, children))
        self.kept += [children, pointers]
        return {"n_children": len(children), "children": ctypes.addressof(pointers)}


class StreamProducer(Producer):
    """What PyArrow's ChunkedArray is; it fails with a code after its chunks, if it has one."""

    def __init__(self, *chunks: "array[Any]", code: int = 0, **lies: Any) -> None:
        super().__init__(chunks[0], **lies)
        self.chunks, self.code = list(chunks), code

    def __arrow_c_stream__(self, requested_schema: object = None) -> Any:
        text = ctypes.create_string_buffer(b"the disk is gone")

        def get_schema(stream: int, out: int) -> int:
            return _fill(out, self.schema())

        def get_next(stream: int, out: int) -> int:
            return _fill(out, self.array(self.chunks.pop(0))) if self.chunks else self.code

        def get_last_error(stream: int) -> int:
            return ctypes.addressof(text)

        callbacks: dict[str, Any] = {
            "get_schema": Get(get_schema),
            "get_next": Get(get_next),
            "get_last_error": LastError(get_last_error),
        }
        self.kept += [callbacks, text]
        stream = self._lying(Stream(**callbacks, release=self._release(Stream)))
        return self.capsule(stream, b"arrow_array_stream")


def _fill(address: int, structure: Any) -> int:
    ctypes.memmove(address, pointer(structure), ctypes.sizeof(structure))
    return 0
