"""What is installed has its licence, its documents and its command, and the first example needs no NumPy."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import ecg_core
from tests.core.package.pages import ROOT, blocks, page

PACKAGE = distribution("ecg-core")
COMMAND = Path(sys.executable).with_name("ecg-core")
README = str(PACKAGE.metadata.json["description"])


def test_the_licence_is_there() -> None:
    [licence] = [file for file in PACKAGE.files or [] if file.name == "LICENSE"]
    assert licence.read_text() == page("LICENSE")
    assert PACKAGE.metadata["License-Expression"] == "MIT"


def test_the_documents_that_the_readme_names_are_there() -> None:
    named = set(re.findall(r"`docs/([\w-]+\.md)`", README))
    documents = Path(ecg_core.__file__).parent / "docs"
    assert {document.name for document in documents.iterdir()} == named
    for name in named:
        assert (documents / name).read_text() == page(f"docs/{name}")


def test_the_first_example_needs_no_numpy() -> None:
    program = """
import doctest, sys
sys.modules["numpy"] = None
test = doctest.DocTestParser().get_doctest(sys.argv[1], {}, "README.md", None, 0)
failed, attempted = doctest.DocTestRunner().run(test)
raise SystemExit(failed or attempted < 5)
"""
    example = blocks(README, "python")[0]
    subprocess.run([sys.executable, "-c", program, example], check=True)


def test_the_command_tells_the_version() -> None:
    told = subprocess.run([COMMAND, "--version"], capture_output=True, text=True, check=True)
    assert told.stdout == f"ecg-core {PACKAGE.version}\n"
    assert ecg_core.__version__ == PACKAGE.version


def test_the_readme_names_the_rust_that_builds_it() -> None:
    wanted = tomllib.loads(page("ecg_core/Cargo.toml"))["package"]["rust-version"]
    assert re.findall(r"Rust\]\([^)]*\) ≥ ([\d.]+\d)", README) == [wanted]
    for other in ("README.md", "CONTRIBUTING.md"):
        assert f"≥ {wanted}" in page(other)
    assert README.strip() == (ROOT / "ecg_core/README.md").read_text().strip()
