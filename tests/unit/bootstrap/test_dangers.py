from dataclasses import replace

import pytest

from ecg_service.bootstrap.dangers import refuse_dangers
from ecg_service.settings import BadSettings, ServerSettings, Settings

BEYOND = ["0.0.0.0", "::", "10.0.0.7", "ecg.example", "localhost.example", ""]


def at(host: str, *, plain_http: bool = False) -> Settings:
    return replace(Settings(), server=ServerSettings(host, plain_http))


@pytest.mark.parametrize("host", BEYOND)
def test_http_beyond_loopback_must_be_said(host: str) -> None:
    with pytest.raises(BadSettings, match=r"^ECG_HOST: .*ECG_PLAIN_HTTP=true"):
        refuse_dangers(at(host))
    refuse_dangers(at(host, plain_http=True))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_on_loopback_nobody_reads_along(host: str) -> None:
    refuse_dangers(at(host))
