"""Parts that lie on the CPU and visit a device only while they are used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from ttsvar.protocols import FeatureExtractor, Reward


class MovableExtractor(FeatureExtractor, Protocol):
    """An extractor whose weights are in one module."""

    @property
    def model(self) -> nn.Module:
        """The weights."""
        ...


@runtime_checkable
class MovableReward(Reward, Protocol):
    """A reward whose weights are in one module."""

    @property
    def model(self) -> nn.Module:
        """The weights."""
        ...


@contextmanager
def visiting(module: nn.Module, device: torch.device) -> Iterator[None]:
    """Move a module to a device, and back to the CPU when done; nothing moves where the device is the CPU."""
    if device.type == "cpu":
        yield
        return
    module.to(device)
    try:
        yield
    finally:
        module.to("cpu")


class VisitingExtractor:
    """A feature extractor that lies on the CPU between uses."""

    def __init__(self, extractor: MovableExtractor, device: torch.device) -> None:
        self.name = extractor.name
        self._extractor, self._device = extractor, device

    def extract(self, images: Tensor) -> Tensor:
        """As the extractor's, with the result on the CPU."""
        with visiting(self._extractor.model, self._device):
            return self._extractor.extract(images).cpu()

    def flops(self, images: int) -> float:
        """As the extractor's."""
        return self._extractor.flops(images)


class VisitingReward:
    """A reward that lies on the CPU between uses."""

    def __init__(self, reward: MovableReward, device: torch.device) -> None:
        self.name = reward.name
        self._reward, self._device = reward, device

    def score(self, images: Tensor, prompt: str) -> Tensor:
        """As the reward's, with the result on the CPU."""
        with visiting(self._reward.model, self._device):
            return self._reward.score(images, prompt).cpu()

    def flops(self, images: int) -> float:
        """As the reward's."""
        return self._reward.flops(images)
