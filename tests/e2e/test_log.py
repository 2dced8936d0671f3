"""What the log says, and what it must never say."""

import asyncio
import re
import stat
from pathlib import Path
from signal import SIGTERM

import httpx

from tests.e2e.service import (
    ADMIN,
    COMMAND,
    JSON_TYPE,
    PASSWORD,
    SMALL,
    USER,
    Json,
    Service,
    basic,
    head_of,
    running,
    until,
)

SECRETS = {
    "name of a lead": "CanaryLead",
    "unit": "CanaryUnit",
    "id": "canary-id",
    "wrong password": "canary-wrong",
    "new password": "canary-new-password",
    "user who does not exist": "canary-nobody",
    "field": "canary_field",
    "path": "canary-path",
    "query": "canary-query",
    "sample": "1234567891",
    "sample beyond int32": "98765432109",
    "broken body": "canary-broken",
    "header": "canary-header",
}
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (\w+) ([\w.]+): (.+)")


def canary() -> Json:
    lead = {
        "name": SECRETS["name of a lead"],
        "unit": SECRETS["unit"],
        "signal": [int(SECRETS["sample"]), -1],
    }
    return {"leads": [lead], "id": SECRETS["id"]}


def bad_bodies() -> list[Json]:
    [lead] = canary()["leads"]
    return [
        canary() | {"date": SECRETS["broken body"]},
        canary() | {"leads": [lead | {SECRETS["field"]: 1}]},
        canary() | {"leads": [lead | {"signal": [int(SECRETS["sample beyond int32"])]}]},
        canary() | {"leads": [lead | {"num_samples": int(SECRETS["sample"])}]},
        canary() | {"leads": [lead | {"signal": SECRETS["broken body"]}]},
    ]


async def send_ecgs(user: httpx.AsyncClient) -> None:
    """Send good and bad ECGs, and read and remove what there is."""
    answer = await user.post("/ecg", json=canary())
    assert answer.status_code == 201
    path = answer.headers["Location"]
    for body in bad_bodies():
        assert (await user.post("/ecg", json=body)).status_code == 422
    conflict = canary() | {"sampling_rate": 1}
    assert (await user.post("/ecg", json=conflict)).status_code == 409
    broken = SECRETS["broken body"].encode()
    assert (await user.post("/ecg", content=broken, headers=JSON_TYPE)).status_code == 400
    await user.get(f"{path}/insights", headers={"Prefer": "wait=30"})
    for what in ("", "/insights", "/leads/0"):
        assert (await user.get(path + what)).status_code == 200
    for what in (f"/ecg/{SECRETS['path']}", f"/{SECRETS['path']}"):
        assert (await user.get(what)).status_code == 404
    assert (await user.get("/ecg", params={"page_token": SECRETS["query"]})).status_code == 400
    assert (await user.get(path, params={"signals": SECRETS["query"]})).status_code == 400
    assert (await user.delete(path)).status_code == 204


async def change_users(service: Service) -> None:
    """Sign in with wrong passwords, register, and change passwords."""
    wrong, new = SECRETS["wrong password"], SECRETS["new password"]
    for name in (USER, ADMIN, SECRETS["user who does not exist"]):
        async with service.client(name, wrong) as nobody:
            assert (await nobody.get("/users/me")).status_code == 401
    async with service.client(ADMIN) as admin:
        for status in (201, 409):
            answer = await admin.post("/users", json={"username": "bob", "password": new})
            assert answer.status_code == status
        answer = await admin.post("/users", json={"username": "eve", "password": wrong, "x": 1})
        assert answer.status_code == 422
    async with service.client("bob", new) as bob:
        change = {"current_password": wrong, "new_password": new}
        assert (await bob.put("/users/me/password", json=change)).is_client_error


