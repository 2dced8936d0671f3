"""Which tests run a line: only they can notice that it was changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from coverage import CoverageData

# The likeliest to notice first; not those of processes, which would take a minute each.
SUITES = ("tests/unit", "tests/contract", "tests/api")


@dataclass(frozen=True)
class Selection:
    """The tests of each line of each file."""

    tests: dict[str, dict[int, set[str]]]

    @classmethod
    def read(cls, root: Path) -> Self:
        """Read what `pytest --cov-context=test` has left in this folder."""
        data = CoverageData(str(root / ".coverage"))
        data.read()
        files = {str(Path(file).relative_to(root)): file for file in data.measured_files()}
        return cls({name: _tests(data, file) for name, file in files.items()})

    def of(self, file: str, first: int, last: int) -> list[str]:
        """Return the tests of these lines; if they run at import only, of the file, or else all."""
        lines = self.tests.get(file, {})
        found = _union(lines.get(line, set()) for line in range(first, last + 1))
        everything = (_union(each.values()) for each in self.tests.values())
        return sorted(found or _union(lines.values()) or _union(everything), key=_order)


def _union(some: Iterable[set[str]]) -> set[str]:
    return set[str]().union(*some)


def _tests(data: CoverageData, file: str) -> dict[int, set[str]]:
    """Leave out the context of what no test runs; the others end in a bar and a phase of a test."""
    contexts = data.contexts_by_lineno(file)
    return {
        line: {context.rpartition("|")[0] for context in names if context}
        for line, names in contexts.items()
    }


def _order(test: str) -> tuple[int, str]:
    return next(n for n, suite in enumerate(SUITES) if test.startswith(suite)), test
