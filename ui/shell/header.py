"""What the line on top of every page has."""

from __future__ import annotations

from html import escape

THEME_BUTTON = (
    '<button class="ghost icon" type="button" data-do="theme" aria-label="Switch between light and dark" '
    'title="Light or dark"><svg viewBox="0 0 16 16" width="15" height="15" aria-hidden="true">'
    '<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.4"/>'
    '<path d="M8 1.8a6.2 6.2 0 0 1 0 12.4Z" fill="currentColor"/></svg></button>'
)


def side_top(title: str) -> str:
    """The line on top of a page beside the app, with the way back; `themed.js` switches its theme and names its tab."""
    back = '<a class="ghost" href="./">To the app</a>'
    return (
        f'<div class="top" data-title="{escape(title)}"><h1>{escape(title)}</h1><span class="sp"></span>'
        f"{back}{THEME_BUTTON}</div>"
    )
