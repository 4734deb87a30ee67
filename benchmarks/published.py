"""CPU seconds of our search beside one that does the work of the published loop, with the same weights, in one run.

python -m benchmarks.published --out benchmarks/results/published-2-cores.json

The second arm is ours, written for this comparison; it draws the same pictures. Like the loop that was published it
decodes every candidate at full size after every scale (at most 8 at once), draws all candidates in one pass, copies
all keys and values when it appends to them, and twice more at a decision, computes the text's keys and values for
every candidate at every scale, and shows the judge one picture at a time, by way of an image file's object. Left out,
and so in its favour: its text encoder reads a prompt once, and no garbage is collected at decisions.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.told import tell  # noqa: E402
from ttsvar.threads import let_waiting_threads_sleep  # noqa: E402

let_waiting_threads_sleep()

import numpy as np  # noqa: E402
import torch  # noqa: E402
from PIL import Image  # noqa: E402
from torch import Tensor  # noqa: E402

from ttsvar.config import SearchConfig, search_config  # noqa: E402
from ttsvar.engine.loop import Engine  # noqa: E402
from ttsvar.families.base.chunk_cache import ChunkCache  # noqa: E402
from ttsvar.families.infinity.backend import InfinityBackend  # noqa: E402
from ttsvar.families.infinity.transformer import Condition  # noqa: E402
from ttsvar.families.load import load  # noqa: E402
from ttsvar.nn.kv_cache import CacheView  # noqa: E402
from ttsvar.protocols import FeatureExtractor, Reward  # noqa: E402
from ttsvar.types import Run, SearchState  # noqa: E402

PROMPT = "a photo of a red star and a green cup"
AT_ONCE = 8
"""Pictures that the published loop decodes together."""


class PublishedWork(InfinityBackend):
    """The same model, driven as the published loop drives it."""

    seen: dict[bytes, Tensor]
    """Pictures of the last scale, by their bits."""

    def chunk_of(self, run: Run) -> int:
        """Everybody who is alive, in one pass."""
        return self.chunk

    def begin(self, run: Run) -> ChunkCache:
        """As in the base."""
        self.chunk, self.seen = run.batch[0], {}
        return super().begin(run)

    def grow(self, state: SearchState) -> tuple[Tensor, ChunkCache]:
        """Draw a scale, append to keys and values by copying them, and decode everybody."""
        self.chunk = len(state)
        bits, cache = super().grow(state)
        cache = replace(cache, view=cache.view.select(range(cache.view.rows)))
        whole = (*state.bits, bits)
        self.seen = {}
        if state.run.search.strategy != "raw":
            self.seen = dict(zip(_keys(whole), self.decode(whole), strict=True))
        return bits, cache

    def select(self, kv: ChunkCache, parents: Sequence[int]) -> ChunkCache:
        """Copy all keys and values, take the chosen rows, and copy those."""
        old = kv.candidates
        rows = [half * old + parent for half in range(self._halves(kv.run)) for parent in parents]
        _copied(kv.view)
        view = kv.view.select(rows, capacity=self._capacity(kv.run, kv.scale))
        _copied(view)
        self.chunk = len(parents)
        summed = None if kv.summed is None else kv.summed[list(parents)]
        return ChunkCache(kv.run, len(parents), kv.scale, view, summed)

    def decode(self, bits: tuple[Tensor, ...]) -> Tensor:
        """What was decoded after the scale, or the pictures of these bits."""
        keys = _keys(bits)
        if self.seen and all(key in self.seen for key in keys):
            return torch.stack([self.seen[key] for key in keys])
        starts = range(0, len(bits[0]), AT_ONCE)
        return torch.cat([self._images([b[start : start + AT_ONCE] for b in bits]) for start in starts])

    def _digest(self, prompt: str, guided: bool, *more: Any, **named: Any) -> Condition:
        features, _ = self._encode(prompt)
        text = torch.cat([features, self.transformer.uncond[None, : features.shape[1]]]) if guided else features
        self.keys = self.transformer.text_proj(self.transformer.text_norm(text))
        return super()._digest(prompt, guided, *more, **named)

    def _logits(self, cond: Condition, summed: Tensor | None, view: CacheView, scale: int) -> Tensor:
        rows = self.keys.repeat_interleave(view.rows // cond.halves, dim=0)
        for block in self.transformer.blocks:
            block.cross_attention.keys_values(rows)  # type: ignore[union-attr, operator]
        return super()._logits(cond, summed, view, scale)


class OneByOne:
    """A judge that is shown one picture at a time."""

    def __init__(self, reward: Reward) -> None:
        self.reward, self.name, self.flops = reward, reward.name, reward.flops

    def score(self, images: Tensor, prompt: str) -> Tensor:
        """uint8 [B, H, W, 3] to float32 [B]."""
        shown = (torch.from_numpy(np.array(Image.fromarray(image.numpy()))) for image in images)
        return torch.cat([self.reward.score(image[None], prompt) for image in shown])


def _keys(bits: Sequence[Tensor]) -> list[bytes]:
    return [b"".join(part[row].numpy().tobytes() for part in bits) for row in range(len(bits[0]))]


def _copied(view: CacheView) -> Tensor:
    return view.cache.buffer[:, :, : view.rows, :, : view.length].clone()


def arms(model: str) -> Mapping[str, Engine]:
    """Both ways over one set of weights; nothing is remembered between runs."""
    ours = load(model, remember_bytes=0)
    held = ours._executor.holding()  # pyright: ignore[reportPrivateUsage]
    own, seen = held.backend, held.observer
    assert isinstance(own, InfinityBackend)
    parts = own.transformer, own.tokenizer, own.text_encoder, own.schedule, own.name
    eyes: dict[str, FeatureExtractor] = {"pca-raw": seen.extractor("pca-raw")}
    judges: dict[str, Reward] = {"image-reward": OneByOne(seen.reward("image-reward"))}
    return {"published": Engine(PublishedWork(*parts, chunk=1), eyes, judges, remember_bytes=0), "ours": ours}


def cpu_seconds(engine: Engine, search: SearchConfig, seed: int) -> tuple[float, Image.Image]:
    """Of a whole search, and the picture it ends with."""
    began = time.process_time()
    state = engine.begin(PROMPT, search=search, seed=seed)
    while not state.done:
        state = engine.commit(engine.step(state))
    image = engine.best(state, recipe=False)
    return time.process_time() - began, image


def compare(engines: Mapping[str, Engine], search: SearchConfig, pairs: int) -> dict[str, Any]:
    """Pairs of runs in turns, the order swapped in every other pair, after one of each that does not count."""
    took: dict[str, list[float]] = {name: [] for name in engines}
    alike = 0
    for pair in range(-1, pairs):
        ends = {}
        for name in list(engines)[:: 1 if pair % 2 else -1]:
            seconds, ends[name] = cpu_seconds(engines[name], search, max(pair, 0))
            took[name] += [seconds] if pair >= 0 else []
        one, other = (np.asarray(image, dtype=int) for image in ends.values())
        alike += pair >= 0 and int(abs(one - other).max()) <= 2
    ratios = [a / b for a, b in zip(took["published"], took["ours"], strict=True)]
    medians = {name: round(statistics.median(values), 3) for name, values in took.items()}
    spread = [round(min(ratios), 2), round(max(ratios), 2)]
    return {**medians, "ratio": round(statistics.median(ratios), 2), "range": spread, "pairs": pairs, "alike": alike}


def main() -> None:
    """Compare, print; `--out` also writes the JSON to a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", default="toybox", help="a model of our own layout")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--n", nargs="+", type=int, default=[1, 2, 4])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    engines = arms(args.model)
    searches = {"raw": search_config("raw")}
    searches |= {f"N = {n}": search_config("tts-var", n=n, extractor="pca-raw") for n in args.n}
    report: dict[str, Any] = {
        "what": "CPU seconds of a whole search: published is the work of the published loop, ours the engine",
        "model": args.model, "threads": args.threads, "date": str(date.today()),
        "searches": {name: compare(engines, search, args.pairs) for name, search in searches.items()},
    }  # fmt: skip
    tell(report, args.out)


if __name__ == "__main__":
    main()
