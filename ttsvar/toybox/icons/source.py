"""Where icons come from: the published set (not in this repository) and our own drawings, rasterised."""

from __future__ import annotations

import io
import json
import os
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from ttsvar.errors import ConfigError
from ttsvar.toybox.icons.drawings import CLOTHES, SPORT, STREET
from ttsvar.toybox.icons.drawings_home import FURNITURE, KITCHEN

PACKAGE, VERSION = "@iconify-json/fluent-emoji-flat", "1.2.6"
VARIABLE = "TTSVAR_ICONS"
OWN = STREET | SPORT | CLOTHES | FURNITURE | KITCHEN


class IconSource(Protocol):
    """Pictures by name."""

    def picture(self, name: str, side: int) -> np.ndarray:
        """uint8 [side, side, 4], straight alpha."""
        ...


class PublishedIcons:
    """The published set from its `icons.json`, and the drawings of ours ('own:...')."""

    def __init__(self, path: Path) -> None:
        self._bodies: dict[str, str] = dict(OWN)
        data = json.loads(path.read_text(encoding="utf-8"))
        self._bodies |= {name: icon["body"] for name, icon in data["icons"].items()}
        self._bodies |= {name: data["icons"][to["parent"]]["body"] for name, to in data["aliases"].items()}

    def picture(self, name: str, side: int) -> np.ndarray:
        """uint8 [side, side, 4], straight alpha; raises ConfigError where the set has no such icon."""
        if name not in self._bodies:
            raise ConfigError(f"There is no icon {name!r} in {PACKAGE}; version {VERSION} is meant.")
        return rasterise(self._bodies[name], side)


def rasterise(body: str, side: int) -> np.ndarray:
    """An SVG body on the grid of 32 to uint8 [side, side, 4], straight alpha."""
    import resvg_py

    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="{side}" height="{side}">{body}</svg>'
    return np.asarray(Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg)))).convert("RGBA"))


def icons_path() -> Path | None:
    """`icons.json` of the published set: at TTSVAR_ICONS, or under node_modules here; None where it is in neither."""
    named = os.environ.get(VARIABLE)
    path = Path(named) if named else Path("node_modules") / PACKAGE / "icons.json"
    return path if path.is_file() else None


@cache
def published_icons() -> PublishedIcons:
    """The published set; raises ConfigError, which says how to get it, where it or its rasteriser is missing."""
    path = icons_path()
    try:
        import resvg_py  # noqa: F401
    except ImportError as error:
        raise ConfigError("Drawing icons needs resvg-py: pip install 'ttsvar-explorer[icons]'.") from error
    if path is None:
        raise ConfigError(
            f"Drawing icons needs their set: npm install {PACKAGE}@{VERSION} here, or {VARIABLE} set to its icons.json."
        )
    return PublishedIcons(path)
