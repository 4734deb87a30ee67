"""The look: Gradio's theme reduced to our tokens, and the page's CSS and JavaScript from assets/ui."""

from __future__ import annotations

from pathlib import Path

from gradio.themes import Base
from gradio.themes.utils import fonts

from ui.glossary import glossary_json

ASSETS = Path(__file__).resolve().parent.parent / "assets" / "ui"
GLOBAL_STYLE = "global.css"
HEAD_SCRIPTS = ("page.js", "zoom.js")
STYLES = (
    "tokens.css", "chrome.css", "rail.css", "board.css", "panels.css", "lineage.css", "duel.css", "classroom.css",
    "evidence.css", "final.css", "takeaway.css", "guide.css", "narrow.css",
)  # fmt: skip


def script(name: str) -> str:
    """The text of a file of assets/ui."""
    return (ASSETS / name).read_text(encoding="utf-8")


def styles() -> str:
    """All style sheets in order."""
    return "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in STYLES)


def head() -> str:
    """What every page needs before its views load: nothing from outside."""
    return (
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><style>{script(GLOBAL_STYLE)}</style>'
        + "".join(f"<script>{script(name)}</script>" for name in HEAD_SCRIPTS)
        + f'<script type="application/json" id="glossary-terms">{glossary_json()}</script>'
    )


def theme() -> Base:
    """A theme with system fonts only; colours come from tokens.css."""
    family = [fonts.Font(n) for n in ("Inter", "ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "sans-serif")]
    mono = [fonts.Font(n) for n in ("ui-monospace", "SFMono-Regular", "Menlo", "monospace")]
    return Base(font=family, font_mono=mono)
