"""The file of the signing keys: whose it is, what is wrong with it, and when a new key signs."""

import asyncio
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ecg_service.adapters.token_keys import FileTokenKeys, rotate
from ecg_service.domain.errors import StorageUnavailable, Unauthenticated
from ecg_service.domain.jwt import read_token

DAY = 86_400.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ecg.db.signing-keys"


async def signed(keys: FileTokenKeys) -> tuple[str, str]:
    """Return a token, and the id of the key that signed it."""
    token = await keys.sign({"sub": "ann"})
    return token, read_token(token).header["kid"]


def let_use(path: Path, mode: int) -> None:
    path.chmod(mode)


def let_pass(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


async def test_a_new_key_signs_when_it_is_time_and_the_one_before_verifies(path: Path) -> None:
    keys, other = (FileTokenKeys(path, renew_seconds=DAY) for _ in range(2))
    token, first = await signed(keys)
    let_pass(path, DAY - 60)
    assert (await signed(keys))[1] == first
    let_pass(path, DAY)
    _, second = await signed(keys)
    assert second != first
    for one in (keys, other, FileTokenKeys(path)):
        await one.verify(token, first)
        assert [key["kid"] for key in (await one.public())["keys"]] == [second, first]
    let_pass(path, DAY)
    await signed(other)
    with pytest.raises(Unauthenticated):
        await keys.verify(token, first)


async def test_without_the_setting_a_key_signs_for_ever(path: Path) -> None:
    keys = FileTokenKeys(path)
    _, first = await signed(keys)
    let_pass(path, 10_000 * DAY)
    assert (await signed(keys))[1] == first


async def test_of_many_who_find_it_is_time_one_makes_a_key(path: Path) -> None:
    first = rotate(path, now=False)
    for _ in range(5):
        let_pass(path, DAY)
        all_keys = [FileTokenKeys(path, renew_seconds=DAY) for _ in range(16)]
        found = await asyncio.gather(*(one.public() for one in all_keys))
        [(second, before)] = {tuple(key["kid"] for key in one["keys"]) for one in found}
        assert before == first != second
        first = second


def test_commands_at_the_same_time_each_make_a_key(path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = [*threads.map(partial(rotate, now=False), [path] * 8)]
    left = [key["kid"] for key in json.loads(path.read_bytes())["keys"]]
    assert len({*made}) == 8
    assert len(left) == 2
    assert {*left} < {*made}
    assert [*path.parent.iterdir()] == [path]


async def test_where_no_new_key_can_be_stored_the_known_one_goes_on(
    path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = FileTokenKeys(path, renew_seconds=DAY)
    _, first = await signed(keys)
    let_pass(path, DAY)

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full)
        for _ in range(3):
            assert (await signed(keys))[1] == first
    [line] = [record.getMessage() for record in caplog.records]
    assert line.endswith("it cannot be written: No space left on device")
    assert [*path.parent.iterdir()] == [path]
    assert (await signed(FileTokenKeys(path, renew_seconds=DAY)))[1] != first


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o620, 0o660, 0o666])
async def test_a_file_that_others_may_use_signs_nothing(path: Path, mode: int) -> None:
    token, kid = await signed(FileTokenKeys(path))
    let_use(path, mode)
    for work in (FileTokenKeys(path).sign({}), FileTokenKeys(path).verify(token, kid)):
        with pytest.raises(StorageUnavailable, match=rf"its mode is {mode:04o}: chmod 600$"):
            await work
    with pytest.raises(StorageUnavailable, match="mode"):
        rotate(path, now=False)
    for good in (0o400, 0o440, 0o600, 0o640):
        let_use(path, good)
        await FileTokenKeys(path).verify(token, kid)


def of_key(key: dict[str, Any]) -> bytes:
    said = {name: value for name, value in key.items() if value is not None}
    return json.dumps({"keys": [said]}).encode()


BROKEN = {
    "it is no JSON": (b"", b"{", b"\xff", b"-----BEGIN EC PRIVATE KEY-----", b"[" * 60_000),
    "it is no JWK Set with a key": (b"[]", b"{}", b'"keys"', b'{"keys":{}}', b'{"keys":[]}'),
    "its key 0 is no private key of P-256 with a `kid`": (
        b'{"keys":[1]}',
        b'{"keys":[null]}',
        b'{"keys":[{}]}',
        b'{"keys":["x"]}',
        {"d": None},
        {"kid": None},
        {"kid": 5},
        {"kty": "RSA"},
        {"crv": "P-521"},
        {"x": "AAAA"},
    ),
}


@pytest.mark.parametrize("cause", BROKEN)
async def test_a_broken_file_says_what_is_wrong_and_nothing_of_its_content(
    path: Path, cause: str
) -> None:
    rotate(path, now=False)
    [key] = json.loads(await asyncio.to_thread(path.read_bytes))["keys"]
    for broken in BROKEN[cause]:
        text = of_key(key | broken) if isinstance(broken, dict) else broken
        await asyncio.to_thread(path.write_bytes, text)
        with pytest.raises(StorageUnavailable) as error:
            await FileTokenKeys(path).sign({})
        assert str(error.value) == f"the signing keys in {path} cannot be used: {cause}"
        assert key["d"] not in str(error.value)


async def test_a_file_that_cannot_be_opened_or_made_says_why(tmp_path: Path) -> None:
    for where, cause in ((tmp_path, "Is a directory"), (tmp_path / "no" / "keys", "No such file")):
        with pytest.raises(StorageUnavailable, match=cause):
            await FileTokenKeys(where).sign({})
