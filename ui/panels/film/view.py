"""The search as a film: a screen, what is told, and what it is steered with."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ...scene.scene import Shown
from ...scene.strip import Cell

PLAY = (
    '<svg viewBox="0 0 14 14" width="13" height="13" aria-hidden="true" fill="currentColor">'
    '<path class="start" d="M3.5 1.8v10.4L12 7Z"/><path class="halt" d="M3 2h3v10H3zM8 2h3v10H8z"/></svg>'
)


def film_of_run(scene: Shown) -> str:
    """The film of the branch that is shown: closed until somebody plays it, or moves along its line."""
    drawn = [cell for cell in scene.cells if cell.target]
    now = next((i for i, cell in enumerate(drawn) if cell.target == scene.grown), len(drawn) - 1)
    ways = (
        '<div class="ways"><button type="button" class="go" data-film="take">Go on from here</button>'
        '<button type="button" class="ghost" data-film="close">Back to the board <kbd>Esc</kbd></button></div>'
    )
    return (
        f'<section class="film" aria-label="The search as a film" data-run="{escape(scene.session.id)}" '
        f'data-now="{escape(scene.at)}">{reel_html(drawn, at=now, ways=ways)}</section>'
    )


def reel_html(cells: Sequence[Cell], *, at: int = 0, ways: str = "") -> str:
    """Screen, telling and steering; `cells` are the scales that the film has, `ways` stands under what is told."""
    last = max(len(cells) - 1, 0)
    marks = "".join(f'<i class="{cell.decision or ""}"></i>' for cell in cells)
    alone = " disabled" if len(cells) < 2 else ""

    def button(verb: str, label: str, inside: str, *, by_tab: bool = True) -> str:
        tab = "" if by_tab else ' tabindex="-1"'
        return f'<button type="button" data-film="{verb}" aria-label="{label}"{tab}{alone}>{inside}</button>'

    speed = button("speed", "Speed 1\u00d7", "1\u00d7")
    return (
        '<div class="reel" data-testid="film"><div class="screen" aria-hidden="true"></div>'
        f'<div class="told"><h3></h3><p></p>{ways}</div>'
        f'<div class="controls" role="group" aria-label="Film">{button("play", "Play", PLAY)}'
        # By keys the line itself steps.
        f"{button('back', 'One scale back', '&#8249;', by_tab=False)}"
        f'<span class="track"><input type="range" min="0" max="{last}" value="{at}" step="1" '
        f'aria-label="Scale of the film"{alone}><span class="marks" aria-hidden="true">{marks}</span></span>'
        f"{button('on', 'One scale on', '&#8250;', by_tab=False)}{speed}</div></div>"
    )
