"""Judges and networks of features by name: which files each needs, and how they are loaded when first used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Generic, TypeVar

import torch

from ttsvar.errors import ConfigError
from ttsvar.registry import Registry
from ttsvar.weights.download import WeightFile, find, locate_all
from ttsvar.weights.room import require_room

T = TypeVar("T")


@dataclass(frozen=True)
class Location:
    """Where models compute, where their files may be, and whether they lie on the CPU between uses."""

    device: torch.device
    weights: Path | None = None
    """A folder that is searched for files first, and that downloads go to."""
    offload: bool = False

    @property
    def home(self) -> torch.device:
        """Where a model lies between uses."""
        return torch.device("cpu") if self.offload else self.device


@dataclass(frozen=True)
class Loadable(Generic[T]):
    """A network of features or a judge that can be named."""

    summary: str
    files: tuple[WeightFile, ...]
    build: Callable[[Sequence[Path], torch.device], T]
    """From the files, in their order, and a device."""
    require: Callable[[], object] = lambda: None
    """Raises ConfigError where a library is absent: asked before anything is downloaded."""
    place: int = 100
    """Where it stands among the others."""
    title: str = ""
    """What the page calls it in a list."""

    def load(self, location: Location) -> T:
        """It at its home; files that are not here are downloaded, or CheckpointError says what to do.

        RoomError where its files are larger than what is free there.
        """
        self.require()
        paths = locate_all(self.files, location.weights)
        needs = {"weights": sum(path.stat().st_size for path in paths)}
        require_room(self.summary, needs, location.home, "Close other programs, choose another one, or use --offload.")
        return self.build(paths, location.home)

    def here(self, weights: Path | None = None) -> bool:
        """Whether its library and all its files are on this machine, so that loading it downloads nothing."""
        try:
            self.require()
        except ConfigError:
            return False
        return all(find(file, weights) is not None for file in self.files)


Build = Callable[[Sequence[Path], torch.device], T]


def registering(registry: Registry[Loadable[T]]) -> Callable[..., Callable[[Build[T]], Build[T]]]:
    """A decorator for what builds a model from its files and a device: it adds the row that names it."""

    def named(
        name: str,
        summary: str,
        files: tuple[WeightFile, ...] = (),
        *,
        require: Callable[[], object] = lambda: None,
        place: int = 100,
        title: str = "",
    ) -> Callable[[Build[T]], Build[T]]:
        def register(build: Build[T]) -> Build[T]:
            registry.add(name, Loadable(summary, files, build, require, place, title or name))
            return build

        return register

    return named


def hub_files(repo: str, licence: str, *paths: str) -> tuple[WeightFile, ...]:
    """Files of one hub repository, or of one folder of a site, whose sizes and digests the hub is asked for."""
    return tuple(WeightFile(repo, path, None, None, licence) for path in paths)


class LazyMapping(Mapping[str, T]):
    """A mapping whose values are made when first asked for, once, and kept; its names are known from the start.

    Safe to share between threads. A loader that raises is tried again the next time, and may use other entries.
    `here` says of some entries whether they can be loaded without a download; all others can.
    """

    def __init__(
        self, loaders: Mapping[str, Callable[[], T]], here: Mapping[str, Callable[[], bool]] | None = None
    ) -> None:
        self._loaders = dict(loaders)
        self._here = dict(here or {})
        self._loaded: dict[str, T] = {}
        self._lock = RLock()

    def __getitem__(self, name: str) -> T:
        with self._lock:
            if name not in self._loaded:
                self._loaded[name] = self._loaders[name]()
            return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in self._loaders

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaders)

    def __len__(self) -> int:
        return len(self._loaders)

    def here(self) -> tuple[str, ...]:
        """The names of what is loaded, or can be without a download."""
        return tuple(name for name in self if name in self._loaded or self._here.get(name, lambda: True)())

    def load_present(self, *others: str) -> None:
        """Load everything that needs no download, and `others` even where they do."""
        for name in dict.fromkeys((*self.here(), *others)):
            self[name]


def present(models: Mapping[str, object]) -> tuple[str, ...]:
    """The names of those that need no download."""
    return models.here() if isinstance(models, LazyMapping) else tuple(models)
