"""What a training task learns from and where it computes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import torch

from ttsvar.toybox.icons.drawn import Batch, DrawnScenes, validation_batch
from ttsvar.toybox.icons.feeder import Feeder
from ttsvar.toybox.icons.source import IconSource

CPU = torch.device("cpu")


class Scenes(Protocol):
    """Scenes by number."""

    def batch(self, first: int, count: int) -> Batch:
        """Scenes number `first` to `first + count - 1`."""
        ...


@dataclass(frozen=True)
class Scenery:
    """Icons, the processes that draw scenes of them (0: the learning one), and the device that learns."""

    source: IconSource
    workers: int = 0
    device: torch.device = CPU

    @cached_property
    def scenes(self) -> Scenes:
        """Those of training."""
        return Feeder(self.source, self.workers) if self.workers else DrawnScenes(self.source)

    @cached_property
    def unseen(self) -> Batch:
        """Those that training never draws."""
        return validation_batch(self.source)

    def close(self) -> None:
        """End the processes that draw."""
        if isinstance(drawing := self.__dict__.get("scenes"), Feeder):
            drawing.close()
