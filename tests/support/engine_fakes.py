"""A model, an extractor and a reward that cost nothing and are as random, keyed and deterministic as real ones.

`tests/engine/pinned_runs.json` holds what this arithmetic gives: it stays as it is. The page sees the same pictures
enlarged (`page_engine`), of which the extractor and the reward read every cell once, so that choices are the same too.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ttsvar.config import Sampling
from ttsvar.engine.loop import Engine
from ttsvar.extractor import EXTRACTORS
from ttsvar.families.base.prompts import FreeText
from ttsvar.families.infinity.prompting import OPTIONS
from ttsvar.knowledge import Knowledge
from ttsvar.protocols import PromptBook
from ttsvar.sampling import bit_probabilities, draw_bits, uniforms
from ttsvar.storage.png import sign
from ttsvar.types import Run, ScaleSchedule, SearchState, Selection

LADDER = (1, 2, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8)
SCHEDULE = ScaleSchedule(tuple((s, s) for s in LADDER))
BITS = 4
SIDE = 8
"""Pixels of a side of what the bits become; a picture shows each `zoom` times."""
WORDS = (
    "a", "an", "and", "ball", "balls", "blue", "cup", "green", "heart", "house", "left", "of", "photo", "red", "star",
    "three",
)  # fmt: skip


@dataclass(frozen=True)
class FewWords(FreeText):
    """The `PromptBook` of a model that knows the words above."""

    examples: tuple[str, ...] = ("a photo of three blue balls", "a photo of a red star")
    options: frozenset[str] = OPTIONS
    vocabulary: tuple[str, ...] = WORDS

    def unknown(self, prompt: str) -> tuple[str, ...]:
        return tuple(word for word in prompt.lower().split() if word not in WORDS)


@dataclass(frozen=True)
class FakeCache:
    """One running digest per candidate: what a KV cache is to a transformer."""

    rows: tuple[str, ...]
    prompt: str


@dataclass
class FakeBackend:
    """Bits whose chances depend on the prompt and on every earlier bit, and on nothing else."""

    name: str = "fake"
    schedule: ScaleSchedule = SCHEDULE
    chunk: int = 2
    zoom: int = 1
    sampling: Sampling = field(default_factory=Sampling)
    prompts: PromptBook = field(default_factory=lambda: FreeText(("a cup",), OPTIONS))
    decoded: int = 0
    restored: int = 0
    grown: list[str] = field(default_factory=list)
    """The states that were grown, by id."""

    def begin(self, run: Run) -> FakeCache:
        return FakeCache((run.prompt,) * run.batch[0], run.prompt)

    def grow(self, state: SearchState) -> tuple[Tensor, FakeCache]:
        cache = state.kv if state.kv is not None else self.restore(state.run, state.bits, len(state))
        h, w = self.schedule.sizes[state.scale]
        rows = []
        for past, name in zip(cache.rows, state.candidate_ids, strict=True):
            seed = int.from_bytes(hashlib.blake2b(past.encode(), digest_size=8).digest(), "little")
            logits = torch.from_numpy(np.random.default_rng(seed).normal(0, 2, (h, w, BITS, 2)))
            chance = bit_probabilities(logits, top_p=state.run.search.top_p)
            rows.append(draw_bits(chance, uniforms(state.run.seed, name, state.scale, "bits", (h, w, BITS))))
        self.grown.append(state.id)
        bits = torch.stack(rows)
        return bits, _follow(cache, bits)

    def select(self, kv: FakeCache, parents: Sequence[int]) -> FakeCache:
        return FakeCache(tuple(kv.rows[p] for p in parents), kv.prompt)

    def rewind(self, kv: FakeCache, parents: Sequence[int], bits: tuple[Tensor, ...]) -> FakeCache:
        cache = FakeCache((kv.prompt,) * len(parents), kv.prompt)
        for part in bits:
            cache = _follow(cache, part)
        return cache

    def decode(self, bits: tuple[Tensor, ...]) -> Tensor:
        self.decoded += len(bits[0])
        image = torch.zeros(len(bits[0]), SIDE, SIDE, 3)
        for k, part in enumerate(bits):
            picture = part[..., :3].float().permute(0, 3, 1, 2)
            image += torch.nn.functional.interpolate(picture, (SIDE, SIDE)).permute(0, 2, 3, 1) * 0.6 ** (k + 1)
        return image.mul(100).byte().repeat_interleave(self.zoom, 1).repeat_interleave(self.zoom, 2)

    def restore(self, run: Run, bits: tuple[Tensor, ...], candidates: int | None = None) -> FakeCache:
        self.restored += 1
        cache = FakeCache((run.prompt,) * (len(bits[0]) if bits else candidates or run.batch[0]), run.prompt)
        for part in bits:
            cache = _follow(cache, part)
        return cache

    def knowledge(self, run: Run, bits: tuple[Tensor, ...]) -> Knowledge:
        """Each token's first bit says that it answers to the prompt, or that it does not."""
        lift = tuple(part[0, :, :, 0].float() * 2 - 1 for part in bits)
        return Knowledge(lift, tuple(torch.full_like(part, BITS * math.log(2)) for part in lift))

    def knowledge_flops(self, run: Run, scales: int) -> float:
        return sum(self.grow_flops(run, scale, 1) for scale in range(scales))

    def grow_flops(self, run: Run, scale: int, candidates: int) -> float:
        return 1e6 * candidates * self.schedule.tokens(scale)

    def decode_flops(self, candidates: int) -> float:
        return 1e5 * candidates

    def run_bytes(self, run: Run) -> int:
        return 1024 * run.batch[0]


