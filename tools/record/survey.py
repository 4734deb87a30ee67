"""Runs looked at from all sides, to find those that show a story. The detector judges; no search ever sees it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from torch import Tensor

from tools.record.stories import EARLY, FIRST_DRAW, LAST_CLUSTER, End, Survey
from ttsvar.config import SearchConfig
from ttsvar.detections import Detector
from ttsvar.engine.loop import Engine
from ttsvar.evaluation.bench.prompts import EvaluationPrompt, evaluation_prompts
from ttsvar.evaluation.rules.geneval import judge
from ttsvar.types import SearchState, Selection

LOOKS = (EARLY, LAST_CLUSTER, FIRST_DRAW)
TAGS = ("counting", "two_counts", "three_object", "three_attr", "four_object")
"""The forms that the toybox is sometimes wrong about; the others rarely have a story to tell."""


def prompts(per_category: int) -> list[EvaluationPrompt]:
    """Prompts to survey, each once, the categories in turn: those that training saw and those that it did not."""
    known = {p.prompt: p for p in evaluation_prompts(per_category) if p.tag in TAGS}
    groups = [[p for p in known.values() if p.tag == tag] for tag in TAGS]
    return [p for row in itertools.zip_longest(*groups) for p in row if p is not None]


def surveys(
    engine: Engine, detector: Detector, path: Path, *, per_category: int, seeds: int
) -> Iterator[tuple[EvaluationPrompt, Survey]]:
    """Survey after survey; those that `path` (JSON Lines, of these weights) holds come first and are not made again."""
    known = {(s.prompt, s.seed): s for s in _read(path, engine.weights)}
    path.parent.mkdir(parents=True, exist_ok=True)
    for seed, prompt in itertools.product(range(seeds), prompts(per_category)):
        found = known.get((prompt.prompt, seed))
        if found is None:
            found = survey(engine, detector, prompt, seed)
            with open(path, "a") as file:
                file.write(json.dumps({"weights": engine.weights, **asdict(found)}) + "\n")
        yield prompt, found


def survey(engine: Engine, detector: Detector, prompt: EvaluationPrompt, seed: int) -> Survey:
    """Run the search as proposed, and every first candidate to its end."""
    rewards: dict[int, dict[str, float]] = {}
    alive: dict[int, tuple[str, ...]] = {}
    kept: dict[int, tuple[str, ...]] = {}
    state = engine.begin(prompt.prompt, search=SearchConfig(), seed=seed)
    everyone = state
    while not state.done:
        result = engine.step(state)
        names = result.grown.candidate_ids
        if result.scale in LOOKS:
            scores = engine.observe(result.grown, features=False)[0].scores
            rewards[result.scale] = dict(zip(names, map(float, scores), strict=True))
            alive[result.scale] = names
            kept[result.scale] = tuple(names[p] for p in result.proposal.parents)
        state = engine.commit(result)
    while not everyone.done:
        result = engine.step(everyone)
        everyone = engine.commit(result, Selection(tuple(range(len(result.grown)))))
    chosen = ends(engine, detector, prompt.metadata, state)[engine.best_index(state)]
    alone = ends(engine, detector, prompt.metadata, everyone)
    return Survey(prompt.prompt, prompt.tag, seed, chosen, alone, rewards, alive, kept)


def ends(engine: Engine, detector: Detector, metadata: dict[str, Any], state: SearchState) -> tuple[End, ...]:
    """Every candidate of a finished state: its reward, and the verdict on its picture."""
    seen = engine.observe(state, features=False)[0]
    verdicts = correct(detector, metadata, seen.images)
    return tuple(
        End(name, float(score), verdict, state.id)
        for name, score, verdict in zip(state.candidate_ids, seen.scores, verdicts, strict=True)
    )


def correct(detector: Detector, metadata: dict[str, Any], images: Tensor) -> list[bool]:
    """GenEval's verdict on each image uint8 [B, H, W, 3]."""
    return [judge(metadata, found).correct for found in detector.detect(images)]


def _read(path: Path, weights: str) -> list[Survey]:
    if not path.is_file():
        return []
    found = []
    for line in path.read_text().splitlines():
        row = json.loads(line)
        if row.pop("weights") != weights:
            continue
        by_scale = {name: {int(k): v for k, v in row.pop(name).items()} for name in ("rewards", "alive", "kept")}
        found.append(
            Survey(
                search=End(**row.pop("search")),
                alone=tuple(End(**end) for end in row.pop("alone")),
                rewards=by_scale["rewards"],
                alive={k: tuple(v) for k, v in by_scale["alive"].items()},
                kept={k: tuple(v) for k, v in by_scale["kept"].items()},
                **row,
            )
        )
    return found
