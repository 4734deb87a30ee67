"""What a person may choose about loading a model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from ttsvar.weights.loadable import Location
from ttsvar.weights.room import pick_device, pick_dtype


@dataclass(frozen=True)
class LoadSettings:
    """How a named model is loaded; None takes the model's or the machine's own."""

    device: str | None = None
    """cpu, cuda or mps."""
    dtype: str | None = None
    """float32, bf16 or fp16, of a published model."""
    weights: Path | None = None
    """A folder that is searched for files first, and that downloads go to."""
    offload: bool = False
    """Keep judges and extractors on the CPU between uses. The text encoder of a published model always is."""
    h_div_w: float = 1.0
    """Height over width of the images of a published Infinity: the nearest ladder is taken."""
    resolution: str | None = None
    """0.06M, 0.25M, 0.60M or 1M pixels, of a published Infinity."""
    level_every_chunk: bool | None = None
    """Add the scale embedding before every chunk of blocks (docs/infinity.md)."""
    eye: str | None = None
    """Name of the extractor of patch features (`features.registry.NETWORKS`)."""
    reward: str | None = None
    """Name of a judge (`rewards.registry`) that is loaded at once, and not when a run first needs it."""
    extractor: str | None = None
    """What the search will cluster on (`SearchConfig.extractor`), so that a library it lacks is missed at once."""
    whole: bool = False
    """Load every judge and extractor whose files are here, and the usual ones, at once and not when a run first needs
    them: on ZeroGPU, what a call loads is gone when the call ends."""

    @property
    def place(self) -> torch.device:
        """The device to compute on; ConfigError where the named one is absent."""
        return pick_device(self.device)

    @property
    def number_format(self) -> torch.dtype:
        """The transformer's number format on that device; ConfigError for an unknown name."""
        return pick_dtype(self.dtype, self.place)

    @property
    def location(self) -> Location:
        """Where judges and extractors compute and lie."""
        return Location(self.place, self.weights, self.offload)

    @property
    def shaped(self) -> bool:
        """Whether pictures of another shape, or another level embedding, are asked for than the model's own."""
        return self.h_div_w != 1.0 or self.resolution is not None or self.level_every_chunk is not None
