"""What else packs samples without loss: each lead for itself, so that it can be read alone."""

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.core.peers import Candidate, Samples, installed

Pack = Callable[[Samples], Any]
Unpack = Callable[[Any], Samples]


@dataclass(frozen=True, slots=True)
class Codec:
    """How to pack a lead and to unpack it; neither if the library is not installed."""

    name: str
    pack: Pack | None
    unpack: Unpack | None


def codecs() -> list[Codec]:
    """The first does nothing but arithmetic: its time depends on no data, so floors go by it."""
    return [
        Codec("NumPy differences", _differences, _sums),
        _of_bytes("zlib", zlib.compress, zlib.decompress),
        _of_differences("zlib", zlib.compress, zlib.decompress),
        _of_bytes("zstd", *_zstd()),
        _of_differences("zstd", *_zstd()),
        _pcodec(8),
        _flac(),
    ]


def compressors(leads: list[Samples]) -> list[tuple[Candidate, Candidate]]:
    """Give packer and unpacker for leads of int16."""
    return [_candidates(codec, leads) for codec in codecs()]


def _candidates(codec: Codec, leads: list[Samples]) -> tuple[Candidate, Candidate]:
    pack, unpack = codec.pack, codec.unpack
    if pack is None or unpack is None:
        return Candidate(codec.name, None), Candidate(codec.name, None)
    packed = [pack(lead) for lead in leads]
    bits = 8 * sum(memoryview(lead).nbytes for lead in packed) / sum(map(len, leads))
    return (
        Candidate(codec.name, lambda: [pack(lead) for lead in leads], bits),
        Candidate(codec.name, lambda: [unpack(lead) for lead in packed], bits),
    )


def _differences(lead: Samples) -> Samples:
    differences = lead.copy()
    differences[1:] -= lead[:-1]
    return differences


def _sums(differences: Samples) -> Samples:
    return np.cumsum(differences, dtype=differences.dtype)


def _of_bytes(
    name: str, pack: Callable[[Any], bytes] | None, unpack: Callable[[bytes], bytes] | None
) -> Codec:
    return Codec(name, pack, unpack and (lambda packed: np.frombuffer(unpack(packed), "int16")))


def _of_differences(
    name: str, pack: Callable[[Any], bytes] | None, unpack: Callable[[bytes], bytes] | None
) -> Codec:
    """The differences of ECGs compress better than the samples."""
    return Codec(
        f"{name} of differences",
        pack and (lambda lead: pack(_differences(lead))),
        unpack and (lambda packed: _sums(np.frombuffer(unpack(packed), "int16"))),
    )


def _zstd() -> tuple[Callable[[Any], bytes] | None, Callable[[bytes], bytes] | None]:
    """Find the standard library's, which Python 3.14 has, or the package."""
    return _either("compress"), _either("decompress")


def _either(name: str) -> Callable[[Any], bytes] | None:
    return installed("compression.zstd", name) or installed("zstandard", name)


def _pcodec(level: int) -> Codec:
    name = f"pcodec level {level}"
    pack = installed("pcodec.standalone", "simple_compress")
    unpack = installed("pcodec.standalone", "simple_decompress")
    if pack is None:
        return Codec(name, None, None)
    config = import_module("pcodec").ChunkConfig(compression_level=level)
    return Codec(name, lambda lead: pack(lead, config), unpack)


def _flac() -> Codec:
    """The rate is of no matter: FLAC only writes it down."""
    write, read = installed("soundfile", "write"), installed("soundfile", "read")
    if write is None or read is None:
        return Codec("FLAC", None, None)

    def pack(lead: Samples) -> bytes:
        write(file := io.BytesIO(), lead, 44_100, format="FLAC", subtype="PCM_16")
        return file.getvalue()

    return Codec("FLAC", pack, lambda packed: read(io.BytesIO(packed), dtype="int16")[0])
