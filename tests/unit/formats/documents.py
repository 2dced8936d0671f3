"""The same ECG in every way to write it."""

import base64
import json
import struct
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ecg_service.domain.ecg import Ecg
from ecg_service.domain.errors import EcgError
from ecg_service.domain.signals import Samples
from ecg_service.domain.submission import SubmittedEcg, fingerprint, valid_ecg
from ecg_service.formats import DEFAULT, FORMATS
from tests.unit.formats.test_json import ID, RECEIVED

Document = dict[str, Any]
MSGPACK = FORMATS["application/msgpack"]


def with_bytes(document: Document, write: Callable[[bytes], object]) -> Document:
    """Write each signal as bytes, in the smallest encoding."""
    leads = [lead | _bytes(lead["signal"], write) for lead in document["leads"]]
    return document | {"leads": leads}


def _bytes(samples: list[int], write: Callable[[bytes], object]) -> Document:
    small = all(-(2**15) <= sample < 2**15 for sample in samples)
    raw = struct.pack(f"<{len(samples)}{'h' if small else 'i'}", *samples)
    return {"encoding": "i16le" if small else "i32le", "signal": write(raw)}


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


WAYS: dict[str, Callable[[Document], tuple[Any, bytes]]] = {
    "JSON": lambda ecg: (DEFAULT, json.dumps(ecg).encode()),
    "JSON, base64": lambda ecg: (DEFAULT, json.dumps(with_bytes(ecg, text)).encode()),
    "msgpack, arrays": lambda ecg: (MSGPACK, msgspec.msgpack.encode(ecg)),
    "msgpack, bin": lambda ecg: (MSGPACK, msgspec.msgpack.encode(with_bytes(ecg, bytes))),
}

Read = tuple[Ecg, bytes, bytes]


def whole(_: int, submitted: SubmittedEcg, signals: Sequence[Samples], blob: bytes) -> Read:
    """Return all that is stored of an ECG."""
    ecg = valid_ecg(submitted, signals, ecg_id=ID, owner="ann", received=RECEIVED)
    return ecg, fingerprint(submitted, ecg, signals), blob


def read(way: str, document: Document) -> Read | EcgError:
    known, body = WAYS[way](document)
    [answer] = known.read([body], whole, max_leads=4)
    return answer
