"""Whatever reads what is a user's is told whose it has to be: no caller can forget to look.

What is for everybody's ECGs is for the background, for operators and for who signs in, and stands here with its reason.
A new method fails until it takes the owner or has one.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from ecg_service import ports
from ecg_service.ports.audit import AuditRepository
from ecg_service.ports.ecgs import EcgRepository
from ecg_service.ports.grants import GrantRepository
from ecg_service.ports.identities import IdentityRepository
from ecg_service.ports.insights import InsightRepository
from ecg_service.ports.users import UserRepository
from ecg_service.services.ecgs import Ecgs

STORES_WITH_OWNER = "stores ECGs that name their owner, as the sender in the same transaction"
BACKGROUND = "the background computes everybody's insights, and answers nobody"
OPERATOR = "for operators: no route of the API reads it"
OF_USERS = "users are no one's; routes for admins and for the user, who is the key"

WITHOUT: Mapping[type, Mapping[str, str]] = {
    EcgRepository: {
        "add_many": STORES_WITH_OWNER,
        "add_read": STORES_WITH_OWNER,
        "add_long": STORES_WITH_OWNER,
        "find": "ids with their owners, for retention, and of one owner for erasure",
        "delete_many": "of what `find` returned, by owner and id",
        "forget_keys": "sweeps old keys of all, or of one owner for erasure; returns a number",
        "scrub": "overwrites what is deleted",
        "generation": "a number that says nothing of anybody",
        "renew_generation": "a number that says nothing of anybody",
        "ping": "writes what is nobody's",
    },
    InsightRepository: dict.fromkeys(
        ("pending", "unfinished", "now", "claim", "finish", "release", "backfill"), BACKGROUND
    ),
    GrantRepository: {
        "add": "the grant names its owner",
        "get": "by the id in a secret, whose hash is compared before anything is answered",
        "replace": "of what `get` returned",
        "touch": "notes when, and answers nothing",
    },
    UserRepository: dict.fromkeys(
        ("add", "add_first", "get", "page", "update", "remove"), OF_USERS
    ),
    IdentityRepository: {
        "user_of": "who is meant by a token that was verified",
        "link": "who is meant by a token that was verified",
    },
    AuditRepository: dict.fromkeys(
        ("append", "heads", "cuts", "page", "names", "forget"), OPERATOR
    ),
    Ecgs: {
        "stream": "goes on with what was found for its owner, and asks for it by that owner",
    },
}


def methods(cls: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, method in inspect.getmembers(cls, inspect.isfunction):
        if not name.startswith("_"):
            yield name, method


def takes_owner(method: Callable[..., Any]) -> bool:
    """Whether the first argument is the owner, who has to be given."""
    _, *parameters = inspect.signature(method).parameters.values()
    return bool(parameters) and (
        parameters[0].name == "owner" and parameters[0].default is inspect.Parameter.empty
    )


def repositories() -> Iterator[type]:
    for module in pkgutil.iter_modules(ports.__path__, f"{ports.__name__}."):
        for name, found in inspect.getmembers(
            importlib.import_module(module.name), inspect.isclass
        ):
            if name.endswith("Repository"):
                yield found


def test_every_repository_is_here() -> None:
    assert {*repositories(), Ecgs} == WITHOUT.keys()


@pytest.mark.parametrize("cls", WITHOUT, ids=lambda cls: cls.__name__)
def test_a_method_takes_the_owner_or_says_why_not(cls: type) -> None:
    without = {name for name, method in methods(cls) if not takes_owner(method)}
    assert without == WITHOUT[cls].keys()
