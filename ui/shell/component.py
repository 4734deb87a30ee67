"""The one kind of component that every custom view is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from .theme import script


def view(elem_id: str, value: str = "", js: str | Path | None = None, **more: Any) -> gr.HTML:
    """A custom view: bare HTML with its script, a path under ui/ or anywhere."""
    return gr.HTML(value, elem_id=elem_id, js_on_load=script(js) if js else None, apply_default_css=False, **more)
