"""Draw the dashboard with a service under load: `just dashboard`, which writes docs/dashboard.svg.

A service with two workers and a Prometheus run for SECONDS. The load grows, stops while one of the
workers is killed, and comes back.
"""

import asyncio
import math
import os
import re
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from signal import SIGKILL
from typing import Any

from ecg_service.cli.demo.example import example_ecg
from tests.e2e.workers import workers_of
from tests.monitoring.dashboard import Panel, panels
from tests.monitoring.drawing import Line, Plot, drawn
from tests.monitoring.load import busy, watched
from tests.servers.prometheus import OwnPrometheus

PICTURE = Path(__file__).parents[2] / "docs" / "dashboard.svg"
POINTS = 60


async def draw(folder: Path, seconds: float) -> str:
    """Return the picture of a time of so many seconds."""
    document = re.sub(rb'"id":"[^"]*",', b"", example_ecg(), count=1)  # or all were the same
    async with watched(folder, "1s", quota=4_000, quota_seconds=10) as (service, prometheus):
        start = time.time()
        for number, part in ((1, 0.3), (3, 0.3), (0, 0.2), (2, 0.2)):
            if not number:
                os.kill(workers_of(service)[0], SIGKILL)
            async with AsyncExitStack() as stack:
                for _ in range(number):
                    await stack.enter_async_context(busy(service, document, 0.02))
                await asyncio.sleep(part * seconds)
        times = (start, time.time())
        plots = [await _plot(prometheus, panel, times) for panel in panels("5s")]
    return drawn(plots)


async def _plot(prometheus: OwnPrometheus, panel: Panel, times: tuple[float, float]) -> Plot:
    lines = list[Line]()
    for expression, legend in panel.queries:
        start, end = times
        asked = {"start": start, "end": end, "step": (end - start) / POINTS}
        found = (await prometheus.ask("query_range", query=expression, **asked))["result"]
        lines += [_line(one, legend, times) for one in found]
    return Plot(panel.title, panel.unit, lines)


def _line(series: dict[str, Any], legend: str, times: tuple[float, float]) -> Line:
    """Return a line, named as Grafana would do it."""
    start, end = times
    name = legend
    for label, value in series["metric"].items():
        name = name.replace(f"{{{{{label}}}}}", value)
    points = [((at - start) / (end - start), float(value)) for at, value in series["values"]]
    return Line(name, [point for point in points if math.isfinite(point[1])])


def main() -> None:
    seconds = float(sys.argv[1]) if sys.argv[1:] else 60
    with tempfile.TemporaryDirectory(prefix="ecg-monitoring-") as folder:
        PICTURE.write_text(asyncio.run(draw(Path(folder), seconds)))


if __name__ == "__main__":
    main()
