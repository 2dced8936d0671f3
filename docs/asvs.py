"""The page about OWASP's requirements, from `asvs.toml`."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

Json = dict[str, Any]

TABLE = Path(__file__).with_name("asvs.toml")
CHAPTERS = (
    "Encoding and sanitization",
    "Validation and business logic",
    "Web frontend security",
    "API and web service",
    "File handling",
    "Authentication",
    "Session management",
    "Authorization",
    "Self-contained tokens",
    "OAuth and OIDC",
    "Cryptography",
    "Secure communication",
    "Configuration",
    "Data protection",
    "Secure coding and architecture",
    "Security logging and error handling",
    "WebRTC",
)

_BEFORE = """\
# OWASP ASVS

Made by `just generate` from [asvs.toml](asvs.toml): each requirement of levels 1 and 2 of the [Application Security Verification Standard](https://owasp.org/www-project-application-security-verification-standard/) 5.0.0, by its
number, in words of ours; the standard has the full text. It is © The OWASP Foundation, [CC BY-SA 4.0](https://creativecommons.org/licenses/by-sa/4.0/), and this page is under the same licence. Nobody but the project has looked at this.

Of {all} requirements **{met} are met**, each with tests or recipes that look, and the pages where documentation is asked for; {na} are **not for us**, with the reason; {open}.
`tests/tools/test_asvs.py` holds that none is left out and every test exists.
"""


def page() -> str:
    """Return the page."""
    items: Json = tomllib.loads(TABLE.read_text())
    kinds = Counter(map(_kind, items.values()))
    text = _BEFORE.format(all=len(items), met=kinds["met"], na=kinds["na"], open=_open(items))
    for chapter, found in groupby(items.items(), key=lambda item: int(item[0].split(".")[0])):
        text += f"\n## V{chapter} {CHAPTERS[chapter - 1]}\n\n| | level | asks that | |\n|---|---|---|---|\n"
        text += "".join(
            f"| {name} | {one['level']} | {one['asks']} | {_said(one)} |\n" for name, one in found
        )
    return text


def _open(items: Json) -> str:
    """Say what is not met."""
    names = [name for name, one in items.items() if "missing" in one]
    told = f", with what is planned: {', '.join(names)}" if names else ""
    return f"{len(names) or 'none'} {'is' if len(names) < 2 else 'are'} **not met**{told}"


def _kind(item: Json) -> str:
    return next((kind for kind in ("na", "missing") if kind in item), "met")


def _said(item: Json) -> str:
    kind = _kind(item)
    first = {"na": "*Not for us*: ", "missing": "**Not met**: "}.get(kind, "")
    words = item.get("note") or item.get(kind, "")
    return "; ".join([*([first + words] if words else []), *_evidence(item)]).replace("|", "\\|")


def _evidence(item: Json) -> Iterator[str]:
    for test in item.get("tests", ()):
        yield f"`{test}`"
    for place in item.get("pages", ()):
        name = Path(place).name
        yield f"[{name}]({name})"
