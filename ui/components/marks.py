"""Cluster marks: a shape and a colour each, safe for the colour-blind."""

from __future__ import annotations

MARKS: tuple[tuple[str, str, str, str], ...] = (
    ("circle", "#0072B2", "M6 1a5 5 0 1 0 0 10a5 5 0 0 0 0-10Z", "circle"),
    ("triangle", "#E69F00", "M6 .8 11.4 11H.6Z", "triangle-up"),
    ("square", "#009E73", "M1.4 1.4h9.2v9.2H1.4Z", "square"),
    ("diamond", "#CC79A7", "M6 .4 11.6 6 6 11.6.4 6Z", "diamond"),
    ("cross", "#D55E00", "M4 1h4v3h3v4H8v3H4V8H1V4h3Z", "cross"),
    ("star", "#56B4E9", "M6 .3 7.7 4.2l4.1.4-3.1 2.8.9 4.2L6 9.4l-3.6 2.2.9-4.2L.2 4.6l4.1-.4Z", "star"),
    ("pentagon", "#8C6BB1", "M6 .6 11.5 4.7 9.4 11.2H2.6L.5 4.7Z", "pentagon"),
    ("hexagon", "#8A7A00", "M3.2 1.1h5.6L11.6 6 8.8 10.9H3.2L.4 6Z", "hexagon"),
)
"""Name, colour, 12 x 12 path, plotly symbol."""


def mark_color(label: int | None) -> str:
    """The colour of a cluster; a neutral grey where there is none."""
    return "#98A2B3" if label is None else MARKS[label % len(MARKS)][1]


def mark_svg(label: int | None, letter: str) -> str:
    """An inline mark with its letter as the accessible name."""
    if label is None:
        return ""
    name, color, path, _ = MARKS[label % len(MARKS)]
    return (
        f'<svg class="mk" width="12" height="12" viewBox="0 0 12 12" role="img" aria-label="cluster {letter}, {name}">'
        f'<path d="{path}" fill="{color}"/></svg>'
    )
