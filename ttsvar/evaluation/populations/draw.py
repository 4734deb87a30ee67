"""Drawing the populations, one prompt after the other, each kept in a file of its own so that it can be stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ttsvar.config import search_config
from ttsvar.engine.loop import Engine
from ttsvar.errors import FileError
from ttsvar.evaluation.bench.prompts import EvaluationPrompt
from ttsvar.evaluation.bench.worker import draw_seed
from ttsvar.evaluation.populations.plane import fit_plane
from ttsvar.evaluation.populations.record import Array, Populations, gathered, joined, same_distances
from ttsvar.evaluation.rules.measures import Measure
from ttsvar.extractor import clustering_input
from ttsvar.outside import DAMAGE
from ttsvar.storage.atomic import write_atomically
from ttsvar.types import Selection

CANDIDATES = 16
LAYOUT_NUMBERS = 12
"""Of the points that stand for a candidate's layout; 15 would keep every distance among 16 exactly."""
Say = Callable[[str], object]


@dataclass(frozen=True, eq=False, kw_only=True)
class Drawn:
    """One prompt's candidates, all drawn to the end."""

    scores: Array
    """float32 [B, K]."""
    right: Array
    """bool [B]."""
    layouts: Array
    """float32 [K, B, B - 1]."""
    gathered: Array
    """float16 [K, B, G], what the map is fitted on."""


@dataclass(frozen=True)
class Drawer:
    """A model, its judge and its detector, and the digest of the files of both."""

    engine: Engine
    measure: Measure
    judged_by: str

    def draw(self, prompt: EvaluationPrompt, candidates: int) -> Drawn:
        """All candidates of one prompt; nobody is dropped."""
        engine = self.engine
        search = search_config("best-of-n", n=candidates)
        state = engine.begin(prompt.prompt, search=search, seed=draw_seed(prompt, 0))
        everybody = Selection(tuple(range(candidates)))
        scores: list[Array] = []
        layouts: list[Array] = []
        features: list[Array] = []
        images: Any = None
        while not state.done:
            result = engine.step(state)
            seen = engine.observe(result.grown)[0]
            state, images = engine.commit(result, everybody), seen.images
            scores.append(seen.scores.numpy())
            layouts.append(same_distances(clustering_input(search.extractor, seen.features).numpy()))
            features.append(gathered(seen.features.numpy()).astype(np.float16))
        right = [self.measure.verdict(image, prompt.metadata).correct for image in images]
        return Drawn(
            scores=np.stack(scores, axis=1),
            right=np.array(right, dtype=bool),
            layouts=np.stack(layouts),
            gathered=np.stack(features),
        )


def part_path(folder: Path, drawer: Drawer, prompt: EvaluationPrompt, candidates: int) -> Path:
    """Where the candidates of a prompt are kept: another name for other weights, prompts or numbers."""
    told = f"{drawer.engine.weights} {drawer.judged_by} {prompt.prompt} {prompt.repeat} {candidates}"
    return folder / f"{hashlib.blake2b(told.encode(), digest_size=8).hexdigest()}.npz"


def draw_parts(
    drawer: Drawer, prompts: Sequence[EvaluationPrompt], folder: Path, candidates: int, say: Say = print
) -> None:
    """Draw what is not kept in the folder yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for count, prompt in enumerate(prompts, start=1):
        path = part_path(folder, drawer, prompt, candidates)
        if path.is_file():
            continue
        drawn = drawer.draw(prompt, candidates)
        write_atomically(path, lambda file, drawn=drawn: np.savez(file, **vars(drawn)))
        say(f"{count} of {len(prompts)}: {prompt.prompt}")


def gather(drawer: Drawer, prompts: Sequence[EvaluationPrompt], folder: Path, candidates: int) -> Populations:
    """What is kept of these prompts as one; raises FileError where that is nothing."""
    kept = [(p, part_path(folder, drawer, p, candidates)) for p in prompts]
    parts = [(prompt, _read_part(path)) for prompt, path in kept if path.is_file()]
    if not parts:
        raise FileError(f"{folder} holds none of these prompts; draw them first.")
    layouts = joined([part.layouts for _, part in parts])[..., :LAYOUT_NUMBERS]
    return Populations(
        model=drawer.engine.name,
        weights=drawer.engine.weights,
        judged_by=drawer.judged_by,
        tags=tuple(prompt.tag for prompt, _ in parts),
        prompts=tuple(prompt.prompt for prompt, _ in parts),
        scores=joined([part.scores for _, part in parts]),
        right=joined([part.right for _, part in parts]),
        layouts=layouts / max(float(np.abs(layouts).max()), 1e-9),
        plane=fit_plane([part.gathered for _, part in parts]),
    )


def _read_part(path: Path) -> Drawn:
    try:
        with np.load(path, allow_pickle=False) as file:
            return Drawn(**{name: file[name] for name in ("scores", "right", "layouts", "gathered")})
    except DAMAGE as error:
        raise FileError(f"{path} is damaged ({error}); delete it, and it is drawn again.") from error
