"""The cards of the recorded runs on the first page."""

from __future__ import annotations

from html import escape

from .recorded import Recorded


def gallery_html(runs: tuple[Recorded, ...]) -> str:
    """A card for each recorded run."""
    if not runs:
        return ""
    cards = "".join(
        f'<li><button type="button" data-do="recorded" data-run-name="{escape(run.name)}">'
        f'<span class="pair">{_picture(run.before, run.before_alt, run.before_said)}'
        f"{_picture(run.after, run.after_alt, run.after_said)}</span>"
        f"<b>{escape(run.title)}</b><span>{escape(run.summary)}</span></button></li>"
        for run in runs
    )
    return (
        '<section class="recorded" aria-label="Recorded runs"><h2>Recorded runs</h2>'
        f"<p>Open at once. Go to any scale, and go on live from there.</p><ol>{cards}</ol></section>"
    )


def _picture(uri: str, alt: str, said: str) -> str:
    return f'<span><img src="{uri}" alt="{escape(alt)}">{escape(said)}</span>'
