"""Every error has a kind and a page, and no page is about nothing."""

from collections.abc import Iterator

import pytest

from ecg_service.api.problems.kinds import Kind, all_kinds, kind_of
from ecg_service.api.problems.pages import document, example, in_order, page, texts
from ecg_service.domain.errors import BrokerUnavailable, Conflict, Damaged, EcgError

NOT_OVER_HTTP = {BrokerUnavailable, Conflict, Damaged}
"""Errors of workers, and bases that are raised by no route."""


def classes(root: type[EcgError]) -> Iterator[type[EcgError]]:
    for one in root.__subclasses__():
        if one.__module__ == EcgError.__module__:
            yield one
            yield from classes(one)


@pytest.mark.parametrize("error", sorted(set(classes(EcgError)) - NOT_OVER_HTTP, key=str))
def test_every_error_has_a_kind(error: type[EcgError]) -> None:
    assert kind_of(error) in set(all_kinds())


def test_every_kind_has_a_text_and_every_text_a_kind() -> None:
    assert {kind.slug for kind in all_kinds()} == set(texts())


def test_a_type_stands_for_one_status_and_title() -> None:
    kinds = in_order()
    assert len({kind.type for kind in kinds}) == len(kinds)


@pytest.mark.parametrize("kind", in_order(), ids=lambda kind: kind.slug)
def test_a_page_says_what_happened_and_what_to_do(kind: Kind) -> None:
    assert set(texts()[kind.slug]) <= {"happened", "fix", "detail", "errors"}
    found = page(kind)
    for said in (kind.title, texts()[kind.slug]["happened"], texts()[kind.slug]["fix"], kind.type):
        assert said in found
    assert str(example(kind)["status"]) in found


def test_the_document_has_all_pages_and_leads_to_each() -> None:
    for kind in all_kinds():
        assert f"\n## {kind.slug}\n" in document()
        assert f"](#{kind.slug})" in document()
