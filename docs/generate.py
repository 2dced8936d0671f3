"""Writes the files of this folder that are made from the code; with `--check` names those that differ."""

import sys
from collections.abc import Callable
from pathlib import Path

from ecg_service.api.problems import pages

FOLDER = Path(__file__).parent
FILES: dict[str, Callable[[], str]] = {"problems.md": pages.document}


def main() -> None:
    made = {FOLDER / name: make() for name, make in FILES.items()}
    old = [path for path, text in made.items() if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv and old:
        sys.exit(f"Run `just generate`: {', '.join(path.name for path in old)}")
    for path in old:
        path.write_text(made[path])


main()
