"""The candidate board: a card is a choice."""

from __future__ import annotations

from html import escape

from ...scene.frame import Card, Frame
from ...scene.marks import mark_svg
from ...shell.contract import WIPE
from ...shell.text import signed

TICK = (
    '<svg viewBox="0 0 12 12" width="12" height="12">'
    '<path d="M2.4 6.4 5 8.9l4.6-5.4" fill="none" stroke="currentColor" stroke-width="1.8"/></svg>'
)
GROW = (
    '<svg viewBox="0 0 14 14" width="13" height="13" aria-hidden="true">'
    '<path d="M8.5 1.5h4v4M5.5 12.5h-4v-4M12 2 8.4 5.6M2 12l3.6-3.6" fill="none" stroke="currentColor" '
    'stroke-width="1.4"/></svg>'
)


def board_html(frame: Frame, heading: str, sentence: str, *, prompt: str, layer: str) -> str:
    """Sentence, cards and the slider of what lies over their pictures, which `layer` names."""
    cards = "".join(_card(frame, card, prompt) for card in frame.cards)
    return (
        f'<div class="say"><div aria-live="polite"><h2>{escape(heading)}</h2><p>{escape(sentence)}</p></div>'
        f'<label class="wipe"><span>{layer}</span>'
        f'<input type="range" min="0" max="100" value="{WIPE}" step="1" data-do="wipe" '
        f'aria-label="How much of each picture is covered: {layer}"></label></div>'
        f'<div class="board n{columns(len(frame.cards))}" role="group" aria-label="Candidates">{cards}</div>'
    )


def columns(count: int) -> int:
    """Cards a row on a wide page."""
    if count <= 4:
        return {1: 2, 2: 2, 3: 3, 4: 4}[max(count, 1)]
    if count <= 8:
        return 3 if count in (5, 6) else 4
    return max((5, 4), key=lambda wide: count % wide or wide)


def _card(frame: Frame, card: Card, prompt: str) -> str:
    kept = card.count > 0
    name = escape(card.name)
    key = f'<span class="key" data-key="{card.index}" aria-hidden="true"></span>' if card.index < 10 else ""
    chance = f"{card.probability:.0%}"
    actual = frame.decision == "resample"
    about = "chance of each draw" if actual else "chance of a draw, if this scale resampled by reward"
    alt = escape(f"Candidate {card.name} at scale {frame.scale}: {prompt}")
    cluster = ""
    if card.letter:
        note = "" if frame.decision == "cluster" else f", clustered at scale {card.label_scale}"
        note = ", if this scale clustered" if note and card.label_scale == frame.scale else note
        tone = "cl" if not note else "cl old"
        mark = mark_svg(card.label, card.letter)
        cluster = f'<span class="{tone}" title="cluster {card.letter}{note}">{mark}{card.letter}</span>'
    return (
        f'<article class="card {"keep" if kept else "drop"}" data-i="{card.index}" data-name="{name}" '
        f'data-count="{card.count}" '
        f'data-proposed="{card.proposed}" data-letter="{card.letter}" data-reward="{card.reward:.4f}" '
        f'data-p="{card.probability:.4f}" '
        f'data-origin="{escape(card.origin)}">'
        f'<div class="frame"><button type="button" class="pic" data-do="toggle" aria-pressed="{str(kept).lower()}" '
        f'aria-label="Keep {name}{f" (key {card.index})" if key else ""}">'
        f'<img src="{card.image}" alt="{alt}"><img class="ov" src="{card.map}" alt="">'
        f'{key}<span class="tick" aria-hidden="true">{TICK}</span></button>'
        f'<button type="button" class="zoom" data-do="zoom" aria-label="Enlarge {name}" title="Enlarge (Z)">{GROW}'
        f"</button></div>"
        f'<div class="meta"><b>{name}</b><span class="par">{escape(card.origin)}</span>{cluster}</div>'
        f'<div class="cnt"><button type="button" data-do="less" aria-label="One copy of {name} fewer">\u2212</button>'
        f'<output aria-label="copies of {name}">{card.count}</output>'
        f'<button type="button" data-do="more" aria-label="One copy of {name} more">+</button>'
        f'<span class="pr{"" if actual else " soft"}" title="{about}">{chance}</span>'
        f'<span class="rw" title="reward">{signed(card.reward)}</span>'
        "</div></article>"
    )
