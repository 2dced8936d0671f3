"""Every command in the documentation is run, and prints what the page shows, or says why it is not run.

The commands of a page run one after the other, as a reader would, in an empty folder and a network of their own, in
which port 8000 is free. A page that starts no service has one, with the users alice and root. `<!-- not run: REASON -->`
before a block keeps it from being run; `<!-- needs: PROGRAMS -->` says what a page uses; `<!-- file: NAME -->` makes the file that the block shows. In what is
printed, `…` stands for anything.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.blocks import PAGES, ROOT, SHELLS, Block, blocks
from tests.processes import PATIENCE, environment

PASSWORD = "correct horse"
PRELUDE = Path(__file__).with_name("prelude.sh")
ALONE = ["unshare", "--net", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Yield each command of a block with what it prints; a block of `sh` shows nothing of that."""
    if block.language == "sh":
        yield block.text, ""
        return
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        if found := re.fullmatch(r"((?:.*\\\n)*.*\n)((?:.*\n)*)", part):
            yield found[1], found[2]


def to_run(page: Path) -> list[Block]:
    return [one for one in blocks(page) if one.file or (one.language in SHELLS and not one.reason)]


RUN = [page for page in PAGES if any(one.language in SHELLS for one in to_run(page))]


def script(page: Path) -> tuple[str, list[tuple[str, str]]]:
    """Return a script that runs the page, and of each command its place and what it shall print."""
    lines, expected = [f". {PRELUDE}"], list[tuple[str, str]]()
    found = to_run(page)
    if not any("ecg serve" in one.text for one in found if not one.file):
        lines += ["mv $HOME/ecg.db .", "ecg serve"]
    for block in found:
        if block.file:
            lines.append(f"cat > {block.file} <<'END OF FILE'\n{block.text}END OF FILE")
            continue
        for command, printed in commands(block):
            may_fail = " || true" if "/problems/" in printed else ""  # the page shows an error
            output = f"}} > $HOME/{len(expected)} 2>&1{may_fail}"
            lines += [f"echo '{block.place}' > $HOME/place", "{", command, output]
            expected.append((block.place, printed))
    return "\n".join(lines), expected


def pattern(printed: str) -> str:
    return "".join(
        r"[\s\S]*" if part == "…" else re.escape(part) for part in re.split("(…)", printed)
    )


def require(page: Path) -> None:
    """Skip a page whose programs are not here, or that would share its network with others."""
    needed = re.findall(r"^<!-- needs: (.*) -->$", page.read_text(), re.MULTILINE)
    for name in ["unshare", "curl", "jq", "openssl", *" ".join(needed).split()]:
        if shutil.which(name) is None:
            pytest.skip(f"needs {name}")
    if subprocess.run([*ALONE, "true"], check=False, capture_output=True).returncode:
        pytest.skip("needs to make a network of its own")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a password, and a database whose users have it."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "password").write_text(PASSWORD)
    for name, *options in (["root", "--admin"], ["alice"]):
        add = [sys.executable, "-m", "ecg_service", "users", "add", name, *options]
        given = [*add, "--password-file", "password"]
        subprocess.run(given, cwd=folder, env=environment(), check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("page", RUN, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_do_what_it_says(page: Path, home: Path, tmp_path: Path) -> None:
    require(page)
    shutil.copytree(home, tmp_path / "home")
    text, expected = script(page)
    path = f"{Path(sys.executable).parent}:/usr/bin:/usr/sbin:/bin:/sbin"
    done = subprocess.run(
        [*ALONE, "bash", "-c", text],
        cwd=tmp_path,
        env={"PATH": path, "PASSWORD": PASSWORD, "ROOT": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    place = tmp_path / "home" / "place"
    printed = [tmp_path / "home" / str(number) for number in range(len(expected))]
    said = "".join(one.read_text() for one in printed if one.exists())
    assert done.returncode == 0, (
        f"{place.exists() and place.read_text()}{said}{done.stdout}{done.stderr}"
    )
    for file, (where, shown) in zip(printed, expected, strict=True):
        if shown:
            assert re.fullmatch(pattern(shown.strip()), file.read_text().strip()), (
                f"{where} shows\n{shown}but this is printed:\n{file.read_text()}"
            )
