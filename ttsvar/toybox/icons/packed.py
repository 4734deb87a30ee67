"""All pictures of the catalogue in one small file, for a machine that has neither the icon set nor its rasteriser."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ttsvar.errors import ConfigError
from ttsvar.toybox.icons.atlas import MASTER
from ttsvar.toybox.icons.catalogue import KINDS
from ttsvar.toybox.icons.source import IconSource


def pack(source: IconSource, path: Path) -> None:
    """Write every icon of the catalogue at the atlas's size; the file is for training, not for the repository."""
    pictures = {icon: source.picture(icon, MASTER) for kind in KINDS for icon in kind.icons}
    np.savez_compressed(path, allow_pickle=False, **pictures)


class PackedIcons:
    """The pictures of a file that `pack` wrote."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as packed:
            self._pictures = {name: packed[name] for name in packed.files}

    def picture(self, name: str, side: int) -> np.ndarray:
        """uint8 [side, side, 4], straight alpha; raises ConfigError where the file lacks it or has another size."""
        if name not in self._pictures or len(self._pictures[name]) != side:
            raise ConfigError(f"The packed icons have no {name!r} of {side} pixels; pack them again.")
        return self._pictures[name]
