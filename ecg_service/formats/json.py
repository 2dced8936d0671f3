"""ECGs as JSON, whose signals are arrays of integers, or base64."""

from collections.abc import Sequence
from itertools import repeat
from typing import TypeVar

import msgspec

import ecg_core
from ecg_service.domain.errors import EcgError, Invalid, outcome
from ecg_service.domain.signals import Samples, Signal
from ecg_service.domain.submission import SubmittedEcg
from ecg_service.formats.json_base64 import decoded, has_text, lift_texts
from ecg_service.formats.json_hints import BOM, ONE_DOCUMENT, hint
from ecg_service.formats.lifted import Descriptions, missing_hint, rejection
from ecg_service.ports.formats import AnswerFormat, Body, Shown, Streamed, Use, Written

T = TypeVar("T")

_ADVICE = {"trailing": ONE_DOCUMENT}
"""By code of the core, what to do about it."""

_NO_SAMPLES = (b"null", b"NaN")

_MARK = b"\0"
"""Stands for a signal: in JSON text this byte is nowhere, for strings escape it."""

_MARKED = Written((msgspec.Raw(_MARK),))

_descriptions = Descriptions(msgspec.json.Decoder)


class Json(AnswerFormat):
    """One JSON object (RFC 8259) for each ECG.

    The core checks the whole document, and reads, counts and packs its arrays of integers. It
    returns the skeleton, the document with each array replaced by its index, which is small and
    decoded strictly here.
    """

    media_type = "application/json"

    def read(
        self, documents: Sequence[bytes], use: Use[T], *, max_leads: int | None = None
    ) -> list[T | EcgError]:
        def answer(index: int, result: ecg_core.Reading | ecg_core.DecodeError) -> T:
            return use(index, *_read(bodies[index], result, max_leads))

        bodies = [document.removeprefix(BOM) for document in documents]
        results = ecg_core.read_batch(bodies, max_signals=max_leads)
        return [outcome(answer, *item) for item in enumerate(results)]

    def write(self, answer: object) -> bytes:
        return msgspec.json.encode(answer)

    def written(self, *signals: Signal) -> Written:
        return Written(tuple([msgspec.Raw(signal.to_json()) for signal in signals]))

    def streamed(self, num_samples: int, extremes: tuple[int, int]) -> Streamed:  # noqa: ARG002
        def part(signal: Signal, is_first: bool) -> bytes:  # noqa: FBT001
            elements = signal.to_json()[1:-1]
            return elements if is_first else b"," + elements

        return Streamed(_MARKED, _MARK, b"[", part, b"]")

    def write_blob(self, shown: Shown, blob: bytes, *, max_samples: int) -> Body:
        parts = self.write(shown(repeat(_MARKED))).split(_MARK)
        return ecg_core.unpack_between(blob, parts, max_samples=max_samples)


def _read(
    body: bytes, result: ecg_core.Reading | ecg_core.DecodeError, max_leads: int | None
) -> tuple[SubmittedEcg, Sequence[Samples], bytes]:
    texts: list[memoryview | None] = []
    if isinstance(result, ecg_core.DecodeError) and has_text(body, result):
        lifted, texts = lift_texts(body)
        [result] = ecg_core.read_batch([lifted], max_signals=max_leads)
        if isinstance(result, ecg_core.DecodeError):  # again, for its place in the body
            [result] = ecg_core.read_batch([lift_texts(body, fill=True)[0]], max_signals=max_leads)
    if isinstance(result, ecg_core.DecodeError):
        raise _rejection(result, body, max_leads)
    submitted, signals = _descriptions.read(result.skeleton), result.leads
    if not texts and not [lead for lead in submitted.leads if lead.encoding]:
        return submitted, signals, result.blob
    signals = decoded(submitted.leads, result.signals, texts)
    return submitted, signals, ecg_core.pack(signals)


def _rejection(error: ecg_core.DecodeError, body: bytes, max_leads: int | None) -> Invalid:
    advice = _ADVICE.get(error.code) or missing_hint(error, body, _NO_SAMPLES)
    detail = f"{error}: {advice}" if advice else None
    return rejection(error, max_leads, detail=hint(body) or detail)
