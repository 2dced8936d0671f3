"""What a provider may take, and how often it is asked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes; `ecg_service/settings/groups/access.py` explains each."""

    seconds: float = 3.0
    max_bytes: int = 65_536
    retry_seconds: float = 5.0
    rotation_seconds: float = 30.0
    refresh_seconds: float = 300.0
    keep_seconds: float = 86_400.0
