"""Candidates per scale: an overview as small columns, and the sentence that goes with it."""

from __future__ import annotations

from ..shell.text import listed


def schedule_html(batch: tuple[int, ...], decisions: dict[int, str], wrong: int | None = None) -> str:
    """One column a scale, coloured by what is decided there; `wrong` marks the cell that a message is about."""
    top = max([*batch, 1])
    bars = "".join(
        f'<i class="{decisions.get(k, "")}{" wrong" if k == wrong else ""}" '
        f'style="height:{max(4, 46 * max(v, 0) / top):.0f}px" '
        f'title="scale {k}: {v}"></i>'
        for k, v in enumerate(batch)
    )
    return f'<div class="sched" role="img" aria-label="Candidates per scale: {", ".join(map(str, batch))}">{bars}</div>'


def decisions_note(decisions: dict[int, str]) -> str:
    """'Clusters after 2 and 5, resamples after 6 and 9.'"""
    parts = []
    for kind in dict.fromkeys(decisions.values()):
        at = [str(k) for k, d in decisions.items() if d == kind]
        parts.append(f"{kind}s after {listed(at)}")
    return (
        ", ".join(parts).capitalize() if parts else "Decides nothing on the way; the best is chosen at the end"
    ) + "."
