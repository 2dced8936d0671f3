"""Formats of ECG documents and answers, one module each; may call the core, knows neither HTTP nor storage.

To add one, implement `AnswerFormat` in a module of its own and name it here: its documents are then
accepted wherever ECGs are, and answers given in it.
"""

from collections.abc import Mapping

from ecg_service.formats.json import Json
from ecg_service.formats.msgpack import MessagePack
from ecg_service.ports.formats import AnswerFormat, Body, Streamed, Written

__all__ = ["DEFAULT", "FORMATS", "AnswerFormat", "Body", "Streamed", "Written"]

DEFAULT: AnswerFormat = Json()
"""The format of answers to those who ask for none."""

FORMATS: Mapping[str, AnswerFormat] = {
    name: known for known in (DEFAULT, MessagePack()) for name in (known.media_type, *known.aliases)
}
"""By media type, in lower case."""
