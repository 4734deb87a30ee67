"""The first page, and what stands in place of the board while the first scale is drawn."""

from __future__ import annotations

from html import escape

from ...scene.scene import Opening, Welcome
from ..film.view import reel_html
from .bar import bar_html, stage_html
from .board import columns


def before_html(scene: Welcome | Opening) -> str:
    """What the stage shows before a run has a scale."""
    return _welcome(scene) if isinstance(scene, Welcome) else _opening(scene)


def _welcome(scene: Welcome) -> str:
    lost = f'<p class="err" role="alert">{scene.note}</p>' if scene.note else ""
    return stage_html(lost + welcome_html(scene) + scene.gallery, kind="hello")


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


def welcome_html(scene: Welcome) -> str:
    """The first screen: a recorded search that plays, and one button that takes it over."""
    hero = scene.hero
    playing, whose = "", ""
    if hero is not None:
        playing = reel_html(hero.cells)
        drawn = "" if hero.name else f", drawn by the {escape(hero.model)}"
        whose = f'<p class="whose">A recorded search for \u201c{escape(hero.prompt)}\u201d{drawn}.</p>'
    name = hero.name if hero is not None else ""
    return (
        '<div class="hi" data-testid="hero"><div class="intro"><h2>Watch a picture being chosen</h2>'
        "<p><b>TTS-VAR</b> is test-time scaling for visual autoregressive models: it draws several candidates of a "
        "picture side by side, from a first blur to the finished ones, and decides on the way which of them go on.</p>"
        f'<div class="ways"><button type="button" class="go" data-do="try" data-run-name="{escape(name)}">'
        'Try it yourself</button><button type="button" class="ghost" data-do="tour">Show me around</button>'
        '<button type="button" class="ghost write" data-do="write">Write a prompt</button></div>'
        f'{whose}<p class="whose"><a href="learn">How does it work, and why in this order?</a></p></div>{playing}</div>'
    )
