from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from ecg_service.cli.send import retries
from ecg_service.cli.send.retries import LONGEST_PAUSE, Retries, asked_pause

Answer = int | httpx.Response | httpx.TransportError


class Service:
    """Answers in turn; the last answer goes on for ever."""

    def __init__(self, *answers: Answer) -> None:
        self.calls = 0
        self._answers = answers

    async def __call__(self) -> httpx.Response:
        answer = self._answers[min(self.calls, len(self._answers) - 1)]
        self.calls += 1
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(answer)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_PAUSE", 0)


def refused() -> httpx.ConnectError:
    return httpx.ConnectError("refused")


def lost() -> httpx.ReadError:
    return httpx.ReadError("lost")


@pytest.mark.parametrize("status", [429, 503])
async def test_what_was_put_off_is_repeated(status: int) -> None:
    service = Service(status, status, 201)
    assert (await Retries(5).answer(service)).status_code == 201
    assert service.calls == 3


@pytest.mark.parametrize("status", [201, 400, 401, 409, 413, 422, 500, 502, 507])
async def test_other_answers_are_final(status: int) -> None:
    service = Service(status, 201)
    assert (await Retries(5).answer(service)).status_code == status


async def test_attempts_are_bounded() -> None:
    service = Service(503)
    assert (await Retries(3).answer(service)).status_code == 503
    assert service.calls == 4


async def test_a_refused_connection_is_tried_again() -> None:
    assert (await Retries(2).answer(Service(refused(), refused(), 201))).status_code == 201


async def test_after_a_lost_answer_the_request_is_repeated() -> None:
    service = Service(lost(), lost(), 201)
    assert (await Retries(2).answer(service)).status_code == 201
    with pytest.raises(httpx.ReadError):
        await Retries(1).answer(Service(lost(), lost()))


@pytest.mark.parametrize(("status", "slug"), [(500, "outcome-unknown"), (409, "key-in-use")])
async def test_what_the_service_cannot_tell_is_asked_again(status: int, slug: str) -> None:
    unknown = {"type": f"/problems/{slug}", "title": "Nobody can tell"}
    service = Service(httpx.Response(status, json=unknown), 201)
    assert (await Retries(5).answer(service)).status_code == 201


async def test_a_service_that_is_gone_is_not_waited_for_anew() -> None:
    service, some = Service(refused()), Retries(3)
    for calls in (4, 5, 6):
        with pytest.raises(httpx.ConnectError):
            await some.answer(service)
        assert service.calls == calls


async def test_a_service_that_is_back_is_waited_for_again() -> None:
    some = Retries(1)
    with pytest.raises(httpx.ConnectError):
        await some.answer(Service(refused()))
    await some.answer(Service(201))
    assert (await some.answer(Service(503, 201))).status_code == 201


async def test_a_service_that_asks_for_too_long_is_not_asked_again() -> None:
    later = httpx.Response(503, headers={"Retry-After": f"{LONGEST_PAUSE + 1:.0f}"})
    service = Service(later, 201)
    assert (await Retries(5).answer(service)).status_code == 503


@pytest.mark.parametrize(
    ("text", "seconds"), [("7", 7), (" 0 ", 0), ("", 0), ("soon", 0), ("-1", 0), ("1e9", 0)]
)
def test_retry_after_is_read(text: str, seconds: float) -> None:
    assert asked_pause(httpx.Response(503, headers={"Retry-After": text})) == seconds


def test_retry_after_may_be_a_date() -> None:
    def asked(date: datetime) -> float:
        return asked_pause(httpx.Response(503, headers={"Retry-After": format_datetime(date)}))

    now = datetime.now(UTC)
    assert 3000 < asked(now + timedelta(hours=1)) <= 3600
    assert asked(now - timedelta(hours=1)) == 0
