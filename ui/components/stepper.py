"""The strip of scales: grid, candidates alive, decision; computed ones can be gone back to."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Cell:
    """One scale of the strip."""

    scale: int
    grid: tuple[int, int]
    alive: int
    decision: str | None
    status: str  # done, now, ahead (computed on this branch, not yet returned to) or plan
    target: str = ""


def stepper_html(cells: list[Cell]) -> str:
    """An ordered list of buttons; scales that were not computed are disabled."""
    return f'<ol class="step" aria-label="Scales, coarse to fine">{"".join(map(_cell, cells))}</ol>'


def _cell(cell: Cell) -> str:
    h, w = cell.grid
    can_go = bool(cell.target) and cell.status != "now"
    action = "go back to it" if cell.status == "done" else "go to it" if cell.status == "ahead" else ""
    label = f"Scale {cell.scale}, {h} by {w}, {cell.alive} alive"
    label += f", {cell.decision}" if cell.decision else ""
    label += f"; {action}" if can_go else "; shown now" if cell.status == "now" else ""
    current = ' aria-current="step"' if cell.status == "now" else ""
    go = f' data-go="{escape(cell.target)}"' if can_go else ""
    disabled = " disabled" if cell.status == "plan" else ""
    return (
        f'<li class="{cell.status} {cell.decision or ""}"><button type="button"{go}{current}{disabled} '
        f'aria-label="{label}">'
        f"<i>{cell.scale}</i><em>{h}\u00d7{w}</em><strong>{cell.alive}</strong><small>{cell.decision or ''}</small>"
        "</button></li>"
    )
