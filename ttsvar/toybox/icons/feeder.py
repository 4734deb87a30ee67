"""Scenes drawn ahead by other processes, for a GPU that learns faster than one core draws."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import Future, ProcessPoolExecutor

from ttsvar.toybox.icons.drawn import TRAINING_SEED, Batch, DrawnScenes
from ttsvar.toybox.icons.source import IconSource

_scenes: DrawnScenes | None = None
"""Of a drawing process."""


class Feeder:
    """The scenes of `DrawnScenes`, the same in every number; whoever takes a batch finds the following ones drawn."""

    def __init__(self, source: IconSource, workers: int, seed: int = TRAINING_SEED) -> None:
        # Forked processes would inherit a GPU's context, which they may not use.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(workers, context, _begin, (source, seed))
        self._ahead = 2 * workers
        self._drawn: dict[tuple[int, int], Future[Batch]] = {}

    def batch(self, first: int, count: int) -> Batch:
        """Scenes number `first` to `first + count - 1`."""
        wanted = [(first + i * count, count) for i in range(self._ahead + 1)]
        for key in wanted:
            if key not in self._drawn:
                self._drawn[key] = self._pool.submit(_draw, *key)
        for key in [key for key in self._drawn if key not in wanted]:
            self._drawn.pop(key).cancel()
        return self._drawn.pop((first, count)).result()

    def close(self) -> None:
        """End the drawing processes."""
        self._pool.shutdown(cancel_futures=True)


def _begin(source: IconSource, seed: int) -> None:
    global _scenes
    _scenes = DrawnScenes(source, seed)


def _draw(first: int, count: int) -> Batch:
    assert _scenes is not None
    return _scenes.batch(first, count)
