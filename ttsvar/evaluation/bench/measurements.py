"""Measurements not about one image: the detector's own error, consistency by scale, and the schedule's cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ttsvar.choices import POTENTIALS
from ttsvar.config import SearchConfig
from ttsvar.detections import Detection, Detector
from ttsvar.engine.loop import Engine
from ttsvar.evaluation.bench.store import Trace
from ttsvar.evaluation.rules.geneval import judge
from ttsvar.search.potentials import potential
from ttsvar.toybox.world.prompts import TAGS, sample_request, scene_for
from ttsvar.toybox.world.scenes import Scene, render
from ttsvar.types import Component

SCENE_SALT = 0x5CE7E
"""Keeps the scenes that test the detector apart from those that trained it or any other part."""
Reconstruct = Callable[[Tensor], Tensor]
"""uint8 [B, H, W, 3] to the same, through the tokenizer's bits."""


def detector_error(
    detector: Detector, reconstruct: Reconstruct | None, per_category: int = 60, chunk: int = 20
) -> dict[str, Any]:
    """How often detector and rule are wrong about scenes that we drew, as drawn and as the tokenizer decodes them.

    For each category `per_category` scenes that satisfy a prompt of their own, and each scene judged against another
    prompt of its category that it does not satisfy. Returns by kind of picture and category the share of right images
    called wrong and of wrong ones called right.
    """
    kinds: dict[str, Reconstruct] = {"drawn": lambda images: images}
    if reconstruct is not None:
        kinds["decoded"] = reconstruct
    result: dict[str, Any] = {"scenes_per_category": per_category, "kinds": {}}
    for kind, view in kinds.items():
        shares = {}
        for index, tag in enumerate(TAGS):
            rng = np.random.default_rng((SCENE_SALT, index))
            drawn = [sample_request(rng, tag) for _ in range(per_category)]
            scenes = [scene_for(request, rng, training=False) for request in drawn]
            images = torch.from_numpy(np.stack([render(scene) for scene in scenes]))
            seen = [
                found for start in range(0, per_category, chunk)
                for found in detector.detect(view(images[start : start + chunk]))
            ]  # fmt: skip
            missed = [not judge(r.metadata, found).correct for r, found in zip(drawn, seen, strict=True)]
            passed = []
            for place, (scene, found) in enumerate(zip(scenes, seen, strict=True)):
                others = drawn[place + 1 :] + drawn[:place]
                wrong = next((r for r in others if not judge(r.metadata, truth(scene)).correct), None)
                passed += [judge(wrong.metadata, found).correct] if wrong else []
            shares[tag] = {"right_called_wrong": float(np.mean(missed)), "wrong_called_right": float(np.mean(passed))}
        result["kinds"][kind] = shares
    return result


def truth(scene: Scene) -> list[Detection]:
    """What a detector without error sees in a scene."""
    return [Detection(thing.shape, thing.box, 1.0, thing.color) for thing in scene.things]


def consistency(traces: Sequence[Trace], name: str = "value") -> list[float]:
    """By scale how often the candidate of the highest potential is the one whose final image scores highest.

    Paper, section 5.3 and Figures 5b and 6: a share from 0 to 1; chance is one in as many as there are candidates.
    """
    hits = []
    for trace in traces:
        scores = torch.tensor(trace.scores, dtype=torch.float32)
        best = int(scores[:, -1].argmax())
        values = [potential(name, scores[:, :k], scores[:, k]) for k in range(scores.shape[1])]
        hits.append([int(value.argmax()) == best for value in values])
    return [round(float(v), 4) for v in np.mean(hits, 0)] if hits else []


def all_consistency(traces: Sequence[Trace]) -> dict[str, Any]:
    """Consistency of every potential, with how many candidates and prompts it was measured on."""
    return {
        "candidates": len(traces[0].scores) if traces else 0,
        "searches": len(traces),
        "potentials": {name: consistency(traces, name) for name in POTENTIALS},
    }


def schedule_cost(engine: Engine, prompt: str = "a photo of a star") -> dict[str, Any]:
    """What every scale costs with one candidate throughout, and with the paper's schedule (paper, Figure 2).

    By scale: candidates grown, FLOPs of the transformer, tokens whose keys and values are held, and the peak memory
    that the step needed on top of them.
    """
    schedules = {"one candidate": SearchConfig(strategy="raw"), "adaptive": SearchConfig(strategy="tts-var")}
    result: dict[str, Any] = {"scales": [list(size) for size in engine.schedule.sizes], "schedules": {}}
    for label, search in schedules.items():
        columns: dict[str, list[float]] = {"alive": [], "flops": [], "cached_tokens": [], "peak_bytes": []}
        tokens = 0
        for step in engine.run(prompt, search=search, seed=0):
            part = step.cost.parts[Component.TRANSFORMER]
            tokens += engine.schedule.tokens(step.scale)
            values = (len(step.grown), part.flops, tokens * len(step.grown), part.peak_bytes)
            for column, value in zip(columns.values(), values, strict=True):
                column.append(value)
        result["schedules"][label] = columns
    return result
