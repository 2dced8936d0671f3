"""The page about all settings, `docs/settings.md`, as it follows from their definitions."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from typed_settings.cls_utils import deep_options
from typed_settings.types import OptionInfo

from ecg_service.settings.problems import variable
from ecg_service.settings.secrets import FILE_SUFFIX, is_secret
from ecg_service.settings.tree import Settings
from ecg_service.settings.values import allowed

INTRODUCTION = """# Settings

Made by `just generate` from the definitions in [settings/groups/](../ecg_service/settings/groups/).

A setting has one name everywhere. The strongest place where it is given wins: an option of a command, then the environment, then the
TOML file (`ecg.toml` in the working directory, or the file that `ECG_SETTINGS` names), then the default.
`ecg settings show` prints what holds and where it is from, `--json` for programs. Whatever is not allowed, and every unknown name, is
refused at the start, with its place and what is allowed. Sizes are bytes, times are seconds.

**Secrets** may stand in a file of their own: `ECG_ADMIN_PASSWORD_FILE=/run/secrets/password` in the environment, or
`admin_password_file = "/run/secrets/password"` in the TOML file, in the place of the setting itself. The line end of the file is not part of
the secret. No command, log or message shows a secret, nor the password in a URL.

**Dangerous combinations** are refused, unless another setting says that they are meant: `plain_http` for a `host` beyond loopback,
`plain_backends` for a database, a cache, a broker or a collector of traces there that is not reached by TLS which verifies it.
Durability cannot be turned off: the stores set it for their sessions themselves ([durability.md](durability.md)), and there is no debug mode.

Settings with a † are for all [workers](workers.md) together, which share them out."""


def options() -> Sequence[OptionInfo]:
    """Return all settings in the order of their groups."""
    return deep_options(Settings)


def reference() -> str:
    """Return the page, in Markdown."""
    groups = groupby(options(), key=lambda option: option.parent_cls)
    return "\n\n".join([INTRODUCTION, *(_group(cls, found) for cls, found in groups)]) + "\n"


def _group(cls: type, found: Iterable[OptionInfo]) -> str:
    name, _, about = " ".join((cls.__doc__ or "").split()).partition(": ")
    head = "| setting | in the environment | default | allowed | |\n|---|---|---|---|---|"
    rows = "\n".join(map(_row, found))
    return f"## {name}\n{about[0].upper()}{about[1:]}\n\n{head}\n{rows}"


def _row(option: OptionInfo) -> str:
    shared = " †" if option.metadata.get("divided") else ""
    place = f"`{variable(option.name)}`" + (f", `…{FILE_SUFFIX.upper()}`" * is_secret(option))
    cells = (f"`{option.name}`{shared}", place, _default(option), allowed(option), _about(option))
    return f"| {' | '.join(cells)} |"


def _default(option: OptionInfo) -> str:
    match option.default:
        case None:
            return "none"
        case bool() as truth:
            return f"`{str(truth).lower()}`"
        case int() | float() as number:
            return f"{number:,}".removesuffix(".0")
        case text:
            return f"`{text}`"


def _about(option: OptionInfo) -> str:
    """Return the docstring below the field, which typed-settings keeps for the help of options."""
    return option.metadata["click"]["help"]
