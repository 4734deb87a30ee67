"""The candidate board: a card is a choice."""

from __future__ import annotations

from html import escape

from ...scene.frame import Card, Frame
from ...scene.marks import mark_svg
from ...shell.text import signed
from .sheet import sheet_html, sorting_html

TICK = (
    '<svg viewBox="0 0 12 12" width="12" height="12">'
    '<path class="yes" d="M2.4 6.4 5 8.9l4.6-5.4" fill="none" stroke="currentColor" stroke-width="1.8"/>'
    '<path class="no" d="M3 3l6 6M9 3 3 9" fill="none" stroke="currentColor" stroke-width="1.6"/></svg>'
)
"""Whether a card goes on; the style sheet shows one of the two."""
GROW = (
    '<svg viewBox="0 0 14 14" width="13" height="13" aria-hidden="true">'
    '<path d="M8.5 1.5h4v4M5.5 12.5h-4v-4M12 2 8.4 5.6M2 12l3.6-3.6" fill="none" stroke="currentColor" '
    'stroke-width="1.4"/></svg>'
)
MANY = 12
"""More candidates than these lie on a contact sheet."""
PATCHES = (
    '<svg viewBox="0 0 14 14" width="13" height="13" aria-hidden="true"><g fill="currentColor">'
    '<path d="M2 2h4.4v4.4H2z"/><path opacity=".5" d="M7.6 2H12v4.4H7.6zM2 7.6h4.4V12H2z"/>'
    '<path d="M7.6 7.6H12V12H7.6z"/></g></svg>'
)


def board_html(frame: Frame, heading: str, sentence: str, *, prompt: str, layer: str, bar: str) -> str:
    """Sentence, bar and cards; pictures are whole until somebody asks for what `layer` names."""
    many = len(frame.cards) > MANY
    around = sheet_html(frame) if many else _free(frame)
    cards = "".join(_card(frame, card, prompt, layer) for card in frame.cards) + around
    how = "dense" if many else f"n{columns(frame.room)}"
    return (
        f'<div class="say"><div aria-live="polite"><h2>{escape(heading)}</h2><p>{escape(sentence)}</p></div>'
        '<button type="button" class="maps-switch" role="switch" aria-checked="false" data-do="maps" '
        f'data-testid="map-switch" title="Show this in place of every picture"><span>{layer}</span> <kbd>M</kbd>'
        f"</button></div>{bar}{sorting_html(frame) if many else ''}"
        f'<div class="board {how}" role="group" aria-label="Candidates">{cards}</div>'
    )


def _free(frame: Frame) -> str:
    """The places of those who left."""
    taken = {card.place for card in frame.cards}
    return "".join(
        f'<i class="free" style="--place: {place}" aria-hidden="true"></i>'
        for place in range(frame.room)
        if place not in taken
    )


def columns(count: int) -> int:
    """Cards a row on a wide page: from eight to four candidates the cards keep their size."""
    if count <= 8:
        return min(max(count, 2), 4)
    return max((5, 4), key=lambda wide: count % wide or wide)


def _card(frame: Frame, card: Card, prompt: str, layer: str) -> str:
    kept = card.count > 0
    name = escape(card.name)
    key = f'<span class="key" data-key="{card.number}" aria-hidden="true"></span>' if card.number < 10 else ""
    # A chance beside a candidate reads as the reason for what is decided: it stands only where it is one.
    drawn = frame.decision == "resample"
    chance = f'<span class="pr" title="chance of each pick">{card.probability:.0%}</span>' if drawn else ""
    alt = escape(f"Candidate {card.name} at scale {frame.scale}: {prompt}")
    choose = ""
    if frame.decision and frame.keep == 1 and len(frame.cards) > 1:
        choose = f'<button type="button" class="choose" data-do="only">Choose {name} and go on</button>'
    cluster = ""
    if card.letter:
        note = "" if frame.decision == "cluster" else f", clustered at scale {card.label_scale}"
        note = ", if this scale clustered" if note and card.label_scale == frame.scale else note
        tone = "cl" if not note else "cl old"
        mark = mark_svg(card.label, card.letter)
        cluster = f'<span class="{tone}" title="cluster {card.letter}{note}">{mark}{card.letter}</span>'
    return (
        f'<article class="card {"keep" if kept else "drop"}" data-testid="card" data-i="{card.index}" '
        f'style="--place: {card.place}; --line: {card.color}" data-name="{name}" data-parent="{escape(card.parent)}" '
        f'data-place="{card.place}" '
        f'data-count="{card.count}" '
        f'data-proposed="{card.proposed}" data-letter="{card.letter}" data-reward="{card.reward:.4f}" '
        f'data-p="{card.probability:.4f}" '
        f'data-origin="{escape(card.origin)}">'
        f'<div class="frame"><button type="button" class="pic" data-do="toggle" aria-pressed="{str(kept).lower()}" '
        f'aria-label="Keep {name}{f" (key {card.number})" if key else ""}">'
        f'<img data-testid="card-picture" src="{card.image}" alt="{alt}">'
        f'<img class="ov" data-testid="card-map" src="{card.map}" alt=""></button>'
        f'<button type="button" class="over map" data-do="map" aria-pressed="false" aria-label="{layer} of {name}" '
        f'title="{layer}">{PATCHES}</button>'
        f'<button type="button" class="over zoom" data-do="zoom" aria-label="Enlarge {name}" title="Enlarge (Z)">{GROW}'
        f'</button></div><span class="tick" aria-hidden="true">{TICK}</span>'
        f'<div class="meta">{key}<b>{name}</b><span class="par">{escape(card.origin)}</span>{cluster}</div>'
        f'<div class="cnt"><button type="button" data-do="less" aria-label="One copy of {name} fewer">\u2212</button>'
        f'<output aria-label="copies of {name}">{card.count}</output>'
        f'<button type="button" data-do="more" aria-label="One copy of {name} more">+</button>'
        f'{chance}<span class="rw" title="reward">{signed(card.reward)}</span>'
        f"</div>{choose}</article>"
    )
