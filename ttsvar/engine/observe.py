"""Observing candidates: decode, features and rewards, in chunks of one shape, and each only once.

What a candidate looks like is a function of its bits, so it is remembered by their digest: seeing a state again, its
copies, or the same choice in another branch costs nothing.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence, Set
from threading import Lock
from typing import TypeVar

import torch
from torch import Tensor

from ttsvar.config import STRATEGIES
from ttsvar.engine.meter import CostMeter
from ttsvar.errors import ConfigError, NumberError
from ttsvar.fair import give_way
from ttsvar.finite import require_finite
from ttsvar.protocols import Backend, FeatureExtractor, Reward
from ttsvar.rewards.combination import Combination
from ttsvar.shapes import Features, Images, Scores
from ttsvar.types import Component, Featured, Need, Observation, Pictured, Run, Scored, SearchState
from ttsvar.weights.loadable import present

Key = tuple[str, ...]
Part = TypeVar("Part")


def candidate_digests(state: SearchState) -> tuple[str, ...]:
    """One digest of all bits per candidate."""
    rows: list[str] = []
    for candidate in range(len(state)):
        digest = hashlib.blake2b(state.run.model.encode(), digest_size=16)
        for bits in state.bits:
            digest.update(repr(tuple(bits.shape[1:])).encode())
            digest.update(bits[candidate].contiguous().numpy().tobytes())
        rows.append(digest.hexdigest())
    return tuple(rows)


def in_chunks(compute: Callable[[Tensor], Tensor], inputs: Tensor, chunk: int) -> Tensor:
    """`compute` on chunks of exactly `chunk` rows, the last one padded with its last row, as one tensor on the CPU.

    Rounding depends on the shape of a product, so a row's result then does not depend on how many others there are.
    NumberError where `compute` does not give one row for each.
    """
    parts: list[Tensor] = []
    for start in range(0, len(inputs), chunk):
        give_way()
        rows = inputs[start : start + chunk]
        padding = rows[-1:].expand(chunk - len(rows), *rows.shape[1:])
        computed = compute(torch.cat([rows, padding]))
        if computed.shape[:1] != (chunk,):
            raise NumberError(f"{chunk} rows gave an answer of shape {tuple(computed.shape)}; each must give one.")
        parts.append(computed[: len(rows)].cpu())
    return torch.cat(parts)


def score_in_chunks(reward: Reward, images: Images, prompt: str, chunk: int) -> Scores:
    """Scores float32 [B] of images uint8 [B, H, W, 3], which are all candidates of a combination of judges.

    NumberError, which names the reward, where it does not give one number an image.
    """
    if isinstance(reward, Combination):
        return reward.combine(torch.stack([score_in_chunks(part, images, prompt, chunk) for part in reward.parts]))

    def one_each(part: Tensor) -> Tensor:
        scores = reward.score(part, prompt)
        if scores.shape != (len(part),):
            raise NumberError(
                f"The reward {reward.name} gave scores of shape {tuple(scores.shape)} for {len(part)} images; "
                "it must give one number each."
            )
        return scores

    return in_chunks(one_each, images, chunk).float()


def require_scores(scores: Scores, reward: str, scale: int | None = None) -> Scores:
    """The scores [B] with NaN for what is no number; NumberError where no candidate has one."""
    known = scores.isfinite()
    if not bool(known.any()):
        require_finite(scores, f"Scores of the reward {reward}", scale)
    return scores.masked_fill(~known, torch.nan)


class TensorCache:
    """Remembers one tensor per key, newest first, up to a number of bytes; safe to share between threads."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._held: OrderedDict[Key, Tensor] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def gather(self, keys: Sequence[Key], compute: Callable[[Sequence[int]], Tensor]) -> Tensor:
        """One row per key; `compute` gives the rows of those indices that are not remembered.

        A row that holds NaN or infinity is not remembered, so that it is computed anew when it is asked for again.
        """
        with self._lock:
            rows = {key: self._touch(key) for key in keys if key in self._held}
        lacking = sorted({key: i for i, key in reversed(list(enumerate(keys))) if key not in rows}.values())
        if lacking:
            for i, row in zip(lacking, compute(lacking), strict=True):
                rows[keys[i]] = row
                self._store(keys[i], row.clone())
        return torch.stack([rows[key] for key in keys])

    def _touch(self, key: Key) -> Tensor:
        self._held.move_to_end(key)
        return self._held[key]

    def _store(self, key: Key, row: Tensor) -> None:
        with self._lock:
            if key in self._held or (row.is_floating_point() and not bool(row.isfinite().all())):
                return
            self._held[key] = row
            self._bytes += row.nbytes
            while self._bytes > self._limit and self._held:
                self._bytes -= self._held.popitem(last=False)[1].nbytes


