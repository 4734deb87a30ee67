"""The contact sheet of many candidates: how they are ordered, and a line over each cluster that keeps or drops it."""

from __future__ import annotations

from html import escape

from ...scene.frame import Card, Frame
from ...scene.marks import mark_svg

ORDERS = {"cluster": "By cluster", "reward": "By reward", "chance": "By chance", "place": "In their places"}


def sorting_html(frame: Frame) -> str:
    """Buttons for the orders that make sense at a scale; the script orders the cards."""
    offered = [
        name
        for name in ORDERS
        if (name != "cluster" or clusters(frame)) and (name != "chance" or frame.decision == "resample")
    ]
    buttons = "".join(
        f'<button type="button" data-do="sort" data-sort="{name}" aria-pressed="false">{ORDERS[name]}</button>'
        for name in offered
    )
    return f'<div class="sorts" role="group" aria-label="Order of the candidates">{buttons}</div>'


def sheet_html(frame: Frame) -> str:
    """A line for each cluster, which stands over its candidates where they are ordered by cluster."""
    return "".join(_line(letter, cards) for letter, cards in clusters(frame).items())


def clusters(frame: Frame) -> dict[str, list[Card]]:
    """The candidates of each cluster by its letter, A first; none where nothing is clustered."""
    letters = sorted({card.letter for card in frame.cards if card.letter}, key=lambda letter: (len(letter), letter))
    return {letter: [card for card in frame.cards if card.letter == letter] for letter in letters}


def _line(letter: str, cards: list[Card]) -> str:
    kept = sum(card.count > 0 for card in cards)
    name = escape(letter)
    return (
        f'<div class="gh" data-letter="{name}" hidden><b>{mark_svg(cards[0].label, letter)} {name}</b>'
        f'<span class="kept">{kept} of {len(cards)} kept</span>'
        f'<button type="button" data-do="group" data-keep="1" aria-label="Keep all of cluster {name}">Keep all</button>'
        f'<button type="button" data-do="group" data-keep="0" aria-label="Drop all of cluster {name}">Drop all</button>'
        "</div>"
    )
