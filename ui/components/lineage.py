"""The river of candidates over the scales: births, copies, deaths and the winner's path."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from html import escape

from ui.components.board import signed
from ui.components.marks import mark_color

WIDTH, LEFT, TOP, ROW = 1000, 34, 26, 25


@dataclass(frozen=True)
class Dot:
    """A candidate at a scale; `parent` is its row one scale earlier."""

    name: str
    thumb: str
    label: int | None
    parent: int | None
    alive: bool
    winner: bool
    reward: float


@dataclass(frozen=True)
class Column:
    """All candidates of one scale of the branch."""

    scale: int
    target: str
    dots: tuple[Dot, ...]
    ahead: bool = False


@dataclass(frozen=True)
class Branch:
    """The end of one branch."""

    target: str
    title: str
    note: str
    here: bool


def lineage_html(columns: list[Column], scales: int, now: int, branches: list[Branch]) -> str:
    """An SVG that scrolls inside its own strip, and the branches of the run."""
    if not columns:
        return ""
    rows = max(len(c.dots) for c in columns)
    height = TOP + rows * ROW + 8
    step = (WIDTH - 2 * LEFT) / (scales - 1)
    xs = {k: LEFT + k * step for k in range(scales)}
    parts = [_rulers(scales, xs, now, height)]
    for before, here in itertools.pairwise(columns):
        parts += [_edge(xs, before, here, i, rows) for i in range(len(here.dots))]
    for column in columns:
        parts += [_stub(xs, column, i, rows) for i, d in enumerate(column.dots) if not d.alive]
    for column in columns:
        parts += [_node(xs, column, i, rows) for i in range(len(column.dots))]
    return (
        f'<div class="pn river"><div class="head"><h3>Lineage</h3>{_branches(branches)}</div>'
        f'<div class="flow" tabindex="0" role="group" aria-label="Lineage over the scales; each picture goes back '
        f'to its scale">'
        f'<svg viewBox="0 0 {WIDTH} {height}" style="--h:{height}px">{"".join(parts)}</svg></div></div>'
    )


def _branches(branches: list[Branch]) -> str:
    if len(branches) < 2:
        return '<p class="note">Click a picture to go back to its scale.</p>'
    items = "".join(
        f'<button type="button" class="chip{" on" if b.here else ""}" data-go="{escape(b.target)}" '
        f'aria-pressed="{str(b.here).lower()}">{escape(b.title)} <span>{escape(b.note)}</span></button>'
        for b in branches
    )
    return f'<div class="branches" role="group" aria-label="Branches of this run">{items}</div>'


def _y(column: Column, index: int, rows: int) -> float:
    spread = ROW * min(rows / max(len(column.dots), 1), 2.2)
    middle = TOP + rows * ROW / 2
    return middle + (index - (len(column.dots) - 1) / 2) * spread


def _rulers(scales: int, xs: dict[int, float], now: int, height: int) -> str:
    return "".join(
        f'<text x="{xs[k]:.0f}" y="12" class="sl{" now" if k == now else ""}">{k}</text>'
        f'<path class="rule" d="M{xs[k]:.0f} 20V{height}"/>'
        for k in range(scales)
    )


def _edge(xs: dict[int, float], before: Column, here: Column, index: int, rows: int) -> str:
    dot = here.dots[index]
    if dot.parent is None:
        return ""
    x0, x1 = xs[before.scale], xs[here.scale]
    y0, y1 = _y(before, dot.parent, rows), _y(here, index, rows)
    bend = (x1 - x0) / 2
    color = mark_color(before.dots[dot.parent].label)
    kind = ("win" if dot.winner else "way") + (" ahead" if here.ahead else "")
    path = f"M{x0:.0f} {y0:.1f}C{x0 + bend:.0f} {y0:.1f} {x1 - bend:.0f} {y1:.1f} {x1:.0f} {y1:.1f}"
    return f'<path class="{kind}" d="{path}" stroke="{color}"/>'


def _stub(xs: dict[int, float], column: Column, index: int, rows: int) -> str:
    x, y = xs[column.scale], _y(column, index, rows)
    return f'<path class="die" d="M{x:.0f} {y:.1f}h30"/>'


def _node(xs: dict[int, float], column: Column, index: int, rows: int) -> str:
    dot = column.dots[index]
    x, y = xs[column.scale], _y(column, index, rows)
    size = 20
    fate = "" if dot.alive else ", ends here"
    label = f"{dot.name} at scale {column.scale}, reward {signed(dot.reward)}{fate}"
    kind = "nd" + (" win" if dot.winner else "") + ("" if dot.alive else " out") + (" ahead" if column.ahead else "")
    return (
        f'<g class="{kind}" role="button" tabindex="-1" data-go="{escape(column.target)}" '
        f'data-name="{escape(dot.name)}" '
        f'aria-label="{escape(label)}" transform="translate({x - size / 2:.1f},{y - size / 2:.1f})">'
        f"<title>{escape(label)}</title>"
        f'<image href="{dot.thumb}" width="{size}" height="{size}" clip-path="inset(0 round 4px)"/>'
        f'<rect x="-.75" y="-.75" width="{size + 1.5}" height="{size + 1.5}" rx="4.5" '
        f'stroke="{mark_color(dot.label)}"/></g>'
    )
