"""The strip of scales: grid, candidates alive, decision; computed ones can be gone back to."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ttsvar.choices import Decision

from ...scene.strip import Cell, Status

SAID = '<span class="said">{}</span>'
"""Words for those who listen to the strip; the eye has the places of the numbers."""
HOW = {Decision.CLUSTER: " by layout", Decision.RESAMPLE: " by reward"}
"""How a decision chooses, where its kind says so; a strategy that selects has a rule of its own."""


def stepper_html(cells: Sequence[Cell]) -> str:
    """An ordered list of buttons, and what is decided next; scales that were not computed are disabled."""
    ahead = next_decision(cells)
    strip = "".join(_cell(cell, cell is ahead) for cell in cells)
    announced = "" if ahead is None else f"<b>Next:</b> {announcement(cells, ahead)}"
    return (
        f'<ol class="step" data-testid="stepper" tabindex="0" aria-label="Scales, coarse to fine">{strip}</ol>'
        f'<p class="next">{announced}</p>'
    )


def next_decision(cells: Sequence[Cell]) -> Cell | None:
    """The first decision among several after the scale that is shown; of the plan where nothing is shown yet."""
    now = next((cell.scale for cell in cells if cell.status is Status.NOW), -1)
    finished = now < 0 and any(cell.target for cell in cells)
    ahead = (c for c in cells if c.scale > now and c.decision and _before(cells, c) > 1)
    return None if finished else next(ahead, None)


def announcement(cells: Sequence[Cell], ahead: Cell) -> str:
    """'keep 4 of 6 by layout, after scale 5'."""
    how = HOW.get(Decision(ahead.decision), "") if ahead.decision else ""
    return f"keep {ahead.alive} of {_before(cells, ahead)}{how}, after scale {ahead.scale}"


def _before(cells: Sequence[Cell], cell: Cell) -> int:
    return cells[cell.scale - 1].alive if cell.scale else cell.alive


def _cell(cell: Cell, ahead: bool) -> str:
    h, w = cell.grid
    can_go = bool(cell.target) and cell.status is not Status.NOW
    action = "go back to it" if cell.status is Status.DONE else "go to it" if cell.status is Status.AHEAD else ""
    after = f"; {action}" if can_go else "; shown now" if cell.status is Status.NOW else ""
    current = ' aria-current="step"' if cell.status is Status.NOW else ""
    go = f' data-go="{escape(cell.target)}"' if can_go else ""
    disabled = " disabled" if cell.status is Status.PLAN else ""
    return (
        f'<li class="{cell.status} {cell.decision or ""}{" next" if ahead else ""}">'
        f'<button type="button"{go}{current}{disabled}><i>{SAID.format("Scale ")}{cell.scale}</i> '
        f"<em>{h}\u00d7{w}</em> <strong>{cell.alive}{SAID.format(' alive')}</strong> "
        f"<small>{cell.decision or ''}</small>{SAID.format(after)}</button></li>"
    )
