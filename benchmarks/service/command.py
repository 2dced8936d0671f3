"""`just bench service`: durable, authenticated ECGs, beside handlers that do nothing and peers."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from benchmarks.service.load.wrk import require_wrk
from benchmarks.service.rounds import measure
from benchmarks.service.rows import COMPARISONS, Comparison
from benchmarks.service.servers import peers
from benchmarks.service.table import lines, show


@click.command()
@click.option("--rounds", default=15, show_default=True, help="Each measures everything once.")
@click.option("--seconds", default=2, show_default=True, help="Of load, for each measurement.")
@click.option("--peers", "with_peers", is_flag=True, help="Build the peers and measure them too.")
@click.option("--only", default="", help="Measure comparisons with this in the name of one side.")
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="Write the figures here too."
)
@click.option("--check", is_flag=True, help="Fail where a goal is missed.")
def service(
    *,
    rounds: int,
    seconds: int,
    with_peers: bool,
    only: str,
    json_file: Path | None,
    check: bool,
) -> None:
    """Measure ingest and reads, server and load on one core each, in turn."""
    require_wrk()
    if with_peers:
        peers.build()
    chosen = [c for c in COMPARISONS if _is_chosen(c, only, with_peers=with_peers)]
    shown = [*lines(chosen, measure(chosen, rounds, seconds))]
    show(shown)
    if json_file is not None:
        json_file.write_text(json.dumps([asdict(line) for line in shown], indent=2) + "\n")
    if check and any(line.misses for line in shown):
        raise click.ClickException("a goal is missed")


def _is_chosen(comparison: Comparison, only: str, *, with_peers: bool) -> bool:
    both = (comparison.row, comparison.beside)
    is_built = with_peers or not any(row.host.is_peer for row in both)
    return is_built and any(only.lower() in row.name.lower() for row in both)
