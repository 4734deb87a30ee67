"""Probabilities under the four potentials; the page's script recomputes them for any lambda from the same rewards."""

from __future__ import annotations

import json
import math
from html import escape

from ttsvar.choices import POTENTIALS

from ...scene.frame import Card, Frame
from ...scene.marks import mark_svg
from ...shell.text import signed

LAMBDA_TOP = 50.0
TICKS = 5
"""Equal parts of the slider."""
ONWARD = (
    '<button type="button" data-do="onward" title="Picks with this \u03bb and goes on with who was picked, as '
    'a branch; later picks take the run\u2019s \u03bb again">Go on with this \u03bb</button>'
)
MEANING = {
    "value": "the reward now", "max": "the best reward so far", "sum": "all rewards so far",
    "diff": "what the reward gained since it was last taken",
}  # fmt: skip


def resampling_html(frame: Frame) -> str:
    """Slider, potentials side by side, draws, and the effective number of candidates."""
    actual = frame.decision == "resample"
    lead = (
        _draws(frame.keep)
        if actual
        else "Nobody is picked at this scale. These are the chances if it resampled by reward now."
    )
    heads = "".join(
        f'<span role="columnheader"><button type="button" data-kind="{kind}" title="{escape(MEANING.get(kind, ""))}" '
        f'aria-pressed="{str(kind == frame.potential).lower()}">{escape(kind)}</button></span>'
        for kind in POTENTIALS
    )
    if any(abs(c.carried) > 1e-6 for c in frame.cards):
        lead += " Weights that were carried on from earlier scales count in."
    elif not any(reward is not None for c in frame.cards for reward in c.past):
        lead += " The search has taken no reward before, so all four potentials agree."
    rows = "".join(_row(card, frame.potential) for card in frame.cards)
    return (
        f'<div class="draw" data-cards="{escape(_data(frame, actual))}"><p class="note first">{lead}</p>'
        f"{_slider(frame.lam)}"
        f'<div class="bars" role="table" aria-label="Chances under each potential"><div role="row" class="heads">'
        f'<span role="columnheader" class="who"><span class="said">candidate</span></span>{heads}'
        '<span role="columnheader" class="draws">picked</span>'
        f"</div>{rows}</div>"
        '<p class="note kind" role="status"></p>'
        '<div class="kpi"><div><b class="effective"></b><span>effective candidates</span></div>'
        f'<div><b class="lam">{frame.lam:g}</b><span>\u03bb here; the run has {frame.lam:g}</span></div>'
        f'<div><b class="most"></b><span>largest chance</span></div></div>'
        f'<div class="acts">{ONWARD * actual}<button type="button" data-do="redraw">Pick again</button>'
        '<button type="button" data-do="take" disabled>Keep this pick</button>'
        '<button type="button" data-do="back">As the run</button></div>'
        '<p class="note">Chance \u221d exp(\u03bb \u00d7 potential). A larger \u03bb trusts the reward more and '
        "leaves fewer kinds. Nothing is run again: it is computed here, from the rewards that were taken.</p></div>"
    )


def _draws(keep: int) -> str:
    if keep == 1:
        return "One pick by chance: whoever is picked goes on alone."
    return f"{keep} picks by chance, with replacement: whoever is picked twice goes on as two copies."


def _slider(lam: float) -> str:
    top = max(LAMBDA_TOP, 2 * lam)
    ticks = "".join(f"<i>{top * part / TICKS:g}</i>" for part in range(TICKS + 1))
    return (
        f'<label class="lamslide"><span>\u03bb</span><span class="way"><input type="range" min="0" max="{top:g}" '
        f'step="{top / 100:g}" value="{lam:g}" data-do="lambda" aria-label="lambda, how much the reward is trusted">'
        f'<output class="thumb" aria-hidden="true">{lam:g}</output>'
        f'<span class="ticks" aria-hidden="true">{ticks}</span></span></label>'
    )


def _data(frame: Frame, actual: bool) -> str:
    cards = [
        {
            "name": c.name, "now": c.reward if math.isfinite(c.reward) else None, "past": list(c.past),
            "carried": c.carried, "drawn": c.proposed if actual else 0,
        }
        for c in frame.cards
    ]  # fmt: skip
    return json.dumps({"lam": frame.lam, "kind": frame.potential, "keep": frame.keep, "cards": cards})


def _row(card: Card, own: str) -> str:
    name = escape(card.name)
    cells = "".join(
        f'<span role="cell" data-kind="{kind}"><span class="track"><span></span></span>'
        f"<em>{f'{card.probability:.0%}' if kind == own else ''}</em></span>"
        for kind in POTENTIALS
    )
    return (
        f'<div role="row" data-name="{name}"><span role="cell" class="who" title="reward {signed(card.reward)}">'
        f'{mark_svg(card.label, card.letter)}<b style="--line: {card.color}">{name}</b></span>{cells}'
        '<span role="cell" class="draws"></span></div>'
    )
