"""Infinity behind the verbs of `ttsvar.types.Backend`: one chunk of candidates at a time, always of the same shape.

Rows of the KV cache lie chunk by chunk, in each first the conditional and then the unconditional half, so that a chunk
is one contiguous slice. Letters: G candidates of a chunk, L tokens of a scale, D bits.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

import torch
from torch import Tensor

from ttsvar.backends.flops import decoder_flops, transformer_flops
from ttsvar.config import Sampling
from ttsvar.errors import ConfigError, StateError
from ttsvar.models.infinity import Condition, Infinity
from ttsvar.models.kv_cache import CacheView
from ttsvar.sampling import bit_probabilities, combine_guidance, draw_bits, uniforms
from ttsvar.tokenizer.autoencoder import BSQAutoencoder
from ttsvar.tokenizer.patchify import unpatchify_bits
from ttsvar.types import Run, ScaleSchedule, SearchState

CONDITIONS = 4
"""Prompts whose digested text is kept."""


class PromptEncoder(Protocol):
    """What a backend asks of a text encoder; one that takes any text has no `tokenizer.words`."""

    def encode(self, prompts: Sequence[str]) -> tuple[Tensor, tuple[int, ...]]:
        """Prompts to padded features [S, T, Ct] and their valid lengths."""
        ...


@dataclass(frozen=True, eq=False)
class InfinityCache:
    """Keys, values and summed codes of the candidates after some scales, padded to whole chunks."""

    run: Run
    candidates: int
    scale: int
    """Scales in the cache."""
    view: CacheView
    summed: Tensor | None
    """float32 [chunks * G, D, H, W]; None before the first scale."""


class InfinityBackend:
    """A transformer, its tokenizer and its text encoder on one device."""

    def __init__(
        self,
        transformer: Infinity,
        tokenizer: BSQAutoencoder,
        text_encoder: PromptEncoder,
        schedule: ScaleSchedule,
        name: str,
        chunk: int = 2,
    ) -> None:
        if schedule.sizes != transformer.config.sizes:
            raise ConfigError(
                f"The schedule {schedule.sizes} is not the transformer's {transformer.config.sizes}; "
                "use `transformer.with_schedule`."
            )
        if transformer.config.bits != tokenizer.config.bits:
            raise ConfigError(
                f"The transformer emits {transformer.config.bits} bits a token and the tokenizer reads "
                f"{tokenizer.config.bits}; load parts that belong together."
            )
        if chunk < 1:
            raise ConfigError(f"chunk is {chunk}; it must be at least 1.")
        self.transformer = transformer
        self.tokenizer = tokenizer
        self.text_encoder = text_encoder
        self.schedule = schedule
        self.name = name
        self.chunk = chunk
        self.sampling = Sampling()
        self._conditions: OrderedDict[tuple[str, bool], Condition] = OrderedDict()
        self._lock = Lock()

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.transformer.head.weight.device

    @property
    def _grid(self) -> tuple[int, int]:
        """The tokenizer's finest grid."""
        return self.transformer.config.tokenizer_sizes[-1]

    def begin(self, run: Run) -> InfinityCache:
        """Digest the prompt, and the empty cache for `run.batch[0]` candidates."""
        return self._empty(run, run.batch[0])

    def grow(self, state: SearchState) -> tuple[Tensor, InfinityCache]:
        """Draw the next scale's bits, uint8 [B, h, w, D] on the tokenizer's grid and the CPU, and the grown cache."""
        cache = self._cache(state)
        run, scale, search = state.run, state.scale, state.run.search
        cfg, tau = search.at_scale("cfg", scale), search.at_scale("tau", scale)
        view = self._room(cache).grow(self.schedule.tokens(scale))
        names = [state.candidate_ids[i] for i in _padded(len(state), self.chunk)]
        parts = []
        for rows, logits in self._forward(cache, view):
            conditional, *unconditional = logits.float().split(self.chunk)
            guided = combine_guidance(conditional, unconditional[0] if unconditional else None, cfg, tau)
            chances = bit_probabilities(guided, search.settled("top_k"), search.settled("top_p"))
            draws = [uniforms(run.seed, name, scale, "bits", tuple(chances.shape[1:])) for name in names[rows]]
            parts.append(self._on_grid(draw_bits(chances, torch.stack(draws)), scale).cpu())
        return torch.cat(parts)[: len(state)], self._with_codes(cache, view, torch.cat(parts))

    def select(self, kv: InfinityCache, parents: Sequence[int]) -> InfinityCache:
        """The cache of the chosen candidates, with room until the next decision."""
        picks = [parents[i] for i in _padded(len(parents), self.chunk)]
        rows = [
            row for start in range(0, len(picks), self.chunk) for row in self._rows(kv, picks[start:][: self.chunk])
        ]
        view = kv.view.select(rows, capacity=self._capacity(kv.run, kv.scale))
        summed = None if kv.summed is None else kv.summed[picks]
        return InfinityCache(kv.run, len(parents), kv.scale, view, summed)

    def decode(self, bits: tuple[Tensor, ...]) -> Tensor:
        """Images of partial or full bits: uint8 [B, H, W, 3] RGB on the CPU."""
        if not bits:
            raise StateError("There are no bits to decode; generate a scale first.")
        count, images = len(bits[0]), []
        index = _padded(count, self.chunk)
        for start in range(0, len(index), self.chunk):
            rows = index[start : start + self.chunk]
            summed = self.tokenizer.quantizer.sum_codes([b[rows].to(self.device) for b in bits], self._grid)
            images.append(self.tokenizer.to_uint8(self.tokenizer.decode(self._cast(summed))).cpu())
        return torch.cat(images)[:count]

    def restore(self, run: Run, bits: tuple[Tensor, ...]) -> InfinityCache:
        """Rebuild a cache by replaying bits: the same products on the same shapes, so the same numbers."""
        if not bits:
            return self.begin(run)
        cache = self._empty(run, len(bits[0]))
        for scale, part in enumerate(bits):
            view = self._room(cache).grow(self.schedule.tokens(scale))
            for _ in self._forward(cache, view):
                pass
            cache = self._with_codes(cache, view, part[_padded(len(part), self.chunk)])
        return cache

    def grow_flops(self, run: Run, scale: int, candidates: int) -> float:
        """Floating-point operations of growing one scale, padding and the prompt's own part left out."""
        cond = self._condition(run)
        text_tokens = cond.text[0][0].shape[2]
        return candidates * transformer_flops(self.transformer.config, scale, text_tokens, cond.halves)

    def decode_flops(self, candidates: int) -> float:
        """Floating-point operations of decoding this many images, padding left out."""
        return candidates * decoder_flops(self.tokenizer.decoder, self._grid)

    def vocabulary(self) -> tuple[str, ...]:
        """Every word the text encoder knows; empty where it takes any text."""
        return tuple(getattr(getattr(self.text_encoder, "tokenizer", None), "words", ()))

    def unknown_words(self, prompt: str) -> tuple[str, ...]:
        """The prompt's words that are not in the vocabulary."""
        return tuple(self.text_encoder.tokenizer.unknown(prompt)) if self.vocabulary() else ()  # type: ignore[attr-defined]

    def _condition(self, run: Run) -> Condition:
        """The digested prompt, computed once while it is among the last few."""
        guided = any(run.search.at_scale("cfg", k) != 1 for k in range(len(run.schedule)))
        key = (run.prompt, guided)
        with self._lock:
            if key not in self._conditions:
                with torch.inference_mode():
                    features, lens = self.text_encoder.encode([run.prompt])
                    features = features.to(self.device, torch.float32)
                    self._conditions[key] = self.transformer.condition(features, lens, guided)
            self._conditions.move_to_end(key)
            while len(self._conditions) > CONDITIONS:
                self._conditions.popitem(last=False)
            return self._conditions[key]

    def _empty(self, run: Run, candidates: int) -> InfinityCache:
        rows = self._condition(run).halves * len(_padded(candidates, self.chunk))
        view = self.transformer.empty_cache(rows, self._capacity(run, 0))
        return InfinityCache(run, candidates, 0, view, None)

    def _cache(self, state: SearchState) -> InfinityCache:
        cache = self.restore(state.run, state.bits) if state.kv is None else state.kv
        if cache.candidates != len(state) or cache.scale != state.scale:
            raise StateError(
                f"State {state.id} has {len(state)} candidates at scale {state.scale}, its cache {cache.candidates} at "
                f"{cache.scale}; drop the cache (kv=None) to rebuild it from the bits."
            )
        return cache

    def _capacity(self, run: Run, scale: int) -> int:
        """Tokens up to the next fall at or after a scale: it copies the cache anyway, and fewer rows need the rest."""
        ends = self.transformer.config.ends
        ahead = [
            k for k in range(scale, len(ends)) if run.search.decision(k) and run.batch[k] < run.batch[max(k - 1, 0)]
        ]
        return ends[ahead[0] if ahead else -1]

    def _room(self, cache: InfinityCache) -> CacheView:
        """The cache's view where the next scale fits, or else a copy with room until the next decision."""
        if cache.view.cache.capacity >= self.transformer.config.ends[cache.scale]:
            return cache.view
        return cache.view.select(range(cache.view.rows), capacity=self._capacity(cache.run, cache.scale))

    def _rows(self, cache: InfinityCache, candidates: Sequence[int]) -> list[int]:
        """Cache rows of one chunk of candidates, half by half."""
        halves = self._condition(cache.run).halves
        return [
            (c // self.chunk * halves + half) * self.chunk + c % self.chunk
            for half in range(halves)
            for c in candidates
        ]

    def _forward(self, cache: InfinityCache, view: CacheView) -> Iterator[tuple[slice, Tensor]]:
        """Run the next scale chunk by chunk: (padded candidates, raw logits [halves * G, L, D, 2])."""
        cond, config = self._condition(cache.run), self.transformer.config
        width = self.chunk * cond.halves
        for number in range(view.rows // width):
            rows = slice(number * self.chunk, (number + 1) * self.chunk)
            if cache.summed is None:
                x = self.transformer.start(cond, self.chunk)
            else:
                codes = self.tokenizer.quantizer.next_input(cache.summed[rows], config.tokenizer_sizes[cache.scale])
                x = self.transformer.embed(codes).repeat(cond.halves, 1, 1)
            yield rows, self.transformer.forward_scale(x, cond, view.narrow(number * width, width), cache.scale)

    def _with_codes(self, cache: InfinityCache, view: CacheView, bits: Tensor) -> InfinityCache:
        """The cache one scale on, with the padded bits' codes added chunk by chunk."""
        added = []
        for start in range(0, len(bits), self.chunk):
            rows = slice(start, start + self.chunk)
            before = None if cache.summed is None else cache.summed[rows]
            part = bits[rows].to(self.device)
            added.append(self.tokenizer.quantizer.accumulate(before, part, cache.scale, self._grid))
        return InfinityCache(cache.run, cache.candidates, cache.scale + 1, view, torch.cat(added))

    def _on_grid(self, bits: Tensor, scale: int) -> Tensor:
        """Bits [G, L, D] of the transformer's tokens on the tokenizer's grid."""
        config = self.transformer.config
        grid = bits.unflatten(1, config.sizes[scale])
        return unpatchify_bits(grid) if config.patchify else grid

    def _cast(self, summed: Tensor) -> Tensor:
        return summed.to(self.tokenizer.decoder.conv_in.weight.dtype)


def _padded(count: int, chunk: int) -> list[int]:
    """Indices 0 to count - 1, the last one repeated to fill whole chunks."""
    return [min(i, count - 1) for i in range(-(-count // chunk) * chunk)]
