"""A folder of rendered training scenes with their metadata, built once and mapped into memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

import numpy as np

from ttsvar.toybox.world.prompts import Request, sample_training_request, scene_for
from ttsvar.toybox.world.scenes import Scene, Thing, render
from ttsvar.toybox.world.things import IMAGE_SIZE

BLOCK = 500


def stamp(weights: Path) -> str:
    """8 hex digits of a weight file's contents: named by them, what it made is not mistaken for another file's."""
    return hashlib.blake2b(weights.read_bytes(), digest_size=4).hexdigest()


class SceneSet:
    """Rendered scenes: `images` uint8 [N, 128, 128, 3] (memory-mapped), `requests` and `things` by index."""

    def __init__(self, images: np.ndarray, requests: list[Request], things: list[tuple[Thing, ...]]) -> None:
        self.images, self.requests, self.things = images, requests, things

    def __len__(self) -> int:
        return len(self.requests)

    def draw(self, rng: np.random.Generator, count: int) -> tuple[np.ndarray, list[Request], list[tuple[Thing, ...]]]:
        """So many different scenes at random: pictures uint8 [count, H, W, 3], requests and things."""
        chosen = np.sort(rng.choice(len(self), count, replace=False))
        return self.images[chosen], [self.requests[i] for i in chosen], [self.things[i] for i in chosen]

    @property
    def prompts(self) -> list[str]:
        """The prompt of every scene."""
        return [r.prompt for r in self.requests]


def training_scene(seed: int, index: int) -> tuple[Request, Scene]:
    """Scene number `index` of a seed: always the same, whatever was drawn before."""
    rng = np.random.default_rng((seed, index))
    request = sample_training_request(rng)
    return request, scene_for(request, rng)


def scene_set(folder: Path, count: int, seed: int, workers: int = 2) -> SceneSet:
    """Open the scenes of (seed, count) under `folder`, drawing them first if they are not there."""
    path = folder / f"scenes-{seed}-{count}"
    if not path.with_suffix(".jsonl").exists():
        _build(path, count, seed, workers)
    requests, things = [], []
    with open(path.with_suffix(".jsonl")) as lines:
        for line in lines:
            row = json.loads(line)
            requests.append(Request(row["tag"], tuple(tuple(k) for k in row["kinds"]), row["relation"]))
            things.append(tuple(Thing(**t) for t in row["things"]))
    images = np.memmap(path.with_suffix(".u8"), np.uint8, "r", shape=(count, IMAGE_SIZE, IMAGE_SIZE, 3))
    return SceneSet(images, requests, things)


def _build(path: Path, count: int, seed: int, workers: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    images = np.memmap(path.with_suffix(".u8"), np.uint8, "w+", shape=(count, IMAGE_SIZE, IMAGE_SIZE, 3))
    rows: list[str] = []
    blocks = [(seed, start, min(start + BLOCK, count)) for start in range(0, count, BLOCK)]
    with ProcessPoolExecutor(workers) as pool:
        for (_, start, stop), (pictures, lines) in zip(blocks, pool.map(_draw_block, blocks), strict=True):
            images[start:stop] = pictures
            rows += lines
    images.flush()
    # Written last: its presence says that the pictures are complete.
    path.with_suffix(".jsonl").write_text("\n".join(rows) + "\n")


def _draw_block(block: tuple[int, int, int]) -> tuple[np.ndarray, list[str]]:
    seed, start, stop = block
    pictures, lines = [], []
    for index in range(start, stop):
        request, scene = training_scene(seed, index)
        pictures.append(render(scene))
        things = [asdict(t) for t in scene.things]
        lines.append(
            json.dumps({"tag": request.tag, "kinds": request.kinds, "relation": request.relation, "things": things})
        )
    return np.stack(pictures), lines


def batches(count: int, size: int, seed: int, start: int = 0) -> Iterator[np.ndarray]:
    """Endless shuffled index batches [size]; `start` skips batches, so that a resumed run goes on where it was."""
    per_epoch = count // size
    if per_epoch == 0:
        raise ValueError(f"A batch of {size} does not fit a set of {count} scenes.")
    step = start
    while True:
        epoch, offset = divmod(step, per_epoch)
        order = np.random.default_rng((seed, epoch)).permutation(count)
        for i in range(offset, per_epoch):
            yield order[i * size : (i + 1) * size]
            step += 1
