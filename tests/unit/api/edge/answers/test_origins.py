"""What an origin is; `tests/api/test_origins.py` says what its pages may do."""

import pytest

from ecg_service.api.edge.answers.origins import parse_origins


def test_origins_are_taken_as_browsers_send_them() -> None:
    assert len(parse_origins("https://ward.example, http://localhost:3000,http://[::1]:8080,")) == 3
    assert parse_origins(" ") == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "null",
        "ward.example",
        "https://*.example",
        "https://ward.example/",
        "https://ward.example:443",
        "http://ward.example:80",
        "https://Ward.example",
        "https://ward.example:0",
        "ftp://ward.example",
        "https://ann:x@ward.example",
        "https://ward.example https://lab.example",
        "https://",
        "https://ward.exa\nmple",
        "https://wärd.example",
    ],
)
def test_what_no_browser_sends_is_no_origin(text: str) -> None:
    with pytest.raises(ValueError, match="no origin as browsers send it"):
        parse_origins(text)
