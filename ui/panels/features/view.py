"""What the vision model sees: maps over the pictures in the run's one basis, and the vectors that k-means reads."""

from __future__ import annotations

from html import escape

from ttsvar.extractor import EXTRACTORS, Sees

from ...scene.frame import Card, Frame
from ...scene.marks import mark_svg
from ...shell.contract import BLEND

PATCHES = (
    "DINOv2 map",
    "Each patch of a picture is described by DINOv2 features; their three main directions are shown as red, green and "
    "blue. Alike colours mean alike content.",
)
WHOLE = (
    "Colour by the supervised network",
    "Each picture as a whole is described by one vector of a network that was trained with labels; the vectors' three "
    "main directions are shown as red, green and blue, one colour a picture. Alike colours mean alike pictures.",
)
"""What lies over a picture, and what it means."""


def layer(extractor: str) -> str:
    """The name of what lies over a picture."""
    return _shown(extractor)[0]


def features_html(frame: Frame, extractor: str) -> str:
    """Every picture under its map, as opaque as the slider says, and its clustering input beside it."""
    over, meaning = _shown(extractor)
    cards = "".join(_figure(card, over) for card in frame.cards)
    basis = (
        "The colours are comparable between all candidates and, from scale 2 on, between all scales of this run."
        if frame.scale >= 2
        else "Before scale 2 there is no layout yet: colours compare candidates of this scale only."
    )
    reading = EXTRACTORS[extractor].reading
    return (
        '<label class="blend"><span>Map over the picture</span><input type="range" min="0" max="100" '
        f'value="{BLEND}" data-do="blend" aria-label="Opacity of the '
        f'{over} over each picture"></label><div class="maps">{cards}</div>'
        f'<p class="note">{meaning} {basis}</p>'
        f'<p class="note"><b>In grey: what k-means reads</b>, {escape(reading)}. Black is the lowest number among all '
        "candidates, white the highest.</p>"
    )


def _shown(extractor: str) -> tuple[str, str]:
    return WHOLE if EXTRACTORS[extractor].sees is Sees.WHOLE else PATCHES


def _figure(card: Card, over: str) -> str:
    name = escape(card.name)
    shape = "strip" if card.strip else "grid"
    reading = f'<img class="input {shape}" src="{card.input}" alt="What k-means reads of {name}">' if card.input else ""
    return (
        f'<figure data-name="{name}" class="{shape}"><div class="over"><img src="{card.image}" alt="{name}">'
        f'<img class="map" src="{card.map}" alt="{over} of {name}"></div>{reading}'
        f"<figcaption><b>{name}</b> {mark_svg(card.label, card.letter)}{card.letter}</figcaption></figure>"
    )
