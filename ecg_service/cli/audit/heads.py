"""The ends of chains, as they are kept outside of the database."""

from typing import BinaryIO
from uuid import UUID

import click
import msgspec
from msgspec import Struct

from ecg_service.domain.audit.blocks import Link


class Head(Struct, forbid_unknown_fields=True):
    """The last row of a chain, and its hash."""

    chain: UUID
    number: int
    hash: str


def written(head: Link) -> bytes:
    """Return a line to keep."""
    return msgspec.json.encode(Head(head.chain, head.number, head.hash.hex()))


def known_in(file: BinaryIO) -> list[Link]:
    """Return the ends that were kept."""
    try:
        read = [msgspec.json.decode(line, type=Head) for line in file.read().splitlines() if line]
        return [Link(head.chain, head.number, bytes.fromhex(head.hash)) for head in read]
    except (msgspec.DecodeError, ValueError) as error:
        raise click.UsageError(
            f"--heads: this is not what `ecg audit heads` prints: {error}"
        ) from error