class Named:
    """The extractors and rewards that a search may name, for asking what there is; an observer is what uses them."""

    def __init__(self, extractors: Mapping[str, FeatureExtractor], rewards: Mapping[str, Reward]) -> None:
        self._extractors, self._rewards = extractors, rewards

    @property
    def extractors(self) -> tuple[str, ...]:
        """Names of the extractors that need no download."""
        return present(self._extractors)

    @property
    def rewards(self) -> tuple[str, ...]:
        """Names of the rewards that need no download."""
        return present(self._rewards)

    def require(self, run: Run) -> None:
        """Load the extractor and the reward that the strategy needs.

        Raises ConfigError where there is none of that name, CheckpointError where a file is off.
        """
        rule = STRATEGIES[run.search.strategy]
        needs = {need for k in range(len(run.schedule)) for need in rule.needs(run, k)}
        if Need.FEATURES in needs:
            _named(self._extractors, "extractor", run.search.extractor)
        if Need.SCORES in needs:
            _named(self._rewards, "reward", run.search.reward)


class Observer:
    """Observes the candidates of a state with a model's decoder, the feature extractors and the rewards."""

    def __init__(
        self,
        backend: Backend,
        extractors: Mapping[str, FeatureExtractor],
        rewards: Mapping[str, Reward],
        remember_bytes: int,
    ) -> None:
        self.backend = backend
        self.extractors = extractors
        self.rewards = rewards
        self._cache = TensorCache(remember_bytes)

    def extractor(self, name: str) -> FeatureExtractor:
        """An extractor by name, loaded if it must be; raises ConfigError, and CheckpointError where a file is off."""
        return _named(self.extractors, "extractor", name)

    def reward(self, name: str) -> Reward:
        """A reward by name, loaded if it must be; raises ConfigError, and CheckpointError where a file is off."""
        return _named(self.rewards, "reward", name)

    def judge(self, state: SearchState, reward: str, meter: CostMeter) -> Scores:
        """Scores float32 [B] of a state's candidates by any reward, NaN where it has none for one of many.

        NumberError where it has none for any.
        """
        digests = candidate_digests(state)
        images = self._images(state, digests, meter)
        scores = self._scores(self.reward(reward), images, digests, state.run.prompt, meter)
        return require_scores(scores, reward, state.scale - 1)

    def observe(self, state: SearchState, needs: Set[Need], meter: CostMeter) -> Pictured:
        """Images of all candidates, and features and scores where asked for: `Featured`, `Scored` or `Observation`.

        The meter counts only what is not remembered. Raises ConfigError where the engine has no such extractor or
        reward, NumberError where a feature is no number, or every score. A score that is none is NaN.
        """
        digests, search = candidate_digests(state), state.run.search
        images = self._images(state, digests, meter)

        def features() -> Tensor:
            seen = self._features(self.extractor(search.extractor), images, digests, meter)
            return require_finite(seen, f"Features of the extractor {search.extractor}", state.scale - 1)

        def scores() -> Tensor:
            given = self._scores(self.reward(search.reward), images, digests, state.run.prompt, meter)
            return require_scores(given, search.reward, state.scale - 1)

        if {Need.FEATURES, Need.SCORES} <= needs:
            return Observation(images=images, features=features(), scores=scores())
        if Need.FEATURES in needs:
            return Featured(images=images, features=features())
        return Scored(images=images, scores=scores()) if Need.SCORES in needs else Pictured(images=images)

    def _images(self, state: SearchState, digests: Sequence[str], meter: CostMeter) -> Images:
        def compute(rows: Sequence[int]) -> Tensor:
            with meter.part(Component.DECODE, flops=self.backend.decode_flops(len(rows)), items=len(rows)):
                return self.backend.decode(tuple(bits[rows] for bits in state.bits))

        return self._cache.gather([("image", digest) for digest in digests], compute)

    def _features(
        self, extractor: FeatureExtractor, images: Images, digests: Sequence[str], meter: CostMeter
    ) -> Features:
        def compute(rows: Sequence[int]) -> Tensor:
            with meter.part(Component.FEATURES, flops=extractor.flops(len(rows)), items=len(rows)):
                return in_chunks(extractor.extract, images[rows], self.backend.chunk).float()

        return self._cache.gather([("features", extractor.name, digest) for digest in digests], compute)

    def _scores(self, reward: Reward, images: Images, digests: Sequence[str], prompt: str, meter: CostMeter) -> Scores:
        if isinstance(reward, Combination):
            # Only its parts belong to an image, so only they are remembered.
            parts = [self._scores(part, images, digests, prompt, meter) for part in reward.parts]
            return reward.combine(torch.stack(parts))

        def compute(rows: Sequence[int]) -> Tensor:
            with meter.part(Component.REWARD, flops=reward.flops(len(rows)), items=len(rows)):
                return score_in_chunks(reward, images[rows], prompt, self.backend.chunk)

        return self._cache.gather([("score", reward.name, prompt, digest) for digest in digests], compute)


def _named(parts: Mapping[str, Part], kind: str, name: str) -> Part:
    if name not in parts:
        raise ConfigError(
            f"The {kind} {name!r} is not known here; this engine has {', '.join(sorted(parts)) or 'none'}."
        )
    return parts[name]
