"""The place where files come in, and where what became of them is said."""

from __future__ import annotations

from html import escape

from ..shell.quirks import tick


def notice_html(text: str = "", *, bad: bool = False, busy: bool = False) -> str:
    """The line above the board, and the hidden field that takes a file."""
    kind = "bad" if bad else "busy" if busy else "good"
    close = '<button type="button" class="ghost" data-do="dismiss" aria-label="Close this message">Close</button>'
    line = (
        f'<div class="answer {kind}" role="{"alert" if bad else "status"}"><p>{escape(text)}</p>'
        f"{'' if busy else close}</div>"
        if text
        else ""
    )
    return (
        f'<div class="take" data-tick="{tick()}">{line}<input type="file" id="bring" accept=".png,.zip" '
        'tabindex="-1" aria-label="A PNG or ZIP that was saved here" hidden></div>'
    )
