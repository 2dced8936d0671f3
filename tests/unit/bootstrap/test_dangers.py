from dataclasses import replace

import pytest

from ecg_service.bootstrap.dangers import refuse_dangers
from ecg_service.settings import (
    AccessSettings,
    BadSettings,
    IssuerSettings,
    ServerSettings,
    Settings,
)

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


def test_without_passwords_somebody_else_has_to_sign_people_in() -> None:
    settings = replace(Settings(), access=AccessSettings(sign_in_by_password="nobody"))
    with pytest.raises(BadSettings, match=r"^ECG_SIGN_IN_BY_PASSWORD: .*ECG_ISSUERS_FILE$"):
        refuse_dangers(settings)
    refuse_dangers(replace(settings, issuers=IssuerSettings("issuers.toml")))


@pytest.mark.parametrize("name", ["quota_requests", "quota_bytes"])
def test_workers_that_do_not_count_together_grant_no_more_than_the_quota(name: str) -> None:
    def given(most: int, **more: str) -> Settings:
        quotas = replace(Settings().quotas, **{name: most}, **more)
        return replace(Settings(), server=ServerSettings(workers=4), quotas=quotas)

    with pytest.raises(BadSettings, match=rf"^ECG_{name.upper()}: 4 workers .*ECG_QUOTA_URL$"):
        refuse_dangers(given(3))
    for settings in (given(0), given(4), given(3, quota_url="redis://localhost")):
        refuse_dangers(settings)
