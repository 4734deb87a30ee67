"""Stand-ins for what the package image-reward imports but does not need in order to score.

Its training script wants accelerate, datasets and diffusers, its other judges a `clip` that no registry has, and its
preprocessing torchvision, whose build has to match torch's. The five transforms of the last are written here in Pillow;
everything else of these packages can be imported and does nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

ABSENT = ("accelerate", "clip", "datasets", "diffusers", "torchvision")


class AnyName(type):
    """A class that has every attribute, as a subclass of `Nothing`."""

    def __getattr__(cls, name: str) -> type[Nothing]:
        if name.startswith("__"):
            raise AttributeError(name)
        return AnyName(name, (Nothing,), {})


class Nothing(metaclass=AnyName):
    """An attribute of an absent package: can be called and subclassed; a call's result is false."""

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def __bool__(self) -> bool:
        return False


class AbsentModule(ModuleType):
    """A module that has every name, as a subclass of `Nothing`."""

    def __getattr__(self, name: str) -> type[Nothing]:
        if name.startswith("__"):
            raise AttributeError(name)
        return AnyName(name, (Nothing,), {})


class AbsentPackages(MetaPathFinder, Loader):
    """Finds the absent packages and whatever is imported from inside them."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """A spec of an empty package for the names in `ABSENT` and below."""
        return ModuleSpec(fullname, self, is_package=True) if fullname.split(".")[0] in ABSENT else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """A module that has every name."""
        module = AbsentModule(spec.name)
        if spec.name == "torchvision.transforms":
            real = (Compose, Resize, CenterCrop, ToTensor, Normalize)
            vars(module).update({kind.__name__: kind for kind in real}, InterpolationMode=Image.Resampling)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is left to run."""


def install() -> None:
    """Let the packages in `ABSENT` be imported in this process."""
    sys.meta_path.insert(0, AbsentPackages())


class Compose:
    """Transforms one after the other."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = transforms

    def __call__(self, value: Any) -> Any:
        for transform in self.transforms:
            value = transform(value)
        return value


class Resize:
    """The shorter side of a picture to `size`, the longer one in proportion, its fraction cut off."""

    def __init__(self, size: int, interpolation: Image.Resampling) -> None:
        self.size, self.interpolation = size, interpolation

    def __call__(self, picture: Image.Image) -> Image.Image:
        short = min(picture.size)
        width, height = (self.size * side // short for side in picture.size)
        return picture.resize((width, height), self.interpolation)


class CenterCrop:
    """A square from a picture's middle."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __call__(self, picture: Image.Image) -> Image.Image:
        left, top = (round((side - self.size) / 2) for side in picture.size)
        return picture.crop((left, top, left + self.size, top + self.size))


class ToTensor:
    """A picture to float32 [3, h, w] from 0 to 1."""

    def __call__(self, picture: Image.Image) -> Tensor:
        return torch.from_numpy(np.array(picture)).permute(2, 0, 1).float() / 255


class Normalize:
    """Channels by their mean and deviation."""

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        self.mean, self.std = (torch.tensor(values)[:, None, None] for values in (mean, std))

    def __call__(self, pixels: Tensor) -> Tensor:
        return (pixels - self.mean) / self.std
