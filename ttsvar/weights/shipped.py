"""Where the files that ship with the project lie: beside the packages in the repository, inside `ttsvar` in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
ASSETS = next((p for p in (_PACKAGE / "assets", _PACKAGE.parent / "assets") if p.is_dir()), _PACKAGE.parent / "assets")
"""Weights, recorded runs, measured figures, class names."""
