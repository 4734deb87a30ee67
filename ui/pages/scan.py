"""An address as a picture that a phone's camera reads."""

from __future__ import annotations

import importlib
import importlib.util


def scannable(url: str) -> str:
    """A QR code of an address as SVG; empty where the package segno, which makes them, is not installed."""
    if importlib.util.find_spec("segno") is None:
        return ""
    made = importlib.import_module("segno").make(url, error="m")
    return made.svg_inline(scale=5, border=2, dark="#171C26", light="#FFFFFF")
