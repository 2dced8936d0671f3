import random
import re
from uuid import UUID

import pytest

from ecg_service.domain.opaque import ALPHABET, LENGTH, Opaque, Prefix, new_secret, read

PATTERN = re.compile(r"\b(ecg_|ecgr_)[0-9A-Za-z]{71}\b")
"""As docs/sign-in.md tells it to scanners."""

LEAST, GREATEST = Opaque(UUID(int=0), bytes(32)), Opaque(UUID(int=2**128 - 1), b"\xff" * 32)


def tokens() -> list[Opaque]:
    chance = random.Random(12)
    return [
        LEAST,
        GREATEST,
        *(Opaque(UUID(bytes=chance.randbytes(16)), chance.randbytes(32)) for _ in range(50)),
    ]


@pytest.mark.parametrize("prefix", Prefix)
def test_reads_what_was_written(prefix: Prefix) -> None:
    for token in tokens():
        written = token.written(prefix)
        assert PATTERN.fullmatch(written)
        assert len(written) == len(prefix) + LENGTH
        assert read(prefix, written) == token


def test_a_known_one_stays_readable() -> None:
    """Those who hold one keep it for years."""
    assert LEAST.written(Prefix.API_KEY) == "ecg_" + "0" * 65 + "03YZj9"
    digest = "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"
    assert LEAST.digest.hex() == digest


def test_every_changed_or_missing_character_is_noticed() -> None:
    written = tokens()[2].written(Prefix.API_KEY)
    for place in range(len(written)):
        for other in (*ALPHABET, "-", "é", "\n", " "):
            if other != written[place]:
                assert read(Prefix.API_KEY, written[:place] + other + written[place + 1 :]) is None
        assert read(Prefix.API_KEY, written[:place] + written[place + 1 :]) is None


@pytest.mark.parametrize(
    "text", ["", "ecg_", "ecgr_", "ecg_" + "z" * LENGTH, "ecg_" + "é" * LENGTH]
)
def test_other_text_is_none(text: str) -> None:
    assert read(Prefix.API_KEY, text) is None
    assert read(Prefix.REFRESH_TOKEN, text) is None


def test_what_is_one_thing_is_no_other() -> None:
    assert read(Prefix.API_KEY, LEAST.written(Prefix.REFRESH_TOKEN)) is None
    assert read(Prefix.REFRESH_TOKEN, LEAST.written(Prefix.API_KEY)) is None


def test_a_number_that_is_too_large_is_none() -> None:
    """65 digits hold a few more numbers than there are tokens; this one's checksum is right."""
    assert read(Prefix.API_KEY, "ecg_" + "z" * 65 + "2xwR2s") is None


def test_secrets_are_new() -> None:
    assert len({new_secret() for _ in range(100)}) == 100
    assert {len(new_secret()) for _ in range(9)} == {32}
