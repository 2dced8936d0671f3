import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing, closing, suppress
from pathlib import Path
from signal import SIGCONT, SIGINT, SIGKILL, SIGSTOP, SIGTERM
from typing import Any

import pytest

from benchmarks.service.servers.processes import children
from ecg_service.actors import Threads
from ecg_service.adapters.apart import passwords as module
from ecg_service.adapters.apart.passwords import PasswordsApart
from ecg_service.adapters.passwords import Argon2Passwords
from ecg_service.domain.errors import DamagedUser, Overloaded
from tests.processes import eventually

RIGHT, WRONG = "pässwörd\n🔑", "passwörd"


@pytest.fixture(scope="module")
def stored() -> str:
    with closing(Threads("hash", size=1, capacity=1)) as threads:
        return asyncio.run(Argon2Passwords(threads).hash(RIGHT))


@pytest.fixture
async def apart() -> AsyncGenerator[PasswordsApart]:
    async with aclosing(PasswordsApart()) as opened:
        yield opened


def others() -> set[int]:
    return {*children(os.getpid())}


def seen_of(pid: int) -> str:
    """Return the command line and the environment of a process."""
    return "".join(Path(f"/proc/{pid}/{what}").read_text() for what in ("cmdline", "environ"))


async def begin(asked: Coroutine[Any, Any, bool]) -> asyncio.Task[bool]:
    """Ask; return when the question has been written."""
    task = asyncio.create_task(asked)
    for _ in range(5):
        await asyncio.sleep(0)
    return task


@pytest.fixture
async def child(apart: PasswordsApart) -> int:
    """The process, which has answered once."""
    before = others()
    assert not await apart.verify(WRONG, None)
    [started] = others() - before
    return started


async def test_a_hash_verifies_its_password_only(apart: PasswordsApart, stored: str) -> None:
    assert await apart.verify(RIGHT, stored)
    assert not await apart.verify(WRONG, stored)
    assert not await apart.verify("", stored)
    assert not await apart.verify(RIGHT, stored[:-2] + "xx")


async def test_nobody_has_a_password(apart: PasswordsApart) -> None:
    assert not await apart.verify(RIGHT, None)


async def test_a_damaged_hash_is_not_tried(apart: PasswordsApart, stored: str) -> None:
    before = others()
    for damaged in ("", "x", stored.replace("m=19456", "m=9800000")):
        with pytest.raises(DamagedUser):
            await apart.verify(RIGHT, damaged)
    assert others() == before


@pytest.mark.skipif(sys.platform != "linux", reason="others have no such policy")
async def test_it_has_only_the_time_that_nobody_wants(child: int) -> None:
    assert os.sched_getscheduler(child) == os.SCHED_IDLE


async def test_where_that_is_forbidden_it_is_as_nice_as_can_be(
    apart: PasswordsApart, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbid(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setscheduler", forbid)
    before = others()
    assert not await apart.verify(WRONG, None)
    [child] = others() - before
    assert os.getpriority(os.PRIO_PROCESS, child) == 19


async def test_neither_passwords_nor_settings_are_seen_from_outside(
    monkeypatch: pytest.MonkeyPatch, apart: PasswordsApart, stored: str
) -> None:
    monkeypatch.setenv("ECG_ADMIN_PASSWORD", "a secret")
    before = others()
    assert await apart.verify(RIGHT, stored)
    [child] = others() - before
    seen = seen_of(child)
    assert "adapters.apart" in seen
    assert "PATH=" in seen
    assert "pässwörd" not in seen
    assert "a secret" not in seen


async def test_another_one_is_started_when_it_was_killed(
    apart: PasswordsApart, child: int, stored: str
) -> None:
    os.kill(child, SIGKILL)
    assert await apart.verify(RIGHT, stored)
    assert child not in others()


async def test_what_it_was_killed_over_is_verified_by_another_one(
    apart: PasswordsApart, child: int, stored: str
) -> None:
    os.kill(child, SIGSTOP)
    asked = await begin(apart.verify(RIGHT, stored))
    os.kill(child, SIGKILL)
    assert await asked


@pytest.mark.parametrize(
    "command",
    [["/nowhere"], [sys.executable, "-c", ""], ["head", "-c", "3"], ["yes"]],
    ids=["is not there", "ends", "ends within a line", "says something else"],
)
async def test_without_an_answer_it_is_overload_and_no_wrong_password(
    command: list[str], stored: str
) -> None:
    async with aclosing(PasswordsApart(command)) as apart:
        for _ in range(2):
            with pytest.raises(Overloaded):
                await apart.verify(RIGHT, stored)


async def test_one_that_stands_still_is_overload_and_makes_room_for_another(
    caplog: pytest.LogCaptureFixture, stored: str
) -> None:
    async with aclosing(PasswordsApart(["sleep", "60"], seconds=0.1)) as apart:
        for _ in range(2):
            with pytest.raises(Overloaded):
                await apart.verify(RIGHT, stored)
    assert [record.message[-12:] for record in caplog.records] == ["stands still"] * 2


async def test_who_gives_up_leaves_no_answer_to_the_next(
    apart: PasswordsApart, child: int, stored: str
) -> None:
    os.kill(child, SIGSTOP)
    asked = [await begin(apart.verify(RIGHT, stored)) for _ in range(3)]
    for one in asked[:2]:  # one that is looked at, one that waits
        one.cancel()
        with suppress(asyncio.CancelledError):
            await one
    wrong = asyncio.create_task(apart.verify(WRONG, stored))
    os.kill(child, SIGCONT)
    assert await asked[2]
    assert not await wrong
    assert child in others()


@pytest.mark.parametrize("signal", [SIGINT, SIGTERM])
async def test_signals_to_all_processes_leave_it_to_its_parent(
    apart: PasswordsApart, child: int, stored: str, signal: int
) -> None:
    os.kill(child, signal)
    assert await apart.verify(RIGHT, stored)
    assert child in others()


async def test_closing_ends_it(apart: PasswordsApart, child: int, stored: str) -> None:
    asked = [await begin(apart.verify(RIGHT, stored)) for _ in range(2)]
    await apart.aclose()
    assert child not in others()
    first, second = await asyncio.gather(*asked, return_exceptions=True)
    assert first is True
    assert isinstance(second, Overloaded)
    with pytest.raises(Overloaded):
        await apart.verify(RIGHT, stored)


async def test_one_that_does_not_end_is_killed(
    apart: PasswordsApart, child: int, monkeypatch: pytest.MonkeyPatch, stored: str
) -> None:
    monkeypatch.setattr(module, "END_SECONDS", 0.01)
    os.kill(child, SIGSTOP)
    asked = await begin(apart.verify(RIGHT, stored))
    await apart.aclose()
    with pytest.raises(Overloaded):
        await asked
    eventually(lambda: child not in others())
