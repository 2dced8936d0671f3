"""How the bytes of an ECG are read, whatever they look like."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from ecg_service.domain.errors import EcgError
from ecg_service.domain.signals import Signal
from ecg_service.domain.submission import SubmittedEcg

T = TypeVar("T")

Use = Callable[[int, SubmittedEcg, Sequence[Signal], bytes], T]
"""Takes the index of a document, its description, its signals, and these packed in a blob."""


class Format(Protocol):
    """What ECGs look like outside, by media type."""

    media_type: str

    def read(self, documents: Sequence[bytes], use: Use[T]) -> list[T | EcgError]:
        """Read the documents together and answer each, in order, with what `use` makes of it.

        A document that cannot be read is answered with `Malformed`, one that breaks a rule
        with `Invalid`; neither touches the others. Blocks while it computes.
        """
        ...
