"""A test double: the real engine over a backend that draws discs instead of running a transformer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from ttsvar.config import Sampling
from ttsvar.engine.loop import Engine
from ttsvar.sampling import uniforms
from ttsvar.storage.png import sign
from ttsvar.types import PromptBook, Run, ScaleSchedule, SearchState

LADDER = (1, 2, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8)
WORDS = (
    "a",
    "an",
    "and",
    "ball",
    "balls",
    "blue",
    "cup",
    "green",
    "heart",
    "house",
    "left",
    "of",
    "photo",
    "red",
    "star",
    "three",
)
SIDE = 96


def _rng(*parts: Tensor) -> np.random.Generator:
    digest = hashlib.blake2b(b"".join(p.numpy().tobytes() for p in parts), digest_size=8).digest()
    return np.random.default_rng(int.from_bytes(digest, "little"))


def draw(bits: Sequence[Tensor]) -> np.ndarray:
    """One picture, uint8 [96, 96, 3]: the first bits place two discs, the last ones shake them, scales sharpen them."""
    layout, detail = _rng(*bits[:2]), _rng(bits[-1])
    image = Image.new("RGB", (SIDE, SIDE), tuple(int(v) for v in layout.integers(205, 240, 3)))
    pen = ImageDraw.Draw(image)
    for color in ((40, 80, 210), (210, 60, 50)):
        x, y = (int(v) for v in layout.integers(SIDE // 5, 4 * SIDE // 5, 2) + detail.integers(-3, 4, 2))
        r = int(layout.integers(SIDE // 9, SIDE // 4))
        pen.ellipse((x - r, y - r, x + r, y + r), fill=color)
    side = max(2, LADDER[len(bits) - 1] * 3) if len(bits) < len(LADDER) else SIDE
    return np.asarray(image.resize((side, side), Image.Resampling.BOX).resize((SIDE, SIDE), Image.Resampling.BICUBIC))


@dataclass(frozen=True)
class FewWords:
    """A `PromptBook` of the words above."""

    vocabulary: tuple[str, ...] = WORDS
    choices: tuple[str, ...] = ()
    examples: tuple[str, ...] = ("a photo of three blue balls", "a photo of a red star")
    options: frozenset[str] = frozenset({"negative", "cfg_layers"})

    def unknown(self, prompt: str) -> tuple[str, ...]:
        return tuple(w for w in prompt.lower().split() if w not in WORDS)

    def read(self, prompt: str) -> str:
        return prompt


class DrawnBackend:
    """Random bits, keyed like the real ones, and `draw` for a decoder; counts what it is asked for."""

    name = "fake"
    schedule = ScaleSchedule(tuple((s, s) for s in LADDER))
    chunk = 4
    sampling = Sampling()
    prompts: PromptBook = FewWords()

    def __init__(self) -> None:
        self.grown: list[str] = []
        self.decoded = 0

    def begin(self, run: Run) -> str:
        return "cache"

    def grow(self, state: SearchState) -> tuple[Tensor, str]:
        self.grown.append(state.id)
        side = LADDER[state.scale]
        rows = [
            torch.as_tensor(uniforms(state.run.seed, c, state.scale, "bits", (side, side, 8)))
            for c in state.candidate_ids
        ]
        return (torch.stack(rows) < 0.5).to(torch.uint8), "cache"

    def select(self, kv: str, parents: Sequence[int]) -> str:
        return kv

    def decode(self, bits: tuple[Tensor, ...]) -> Tensor:
        self.decoded += len(bits[0])
        return torch.from_numpy(np.stack([draw([b[i] for b in bits]) for i in range(len(bits[0]))]))

    def restore(self, run: Run, bits: tuple[Tensor, ...]) -> str:
        return "cache"

    def grow_flops(self, run: Run, scale: int, candidates: int) -> float:
        return 1e8 * candidates * LADDER[scale]

    def decode_flops(self, candidates: int) -> float:
        return 2e8 * candidates

    def run_bytes(self, run: Run) -> int:
        return 1024 * run.batch[0]


class CellFeatures:
    """Mean colours of an 8 x 8 grid and simple functions of them: float32 [B, 64, 9]."""

    name = "cells"

    def extract(self, images: Tensor) -> Tensor:
        cells = (
            images.float().reshape(len(images), 8, SIDE // 8, 8, SIDE // 8, 3).mean((2, 4)).flatten(1, 2) / 255 - 0.5
        )
        return torch.cat([cells, cells**2, torch.sin(9 * cells)], 2)

    def flops(self, images: int) -> float:
        return 1e6 * images


class RedShare:
    """More red scores higher: float32 [B]."""

    name = "red"

    def score(self, images: Tensor, prompt: str) -> Tensor:
        colors = images.float().mean((1, 2))
        return (colors[:, 0] - colors[:, 2]) / 40

    def flops(self, images: int) -> float:
        return 1e6 * images


def fake_engine() -> Engine:
    """An engine that answers at once and needs no weights."""
    return Engine(
        DrawnBackend(), {k: CellFeatures() for k in ("pca", "pca-raw", "pool")}, {"image-reward": RedShare()}, sign=sign
    )
