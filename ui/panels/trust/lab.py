"""The plan lab: what another plan would come to, predicted from the populations while somebody changes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from ttsvar.choices import Decision
from ttsvar.config import SearchConfig
from ttsvar.engine.protocol import SearchEngine
from ttsvar.errors import TTSVarError
from ttsvar.evaluation.bench.statistics import Estimate
from ttsvar.evaluation.populations.prediction import Outcomes, PlannedSearch, predict
from ttsvar.evaluation.populations.record import Populations
from ttsvar.schedule import decisions, plan_for, resolve_batch
from ttsvar.types import Run

from ...scene.record import record_of
from ..panel import Question, Services

STRATEGY = "tts-var"
KINDS = {Decision.CLUSTER: "by layout", Decision.RESAMPLE: "by reward"}
MOST_DECISIONS = 8


@dataclass(frozen=True)
class Step:
    """One decision of a plan: what it goes by, after which scale, and how many it keeps."""

    kind: Decision
    scale: int
    keep: int


@dataclass(frozen=True)
class PlanEvent:
    """A plan that somebody tries: candidates at first, and its decisions."""

    start: int
    steps: tuple[Step, ...]

    @classmethod
    def read(cls, data: Any) -> Self:
        """From what a script sent; what is no decision is left out."""
        known = data if isinstance(data, dict) else {}
        sent = known.get("steps")
        steps = [_step(one) for one in sent[:MOST_DECISIONS]] if isinstance(sent, list) else []
        return cls(_whole(known.get("start")), tuple(step for step in steps if step is not None))

    def search(self, scales: int) -> SearchConfig:
        """The search that does this; what is wrong with it the engine says."""
        alive, batch = self.start, []
        kept = {step.scale: step.keep for step in self.steps}
        for scale in range(scales):
            alive = kept.get(scale, alive)
            batch.append(alive)

        def at(kind: Decision) -> tuple[int, ...]:
            return tuple(sorted(step.scale for step in self.steps if step.kind is kind))

        return SearchConfig(
            strategy=STRATEGY,
            batch=tuple(batch),
            cluster_scales=at(Decision.CLUSTER),
            resample_scales=at(Decision.RESAMPLE),
        )


def paper_plan(scales: int) -> PlanEvent:
    """The plan of the paper for so many scales."""
    plan = plan_for(scales, STRATEGY)
    kinds = [(Decision.CLUSTER, k) for k in plan.cluster_scales]
    kinds += [(Decision.RESAMPLE, k) for k in plan.resample_scales]
    return PlanEvent(plan.batch[0], tuple(Step(kind, k, plan.batch[k]) for kind, k in kinds))


def questions(services: Services) -> list[Question]:
    """What the lab's script asks."""
    return [Question("predict", PlanEvent.read, lambda event: predicted(services.engine, event))]


def predicted(engine: SearchEngine, event: PlanEvent) -> dict[str, str]:
    """What a plan comes to beside the paper's, in words; `error` where it is no plan."""
    populations = record_of(engine, SearchConfig())
    if populations is None:
        return {"error": "No candidates were drawn to the end by this model, so nothing can be predicted."}
    paper = paper_plan(len(engine.schedule))
    try:
        own, cost = _outcome(engine, populations, event)
        theirs, paper_cost = _outcome(engine, populations, paper)
    except TTSVarError as error:
        return {"error": str(error)}
    told = {"own": _told(own, cost), "paper": _told(theirs, paper_cost)}
    return told if event == paper else told | {"against": _against(own, theirs)}


@lru_cache(64)
def _outcome(engine: SearchEngine, populations: Populations, event: PlanEvent) -> tuple[Outcomes, float]:
    """What a plan comes to, and its cost in pictures drawn without a search."""
    search = engine.resolve(event.search(len(engine.schedule)))
    batch = resolve_batch(search, engine.schedule)
    decided = decisions(search, len(batch))
    outcome = predict(populations, PlannedSearch(batch=batch, decisions=decided, lam=search.lam_at(0)))
    prompt = (*engine.prompts.examples, "a photo")[0]
    model = engine.cost(Run(engine.name, prompt, 0, search, engine.schedule, batch))
    steps = model.steps((batch[0], *batch[:-1]))
    return outcome, sum(sum(step.values()) for step in steps) / model.raw


def _told(outcome: Outcomes, cost: float) -> str:
    success, reward = outcome.success, outcome.mean_reward
    return (
        f"{_hundred(success.value)} in 100 right ({_hundred(success.low)} to {_hundred(success.high)}), reward "
        f"{reward.value:+.2f} ({reward.low:+.2f} to {reward.high:+.2f}), the work of {cost:.1f} pictures"
    )


def _against(own: Outcomes, theirs: Outcomes) -> str:
    success, reward = own.over(theirs)
    right = f"{_points(success.value)} in 100 right ({_points(success.low)} to {_points(success.high)})"
    gain = f"reward {reward.value:+.2f} ({reward.low:+.2f} to {reward.high:+.2f})"
    unclear = " These populations do not tell the two apart." if not (_clear(success) or _clear(reward)) else ""
    return f"Against the paper\u2019s plan on the same candidates: {right}, {gain}.{unclear}"


def _clear(gap: Estimate) -> bool:
    return gap.low > 0 or gap.high < 0


def _hundred(share: float) -> int:
    return round(100 * share)


def _points(share: float) -> str:
    return f"{100 * share:+.0f}"


def _step(sent: Any) -> Step | None:
    known = sent if isinstance(sent, dict) else {}
    kind = known.get("kind")
    if kind not in (Decision.CLUSTER.value, Decision.RESAMPLE.value):
        return None
    return Step(Decision(kind), _whole(known.get("scale")), _whole(known.get("keep")))


def _whole(value: Any) -> int:
    return value if type(value) is int and 0 <= value <= 1000 else 0
