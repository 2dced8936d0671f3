"""Copies of the project, in which the tests of a mutant run."""

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mutation.mutants import Mutant

SECONDS = 900
SECONDS_OF_A_TEST = 60
MEMORY = 8_000_000  # kB; a changed loop may ask for all there is
UNUSED = ("cacheprovider", "schemathesis", "faker")
"""Plugins without which pytest starts in half of the time."""

# What pytest says when a test failed is 1; these say that the program could not even be imported.
NOT_A_PROGRAM = {2, 4}
NO_TESTS = 5
OUT_OF_TIME = 124  # says `timeout`: no test has failed yet; one that hangs ends by its own limit


@dataclass(frozen=True)
class Tree:
    """One copy, used by one thread at a time."""

    root: Path
    _clock: Iterator[int] = field(default_factory=itertools.count)

    @classmethod
    def copy(cls, project: Path, root: Path) -> "Tree":
        """Copy what Git tracks or would."""
        listing = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        listed = subprocess.run(listing, cwd=project, check=True, capture_output=True, text=True)
        for name in filter(None, listed.stdout.split("\0")):
            if (project / name).exists():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(project / name, root / name)
        return cls(root)

    def fate(self, mutant: Mutant, tests: list[str]) -> str:
        """Run these tests until one fails."""
        original = (self.root / mutant.file).read_bytes()
        self._write(mutant.file, mutant.source)
        try:
            code = self.pytest("--exitfirst", *self._named(tests)) if tests else NO_TESTS
        finally:
            self._write(mutant.file, original)
        if code in NOT_A_PROGRAM:
            return "invalid"
        return "survived" if code in {0, NO_TESTS, OUT_OF_TIME} else "killed"

    def pytest(self, *arguments: str, seconds: int = SECONDS, quiet: bool = True) -> int:
        """Run pytest here, in bounds, and return its exit code."""
        unused = [part for name in UNUSED for part in ("-p", f"no:{name}")]
        python = (sys.executable, "-m", "pytest", *unused, "--hypothesis-seed=0")
        limits = {"timeout": SECONDS_OF_A_TEST, "exit_on_timeout": "true"}
        options = [f"--override-ini=faulthandler_{name}={value}" for name, value in limits.items()]
        bounds = ("timeout", str(seconds), "bash", "-c", f'ulimit -v {MEMORY}; exec "$@"', "bash")
        environment = {**os.environ, "PYTHONPATH": str(self.root)}
        command = [*bounds, *python, *options, *arguments]
        return subprocess.run(
            command,
            cwd=self.root,
            env=environment,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if quiet else sys.stderr,
            stderr=subprocess.DEVNULL if quiet else None,
        ).returncode

    def _write(self, file: str, source: bytes) -> None:
        """Write at a time of its own: Python looks at whole seconds to tell whether code is old."""
        path, now = self.root / file, next(self._clock)
        path.write_bytes(source)
        os.utime(path, (now, now))

    def _named(self, tests: list[str]) -> list[str]:
        (self.root / "selected").write_text("\n".join(tests))
        return ["@selected"]
