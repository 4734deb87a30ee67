"""A sweep: every arm of an experiment on the same prompts and seeds, written as it goes, resumed where it stopped."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from tqdm import tqdm

from ttsvar.config import STRATEGIES, SearchConfig, search_config
from ttsvar.evaluation.bench.pools import Pool
from ttsvar.evaluation.bench.prompts import EvaluationPrompt
from ttsvar.evaluation.bench.store import Conditions, Row, Store
from ttsvar.evaluation.bench.worker import Job
from ttsvar.schedule import decisions, resolve_batch
from ttsvar.types import ScaleSchedule

Cost = Callable[[Sequence[Row]], float]
"""What one image of an arm costs."""
BAR = "{l_bar}{bar}| {postfix} [{elapsed}, {remaining} left]"


def make_jobs(
    arms: Iterable[SearchConfig],
    prompts: Sequence[EvaluationPrompt],
    seeds: Iterable[int],
    *,
    model: str,
    weights: str,
    trace: bool = False,
) -> list[Job]:
    """One job for every arm, prompt and seed, no key twice: all arms of a prompt together, categories in turn.

    So wherever a sweep stops, the arms have nearly the same images, and the categories nearly as many each.
    """
    recipes = {Conditions(model, search, weights).key: search for search in arms}
    jobs: dict[tuple[str, str, int], Job] = {}
    for seed in seeds:
        for prompt in in_turn(prompts):
            for key, search in recipes.items():
                job = Job(prompt, seed, search, key, trace)
                jobs.setdefault(job.key, job)
    return list(jobs.values())


def in_turn(prompts: Sequence[EvaluationPrompt]) -> list[EvaluationPrompt]:
    """One prompt of every category after the other."""
    place: dict[str, int] = {}
    ranked = []
    for prompt in prompts:
        place[prompt.tag] = place.get(prompt.tag, -1) + 1
        ranked.append((place[prompt.tag], prompt))
    return [prompt for _, prompt in sorted(ranked, key=lambda pair: pair[0])]


def sweep(store: Store, pool: Pool, jobs: Sequence[Job], *, model: str, weights: str, title: str = "") -> int:
    """Do the jobs whose rows are not there yet and write each row as it comes; returns how many were made.

    Stopped by Ctrl-C it says how many rows are kept, and raises KeyboardInterrupt again.
    """
    there = {True: store.keys("traces"), False: store.keys("rows")}
    left = [job for job in jobs if job.key not in there[job.trace]]
    for search in {job.recipe: job.search for job in jobs}.values():
        store.add_recipe(Conditions(model, search, weights))
    if not left:
        return 0
    sizes = pool.sizes()
    work = {job.key: expected_work(job.search, sizes) for job in jobs}
    made, held = 0, len(jobs) - len(left)
    # What was there took no time now: `initial` keeps it from making the time left look short.
    start = sum(work.values()) - sum(work[job.key] for job in left)
    with tqdm(total=sum(work.values()), initial=start, desc=title or "sweep", bar_format=BAR, disable=None) as bar:
        try:
            for entry in pool.map(left):
                store.add(entry)
                made += 1
                bar.set_postfix_str(f"{held + made} of {len(jobs)} images", refresh=False)
                bar.update(work[entry.key])
        except KeyboardInterrupt:
            print(
                f"\nStopped: {held + made} of {len(jobs)} images of {title or 'this sweep'} are kept in {store.path}; "
                "the same command goes on from there.",
                file=sys.stderr,
            )
            raise
    return made


def expected_work(search: SearchConfig, sizes: ScaleSchedule) -> float:
    """Tokens to draw and half as much for every candidate at every decision: what the time left is reckoned by."""
    batch = resolve_batch(search, sizes)
    grown = (batch[0], *batch[:-1])
    tokens = sum(count * sizes.tokens(k) for k, count in enumerate(grown))
    decided = zip(grown, decisions(search, len(sizes)), strict=True)
    looks = sum(count for count, decision in decided if decision) + grown[-1]
    return tokens + looks * sizes.total_tokens / 2


def matched_best_of_n(
    arms: Mapping[str, SearchConfig], rows: Mapping[str, Sequence[Row]], label: str, cost: Cost
) -> SearchConfig | None:
    """Best-of-N with as many candidates as cost what another arm does; None where there is nothing to go by.

    Best-of-N costs a fixed amount and as much again for every candidate, so a line through the arms that were run says
    how many candidates fit.
    """
    plain = {count: rows[name] for name, search in arms.items() if (count := candidates_of(search)) and rows.get(name)}
    if len(plain) < 2 or not rows.get(label):
        return None
    counts = sorted(plain)
    slope, fixed = np.polyfit(counts, [cost(plain[n]) for n in counts], 1)
    if slope <= 0:
        return None
    return search_config("best-of-n", n=int(np.clip(round((cost(rows[label]) - fixed) / slope), 2, 64)))


def candidates_of(search: SearchConfig) -> int:
    """N where nothing is decided before the reward ranks the images, 1 where nothing ranks, 0 of any other search."""
    strategy = STRATEGIES[search.strategy]
    return 0 if strategy.decides else search.n if strategy.ranks else 1


def median_seconds(rows: Sequence[Row]) -> float:
    """Of one image, on a machine with nothing else to do."""
    return float(np.median([row.alone for row in rows]))


def mean_flops(rows: Sequence[Row]) -> float:
    """Of one image, whatever computes them."""
    return float(np.mean([row.flops for row in rows]))


def mean_transformer_flops(rows: Sequence[Row]) -> float:
    """Of one image, in the transformer alone."""
    return float(np.mean([row.transformer_flops for row in rows]))


COSTS: Mapping[str, Cost] = {
    "FLOPs": mean_flops,
    "transformer FLOPs": mean_transformer_flops,
    "seconds": median_seconds,
}
"""What arms may cost as much of, by its name in reports."""
