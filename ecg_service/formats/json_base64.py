"""Signals of JSON that are base64 (RFC 4648 §4) of samples, with their `encoding` beside them.

The core reads arrays only. A document with text in the place of one is read again, with an empty
array in the place of each text.
"""

import re
from binascii import Error, a2b_base64
from collections.abc import Iterator, Sequence

import ecg_core
from ecg_service.domain.errors import Invalid, Violation
from ecg_service.domain.submission import SubmittedLead
from ecg_service.formats.samples import decode_samples, wrong_encoding

_KEY, _VALUE = b'"signal"', re.compile(rb'[ \n\r\t]*:[ \n\r\t]*(["\[])')
"""The key of a signal, and the first byte of its value. No string of JSON can hold both: a quote in it is escaped."""


STEP = 262_144
"""Bytes of base64 that are decoded in one step; takes less than a millisecond."""


def has_text(body: bytes, error: ecg_core.DecodeError) -> bool:
    """Whether the core refused the body since a signal is text."""
    return error.code == "not_an_array" and body[error.offset : error.offset + 1] == b'"'


def lift_texts(body: bytes, *, fill: bool = False) -> tuple[bytes, list[memoryview | None]]:
    """Return the body with an empty array for each text, and for each signal its text, if it is one.

    With `fill`, spaces after the arrays keep all else in its place.
    """
    parts, texts, kept, at = list[bytes](), list[memoryview | None](), 0, 0
    while (at := body.find(_KEY, at)) >= 0:
        at += len(_KEY)
        found = _VALUE.match(body, at)
        if not found:
            continue
        start, end = found.end(), body.find(b'"', found.end())
        if found[1] == b"[" or end < 0:
            texts.append(None)
            continue
        parts += body[kept : start - 1], b"[]".ljust(end - start + 2 if fill else 0)
        texts.append(memoryview(body)[start:end])
        kept = at = end + 1
    return b"".join([*parts, body[kept:]]), texts


def decoded(
    leads: Sequence[SubmittedLead],
    signals: Sequence[ecg_core.Signal],
    texts: list[memoryview | None],
) -> list[ecg_core.Signal]:
    """Return the signals with those that are text decoded; `texts` is empty if none is."""
    texts = texts or [None] * len(signals)
    if len(texts) != len(signals):
        raise Invalid(Violation((), "not_an_array", 'Write the key "signal" without escapes.'))
    return [
        _signal(index, lead, signals[lead.signal], texts[lead.signal])
        for index, lead in enumerate(leads)
    ]


def _signal(
    index: int, lead: SubmittedLead, signal: ecg_core.Signal, text: memoryview | None
) -> ecg_core.Signal:
    if text is not None:
        return decode_samples(index, lead.encoding, _bytes(index, text))
    if lead.encoding is not None:
        raise wrong_encoding(index, "An array of integers has no encoding.")
    return signal


def _bytes(index: int, text: memoryview) -> bytes:
    try:
        return b"".join(_decoded(text))
    except Error as error:
        detail = f"Expected base64 of samples: {error}."
        raise Invalid(Violation(("leads", index, "signal"), "not_base64", detail)) from error


def _decoded(text: memoryview) -> Iterator[bytes]:
    """Decode the text in steps, between which others have their turn: of a day it takes a fifth of a second."""
    ended = False
    for part in _unescaped(text):
        if ended and part:
            raise Error("Excess data after padding")
        yield a2b_base64(part, strict_mode=True)
        ended |= part.endswith(b"=")


def _unescaped(text: memoryview) -> Iterator[bytes]:
    """Yield the text in parts of whole groups of four, then what is left."""
    left = b""
    for start in range(0, len(text), STEP):
        left += text[start : start + STEP]
        whole = left.removesuffix(b"\\")  # what it escapes is in the next step
        part = whole.replace(rb"\/", b"/")
        stop = len(part) // 4 * 4
        yield part[:stop]
        left = part[stop:] + left[len(whole) :]
    yield left
