"""Draws panels with what Prometheus answers, as SVG."""

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT, COLUMNS = 340, 180, 3
LEFT, TOP, ACROSS, DOWN = 46, 30, 280, 90
"""Where in its panel the plot stands, and how large it is."""
COLOURS = ("#3366cc", "#dc3912", "#109618", "#ff9900", "#990099", "#0099c6", "#dd4477", "#66aa00")
SIZES = ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1, ""), (1e-3, "m"), (1e-6, "µ"))
UNITS = {"s": "s", "bytes": "B", "Bps": "B/s", "reqps": "/s"}


class Line(NamedTuple):
    """A line and the points that it goes through: the part of the time, and the value."""

    name: str
    points: Sequence[tuple[float, float]]


class Plot(NamedTuple):
    """Lines with a title."""

    title: str
    unit: str
    lines: Sequence[Line]


def drawn(plots: Sequence[Plot]) -> str:
    """Return a picture of all plots."""
    rows = math.ceil(len(plots) / COLUMNS)
    size = f'width="{COLUMNS * WIDTH}" height="{rows * HEIGHT}"'
    style = 'font-family="sans-serif" font-size="10" fill="#333"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>']
    parts.append('<rect width="100%" height="100%" fill="#fff"/>')
    for at, plot in enumerate(plots):
        x, y = at % COLUMNS * WIDTH, at // COLUMNS * HEIGHT
        parts += [f'<g transform="translate({x},{y})">', *_plot(plot), "</g>"]
    return "\n".join([*parts, "</svg>\n"])


def _plot(plot: Plot) -> Iterator[str]:
    top = _rounded(max((v for line in plot.lines for _, v in line.points), default=0))
    yield f'<text x="{LEFT}" y="20" font-size="12" font-weight="bold">{escape(plot.title)}</text>'
    for part in (0, 0.5, 1):
        y = TOP + DOWN * (1 - part)
        yield f'<path d="M{LEFT} {y:g}h{ACROSS}" stroke="#ddd"/>'
        label = _shown(top * part, UNITS.get(plot.unit, ""))
        yield f'<text x="{LEFT - 4}" y="{y + 3:g}" text-anchor="end">{label}</text>'
    if not plot.lines:
        yield f'<text x="{LEFT + ACROSS / 2:g}" y="{TOP + DOWN / 2:g}" fill="#999">none here</text>'
    for at, line in enumerate(plot.lines):
        colour = COLOURS[at % len(COLOURS)]
        yield f'<polyline fill="none" stroke="{colour}" points="{_path(line, top)}"/>'
    yield from _legend(plot.lines)


def _path(line: Line, top: float) -> str:
    places = ((LEFT + ACROSS * part, TOP + DOWN * (1 - value / top)) for part, value in line.points)
    return " ".join(f"{x:.0f},{y:.1f}" for x, y in places)


def _legend(lines: Sequence[Line]) -> Iterator[str]:
    """Yield the names of the lines, two in a row, as many as there is room for."""
    for at, line in enumerate(lines[:8]):
        x, y = LEFT + at % 2 * (ACROSS // 2), TOP + DOWN + 16 + at // 2 * 13
        colour = COLOURS[at % len(COLOURS)]
        yield f'<text x="{x}" y="{y}" fill="{colour}">{escape(line.name)}</text>'


def _rounded(value: float) -> float:
    """Return the next number of one digit, or 1.5 or 2.5 of it."""
    if value <= 0:
        return 1
    unit = 10.0 ** math.floor(math.log10(value))
    return next(unit * step for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if unit * step >= value)


def _shown(value: float, unit: str) -> str:
    size, letter = next((one for one in SIZES if value >= one[0]), (1, ""))
    return f"{value / size:.3g} {letter}{unit}".rstrip()
