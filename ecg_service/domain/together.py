"""ECGs that are stored together or not at all."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ecg_service.domain.errors import EcgError, EcgIdsTaken, EcgIdTaken, Invalid, Violation

ITEMS = "items"
MAX_PLACES = 100
"""Of how many refused ECGs the places are told."""

_TAKEN = Violation(("id",), "id_taken", "Another ECG has this id.")


def require_all(answers: Sequence[object]) -> None:
    """Raise the reasons if any of the ECGs is refused: each at its place, `/items/3/…`.

    Reasons that are no fault of an ECG are the same for all, and raised as they are.
    """
    errors = [(place, one) for place, one in enumerate(answers) if isinstance(one, EcgError)]
    for _, error in errors:
        if not isinstance(error, Invalid | EcgIdTaken):
            raise error
    if errors:
        kind = EcgIdsTaken if isinstance(errors[0][1], EcgIdTaken) else Invalid
        raise kind(*(found for one in errors[:MAX_PLACES] for found in _placed(*one)))


def _placed(place: int, error: EcgError) -> Iterator[Violation]:
    for one in error.violations if isinstance(error, Invalid) else (_TAKEN,):
        yield replace(one, path=(ITEMS, place, *one.path))
