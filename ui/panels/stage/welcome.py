"""The first page, and what stands in place of the board while the first scale is drawn."""

from __future__ import annotations

from html import escape

from ...scene.scene import Opening, Welcome
from .bar import bar_html, stage_html
from .board import columns


def before_html(scene: Welcome | Opening) -> str:
    """What the stage shows before a run has a scale."""
    return _welcome(scene) if isinstance(scene, Welcome) else _opening(scene)


def _welcome(scene: Welcome) -> str:
    lost = f'<p class="err" role="alert">{scene.note}</p>' if scene.note else ""
    return stage_html(lost + welcome_html(len(scene.engine.schedule), scene.gallery), kind="hello")


def _opening(scene: Opening) -> str:
    """Empty places, and what is being done."""
    run, alive = scene.session.run, scene.session.run.batch[0]
    places = "<i></i>" * min(alive, 16)
    inside = (
        f'<div class="say"><div><h2>{escape(run.prompt)}</h2><p>The first scale is being drawn.</p></div></div>'
        + bar_html(last=False, decision_ahead=True)
        + f'<div class="board n{columns(alive)} places" aria-hidden="true">{places}</div>'
    )
    at = scene.session.current
    return stage_html(inside, run=scene.session.id, at=at, busy="Drawing scale 0", kind="opening")


def welcome_html(scales: int, recorded: str = "") -> str:
    """What stands in the main column before the first run; `recorded` are the cards of the recorded runs."""
    steps = (
        ("Draw", "Several candidates grow side by side, scale by scale, from a first blur to the picture."),
        ("Look", "At every scale you see each one, what a vision model sees in it, its kind and its reward."),
        ("Choose", "At some scales the method decides who goes on. Agree with it, or overrule it."),
    )
    items = "".join(f"<li><b>{a}</b><span>{b}</span></li>" for a, b in steps)
    return (
        '<div class="hi" data-testid="hero"><h2>Watch a picture being chosen</h2>'
        f"<p>Say what to draw, and start: {scales} scales, one calm step at a time; every step can be taken back.</p>"
        f'<ol>{items}</ol><div class="ways"><button type="button" class="ghost" data-do="tour">Show me around</button>'
        f"</div></div>{recorded}"
    )
