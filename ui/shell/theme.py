"""The look: Gradio's theme reduced to our tokens, and the CSS and JavaScript of every folder of the page."""

from __future__ import annotations

from pathlib import Path

from gradio.themes import Base
from gradio.themes.utils import fonts

from ..guide.glossary import glossary_json

UI = Path(__file__).resolve().parents[1]
GLOBAL_STYLE = "shell/global.css"
HEAD_SCRIPTS = ("shell/page.js", "panels/board/closeup.js")
STYLES = (
    "shell/tokens.css", "shell/chrome.css", "setup/setup.css", "panels/board/board.css", "panels/panels.css",
    "panels/lineage/lineage.css", "panels/duel/duel.css", "pages/classroom/classroom.css", "pages/evidence.css",
    "panels/ending/ending.css", "files/files.css", "guide/guide.css", "shell/narrow.css",
)  # fmt: skip


def script(name: str) -> str:
    """The text of a script, a template or a style sheet, by its path under ui/."""
    return (UI / name).read_text(encoding="utf-8")


def styles() -> str:
    """All style sheets in order."""
    return "\n".join((UI / name).read_text(encoding="utf-8") for name in STYLES)


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
