"""The article as one HTML file: text, styles, scripts and recorded data, nothing from outside."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from ...scene.record import reliability_of, shipped
from ...shell.contract import STORAGE
from ...shell.theme import PALETTE, script
from ..answers import answers
from ..evidence import read_evidence
from .tale import tale

STORY = "cluster"
"""The recorded run that the article tells."""
CANDIDATES = 8
"""As many as a search with N = 1 begins with."""
BY_HAND = "python app.py"
FILE = "index.html"


def article(app: str = "./") -> str:
    """The whole page; `app` is where the app answers; where that is empty, the article says how to start it."""
    parts = {
        "/*style*/": "\n".join(script(name) for name in (PALETTE, "pages/learn/learn.css")),
        "<!--answers-->": _answers(),
        "/*script*/": "\n".join(script(f"pages/learn/{name}.js") for name in ("figures", "learn")),
        "<!--next-->": _next(app),
        "{data}": json.dumps({"app": app, "theme": STORAGE["theme"], **_data()}).replace("<", "\\u003c"),
    }
    page = script("pages/learn/learn.html")
    for place, text in parts.items():
        page = page.replace(place, text)
    return page


def respond(request: Request) -> HTMLResponse:
    """The article beside the app that serves it."""
    return HTMLResponse(article())


@cache
def _data() -> dict[str, Any]:
    """What the figures show: a recorded run, and what was measured over many."""
    evidence = read_evidence()
    found: dict[str, Any] = {"tale": tale(STORY), "later": None, "cost": None}
    populations = shipped()
    if populations is not None:
        record = reliability_of(populations, CANDIDATES)
        found["later"] = {
            "right": [at.favourite.value for at in record.scales],
            "chance": record.chance,
            "searches": record.prompts * (record.most // record.candidates),
        }
    if evidence is not None and evidence.schedule is not None:
        columns = evidence.schedule.schedules
        found["cost"] = {
            "alive": list(columns["adaptive"].alive),
            "search": list(columns["adaptive"].flops),
            "one": list(columns["one candidate"].flops),
        }
    return found


def _answers() -> str:
    evidence = read_evidence()
    told = answers(evidence) if evidence is not None else ()
    return "".join(f"<dt>{escape(a.question)}</dt><dd>{escape(a.answer)}</dd>" for a in told)


def _next(app: str) -> str:
    if not app:
        how = f"Start the app on a machine that has it: <code>{BY_HAND}</code>."
        return f"<p>{how} It runs on a laptop, without a GPU.</p>"
    return (
        f'<p class="ways"><a class="go" href="{escape(app)}">Draw a picture yourself</a>'
        f'<a class="ghost" href="{escape(app)}guess">Guess the winner</a>'
        f'<a class="ghost" href="{escape(app)}evidence">See all the evidence</a></p>'
    )
