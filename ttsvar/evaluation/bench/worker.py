"""One measured image: a search run to its end, the verdict on its image, and everything else that a row holds."""

from __future__ import annotations

import hashlib
import time
from dataclasses import asdict, dataclass

from torch import Tensor
from torch.nn import functional as F

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.errors import ConfigError, ScheduleError
from ttsvar.evaluation.bench.prompts import EvaluationPrompt
from ttsvar.evaluation.bench.store import Row, Trace
from ttsvar.evaluation.rules.measures import Measure
from ttsvar.rewards.registry import combinations
from ttsvar.types import Candidates, Selection, StepCost

DIVERSITY_EXTRACTOR = "pool"
"""Survivors are compared by this extractor's mean-pooled features, whatever the search clusters by."""


@dataclass(frozen=True)
class Job:
    """One image to make: a prompt, which of its seeds, the search, and the recipe's key."""

    prompt: EvaluationPrompt
    seed: int
    search: SearchConfig
    recipe: str
    trace: bool = False
    """Whether to keep the rewards of every candidate at every scale instead of measuring the best image."""

    @property
    def draw(self) -> int:
        """The seed the engine draws with."""
        return draw_seed(self.prompt, self.seed)

    @property
    def key(self) -> tuple[str, str, int]:
        """Of the row or trace that this job makes."""
        return self.recipe, self.prompt.prompt, self.draw


@dataclass(frozen=True)
class Outcome:
    """A search run to its end: the image uint8 [H, W, 3], its reward, what finding it took, and who was left."""

    image: Tensor
    reward: float | None
    seconds: float
    cpu_seconds: float
    cost: StepCost
    survivors: Candidates
    alive: int


@dataclass(frozen=True)
class Worker:
    """A model and its measure, ready to do jobs."""

    engine: Engine
    measure: Measure
    weights: str = ""
    """Tells these models, their sampling and this measure from others."""

    def do(self, job: Job) -> Row | Trace:
        """The row (or trace) of a job."""
        if job.trace:
            scores = trace_scores(self.engine, job.prompt.prompt, job.search, job.draw)
            return Trace(job.recipe, job.prompt.prompt, job.draw, scores)
        outcome = run_search(self.engine, job.prompt.prompt, job.search, job.draw)
        verdict = self.measure.verdict(outcome.image, job.prompt.metadata)
        return Row(
            recipe=job.recipe,
            prompt=job.prompt.prompt,
            draw=job.draw,
            tag=job.prompt.tag,
            held_out=job.prompt.held_out,
            seed=job.seed,
            correct=verdict.correct,
            reasons=verdict.reasons,
            reward=None if outcome.reward is None else round(outcome.reward, 5),
            judges=other_judges(self.engine, job.search, outcome.image, job.prompt.prompt),
            survivors=outcome.alive,
            diversity=diversity(self.engine, outcome),
            seconds=round(outcome.seconds, 4),
            cpu_seconds=round(outcome.cpu_seconds, 4) if self.engine.device.type == "cpu" else 0.0,
            flops=outcome.cost.flops,
            parts={name: asdict(part) for name, part in outcome.cost.parts.items()},
        )

    def refusal(self, search: SearchConfig) -> str:
        """Why the model cannot run a search (other scales, or weights that are not here), or nothing."""
        parts = ((search.reward, self.engine.rewards), (search.extractor, self.engine.extractors))
        if absent := [name for name, here in parts if name not in here]:
            return f"{' and '.join(absent)}: not on this machine; `python -m ttsvar models` says what is lacking."
        try:
            self.engine.begin("a photo", search=search)
        except (ConfigError, ScheduleError) as error:
            return str(error)
        return ""


def draw_seed(prompt: EvaluationPrompt, seed: int) -> int:
    """The seed that all searches of a prompt draw with: without the prompt in it, all would share one noise."""
    text = f"{seed}|{prompt.prompt}" + (f"|{prompt.repeat}" if prompt.repeat else "")
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest(), "little")


def run_search(engine: Engine, prompt: str, search: SearchConfig, seed: int) -> Outcome:
    """One search from prompt to image; the reward of a lone candidate is looked up after the clock has stopped."""
    began, cpu_began = time.perf_counter(), time.process_time()
    cost = StepCost()
    state = engine.begin(prompt, search=search, seed=seed)
    while True:
        result = engine.step(state)
        cost += result.cost
        state = engine.commit(result)
        if state.done:
            break
    # Selections are committed in ascending order, so this is the preferred candidate among the grown ones.
    chosen = sorted(result.proposal.parents)[engine.best_index(state)]
    final = engine.commit(result, Selection((chosen,)))
    images, place = result.candidates.images, chosen
    if images is None:
        seen, looked = engine.observe(final, features=False, scores=False)
        images, cost, place = seen.images, cost + looked, 0
    assert images is not None
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
    scores = engine.observe(final, features=False)[0].scores
    reward = None if scores is None else float(scores[0])
    return Outcome(images[place], reward, seconds, cpu_seconds, cost, result.candidates, len(result.grown))


def trace_scores(engine: Engine, prompt: str, search: SearchConfig, seed: int) -> tuple[tuple[float, ...], ...]:
    """The reward of every candidate's preview after every scale, all candidates kept: [candidates][scales]."""
    state = engine.begin(prompt, search=search, seed=seed)
    scales = []
    while not state.done:
        result = engine.step(state)
        state = engine.commit(result, Selection(tuple(range(len(result.grown)))))
        seen = engine.observe(state, features=False)[0]
        assert seen.scores is not None
        scales.append([round(float(s), 5) for s in seen.scores])
    return tuple(zip(*scales, strict=True))


def other_judges(engine: Engine, search: SearchConfig, image: Tensor, prompt: str) -> dict[str, float]:
    """What every judge at hand that this search does not select by gives an image.

    A combination is no judge of one image: it compares candidates, and gives a lone one 1.
    """
    others = [name for name in sorted(engine.rewards) if name not in (search.reward, *combinations())]
    return {name: round(float(engine.image_scores(name, image[None], prompt)[0]), 5) for name in others}


def diversity(engine: Engine, outcome: Outcome) -> float | None:
    """Mean pairwise distance (1 - cosine) of the survivors' mean-pooled features; None where there are not two."""
    images = outcome.survivors.images
    if images is None or len(images) < 2 or DIVERSITY_EXTRACTOR not in engine.extractors:
        return None
    pooled = F.normalize(engine.image_features(DIVERSITY_EXTRACTOR, images).mean(1), dim=-1)
    likeness = pooled @ pooled.T
    count = len(images)
    return round(float(1 - (likeness.sum() - likeness.diagonal().sum()) / (count * (count - 1))), 5)
