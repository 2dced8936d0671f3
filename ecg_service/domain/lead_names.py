"""Names of leads: which are allowed, and the usual spelling of the standard ones."""

from functools import lru_cache

_STANDARD = (
    *("I", "II", "III", "aVR", "aVL", "aVF"),
    *(f"V{n}" for n in range(1, 10)),
    *(f"V{n}R" for n in range(3, 7)),
    *("Vx", "Vy", "Vz"),
    *("MLI", "MLII", "MLIII", "MCL1", "MCL6"),
)
_USUAL_SPELLING = {name.casefold(): name for name in _STANDARD}

MAX_NAME_LENGTH = 32


def is_label(text: str, max_length: int = MAX_NAME_LENGTH) -> bool:
    """Whether the text is 1 to `max_length` printable characters without spaces at the ends."""
    return 0 < len(text) <= max_length and text.isprintable() and text == text.strip()


@lru_cache(maxsize=1024)
def lead_name(text: str) -> str | None:
    """Return the name in its usual spelling (`avr` → `aVR`), or None if it is not allowed."""
    return _USUAL_SPELLING.get(text.casefold(), text) if is_label(text) else None
