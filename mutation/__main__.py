"""Changes the service by one thing at a time; each time a test must fail.

The sample is drawn by the seed. What survives is listed, unless `equivalent.toml` says why no test can
tell it from the original; an entry there that no change needs, or that a test does notice, fails the run.
"""

import argparse
import os
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from mutation.mutants import Mutant, Reason, mutants, shuffled
from mutation.selection import SUITES, Selection
from mutation.trees import Tree

PROJECT = Path(__file__).parents[1]
GOAL = 0.9
SECONDS_OF_ALL = 1800


LISTED = {"survived": "equivalent", "killed": "noticed"}
"""What becomes of a change that `equivalent.toml` lists: a test should not notice it."""


def main() -> None:
    options, everything, reasons = _options(), mutants(PROJECT), equivalent()
    chosen = [m for m in shuffled(everything, options.seed) if options.part in str(m)]
    found = defaultdict[str, list[Mutant]](list)
    for mutant, fate in tried(chosen[: options.size]):
        found[LISTED.get(fate, fate) if mutant.reason in reasons else fate].append(mutant)
        print(fate, mutant, file=sys.stderr, flush=True)
    unneeded = reasons.keys() - {mutant.reason for mutant in everything}
    _print("no test fails", found["survived"])
    _print("in equivalent.toml, but a test fails", found["noticed"])
    _print("in equivalent.toml, but no change of ours", unneeded)
    score = len(found["killed"]) / max(1, len(found["killed"]) + len(found["survived"]))
    counts = ", ".join(f"{len(some)} {fate}" for fate, some in sorted(found.items()))
    print(f"seed {options.seed}, of {len(everything)}: {counts}; score {score:.1%}")
    sys.exit(score < GOAL or bool(found["noticed"] or unneeded))


def _print(what: str, them: Iterable[Mutant | Reason]) -> None:
    for text in sorted(map(str, them)):
        print(f"{what}: {text}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="just mutants service", description=__doc__)
    parser.add_argument("--size", type=int, default=450, help="how many changes (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="which of them (%(default)s)")
    parser.add_argument("--part", default="", help="only those with this in their text")
    return parser.parse_args()


def equivalent() -> dict[Reason, str]:
    listed = tomllib.loads((Path(__file__).parent / "equivalent.toml").read_text())["change"]
    return {(c["file"], c["line"], c["old"], c["new"]): c["why"] for c in listed}


def tried(chosen: list[Mutant]) -> Iterator[tuple[Mutant, str]]:
    """Try each in one of a few copies of the project."""
    workers = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(workers) as pool:
        trees, selection = Queue[Tree](), measured(Path(temporary) / "measured")
        for number in range(workers):
            trees.put(Tree.copy(PROJECT, Path(temporary) / str(number)))

        def attempt(mutant: Mutant) -> str:
            tree = trees.get()
            try:
                return tree.fate(mutant, selection.of(mutant.file, mutant.first, mutant.last))
            finally:
                trees.put(tree)

        yield from zip(chosen, pool.map(attempt, chosen), strict=True)


def measured(root: Path) -> Selection:
    """Run all tests without a change, and see which lines each of them runs."""
    coverage = ("--cov=ecg_service", "--cov-context=test", "--cov-report=", "--numprocesses=auto")
    tree = Tree.copy(PROJECT, root)
    if code := tree.pytest(*coverage, *SUITES, seconds=SECONDS_OF_ALL, quiet=False):
        sys.exit(
            f"the tests fail without any change, or take {SECONDS_OF_ALL} s: pytest ended with {code}"
        )
    return Selection.read(root)


if __name__ == "__main__":
    main()