async def break_http(service: Service) -> None:
    """Send what is no HTTP, and drop a connection in the middle of a body."""
    for data in (b"%b\r\n\r\n", b"GET / HTTP/1.1\r\nx-%b : 1\r\n\r\n"):
        async with service.wire() as wire:
            await wire.send(data % SECRETS["header"].encode())
            assert (await wire.answer()).status == 400
    async with service.wire() as wire:
        await wire.send(head_of(content_length=1000, x=SECRETS["header"]), SMALL)
        wire.cut()


async def test_a_busy_session_leaves_no_trace_of_what_was_sent(tmp_path: Path) -> None:
    async with running(tmp_path, log_requests=1000) as service:
        await service.register()
        async with service.client() as user:
            await asyncio.gather(send_ecgs(user), change_users(service), break_http(service))
        assert await service.stop() == 0
        log = service.written()
    hidden = [*SECRETS.values(), PASSWORD, basic().split()[1], basic(ADMIN).split()[1]]
    assert [secret for secret in hidden if secret.lower() in log.lower()] == []
    assert log.count(": refused status=400 reason=") == 2
    assert "Traceback" not in log
    assert all(LINE.fullmatch(line) for line in log.splitlines()), log


REQUESTS = 1_500
"""Some hundred lines fill a pipe."""
# Reads two lines, and the others when the test says so.
UNREAD = """
mkfifo pipe
(head --lines 2 >> log; until [ -e read ]; do sleep 0.1; done; cat >> log) < pipe &
exec "$0" "$@" 2> pipe
"""


async def test_a_standard_error_that_nobody_reads_holds_up_nobody(tmp_path: Path) -> None:
    command = ("sh", "-c", UNREAD, *COMMAND)

    async def are_all_accounted_for() -> bool:
        dropped = map(int, re.findall(r"(\d+) lines were dropped", service.written()))
        return sum(dropped) + service.written().count("/users/me") == REQUESTS

    async with running(tmp_path, command, log_requests=100_000, log_queue=100) as service:
        await service.register()
        async with service.wire() as wire:
            for _ in range(REQUESTS):
                await wire.send(head_of("GET", "/users/me"))
                assert (await wire.answer()).status == 200
        (tmp_path / "read").touch()
        assert await service.stop() == 0
        await until(are_all_accounted_for)
        assert " lines were dropped" in service.written()


async def test_a_life_is_four_lines(tmp_path: Path) -> None:
    async with running(tmp_path, database_url="sqlite:///a.db") as service:
        await service.register()
        async with service.client() as user:
            assert (await user.post("/ecg", content=SMALL, headers=JSON_TYPE)).status_code == 201
        assert await service.stop(SIGTERM) == 0
        lines = [LINE.fullmatch(line) for line in service.written().splitlines()]
    assert [(line[1], line[3]) for line in lines if line] == [
        ("INFO", "starting on a.db"),
        ("INFO", f"serving at {service.url}"),
        ("INFO", "draining"),
        ("INFO", "stopped"),
    ]
    assert len(lines) == 4


async def test_the_first_password_is_in_a_file_only_we_may_read_and_not_in_the_log(
    tmp_path: Path,
) -> None:
    file = tmp_path / "ecg.db.admin-password"
    async with running(tmp_path, admin_password=None) as service:
        password = file.read_text().strip()
        assert len(password) >= 24
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert f"the password of admin is in {file.name}\n" in service.written()
        async with service.client(ADMIN, password) as admin:
            change = {"current_password": password, "new_password": PASSWORD}
            answer = await admin.put("/users/me/password", json=change)
            assert answer.status_code == 204
        assert await service.stop() == 0
        assert password not in service.written()
    async with running(tmp_path, admin_password=None) as service:
        assert file.read_text().strip() == password
        assert service.written().count("the password of admin") == 1


async def test_a_password_that_was_given_is_not_written_anywhere(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        await service.register()
        assert await service.stop() == 0
    assert files_with(PASSWORD, tmp_path) == []
    assert not (tmp_path / "ecg.db.admin-password").exists()


def files_with(text: str, folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if text.encode() in file.read_bytes()]
