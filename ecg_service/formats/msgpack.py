"""ECGs as MessagePack, whose signals are arrays of integers, or bytes."""

import struct
from collections.abc import Sequence
from secrets import token_bytes
from typing import TypeVar

import msgspec

import ecg_core
from ecg_service.domain.errors import EcgError, outcome
from ecg_service.domain.signals import Signal
from ecg_service.formats.lifted import Descriptions, missing_hint, rejection
from ecg_service.formats.samples import encode_samples, encoder
from ecg_service.ports.formats import AnswerFormat, Body, Shown, Streamed, Use, Written

T = TypeVar("T")

_NO_SAMPLES = (b"\xc0", b"\xca\x7f\xc0\0\0", b"\xcb\x7f\xf8" + bytes(6))
"""nil, and NaN of 32 and of 64 bits."""

_descriptions = Descriptions(msgspec.msgpack.Decoder)


class MessagePack(AnswerFormat):
    """One map for each ECG, with the fields of JSON; dates are text, as there.

    A signal may be `bin`: little-endian samples, with their `encoding` beside them. The core
    reads, counts and packs either kind, as it does with JSON.
    """

    media_type = "application/msgpack"
    aliases = ("application/vnd.msgpack", "application/x-msgpack")
    memory = 2  # an integer may be one byte, and is four in memory

    def read(
        self, documents: Sequence[bytes], use: Use[T], *, max_leads: int | None = None
    ) -> list[T | EcgError]:
        def answer(index: int, result: ecg_core.Reading | ecg_core.DecodeError) -> T:
            if isinstance(result, ecg_core.DecodeError):
                raise rejection(result, max_leads, detail=_detail(result, documents[index]))
            submitted = _descriptions.read(result.skeleton)
            return use(index, submitted, result.leads, result.blob)

        results = ecg_core.read_batch(documents, max_signals=max_leads, format="msgpack")
        return [outcome(answer, *item) for item in enumerate(results)]

    def write(self, answer: object) -> bytes:
        return msgspec.msgpack.encode(msgspec.to_builtins(answer, builtin_types=(bytes,)))

    def written(self, *signals: Signal) -> Written:
        return encode_samples(signals)

    def streamed(self, num_samples: int, extremes: tuple[int, int]) -> Streamed:
        encoding, size, bytes_of = encoder(extremes)
        token = token_bytes()
        head = b"\xc6" + struct.pack(">I", size * num_samples)  # bin 32

        def part(signal: Signal, is_first: bool) -> bytes:  # noqa: ARG001, FBT001
            return bytes_of(signal)

        return Streamed(Written((token,), encoding), msgspec.msgpack.encode(token), head, part)

    def write_blob(self, shown: Shown, blob: bytes, *, max_samples: int) -> Body:
        return self.write(shown(map(self.written, ecg_core.unpack(blob, max_samples=max_samples))))


def _detail(error: ecg_core.DecodeError, body: bytes) -> str | None:
    advice = missing_hint(error, body, _NO_SAMPLES)
    return f"{error}: {advice}" if advice else hint(body)


def hint(body: bytes) -> str | None:
    """Say what a body seems to be that is no MessagePack."""
    if not body:
        return "The body is empty: send a map of MessagePack."
    return "The body is JSON: send it as application/json." if body[:1] in b'{[ "' else None
