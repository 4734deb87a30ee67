"""The line on top: name, model, run, the menu, and the switch between light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from types import MappingProxyType

from ...scene.scene import Opening, Shown, Welcome
from ...shell.header import THEME_BUTTON

NOWHERE: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("watched", "watch", "at", "above", "prompt", "scales"), "")
)
SOUND = (
    '<button type="button" data-do="sound" role="switch" aria-checked="false" '
    'title="A short sound when a choice is due">Sound at a choice</button>'
)


def header_of(scene: Shown) -> str:
    """The header over a run at a state."""
    return _header_at(scene, scene.at)


def before_html(scene: Welcome | Opening) -> str:
    """The header before a run has a scale."""
    model, device = scene.engine.name, str(scene.engine.device).upper()
    if isinstance(scene, Welcome):
        return header_html(model, device)
    return _header_at(scene, scene.session.current)


def _header_at(scene: Shown | Opening, at: str) -> str:
    session = scene.session
    above = session.history.parent(at)
    place = {
        "watched": "1" if session.read_only else "",
        "watch": session.watch_key,
        "at": at,
        "above": "" if above is None else above.state.id,
        "prompt": session.run.prompt,
        "scales": str(len(session.run.schedule)),
    }
    return header_html(session.engine.name, str(session.engine.device).upper(), session.id, place)


def header_html(model: str, device: str, run_id: str = "", place: Mapping[str, str] = NOWHERE) -> str:
    """The header; `data-run` is what the address bar and a refresh follow, `place` what Back and the title follow."""
    told = "".join(f' data-{name}="{escape(value)}"' for name, value in place.items())
    about = "This run. A refresh, or the page's address, reopens it."
    run = f'<span class="chip" title="{about}">run {escape(run_id)}</span>'
    if place["watched"]:
        run = '<span class="chip" title="This link shows the run and cannot change it">only to look at</span>'
    share = '<button class="ghost" type="button" data-do="share" title="Copy a link to this run">Share</button>'
    return (
        f'<div class="top" data-run="{escape(run_id)}"{told}>'
        '<button class="ghost burger" type="button" data-do="rail" aria-controls="rail">Set-up</button>'
        "<h1>TTS-VAR Explorer</h1>"
        f'<span class="chip">{escape(model)} \u00b7 {escape(device)}</span>{run if run_id else ""}'
        '<span class="sp"></span>'
        f"{share if run_id else ''}"
        f"{'<button class=ghost type=button data-do=new>New run</button>' if run_id else ''}{_more(run_id, place)}"
        f"{THEME_BUTTON}</div>"
    )


def _more(run_id: str, place: Mapping[str, str]) -> str:
    """What is needed now and then: files, guidance, and the way in for programs."""
    whole, key = bool(run_id) and not place["watched"], place["watch"]
    save = '<button type="button" data-do="save">Save session (ZIP)</button>' if whole else ""
    link = '<button type="button" data-do="share">Copy link to this run</button>' if run_id else ""
    if key:
        link += f'<button type="button" data-do="share" data-key="{key}">Copy link that only shows it</button>'
    new = '<button type="button" data-do="new">New run</button>' if run_id else ""
    return (
        '<details class="more"><summary class="ghost" title="Files, guidance, API">More</summary><div>'
        f'{link}{save}{new}<button type="button" data-do="recorded">Recorded runs</button>'
        '<button type="button" data-do="open-file">Open a PNG or ZIP</button>'
        '<button type="button" data-do="tour">Guided tour</button>'
        f'<button type="button" data-do="glossary">Glossary</button>{SOUND}'
        '<a href="learn" target="_blank">Learn how it works</a>'
        '<a href="guess" target="_blank">Guess the winner</a>'
        '<a href="evidence" target="_blank">Evidence</a>'
        '<a href="?view=api" target="_blank">Use it from a program</a></div></details>'
    )
