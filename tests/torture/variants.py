"""Copies of the service with one thing changed: mutants that a gate must catch, and faults."""

import shutil
from pathlib import Path
from typing import NamedTuple

import ecg_service


class Change(NamedTuple):
    """Text that is replaced in a module."""

    module: str
    old: str
    new: str


SHORT_LOG = Change(
    "adapters/sqlite/engine/limits.py", "wal_bytes: int = 64 * MIB", "wal_bytes: int = MIB // 2"
)
"""Checkpoints are frequent, so that faults meet them."""

NORMAL = Change("adapters/sqlite/engine/connections.py", '"synchronous": 2', '"synchronous": 1')
"""Commits are not synced."""

EARLY_ANSWER = Change(
    "adapters/sqlite/ecgs.py",
    "return await self._engine.write_after(read, add, until=until) or []",
    """new = read()
        import asyncio
        loop = asyncio.get_running_loop()
        loop.call_later(0.01, lambda: loop.create_task(
            self._engine.write_after(lambda: new, add, until=until)
        ))
        return [one.ecg.id for one in new]""",
)
"""ECGs are acknowledged before they are committed."""

BEGIN = "        until = min(submission.received for submission in batch) + self._max_seconds"


def _sometimes(what: str) -> str:
    return f"        import random, time\n        if random.random() < 0.04: {what}\n"


INGEST = "services/ingest/actor.py"
CRASH = Change(INGEST, BEGIN, _sometimes("raise SystemError") + BEGIN)
"""The actor that ingests fails before it has stored anything."""

AFTERWARDS = "        self._queue.put(pending)"
CRASH_AFTERWARDS = Change(INGEST, AFTERWARDS, _sometimes("raise SystemError") + AFTERWARDS)
"""It fails when all is stored, and nobody told."""

READ = "        read: dict[int, StoredEcg | EcgError] = {}"
HANG = Change(INGEST, READ, _sometimes("time.sleep(2)") + READ)
"""It hangs longer than a write may take."""

CORE = "        return _without_panic(document_format.read, documents, use, max_leads=max_leads)"
PANIC = Change(
    "adapters/core.py",
    CORE,
    """        import random
        if random.random() < 0.04:
            class PanicException(BaseException): ...
            def panic(): raise PanicException
            return _without_panic(panic)
"""
    + CORE,
)
"""The core panics, which is no `Exception`."""


def variant(folder: Path, *changes: Change) -> dict[str, str]:
    """Copy the service into a folder and change it there; return the environment that runs it."""
    source = Path(ecg_service.__file__).parent
    copy = folder / source.name
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for module, old, new in changes:
        text = (copy / module).read_text()
        if text.count(old) != 1:
            raise ValueError(f"{module} has not once {old!r}")
        (copy / module).write_text(text.replace(old, new))
    return {"PYTHONPATH": str(folder)}
