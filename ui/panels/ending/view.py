"""The end of a run: the best picture, how it came about, and what to take away."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from ...shell.text import signed


@dataclass(frozen=True)
class Ancestor:
    """One scale of the winner's line."""

    scale: int
    name: str
    thumb: str
    target: str
    reward: float
    decision: str | None


@dataclass(frozen=True)
class Ending:
    """What the last page shows."""

    prompt: str
    name: str
    reward: float
    png: str
    filename: str
    line: tuple[Ancestor, ...]
    others: tuple[tuple[str, str, float], ...]
    facts: tuple[tuple[str, str], ...]
    by_hand: int
    branches: int
    """How many ways this run was taken to somewhere."""
    verdict: str
    """Whether the picture satisfies the prompt, as HTML; empty where nothing measures it."""


def ending_html(end: Ending) -> str:
    """Large picture, facts, download, the line over the scales and the other survivors."""
    facts = "".join(f"<div><b>{escape(v)}</b><span>{escape(k)}</span></div>" for k, v in end.facts)
    line = "".join(
        f'<li class="{a.decision or ""}"><button type="button" data-go="{escape(a.target)}">'
        f'<img src="{a.thumb}" alt="{escape(a.name)} at scale {a.scale}">'
        f'<i><span class="said">Go back to scale </span>{a.scale}</i> <small>{signed(a.reward)}</small></button></li>'
        for a in end.line
    )
    others = "".join(
        f'<figure><img src="{uri}" alt="{escape(name)}, not the best"><figcaption>{escape(name)} '
        f"<span>{signed(score)}</span>"
        "</figcaption></figure>"
        for name, uri, score in end.others
    )
    hand = "every choice as proposed" if not end.by_hand else f"{end.by_hand} choice{'s' * (end.by_hand > 1)} by hand"
    whole, verdict = "this branch" if end.branches > 1 else "the run", ""
    if end.verdict:
        verdict = f'<p class="checked">{end.verdict} <span class="note">by a detector that no search sees</span></p>'
    return (
        f'<div class="end"><figure class="best"><img src="{end.png}" alt="The best picture for: '
        f'{escape(end.prompt)}"></figure>'
        f'<div class="told"><p class="kick">Best of {whole}, {hand}</p><h2>{escape(end.prompt)}</h2>'
        f'<p class="mut">{escape(end.name)} has the highest reward of those who reached the last scale.</p>{verdict}'
        f'<div class="kpi">{facts}</div><div class="acts">'
        f'<a class="go" download="{escape(end.filename)}" href="{end.png}">Download PNG</a>'
        '<button type="button" data-do="save">Save session</button>'
        '<button type="button" data-do="share">Copy link</button>'
        '<button type="button" data-do="new">Start another</button></div>'
        '<label class="mut small"><input type="checkbox" id="with-recipe" checked> The PNG carries its recipe: drop it '
        "on this page, and the run is back, to the bit.</label></div></div>"
        f'<div class="line"><h3>Its line over the scales</h3><ol>{line}</ol></div>'
        + (f'<div class="rest"><h3>Also finished</h3><div>{others}</div></div>' if others else "")
    )


def welcome_html(scales: int, recorded: str = "") -> str:
    """What stands in the main column before the first run; `recorded` are the cards of the recorded runs."""
    steps = (
        ("Draw", "Several candidates grow side by side, scale by scale, from a first blur to the picture."),
        ("Look", "At every scale you see each one, what a vision model sees in it, its kind and its reward."),
        ("Choose", "At some scales the method decides who goes on. Agree with it, or overrule it."),
    )
    items = "".join(f"<li><b>{a}</b><span>{b}</span></li>" for a, b in steps)
    return (
        '<div class="hi"><h2>Watch a picture being chosen</h2>'
        f"<p>Say what to draw, and start: {scales} scales, one calm step at a time; every step can be taken back.</p>"
        f'<ol>{items}</ol><div class="ways"><button type="button" class="ghost" data-do="tour">Show me around</button>'
        f"</div></div>{recorded}"
    )
