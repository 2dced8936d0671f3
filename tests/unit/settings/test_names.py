"""What a name of a host is, and what an origin; `tests/unit/server/test_hosts.py` and `tests/api/test_origins.py` say what they are for."""

import pytest

from ecg_service.settings import parse_hosts, parse_origins


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


@pytest.mark.parametrize(
    "names",
    ["*", "*.example", "Ecg.example", "ecg.example:80", "http://ecg.example", "a b", "-", "a,,ä"],
)
def test_what_is_no_name_is_refused(names: str) -> None:
    with pytest.raises(ValueError, match="no name of a host"):
        parse_hosts(names)
