"""A test double of the engine: procedural drawings behind the real types, fast and without weights."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import torch
from PIL import Image, ImageDraw

from ttsvar.config import SearchConfig
from ttsvar.errors import PromptError, SelectionError, StateError
from ttsvar.schedule import resolve_batch
from ttsvar.types import Candidates, ComponentCost, Run, ScaleSchedule, SearchState, Selection, StepCost, StepResult

LADDER = (1, 2, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8)
WORDS = "a an and photo of one two three four red blue green yellow star stars ball balls cup cups heart house left".split()


def _rng(*key: object) -> np.random.Generator:
    digest = hashlib.blake2b(repr(key).encode(), digest_size=8).digest()
    return np.random.default_rng(int.from_bytes(digest, "little"))


def draw(seed: int, candidate: str, scale: int, size: int = 96) -> np.ndarray:
    """One picture, uint8 [size, size, 3]: two coloured discs whose sharpness grows with the scale."""
    layout = _rng(seed, candidate.split(".")[0], "layout")
    detail = _rng(seed, candidate, "detail")
    back = tuple(int(v) for v in layout.integers(205, 240, 3))
    image = Image.new("RGB", (size, size), back)
    pen = ImageDraw.Draw(image)
    for color in ((40, 80, 210), (210, 60, 50)):
        x, y = layout.integers(size // 5, 4 * size // 5, 2) + detail.integers(-4, 5, 2)
        r = int(layout.integers(size // 9, size // 4))
        pen.ellipse((int(x) - r, int(y) - r, int(x) + r, int(y) + r), fill=color)
    side = max(2, LADDER[scale] * 3) if scale < 12 else size
    return np.asarray(image.resize((side, side), Image.Resampling.BOX).resize((size, size), Image.Resampling.BICUBIC))


class FakeEngine:
    """begin, step, commit, observe and best with the real engine's types and meanings."""

    name = "fake"
    device = "cpu"
    schedule = ScaleSchedule(tuple((s, s) for s in LADDER))

    def __init__(self) -> None:
        self.steps: list[tuple[str, int]] = []
        self.observed: list[str] = []

    def unknown_words(self, prompt: str) -> tuple[str, ...]:
        """Words that the vocabulary lacks."""
        return tuple(w for w in prompt.lower().split() if w not in WORDS)

    def vocabulary(self) -> tuple[str, ...]:
        """All known words."""
        return tuple(WORDS)

    def begin(self, prompt: str, *, search: SearchConfig | None = None, seed: int = 0) -> SearchState:
        """The empty state."""
        if not prompt.strip():
            raise PromptError("The prompt is empty; write what the image should show.")
        search = search or SearchConfig()
        batch = resolve_batch(search, self.schedule)
        run = Run("fake", prompt, seed, search, self.schedule, batch)
        ids = tuple(str(i) for i in range(batch[0]))
        return SearchState(run, _digest(run), None, 0, ids, (), torch.zeros(batch[0], 0))

    def step(self, state: SearchState) -> StepResult:
        """Grow one scale and propose."""
        if state.done:
            raise StateError("This search is finished.")
        self.steps.append((state.id, state.scale))
        size = LADDER[state.scale]
        bits = torch.zeros(len(state), size, size, 4, dtype=torch.uint8)
        history = torch.cat([state.score_history, torch.full((len(state), 1), torch.nan)], 1)
        grown = replace(state, scale=state.scale + 1, bits=(*state.bits, bits), score_history=history)
        decision = state.run.search.decision(state.scale)
        keep = min(state.run.batch[state.scale], len(state))
        candidates, proposal = self._propose(grown, decision, keep)
        cost = StepCost({"transformer": ComponentCost(0.02, 2e8 * len(state), 10_000_000, len(state))})
        return StepResult(grown, candidates, proposal, cost, decision, keep)

    def _propose(self, grown: SearchState, decision: str | None, keep: int) -> tuple[Candidates, Selection]:
        if decision is None:
            return Candidates(), Selection(tuple(range(len(grown))), "strategy", "nothing is decided here")
        seen = self._look(grown)
        if decision == "cluster":
            labels = torch.arange(len(grown)) % keep
            seen = replace(seen, labels=labels, clustering_input=seen.features.mean(1))
            return seen, Selection(tuple(range(keep)), "strategy", "nearest to each centre")
        weights = torch.softmax(grown.run.search.lam * seen.scores.double(), 0)
        drawn = _rng(grown.id, "draw").choice(len(grown), keep, p=weights.numpy())
        return replace(seen, probabilities=weights), Selection(tuple(sorted(int(i) for i in drawn)), "strategy", "drawn")

    def _look(self, grown: SearchState) -> Candidates:
        run, scale = grown.run, grown.scale - 1
        images = np.stack([draw(run.seed, c, scale) for c in grown.candidate_ids])
        cells = images.reshape(len(images), 8, 12, 8, 12, 3).mean((2, 4)).reshape(len(images), 64, 3) / 255 - 0.5
        features = np.concatenate([cells, cells**2, np.sin(9 * cells)], 2).astype(np.float32)
        noise = [_rng(run.seed, c, scale).normal(0, 0.15) for c in grown.candidate_ids]
        base = [_rng(run.seed, c, "worth").normal(0, 0.4) for c in grown.candidate_ids]
        scores = np.float32(base) + np.float32(noise)
        return Candidates(torch.from_numpy(images), torch.from_numpy(features), torch.from_numpy(scores))

    def observe(self, state: SearchState) -> tuple[Candidates, StepCost]:
        """Look at every candidate."""
        self.observed.append(state.id)
        parts = {n: ComponentCost(0.01, 1e8, 1_000_000, len(state)) for n in ("decode", "features", "reward")}
        return self._look(state), StepCost(parts)

    def commit(self, result: StepResult, selection: Selection | None = None) -> SearchState:
        """The chosen go on; repeats become copies with new ids."""
        chosen = selection or result.proposal
        if not chosen.parents:
            raise SelectionError("Nothing is selected; keep at least one candidate.")
        old = result.grown.candidate_ids
        many = {i for i in chosen.parents if chosen.parents.count(i) > 1}
        seen: dict[int, int] = {}
        ids = []
        for i in chosen.parents:
            seen[i] = seen.get(i, 0) + 1
            ids.append(f"{old[i]}.{result.scale}{'abcdefghijklmnop'[seen[i] - 1]}" if i in many else old[i])
        index = torch.tensor(chosen.parents)
        return replace(
            result.grown, id=_digest(result.grown.id, chosen.parents), parent_id=result.grown.id, candidate_ids=tuple(ids),
            bits=tuple(b[index] for b in result.grown.bits), score_history=result.grown.score_history[index],
        )

    def best(self, state: SearchState) -> Image.Image:
        """The picture with the highest reward."""
        seen = self._look(state)
        image = Image.fromarray(seen.images[int(seen.scores.argmax())].numpy())
        image.info["ttsvar"] = '{"prompt": "%s"}' % state.run.prompt
        return image


def _digest(*key: object) -> str:
    return hashlib.blake2b(repr(key).encode(), digest_size=8).hexdigest()
