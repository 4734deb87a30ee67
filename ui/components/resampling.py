"""Probabilities as bars, with the draws marked."""

from __future__ import annotations

from html import escape

from ui.components.board import signed
from ui.components.marks import mark_svg
from ui.frames import Card, Frame


def resampling_html(frame: Frame) -> str:
    """One bar a candidate; at other scales what the chances would be."""
    actual = frame.decision == "resample"
    top = max((c.probability for c in frame.cards), default=1.0) or 1.0
    rows = "".join(_row(card, top, card.proposed if actual else 0) for card in frame.cards)
    effective = 1 / max(sum(c.probability**2 for c in frame.cards), 1e-12)
    lead = (
        f"{frame.keep} draws, with replacement: whoever is drawn twice goes on as two copies."
        if actual
        else "Nothing is drawn at this scale. These are the chances if it resampled by reward now."
    )
    return (
        f'<p class="note first">{lead}</p><div class="bars{"" if actual else " soft"}" role="table" '
        f'aria-label="Chances">{rows}</div>'
        f'<div class="kpi"><div><b>{effective:.1f}</b><span>effective candidates</span></div>'
        f"<div><b>{frame.lam:g}</b><span>\u03bb</span></div><div><b>{escape(frame.potential)}</b><span>potential</span></div></div>"
        '<p class="note">Chance \u221d exp(\u03bb \u00d7 potential). A larger \u03bb trusts the judge more and '
        "keeps fewer kinds.</p>"
    )


def _row(card: Card, top: float, drawn: int) -> str:
    dots = "".join("<i></i>" for _ in range(drawn))
    times = f' aria-label="drawn {drawn} time{"s" * (drawn != 1)}"' if drawn else ""
    name = escape(card.name)
    return (
        f'<div role="row" data-name="{name}">'
        f'<span role="cell" class="who">{mark_svg(card.label, card.letter)}<b>{name}</b></span>'
        f'<span role="cell" class="track"><span style="width:{100 * card.probability / top:.1f}%"></span></span>'
        f'<span role="cell" class="num">{card.probability:.1%}</span>'
        f'<span role="cell" class="num mut">{signed(card.reward)}</span>'
        f'<span role="cell" class="draws"{times}>{dots}</span></div>'
    )
