"""The panel of redrawing: whose picture, which of its cells, from which scale, and how many variants."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ...scene.frame import Card
from ...scene.scene import Shown
from ...shell.contract import MOST_VARIANTS

SIDE = 8
"""Cells a side that a picture is marked in."""
VARIANTS = 4
LEAD = (
    "Mark a part of a picture: that part, or all the rest, is drawn anew as a branch with a few variants. What is not "
    "drawn anew keeps its bits at every scale."
)


def redraw_of(scene: Shown) -> str:
    """The panel at the candidates of the scale that was drawn last."""
    frame, sizes = scene.frame, scene.run.schedule.sizes
    return redraw_html(frame.cards, run=scene.session.id, at=scene.grown, scale=frame.scale, sizes=sizes)


def redraw_html(cards: Sequence[Card], *, run: str, at: str, scale: int, sizes: Sequence[tuple[int, int]]) -> str:
    """The panel for candidates of a scale; `sizes` are the grids of all scales."""
    first = min(scale, len(sizes) // 4)
    scales = "".join(
        f'<option value="{k}"{" selected" * (k == first)}>{_decides(k, sizes)}</option>' for k in range(scale + 1)
    )
    return (
        '<details class="again"><summary>Redraw a part, or draw again</summary>'
        f'<div class="redraw" data-run="{escape(run)}" data-at="{escape(at)}" data-side="{SIDE}">'
        f'<p class="note">{LEAD}</p>{_whose(cards)}{_grid(cards[0])}'
        f'<label class="from">From scale <select data-from aria-label="From scale">{scales}</select></label>'
        '<label class="from">Variants '
        f'<input type="number" data-copies min="2" max="{MOST_VARIANTS}" value="{VARIANTS}"></label>'
        '<div class="acts"><button type="button" class="go" data-do="marked" disabled>Redraw what is marked</button>'
        '<button type="button" data-do="rest" disabled>Redraw the rest</button>'
        '<button type="button" data-do="clear" disabled>Clear</button></div>'
        f"{_more(cards)}</div></details>"
    )


def _decides(scale: int, sizes: Sequence[tuple[int, int]]) -> str:
    """What a scale of so many settles, in a few words."""
    height, width = sizes[scale]
    share = scale / max(1, len(sizes) - 1)
    what = "what stands where" if share < 0.25 else "shapes and colours" if share < 0.6 else "fine detail"
    return f"{scale} ({height} x {width}): {what}"


def _whose(cards: Sequence[Card]) -> str:
    buttons = "".join(
        f'<button type="button" role="radio" aria-checked="{str(i == 0).lower()}" tabindex="{0 if i == 0 else -1}" '
        f'data-row="{card.index}" data-name="{escape(card.name)}" aria-label="{escape(card.name)}">'
        f'<img src="{card.image}" alt=""></button>'
        for i, card in enumerate(cards)
    )
    return f'<div class="whose" role="radiogroup" aria-label="Whose picture">{buttons}</div>'


def _grid(card: Card) -> str:
    cells = "".join(
        f'<button type="button" data-cell="{i}" aria-pressed="false" tabindex="{0 if i == 0 else -1}" '
        f'aria-label="row {i // SIDE + 1}, column {i % SIDE + 1}"></button>'
        for i in range(SIDE * SIDE)
    )
    return (
        f'<div class="large"><img src="{card.image}" alt="Candidate {escape(card.name)}">'
        '<div class="cells" role="group" aria-label="Parts of the picture; arrow keys move, Space marks">'
        f"{cells}</div></div>"
    )


def _more(cards: Sequence[Card]) -> str:
    """To draw this scale again, and to finish one candidate as another."""
    names = "".join(f'<option value="{card.index}">{escape(card.name)}</option>' for card in cards)
    cross = (
        f'<div class="acts"><label>with the finer scales of <select data-fine aria-label="Finer scales of">{names}'
        '</select></label><button type="button" data-do="cross">Join from that scale on</button></div>'
    )
    return (
        '<div class="acts"><button type="button" data-do="one">Draw its last scale again</button>'
        '<button type="button" data-do="all">Draw the last scale again for all</button></div>'
        f"{cross if len(cards) > 1 else ''}"
    )
