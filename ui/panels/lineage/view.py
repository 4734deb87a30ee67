"""Candidates over the scales: births, copies, ends, clusters and the winner's line."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ...scene.lineage import Column, Dot
from ...scene.scene import Shown
from ...shell.contract import LONGEST_NAME
from ...shell.text import signed
from .branches import branches_html

WIDTH, LEFT, RIGHT, TOP = 1000, 52, 34, 30
TALLEST, WIDEST_ROW, NARROWEST_ROW = 460, 50, 14
LARGEST, SMALLEST = 46, 12
"""Edge of a picture; one that would be smaller is a dot in the colour of its lineage."""


@dataclass(frozen=True)
class Grid:
    """Where things stand: x of every scale, rows, and the height of one."""

    xs: tuple[float, ...]
    rows: int
    row: float

    def spread(self, column: Column) -> float:
        """From one candidate of a column to the next: where few are left they have more room."""
        return min(self.row * self.rows / max(len(column.dots), 1), max(self.row, LARGEST + 14))

    def side(self, column: Column) -> float:
        """Edge of the pictures of a column."""
        return min(self.spread(column) - 6, LARGEST)

    @property
    def height(self) -> float:
        """Height of the whole drawing."""
        return TOP + self.rows * self.row + 8

    def place(self, column: Column, index: int) -> tuple[float, float]:
        """Centre of a candidate."""
        middle = TOP + self.rows * self.row / 2
        return self.xs[column.scale], middle + (index - (len(column.dots) - 1) / 2) * self.spread(column)


def lineage_of(scene: Shown) -> str:
    """The lineage of the branch that is shown, with the branches of the run."""
    branches = branches_html(scene.branches, scene.scales, LONGEST_NAME)
    return lineage_html(scene.columns, scene.scales, scene.scale, branches)


def lineage_html(columns: Sequence[Column], scales: int, now: int, branches: str = "") -> str:
    """An SVG that scrolls inside its own strip, a place to look at one candidate, and the branches of the run."""
    if not columns:
        return ""
    rows = max(len(c.dots) for c in columns)
    step = (WIDTH - LEFT - RIGHT) / (scales - 1)
    row = max(NARROWEST_ROW, min(WIDEST_ROW, TALLEST / rows))
    grid = Grid(tuple(LEFT + k * step for k in range(scales)), rows, row)
    parts = [_rulers(grid, now)]
    for before, here in itertools.pairwise(columns):
        parts += [_edge(grid, before, here, i) for i in range(len(here.dots))]
    for column in columns:
        # At the scale that is shown everybody has an end, which the page's script hides and shows with the choice.
        parts += [_death(grid, column, i) for i, d in enumerate(column.dots) if not d.alive or column.scale == now]
        parts += [_forks(grid, column)] if column.forks else []
    for column in columns:
        parts += [_node(grid, column, i) for i in range(len(column.dots))]
    parts += [_would(grid, column, i) for column in columns for i in range(len(column.dots))]
    return (
        '<div class="pn lineage"><div class="head"><h3>Lineage</h3>'
        '<p class="note">Click a picture to look at it, to go back to it, or to branch from it.</p></div>'
        '<div class="flow" role="group" aria-label="Lineage over the scales; arrow keys move, Enter looks">'
        f'<svg viewBox="0 0 {WIDTH} {grid.height:.0f}">{"".join(parts)}</svg></div>'
        f'<div class="peek" role="region" aria-label="One candidate" hidden></div>{_legend(columns)}{branches}</div>'
    )


def _legend(columns: Sequence[Column]) -> str:
    dots = [d for c in columns for d in c.dots]
    entries = ["a line's colour: its lineage"]
    entries += ["<b>\u00d7</b> ends there"] if any(not d.alive for d in dots) else []
    entries += ["under it: how it would have ended"] if any(d.ending for d in dots) else []
    entries += ["<b>+</b> a copy is born"] if any(d.born and d.parent is not None for d in dots) else []
    entries += ["thick: the winner's line"] if any(d.winner for d in dots) else []
    entries += ["<b>\u25b8</b> branches part there"] if any(c.forks for c in columns) else []
    return f'<p class="note legend">{"".join(f"<span>{e}</span>" for e in entries)}</p>'


def _rulers(grid: Grid, now: int) -> str:
    return "".join(
        f'<text x="{x:.0f}" y="12" class="sl{" now" if k == now else ""}">{k}</text>'
        f'<path class="rule" d="M{x:.0f} 20V{grid.height:.0f}"/>'
        for k, x in enumerate(grid.xs)
    )


def _forks(grid: Grid, column: Column) -> str:
    x = grid.xs[column.scale]
    names = escape(", ".join(column.forks))
    return f'<path class="fork" d="M{x + 10:.0f} 4l8 4-8 4Z"><title>parts here: {names}</title></path>'


def _edge(grid: Grid, before: Column, here: Column, index: int) -> str:
    dot = here.dots[index]
    if dot.parent is None:
        return ""
    (x0, y0), (x1, y1) = grid.place(before, dot.parent), grid.place(here, index)
    bend = (x1 - x0) / 2
    kind = ("win" if dot.winner else "way") + (" ahead" if here.ahead else "")
    path = f"M{x0:.0f} {y0:.1f}C{x0 + bend:.0f} {y0:.1f} {x1 - bend:.0f} {y1:.1f} {x1:.0f} {y1:.1f}"
    return f'<path class="{kind}" d="{path}" stroke="{dot.color}"/>'


def _death(grid: Grid, column: Column, index: int) -> str:
    x, y = grid.place(column, index)
    end = x + grid.side(column) / 2 + 14
    dot = column.dots[index]
    return (
        f'<g class="death{" spared" if dot.alive else ""}" data-at="{escape(column.target)}" '
        f'data-of="{escape(dot.name)}">'
        f'<path class="die" d="M{x:.0f} {y:.1f}H{end - 4:.0f}"/>'
        f'<path class="cross" d="M{end - 3.5:.1f} {y - 3.5:.1f}l7 7m0-7l-7 7"/></g>'
    )


def _would(grid: Grid, column: Column, index: int) -> str:
    """How a dropped candidate would have ended, under the cross at which it left."""
    dot = column.dots[index]
    if not dot.ending:
        return ""
    x, y = grid.place(column, index)
    title = f"<title>{escape(dot.name)} would have ended at {dot.ending}</title>"
    return f'<text class="would" x="{x + grid.side(column) / 2 + 10:.1f}" y="{y + 17:.1f}">{dot.ending}{title}</text>'


def _node(grid: Grid, column: Column, index: int) -> str:
    dot = column.dots[index]
    side = grid.side(column)
    x, y = (v - side / 2 for v in grid.place(column, index))
    copy = dot.born and dot.parent is not None
    fate = (", a new copy" if copy else "") + ("" if dot.alive else ", ends here")
    won = ", on the winner's line" if dot.winner else ""
    label = escape(f"{dot.name} at scale {column.scale}, reward {signed(dot.reward)}{fate}{won}")
    kind = "nd" + (" win" if dot.winner else "") + ("" if dot.alive else " out") + (" ahead" if column.ahead else "")
    return (
        f'<g class="{kind}" role="button" tabindex="{0 if column.scale == index == 0 else -1}" '
        f'data-at="{escape(column.target)}" data-row="{index}" data-name="{escape(dot.name)}" '
        f'aria-label="{label}" transform="translate({x:.1f},{y:.1f})"><title>{label}</title>'
        f"{_picture(dot, side)}</g>"
        # Beside the button and not in it: its label says the name already.
        f'<g transform="translate({x:.1f},{y:.1f})" aria-hidden="true">{_birth(dot, side, copy)}</g>'
    )


def _picture(dot: Dot, side: float) -> str:
    """The candidate's picture in a frame of its lineage's colour."""
    if side < SMALLEST:
        return f'<circle cx="{side / 2:.1f}" cy="{side / 2:.1f}" r="{side / 2:.1f}" fill="{dot.color}"/>'
    return (
        f'<image href="{dot.thumb}" width="{side:.1f}" height="{side:.1f}" clip-path="inset(0 round 6px)"/>'
        f'<rect x="-1" y="-1" width="{side + 2:.1f}" height="{side + 2:.1f}" rx="6.5" stroke="{dot.color}"/>'
    )


def _birth(dot: Dot, side: float, copy: bool) -> str:
    if copy:
        return f'<text class="nm" x="{side / 2:.1f}" y="-4">+ {escape(dot.name)}</text>'
    return f'<text class="nm first" x="-7" y="{side / 2 + 3.5:.1f}">{escape(dot.name)}</text>' if dot.born else ""
