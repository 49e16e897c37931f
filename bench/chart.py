"""Bar chart as SVG: requests answered by each server, relative to the hand-written endpoint."""

from dataclasses import dataclass
from html import escape
from math import log10

WIDTH, LABELS, BAR, GAP = 860, 230, 15, 10
LEAST, MOST = 0.005, 1.5  # ends of the axis, which is logarithmic because the servers differ by a factor of a hundred
COLOURS = ("#00549f", "#6d9fd0", "#f08a00")
STYLE = "font-family='sans-serif' font-size='12' fill='#222'"


@dataclass(frozen=True, slots=True)
class Group:
    """A server and its ratios, one for each series."""

    title: str
    ratios: list[float]


def bar_chart(title: str, series: list[str], groups: list[Group]) -> str:
    """Return the SVG of groups of horizontal bars on a logarithmic axis."""
    step = len(series) * BAR + GAP
    height = 70 + len(groups) * step
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' role='img' {STYLE}>",
        f"<title>{escape(title)}</title>",
        f"<rect width='{WIDTH}' height='{height}' fill='#fff'/>",
        *_legend(series),
        *_axis(height),
    ]
    for place, group in enumerate(groups):
        parts += _bars(group, 55 + place * step, len(series))
    return "\n".join([*parts, "</svg>", ""])


def _legend(series: list[str]) -> list[str]:
    parts = []
    for place, name in enumerate(series):
        left = 10 + place * 280
        parts.append(f"<rect x='{left}' y='10' width='12' height='12' fill='{COLOURS[place]}'/>")
        parts.append(f"<text x='{left + 18}' y='20'>{escape(name)}</text>")
    return parts


def _axis(height: int) -> list[str]:
    parts = []
    for ratio in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0):
        x = LABELS + _length(ratio)
        parts.append(f"<line x1='{x}' y1='48' x2='{x}' y2='{height - 10}' stroke='#ccc'/>")
        parts.append(f"<text x='{x}' y='44' text-anchor='middle'>{ratio:g}</text>")
    return parts


def _bars(group: Group, top: int, series: int) -> list[str]:
    middle = top + series * BAR / 2 + 4
    parts = [f"<text x='{LABELS - 8}' y='{middle}' text-anchor='end'>{escape(group.title)}</text>"]
    for place, ratio in enumerate(group.ratios):
        y, length = top + place * BAR, _length(ratio)
        bar = f"x='{LABELS}' y='{y}' width='{length}' height='{BAR - 2}'"
        parts.append(f"<rect {bar} fill='{COLOURS[place]}'/>")
        parts.append(f"<text x='{LABELS + length + 4}' y='{y + 11}' font-size='11'>{ratio:.2f}</text>")
    return parts


def _length(ratio: float) -> float:
    span = log10(MOST) - log10(LEAST)
    part = (log10(max(ratio, LEAST)) - log10(LEAST)) / span
    return round(part * (WIDTH - LABELS - 40), 1)
