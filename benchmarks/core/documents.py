"""The same ECG in every format that the service takes, read as the service reads it."""

import base64
import json
import struct
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from benchmarks.core.peers import Candidate
from benchmarks.workloads import body, ecg
from ecg_service.domain.signals import Samples
from ecg_service.domain.submission import SubmittedEcg
from ecg_service.formats import DEFAULT, FORMATS, AnswerFormat


def readers(samples: int) -> list[Candidate]:
    """Return a candidate for each format, msgpack with bytes first."""
    json_format, msgpack = DEFAULT, FORMATS["application/msgpack"]

    def read(known: AnswerFormat, document: bytes) -> Callable[[], Any]:
        return lambda: known.read([document], _stored)

    text = json.dumps(with_bytes(samples, lambda raw: base64.b64encode(raw).decode()))
    return [
        Candidate("ecg_core", read(msgpack, msgspec.msgpack.encode(with_bytes(samples, bytes)))),
        Candidate("JSON", read(json_format, body(samples))),
        Candidate("msgpack, arrays", read(msgpack, msgspec.msgpack.encode(ecg(samples)))),
        Candidate("JSON, base64", read(json_format, text.encode())),
    ]


def with_bytes(samples: int, write: Callable[[bytes], object]) -> dict[str, Any]:
    document = ecg(samples)
    for lead in document["leads"]:
        raw = struct.pack(f"<{samples}h", *lead["signal"])
        lead |= {"signal": write(raw), "encoding": "i16le"}
    return document


def _stored(_: int, submitted: SubmittedEcg, signals: Sequence[Samples], blob: bytes) -> object:
    return len(submitted.leads), [signal.count_zero_crossings() for signal in signals], blob
