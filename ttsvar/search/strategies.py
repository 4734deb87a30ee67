"""The strategies: who lives on after a scale, and why, in one sentence. A new one is a class here and a row below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from numpy.random import Generator

from ttsvar.errors import ConfigError
from ttsvar.features.pca import clustering_input
from ttsvar.search.clustering import cluster
from ttsvar.search.potentials import potential, probabilities
from ttsvar.search.resampling import resample
from ttsvar.types import Candidates, Proposal, Run, SearchState, Selection, Strategy

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class KeepAll:
    """Everybody goes on; where `judges`, the reward ranks the final images (raw sampling, and best-of-N)."""

    judges: bool = False

    def needs(self, run: Run, scale: int) -> frozenset[str]:
        """Images and scores after the last scale where it judges."""
        return frozenset({"images", "scores"}) if self.judges and scale == len(run.schedule) - 1 else NOTHING

    def propose(self, grown: SearchState, candidates: Candidates, keep: int, rng: Generator) -> Proposal:
        """Keep all, and say which scored highest where scores are known."""
        return _all_go_on(grown, candidates)


@dataclass(frozen=True)
class Scheduled:
    """TTS-VAR (paper, Algorithm 1): cluster after some scales, resample after others, judge the last.

    `SearchConfig.decision` says which scale does what, so clustering or resampling alone and importance sampling are
    the same class under other settings.
    """

    def needs(self, run: Run, scale: int) -> frozenset[str]:
        """Features where it clusters, scores where it resamples or judges."""
        decision = run.search.decision(scale)
        if decision == "cluster":
            return frozenset({"images", "features"})
        last = scale == len(run.schedule) - 1
        return frozenset({"images", "scores"}) if decision == "resample" or last else NOTHING

    def propose(self, grown: SearchState, candidates: Candidates, keep: int, rng: Generator) -> Proposal:
        """Choose by cluster or by draw; without a decision, or without a choice, all go on."""
        decision = grown.run.search.decision(grown.scale - 1)
        if decision == "cluster" and candidates.features is not None:
            return _by_cluster(grown, candidates, keep)
        if decision == "resample" and candidates.scores is not None:
            return _by_draw(grown, candidates, keep, rng)
        return _all_go_on(grown, candidates)


STRATEGIES: dict[str, Strategy] = {
    "raw": KeepAll(),
    "best-of-n": KeepAll(judges=True),
    "importance-sampling": Scheduled(),
    "tts-var": Scheduled(),
    "cluster-only": Scheduled(),
    "resample-only": Scheduled(),
}
"""Every strategy that `SearchConfig.strategy` may name."""


def strategy(name: str) -> Strategy:
    """A strategy by name; an unknown one raises ConfigError with the list."""
    if name not in STRATEGIES:
        raise ConfigError(f"strategy is {name!r}; it must be one of {', '.join(STRATEGIES)}.")
    return STRATEGIES[name]


def with_evidence(grown: SearchState, seen: Candidates, clusters: int | None) -> Candidates:
    """What a decision here would go by: labels where features are known, probabilities where scores are."""
    search = grown.run.search
    if seen.features is not None and clusters is not None:
        vectors = clustering_input(search.extractor, seen.features)
        seen = replace(seen, clustering_input=vectors, labels=cluster(vectors, min(clusters, len(grown)))[0])
    if seen.scores is not None:
        value = potential(search.potential, grown.score_history[:, :-1], seen.scores)
        seen = replace(seen, probabilities=probabilities(value, search.lam))
    return seen


def _by_cluster(grown: SearchState, seen: Candidates, keep: int) -> Proposal:
    assert seen.features is not None
    vectors = clustering_input(grown.run.search.extractor, seen.features)
    labels, selected = cluster(vectors, keep)
    parents = tuple(sorted(selected.tolist()))
    reason = cluster_reason(grown.candidate_ids, labels.tolist(), parents)
    return Proposal(Selection(parents, "strategy", reason), replace(seen, labels=labels, clustering_input=vectors))


def _by_draw(grown: SearchState, seen: Candidates, keep: int, rng: Generator) -> Proposal:
    seen = with_evidence(grown, seen, clusters=None)
    assert seen.probabilities is not None
    parents = resample(seen.probabilities, keep, rng)
    search = grown.run.search
    reason = draw_reason(grown.candidate_ids, seen.probabilities.tolist(), parents, search.potential, search.lam)
    return Proposal(Selection(parents, "strategy", reason), seen)


def _all_go_on(grown: SearchState, seen: Candidates) -> Proposal:
    ids, scale = grown.candidate_ids, grown.scale - 1
    if len(ids) == 1:
        reason = f"Only {ids[0]} is alive, so there is nothing to choose after scale {scale}."
    elif seen.scores is not None:
        order = sorted(range(len(ids)), key=lambda i: (-_number(seen.scores[i].item()), i))  # type: ignore[index]
        best, next_best = (f"{ids[i]} ({seen.scores[i].item():.2f})" for i in order[:2])
        reason = f"{best} scores highest of {len(ids)} and is the final image; {next_best} comes second."
    else:
        reason = f"Nothing is decided after scale {scale}: all {len(ids)} go on."
    return Proposal(Selection(tuple(range(len(ids))), "strategy", reason), seen)


def cluster_reason(ids: Sequence[str], labels: Sequence[int], parents: Sequence[int]) -> str:
    """A sentence such as "6 -> 4: c2 and c5 share a layout (cluster B); c5 was dropped."."""
    head = f"{len(ids)} -> {len(parents)}: "
    dropped = [i for i in range(len(ids)) if i not in parents]
    if not dropped:
        return head + f"the schedule keeps as many as are alive, so all {len(ids)} go on."
    groups = [[i for i in range(len(ids)) if labels[i] == label] for label in sorted({labels[i] for i in dropped})]
    parts = [
        f"{_listed(ids[i] for i in g)} share a layout (cluster {cluster_letter(labels[g[0]])})" for g in groups[:3]
    ]
    more = f", as do {len(groups) - 3} more groups" if len(groups) > 3 else ""
    gone = _listed(ids[i] for i in dropped) if len(dropped) <= 6 else f"{len(dropped)} candidates"
    return head + f"{', '.join(parts)}{more}; {gone} {'was' if len(dropped) == 1 else 'were'} dropped."


def draw_reason(ids: Sequence[str], chances: Sequence[float], parents: Sequence[int], kind: str, lam: float) -> str:
    """A sentence such as "4 -> 2: drawn by potential value at lambda 10: c5 twice (91%); c0 and c3 were not drawn."."""
    times = {1: "once", 2: "twice"}
    counts = Counter(parents)
    drawn = [f"{ids[i]} {times.get(n, f'{n} times')} ({chances[i]:.0%})" for i, n in sorted(counts.items())]
    shown = _listed(drawn if len(drawn) <= 6 else [*drawn[:5], f"{len(drawn) - 5} more"])
    text = f"{len(ids)} -> {len(parents)}: drawn by potential {kind} at lambda {lam:g}: {shown}"
    missed = [ids[i] for i in range(len(ids)) if i not in counts]
    if not missed:
        return text + "."
    gone = _listed(missed) if len(missed) <= 6 else f"{len(missed)} candidates"
    return text + f"; {gone} {'was' if len(missed) == 1 else 'were'} not drawn."


def cluster_letter(label: int) -> str:
    """A, B, ..., Z, A2, B2, ... for clusters 0, 1, ..."""
    return chr(ord("A") + label % 26) + (str(label // 26 + 1) if label >= 26 else "")


def _listed(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _number(score: float) -> float:
    return score if score == score else float("-inf")
