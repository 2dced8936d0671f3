"""No dependency is older than the version in which a known fault of it was mended, and some are not used at all."""

import re
import tomllib
from pathlib import Path

import apsw
import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.txt"))
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==([^ ;\\]+)", re.MULTILINE)
FLOORS = {
    "celery": ("5.4", "commands in the metadata of results (CVE-2021-23727), workers that hang when Redis is back"),
    "cryptography": ("50.0.0", "PKCS#7 (CVE-2026-69247), an overflow (CVE-2026-39892)"),
    "joserfc": ("1.6.8", "an empty HMAC key forges tokens (CVE-2026-49852), a size limit is bypassed (CVE-2026-48990)"),
    "litestar": ("2.25.0", "bodies without a bound (CVE-2024-52581), hosts allowed by X-Forwarded-Host (PYSEC-2026-2603)"),
    "msgpack": ("1.2.1", "GHSA-6v7p-g79w-8964"),
    "msgspec": ("0.22.0", "crashes on Python 3.13, leaks"),
    "multipart": ("1.3.1", "a regular expression that takes for ever (CVE-2026-28356)"),
    "orjson": ("3.11.6", "recursion without a bound (CVE-2025-67221)"),
    "pyjwt": ("2.15.0", "unknown critical headers (CVE-2026-32597), allow-lists that are bypassed (CVE-2026-48523)"),
    "redis": ("4.5.4", "after a cancelled call the next one gets its reply (CVE-2023-28858, CVE-2023-28859)"),
    "uvicorn": ("0.42", "time without a bound for a body in fragments, lines of the log that a client writes (CVE-2020-7694)"),
}  # fmt: skip
CRATES = {
    "bytes": ("1.11.1", "RUSTSEC-2026-0007"),
    "crossbeam-channel": ("0.5.15", "a double free (RUSTSEC-2025-0024)"),
    "h2": ("0.4.16", "frames without a bound (RUSTSEC-2026-0258)"),
    "lz4_flex": ("0.12.1", "RUSTSEC-2026-0041"),
    "pyo3": ("0.29.0", "reads out of bounds (RUSTSEC-2026-0176)"),
}
UNUSED = {
    "authlib": "algorithms are confused, again and again (CVE-2024-37568 to CVE-2026-114616)",
    "passlib": "not maintained since 2020, fails on Python 3.13",
    "python-jose": "algorithms are confused (CVE-2026-85394), not mended",
}


def pinned(lock: Path) -> dict[str, Version]:
    return {name: Version(version) for name, version in PINNED.findall(lock.read_text())}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_what_is_locked_is_not_older(lock: Path) -> None:
    found = pinned(lock)
    assert len(found) > 10
    assert {
        name for name in FLOORS if name in found and found[name] < Version(FLOORS[name][0])
    } == set()


def test_what_the_runtime_needs_is_locked_under_these_names() -> None:
    used = pinned(ROOT / "requirements.txt").keys()
    assert {"celery", "cryptography", "joserfc", "litestar", "msgspec", "redis", "uvicorn"} <= used


def test_who_installs_without_the_lock_gets_nothing_older() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for text in project["dependencies"]:
        requirement = Requirement(text)
        floor, _ = FLOORS.get(requirement.name, ("0", ""))
        least = min(
            Version(one.version)
            for one in requirement.specifier
            if one.operator in {">=", "==", "~="}
        )
        assert least >= Version(floor), text


def test_what_cannot_be_mended_is_not_used() -> None:
    assert pinned(ROOT / "requirements.txt").keys() & UNUSED.keys() == set()


@pytest.mark.parametrize(
    "folder", ["", "ecg_core/fuzz", "benchmarks/rust/core", "benchmarks/rust/service"]
)
def test_crates_are_not_older(folder: str) -> None:
    packages = tomllib.loads((ROOT / folder / "Cargo.lock").read_text())["package"]
    assert packages
    older = [
        (package["name"], package["version"])
        for package in packages
        if package["name"] in CRATES
        and Version(package["version"]) < Version(CRATES[package["name"]][0])
    ]
    assert older == []


def test_sqlite_has_no_known_way_to_lose_commits() -> None:
    assert Version(apsw.sqlite_lib_version()) >= Version("3.51.3")
