"""Cluster marks: a shape and a colour each, safe for the colour-blind."""

from __future__ import annotations

from typing import NamedTuple


class Mark(NamedTuple):
    """How a cluster is drawn: its shape's name, colour and 12 x 12 path."""

    name: str
    color: str
    path: str


_MARKS: tuple[Mark, ...] = (
    Mark("circle", "#1F7DC4", "M6 1a5 5 0 1 0 0 10a5 5 0 0 0 0-10Z"),
    Mark("triangle", "#E69F00", "M6 .8 11.4 11H.6Z"),
    Mark("square", "#009E73", "M1.4 1.4h9.2v9.2H1.4Z"),
    Mark("diamond", "#CC79A7", "M6 .4 11.6 6 6 11.6.4 6Z"),
    Mark("cross", "#D55E00", "M4 1h4v3h3v4H8v3H4V8H1V4h3Z"),
    Mark("star", "#56B4E9", "M6 .3 7.7 4.2l4.1.4-3.1 2.8.9 4.2L6 9.4l-3.6 2.2.9-4.2L.2 4.6l4.1-.4Z"),
    Mark("pentagon", "#8C6BB1", "M6 .6 11.5 4.7 9.4 11.2H2.6L.5 4.7Z"),
    Mark("hexagon", "#8A7A00", "M3.2 1.1h5.6L11.6 6 8.8 10.9H3.2L.4 6Z"),
)


def mark(label: int) -> Mark:
    """The mark of a cluster; from the ninth on the shapes come again in other colours, so that 64 differ."""
    turn, place = divmod(label, len(_MARKS))
    return _MARKS[place]._replace(color=_MARKS[(place + 3 * turn) % len(_MARKS)].color)


def mark_color(label: int | None) -> str:
    """The colour of a cluster; a neutral grey where there is none."""
    return "#98A2B3" if label is None else mark(label).color


def lineage_color(row: int) -> str:
    """The colour of everybody who descends from a row of scale 0; from the ninth on the colours come again."""
    return _MARKS[row % len(_MARKS)].color


def mark_svg(label: int | None, letter: str) -> str:
    """An inline mark with its letter as the accessible name; grey, as colours tell lineages apart."""
    if label is None:
        return ""
    name, _, path = mark(label)
    return (
        f'<svg class="mk" width="12" height="12" viewBox="0 0 12 12" role="img" aria-label="cluster {letter}, {name}">'
        f'<path d="{path}" fill="currentColor"/></svg>'
    )
