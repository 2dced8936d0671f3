"""What may be said of a number beside its type: its bounds, and that workers share it."""

from typed_settings.constants import METADATA_KEY

MAX_PORT = 65_535
MAX_WORKERS = 256

FROM_ZERO = {METADATA_KEY: {"least": 0}}
PERCENT = {METADATA_KEY: {"least": 1, "most": 100}}
WORKERS = {METADATA_KEY: {"least": 1, "most": MAX_WORKERS}}
PORT = {METADATA_KEY: {"least": 0, "most": MAX_PORT}}
"""Metadata of numbers with other bounds than "above 0"; both bounds are allowed values."""
DIVIDED = {METADATA_KEY: {"divided": True}}
"""Metadata of what all workers have together, each an equal part of it."""
