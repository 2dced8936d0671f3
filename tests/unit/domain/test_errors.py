import weakref

import pytest

from ecg_service.actors import Threads
from ecg_service.domain.errors import EcgError, NotFound, outcome


class Document:
    """An argument that takes memory."""


def refuse(_: Document) -> None:
    try:
        raise ValueError
    except ValueError as error:
        raise NotFound from error


def test_an_expected_error_is_returned_and_any_other_raised() -> None:
    assert isinstance(outcome(refuse, Document()), NotFound)
    with pytest.raises(ValueError, match="invalid literal"):
        outcome(int, "x")


@pytest.mark.usefixtures("uncollected")
async def test_a_returned_error_does_not_keep_what_was_refused() -> None:
    threads = Threads("t", size=1, capacity=0)

    def refused(one: Document) -> list[EcgError | None]:
        return [outcome(refuse, one)]

    document = Document()
    kept = weakref.ref(document)
    assert await threads.run(refused, document)
    del document
    threads.close()
    assert kept() is None
