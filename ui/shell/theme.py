"""The look: Gradio's theme reduced to our tokens, and the styles and scripts that every page needs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gradio.themes import Base
from gradio.themes.utils import fonts

from .contract import contract_json, contract_style

UI = Path(__file__).resolve().parents[1]
PALETTE = "shell/palette.css"
GLOBAL_STYLES = (PALETTE, "shell/global.css")
PAGE_SCRIPTS = ("shell/page.js", "shell/text.js", "shell/requests.js")
FIRST_STYLES, LAST_STYLES = ("shell/tokens.css", "shell/chrome.css"), ("shell/narrow.css",)


def script(name: str | Path) -> str:
    """The text of a script, a template or a style sheet, by its path under ui/ or anywhere."""
    return (UI / name).read_text(encoding="utf-8")


def styles(between: Sequence[str | Path] = ()) -> str:
    """All style sheets: ours for the whole page, those of its features, and what narrow pages change."""
    return "\n".join(script(name) for name in (*FIRST_STYLES, *between, *LAST_STYLES))


def head(modules: Sequence[str | Path] = (), data: Sequence[tuple[str, str]] = ()) -> str:
    """What every page needs before its views load, nothing of it from outside.

    `modules` are scripts, `data` pairs of an element's id and JSON that is safe in a script element.
    """
    return (
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><style>{contract_style()}{"".join(map(script, GLOBAL_STYLES))}</style>'
        f'<script type="application/json" id="contract">{contract_json()}</script>'
        + "".join(f'<script type="application/json" id="{name}">{text}</script>' for name, text in data)
        + "".join(f"<script>{script(name)}</script>" for name in (*PAGE_SCRIPTS, *modules))
    )


def theme() -> Base:
    """A theme with system fonts only; colours come from palette.css."""
    family = [fonts.Font(n) for n in ("Inter", "ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "sans-serif")]
    mono = [fonts.Font(n) for n in ("ui-monospace", "SFMono-Regular", "Menlo", "monospace")]
    return Base(font=family, font_mono=mono)
