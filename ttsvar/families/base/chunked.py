"""What every family of next-scale transformers shares: one chunk of candidates at a time, always of the same shape.

Rows of the KV cache lie chunk by chunk, in each first the conditional and then the unconditional half, so that a chunk
is one contiguous slice. Letters: G candidates of a chunk, L tokens of a scale, D bits, C channels of a code.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

import torch
from torch import Tensor

from ttsvar.config import STRATEGIES, Sampling
from ttsvar.errors import ConfigError, StateError
from ttsvar.fair import give_way
from ttsvar.families.base.chunk_cache import ChunkCache, chunk_slice, padded, spread
from ttsvar.families.base.memory import cache_bytes
from ttsvar.finite import require_finite
from ttsvar.nn.kv_cache import CacheView
from ttsvar.passes import pass_of, ranks
from ttsvar.protocols import PromptBook
from ttsvar.types import Run, ScaleSchedule, SearchState

CONDITIONS = 4
"""Prompts whose digested form is kept."""
WIDEST = 8
"""Candidates of a pass at most, where a run says how many."""


class ChunkedBackend(ABC):
    """The verbs of `ttsvar.protocols.Backend` over a handful of questions that a family answers for one chunk.

    A family is one subclass: it says whether a run is guided, digests a prompt, and for one chunk computes logits,
    draws bits, sums codes and decodes.
    """

    chunk_by_run = False
    """Whether the transformer takes as many candidates at once as live on at last, and one where there is one only.

    A small model takes most of its time for being called, so that padding and narrow passes cost a third of it. One
    candidate's numbers then differ in their last digits between runs of other sizes, where `chunk` alone keeps them.
    """

    def __init__(self, name: str, schedule: ScaleSchedule, chunk: int, sampling: Sampling, prompts: PromptBook) -> None:
        if chunk < 1:
            raise ConfigError(f"chunk is {chunk}; it must be at least 1.")
        self.name = name
        self.schedule = schedule
        self.chunk = chunk
        self.sampling = sampling
        self.prompts = prompts
        self._ends = [sum(schedule.tokens(j) for j in range(k + 1)) for k in range(len(schedule))]
        self._conditions: OrderedDict[tuple, Any] = OrderedDict()
        self._lock = Lock()

    def chunk_of(self, run: Run) -> int:
        """Candidates that a pass of the transformer takes in a run: its own, so that branches and replays keep it."""
        if not self.chunk_by_run:
            return self.chunk
        return 1 if max(run.batch) == 1 else min(max(self.chunk, run.batch[-1]), WIDEST)

    @property
    @abstractmethod
    def device(self) -> torch.device:
        """Where the weights are."""

    @abstractmethod
    def _guided(self, run: Run) -> bool:
        """Whether any scale of a run needs the unconditional half."""

    @abstractmethod
    def _digest(self, prompt: str, guided: bool) -> Any:
        """What the transformer needs to know of a prompt, computed once."""

    @abstractmethod
    def _view(self, rows: int, tokens: int) -> CacheView:
        """An empty KV cache."""

    @abstractmethod
    def _logits(self, cond: Any, summed: Tensor | None, view: CacheView, scale: int) -> Tensor:
        """One chunk's raw logits [halves * G, L, ...], from the sum of its codes so far; writes keys and values."""

    @abstractmethod
    def _draw(self, run: Run, scale: int, logits: Tensor, names: Sequence[str]) -> Tensor:
        """One chunk's bits uint8 [G, h, w, D] on the CPU; `names` are the ids that its draws are keyed by."""

    @abstractmethod
    def _add_codes(self, summed: Tensor | None, bits: Tensor, scale: int) -> Tensor:
        """One chunk's sum with the codes of a scale's bits added, float32 [G, C, H, W]."""

    @abstractmethod
    def _images(self, bits: Sequence[Tensor]) -> Tensor:
        """One chunk's images uint8 [G, H, W, 3] from its bits of the first scales."""

    @abstractmethod
    def grow_flops(self, run: Run, scale: int, candidates: int) -> float:
        """Floating-point operations of growing one scale, padding left out."""

    @abstractmethod
    def decode_flops(self, candidates: int) -> float:
        """Floating-point operations of decoding this many images, padding left out."""

    def begin(self, run: Run) -> ChunkCache:
        """Digest the prompt, and the empty cache for `run.batch[0]` candidates."""
        return self._empty(run, run.batch[0])

    def grow(self, state: SearchState) -> tuple[Tensor, ChunkCache]:
        """Draw the next scale's bits, uint8 [B, h, w, D] on the tokenizer's grid and the CPU, and the grown cache.

        NumberError, which names the scale, where the transformer gives NaN or infinity.
        """
        cache, slots = self._cache(state), pass_of(state)
        passes = self._passes(cache, slots)
        view = self._room(passes).grow(self.schedule.tokens(cache.scale))
        chunk = self.chunk_of(state.run)
        names = [state.candidate_ids[i] for i in padded(len(state), chunk)]
        shared = slots if passes.candidates < len(state) else None
        parts = [
            self._draw(state.run, cache.scale, logits, names[chunk_slice(number, chunk)])
            for number, logits in enumerate(self._logits_by_chunk(passes, view, shared))
        ]
        bits = torch.cat(parts)
        if state.ahead is not None:
            bits = state.ahead.over(bits, state.scale)
        return bits[: len(state)], replace(self._with_codes(cache, view, bits), slots=shared)

    def select(self, kv: ChunkCache, parents: Sequence[int]) -> ChunkCache:
        """The cache of the chosen candidates, with room until the next decision; copies share rows where passes do."""
        shared = STRATEGIES[kv.run.search.strategy].shares_passes and len(set(parents)) < len(parents)
        view = self._view_of(kv, sorted(set(parents)) if shared else parents, self._capacity(kv.run, kv.scale))
        picks = [parents[i] for i in padded(len(parents), self.chunk_of(kv.run))]
        summed = None if kv.summed is None else kv.summed[picks]
        return ChunkCache(kv.run, len(parents), kv.scale, view, summed, ranks(parents) if shared else None)

    def rewind(self, kv: ChunkCache, parents: Sequence[int], bits: tuple[Tensor, ...]) -> ChunkCache:
        """The cache that the chosen candidates had when their bits were these: cut off, with the codes summed anew."""
        if not bits:
            return self._empty(kv.run, len(parents))
        picks = padded(len(parents), self.chunk_of(kv.run))
        cache = ChunkCache(kv.run, len(parents), 0, kv.view, None)
        for part in bits:
            cache = self._with_codes(cache, kv.view, part[picks])
        earlier = replace(kv.view, length=self._ends[len(bits) - 1])
        chosen = self.select(replace(kv, scale=len(bits), view=earlier, summed=None), parents)
        return replace(chosen, summed=cache.summed)

    def decode(self, bits: tuple[Tensor, ...]) -> Tensor:
        """Images of partial or full bits: uint8 [B, H, W, 3] RGB on the CPU."""
        if not bits:
            raise StateError("There are no bits to decode; generate a scale first.")
        count = len(bits[0])
        index = padded(count, self.chunk)
        starts = range(0, len(index), self.chunk)
        images = []
        for start in starts:
            give_way()
            images.append(self._images([b[index[start : start + self.chunk]] for b in bits]).cpu())
        return torch.cat(images)[:count]

    def restore(self, run: Run, bits: tuple[Tensor, ...]) -> ChunkCache:
        """Rebuild a cache by replaying bits: the same products on the same shapes, so the same numbers."""
        if not bits:
            return self.begin(run)
        cache = self._empty(run, len(bits[0]))
        for scale, part in enumerate(bits):
            index = padded(len(part), self.chunk_of(run))
            view = self._room(cache).grow(self.schedule.tokens(scale))
            for number in range(len(index) // self.chunk_of(run)):
                give_way()
                self._chunk_logits(cache, view, number)
            cache = self._with_codes(cache, view, part[index])
        return cache

    def run_bytes(self, run: Run) -> int:
        """Bytes that a run needs at its peak beside the weights: its KV caches, and what one chunk computes with."""
        caches = cache_bytes(
            run.batch,
            decided=[run.search.decision(scale) is not None for scale in range(len(run.batch))],
            capacity=lambda scale: self._capacity(run, scale),
            rows=lambda candidates: self._halves(run) * len(padded(candidates, self.chunk_of(run))),
            token_bytes=self._view(1, 1).cache.buffer.nbytes,
        )
        return caches + self._chunk_bytes(run)

    def _chunk_bytes(self, run: Run) -> int:
        """What one chunk needs in the transformer or the decoder; 0 where it is small beside the caches."""
        return 0

    def _condition(self, run: Run) -> Any:
        """The digested prompt, computed once while it is among the last few."""
        key = self._key(run)
        with self._lock:
            if key not in self._conditions:
                with torch.inference_mode():
                    self._conditions[key] = self._digest(*key)
            self._conditions.move_to_end(key)
            while len(self._conditions) > CONDITIONS:
                self._conditions.popitem(last=False)
            return self._conditions[key]

    def _key(self, run: Run) -> tuple:
        """All of a run that its digested prompt depends on: what `_digest` is called with."""
        return run.prompt, self._guided(run)

    def _halves(self, run: Run) -> int:
        return 2 if self._guided(run) else 1

    def _empty(self, run: Run, candidates: int) -> ChunkCache:
        self._condition(run)
        rows = self._halves(run) * len(padded(candidates, self.chunk_of(run)))
        return ChunkCache(run, candidates, 0, self._view(rows, self._capacity(run, 0)), None)

    def _cache(self, state: SearchState) -> ChunkCache:
        cache = state.kv
        if cache is None:
            # Before the first scale no bits tell how many there are, and after a way back it is not those that began.
            cache = self.restore(state.run, state.bits) if state.bits else self._empty(state.run, len(state))
        if cache.candidates != len(state) or cache.scale != state.scale:
            raise StateError(
                f"State {state.id} has {len(state)} candidates at scale {state.scale}, its cache {cache.candidates} at "
                f"{cache.scale}; drop the cache (kv=None) to rebuild it from the bits."
            )
        return cache

    def _capacity(self, run: Run, scale: int) -> int:
        """Tokens up to the next fall at or after a scale: it copies the cache anyway, and fewer rows need the rest."""
        ahead = [
            k
            for k in range(scale, len(self._ends))
            if run.search.decision(k) and run.batch[k] < run.batch[max(k - 1, 0)]
        ]
        return self._ends[ahead[0] if ahead else -1]

    def _room(self, cache: ChunkCache) -> CacheView:
        """The cache's view where the next scale fits, or else a copy with room until the next decision."""
        if cache.view.cache.capacity >= self._ends[cache.scale]:
            return cache.view
        return cache.view.select(range(cache.view.rows), capacity=self._capacity(cache.run, cache.scale))

    def _rows(self, cache: ChunkCache, candidates: Sequence[int]) -> list[int]:
        """Cache rows of one chunk of candidates, half by half."""
        halves, chunk = self._halves(cache.run), self.chunk_of(cache.run)
        slots = candidates if cache.slots is None else [cache.slots[c] for c in candidates]
        return [(c // chunk * halves + half) * chunk + c % chunk for half in range(halves) for c in slots]

    def _view_of(self, cache: ChunkCache, candidates: Sequence[int], capacity: int | None = None) -> CacheView:
        """A view of rows of their own for these candidates, padded."""
        chunk = self.chunk_of(cache.run)
        picks = [candidates[i] for i in padded(len(candidates), chunk)]
        rows = [row for start in range(0, len(picks), chunk) for row in self._rows(cache, picks[start:][:chunk])]
        return cache.view.select(rows, capacity)

    def _passes(self, cache: ChunkCache, slots: Sequence[int]) -> ChunkCache:
        """The cache with one candidate for each pass, of candidates that have these ones."""
        if cache.slots is None and tuple(slots) == tuple(range(cache.candidates)):
            return cache
        firsts = [slots.index(number) for number in range(max(slots) + 1)]
        view = cache.view if tuple(slots) == cache.slots else self._view_of(cache, firsts)
        picks = [firsts[i] for i in padded(len(firsts), self.chunk_of(cache.run))]
        summed = None if cache.summed is None else cache.summed[picks]
        return ChunkCache(cache.run, len(firsts), cache.scale, view, summed)

    def _logits_by_chunk(self, cache: ChunkCache, view: CacheView, shared: Sequence[int] | None) -> Iterator[Tensor]:
        """The next scale's raw logits, one chunk of candidates after another; `shared` says whose pass gives whose."""
        chunk, halves = self.chunk_of(cache.run), self._halves(cache.run)

        def passed(number: int) -> Tensor:
            give_way()
            logits = self._chunk_logits(cache, view, number)
            return require_finite(logits, "Logits of the transformer", cache.scale, dtype=view.cache.buffer.dtype)

        every = (passed(number) for number in range(view.rows // (halves * chunk)))
        if shared is None:
            yield from every
            return
        yield from spread([logits.unflatten(0, (halves, chunk)) for logits in every], shared)

    def _chunk_logits(self, cache: ChunkCache, view: CacheView, number: int) -> Tensor:
        """Run the next scale for one chunk: its raw logits."""
        chunk = self.chunk_of(cache.run)
        width = chunk * self._halves(cache.run)
        summed = None if cache.summed is None else cache.summed[chunk_slice(number, chunk)]
        return self._logits(self._condition(cache.run), summed, view.narrow(number * width, width), cache.scale)

    def _with_codes(self, cache: ChunkCache, view: CacheView, bits: Tensor) -> ChunkCache:
        """The cache one scale on, with the padded bits' codes added chunk by chunk."""
        added, chunk = [], self.chunk_of(cache.run)
        for number in range(len(bits) // chunk):
            rows = chunk_slice(number, chunk)
            before = None if cache.summed is None else cache.summed[rows]
            added.append(self._add_codes(before, bits[rows].to(self.device), cache.scale))
        return ChunkCache(cache.run, cache.candidates, cache.scale + 1, view, torch.cat(added))