def _unzoomed(images: Tensor) -> Tensor:
    """One pixel for every cell of the pictures: float32 [B, 8, 8, 3]."""
    step = images.shape[1] // SIDE
    return images[:, ::step, ::step].float()


def _follow(cache: FakeCache, bits: Tensor) -> FakeCache:
    rows = [
        hashlib.blake2b(past.encode() + part.numpy().tobytes(), digest_size=16).hexdigest()
        for past, part in zip(cache.rows, bits, strict=True)
    ]
    return FakeCache(tuple(rows), cache.prompt)


@dataclass
class FakeExtractor:
    """Patches of 2 x 2 cells as they are: [B, 16, 12]."""

    name: str = "fake-features"
    seen: int = 0
    shapes: set[int] = field(default_factory=set)

    def extract(self, images: Tensor) -> Tensor:
        self.seen += len(images)
        self.shapes.add(len(images))
        return _unzoomed(images).reshape(-1, 4, 2, 4, 2, 3).permute(0, 1, 3, 2, 4, 5).reshape(len(images), 16, 12)

    def flops(self, images: int) -> float:
        return 1e4 * images


@dataclass
class FakeReward:
    """Likes brightness on the left."""

    name: str = "image-reward"
    seen: int = 0

    def score(self, images: Tensor, prompt: str) -> Tensor:
        self.seen += len(images)
        return _unzoomed(images)[:, :, :4].mean((1, 2, 3)) / 25 - 1 + len(prompt) / 1000

    def flops(self, images: int) -> float:
        return 2e4 * images


def fake_engine(*, remember_bytes: int = 256 * 1024**2, **changes: Any) -> Engine:
    """An engine on fakes; `changes` go to the backend."""
    extractor = FakeExtractor()
    extractors: dict[str, Any] = dict.fromkeys(EXTRACTORS, extractor)
    judges = {"image-reward": FakeReward()}
    return Engine(FakeBackend(**changes), extractors, judges, sign=sign, remember_bytes=remember_bytes)


def page_engine() -> Engine:
    """The engine that the page's tests look at: pictures large enough for one, and a model that knows few words."""
    return fake_engine(zoom=12, prompts=FewWords())


def backend_of(engine: Engine) -> FakeBackend:
    """The backend that an engine computes with, to read what it counted."""
    backend = engine._executor.holding().backend
    assert isinstance(backend, FakeBackend)
    return backend


def finish(engine: Engine, state: SearchState, choices: dict[int, tuple[int, ...]] | None = None) -> SearchState:
    """Step to the end; `choices` overrule the proposal after some scales."""
    while not state.done:
        result = engine.step(state)
        chosen = (choices or {}).get(result.scale)
        state = engine.commit(result, Selection(chosen) if chosen else None)
    return state
