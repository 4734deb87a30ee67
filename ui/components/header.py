"""The line on top: name, model, run, and the two switches."""

from __future__ import annotations

from html import escape


def header_html(model: str, device: str, run_id: str = "", at: str = "") -> str:
    """The header; `data-run` is what the address bar and a refresh follow."""
    about = "This run. A refresh, or the page's address, reopens it."
    run = f'<span class="chip" title="{about}">run {escape(run_id)}</span>'
    return (
        f'<div class="top" data-run="{escape(run_id)}" data-at="{escape(at)}">'
        '<button class="ghost burger" type="button" data-do="rail" aria-controls="rail">Set-up</button>'
        "<h1>TTS-VAR Explorer</h1>"
        f'<span class="chip">{escape(model)} \u00b7 {escape(device)}</span>{run if run_id else ""}'
        '<span class="sp"></span>'
        f"{'<button class=ghost type=button data-do=new>New run</button>' if run_id else ''}"
        '<button class="ghost icon" type="button" data-do="theme" aria-label="Switch between light and dark" '
        'title="Light or dark"><svg viewBox="0 0 16 16" width="15" height="15" aria-hidden="true">'
        '<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.4"/>'
        '<path d="M8 1.8a6.2 6.2 0 0 1 0 12.4Z" fill="currentColor"/></svg></button></div>'
    )
