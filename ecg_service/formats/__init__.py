"""Formats of ECG documents, one module each; may call the core, knows neither HTTP nor storage.

To add one, implement `Format` in a module of its own and name it here: its documents are then
accepted wherever ECGs are.
"""

from collections.abc import Mapping

from ecg_service.formats.json import Json
from ecg_service.ports.formats import Format

FORMATS: Mapping[str, Format] = {known.media_type: known for known in (Json(),)}
"""By media type, in lower case."""
