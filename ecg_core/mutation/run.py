"""Changes the kernels by one constant or instruction at a time; each time a Rust test must fail.

`python ecg_core/mutation/run.py [PART ...]` takes the changes whose description contains a PART. A change
that survives fails the run, unless `equivalent.toml` says why no test can tell it from the original: then
it counts as equivalent. An entry there that nothing needs fails the run too.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from mutants import Mutant, mutants

HERE = Path(__file__).parent
WORKSPACE = HERE.parent.parent

Reason = tuple[str, str, str, str]


def main(*parts: str) -> None:
    everything = list(mutants(WORKSPACE / "ecg_core/src"))
    chosen = [
        mutant for mutant in everything if not parts or any(part in str(mutant) for part in parts)
    ]
    reasons = equivalent()
    unused = set(reasons) if chosen == everything else set[Reason]()
    fates, survivors = Counter[str](), list[Mutant]()
    for mutant, fate in tried(chosen):
        excused = fate == "survived" and reason(mutant) in reasons
        verdict = "equivalent" if excused else fate
        fates[verdict] += 1
        print(verdict, mutant, file=sys.stderr)
        if excused:
            unused.discard(reason(mutant))
        elif fate == "survived":
            survivors.append(mutant)
    print(", ".join(f"{count} {fate}" for fate, count in sorted(fates.items())))
    for mutant in survivors:
        print(f"no test fails: {mutant} in\n    {mutant.line.strip()}")
    for entry in unused:
        print(f"nothing needs in equivalent.toml: {entry}")
    sys.exit(bool(survivors or unused))


def reason(mutant: Mutant) -> Reason:
    return mutant.file, mutant.line.strip(), mutant.old, mutant.new


def equivalent() -> dict[Reason, str]:
    listed = tomllib.loads((HERE / "equivalent.toml").read_text())["change"]
    return {(c["file"], c["line"], c["old"], c["new"]): c["why"] for c in listed}


def tried(chosen: list[Mutant]) -> Iterator[tuple[Mutant, str]]:
    """Tries each in one of a few copies of the crate."""
    workers = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(workers) as pool:
        copies = Queue[Path]()
        for number in range(workers):
            copies.put(copied(Path(temporary) / str(number)))

        def attempt(mutant: Mutant) -> str:
            copy = copies.get()
            try:
                return fate(copy, mutant)
            finally:
                copies.put(copy)

        yield from zip(chosen, pool.map(attempt, chosen), strict=True)


def copied(folder: Path) -> Path:
    ignored = shutil.ignore_patterns("fuzz", "target", "python", "*.so")
    shutil.copytree(WORKSPACE / "ecg_core", folder / "ecg_core", ignore=ignored)
    for name in ("Cargo.toml", "Cargo.lock"):
        shutil.copy(WORKSPACE / name, folder)
    if not passes(folder, seconds=600):
        sys.exit("the tests fail without any change")
    return folder


def fate(folder: Path, mutant: Mutant) -> str:
    file = folder / "ecg_core/src" / mutant.file
    original = file.read_text()
    lines = original.splitlines(keepends=True)
    lines[mutant.number - 1] = f"{mutant.change()}\n"
    file.write_text("".join(lines))
    try:
        if not passes(folder, "--no-run"):
            return "did not compile"
        room = mutant.file.partition("/")[0]  # its own tests are likely to fail, and fewer
        return "survived" if passes(folder, room) and passes(folder) else "killed"
    finally:
        file.write_text(original)


def passes(folder: Path, *arguments: str, seconds: int = 60) -> bool:
    """Whether the tests pass, in bounds: a changed loop may not end, or ask for all memory."""
    cargo = ("cargo", "test", "--quiet", "--locked", "--package", "ecg_core", "--lib", *arguments)
    environment = {**os.environ, "CARGO_PROFILE_TEST_OPT_LEVEL": "1", "CARGO_TARGET_DIR": "target"}
    bounded = (
        "timeout",
        str(seconds),
        "bash",
        "-c",
        'ulimit -v 8000000; exec "$@"',
        "bash",
        *cargo,
    )
    done = subprocess.run(bounded, cwd=folder, env=environment, capture_output=True, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    main(*sys.argv[1:])
