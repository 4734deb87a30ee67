"""Plans run over made-up populations: the decisions are those of a search, and what they come to is told with care."""

from __future__ import annotations

import numpy as np
import pytest

from ttsvar.choices import Decision
from ttsvar.errors import ScheduleError
from ttsvar.evaluation.populations.nearest import one_of_each
from ttsvar.evaluation.populations.prediction import PlannedSearch, predict
from ttsvar.evaluation.populations.record import Populations
from ttsvar.search.clustering import cluster

PROMPTS, COUNT, SCALES = 60, 16, 4


@pytest.fixture(scope="module")
def populations() -> Populations:
    """Two scales that know nothing and two that know the end."""
    rng = np.random.default_rng(1)
    final = rng.normal(size=(PROMPTS, COUNT)).astype(np.float32)
    blind = rng.normal(size=(PROMPTS, COUNT, 2)).astype(np.float32)
    return Populations(
        model="m", weights="w", judged_by="j", tags=("colors",) * PROMPTS, prompts=("a",) * PROMPTS,
        scores=np.concatenate([blind, final[..., None], final[..., None]], axis=2), right=final > 1,
        layouts=rng.normal(size=(PROMPTS, SCALES, COUNT, 3)).astype(np.float32),
    )  # fmt: skip


def plan(batch: tuple[int, ...], **decisions: Decision) -> PlannedSearch:
    made = tuple(decisions.get(f"s{k}") for k in range(SCALES))
    return PlannedSearch(batch=batch, decisions=made)


def test_more_candidates_judged_at_the_end_find_better_pictures(populations: Populations) -> None:
    one, eight = predict(populations, plan((1,) * SCALES)), predict(populations, plan((8,) * SCALES))
    gain, reward = eight.over(one)
    assert gain.low > 0
    assert reward.low > 0
    assert one.success.value == pytest.approx(populations.right.mean(), abs=1e-6)


def test_trusting_a_blind_reward_gains_nothing_and_a_late_one_does(populations: Populations) -> None:
    late = predict(populations, plan((8, 8, 1, 1), s2=Decision.RESAMPLE))
    early = predict(populations, plan((8, 1, 1, 1), s1=Decision.RESAMPLE))
    assert late.over(early)[1].low > 0.5
    assert abs(early.mean_reward.value) < 0.5


def test_a_clustering_keeps_as_many_as_asked(populations: Populations) -> None:
    found = predict(populations, plan((16, 6, 6, 6), s1=Decision.CLUSTER))
    everybody = predict(populations, plan((16,) * SCALES))
    assert found.mean_reward.value < everybody.mean_reward.value


def test_a_plan_that_the_populations_cannot_tell_of_is_refused(populations: Populations) -> None:
    with pytest.raises(ScheduleError, match="begins with 32"):
        predict(populations, plan((32,) * SCALES))
    with pytest.raises(ScheduleError, match="has 3 scales"):
        predict(populations, PlannedSearch(batch=(8, 8, 8), decisions=(None,) * 3))


def test_many_small_clusterings_at_once_are_as_good_as_one_by_one() -> None:
    points = np.random.default_rng(0).normal(size=(12, 8, 5)).astype(np.float32)

    def spread(rows: list[int], group: np.ndarray) -> float:
        return float(((group[:, None] - group[rows][None]) ** 2).sum(-1).min(1).sum())

    chosen = one_of_each(points, 5)
    assert all(len(set(rows)) == 5 and rows == sorted(rows) for rows in chosen.tolist())
    ours = sum(spread(rows, group) for rows, group in zip(chosen.tolist(), points, strict=True))
    theirs = sum(spread(cluster(group, 5)[1].tolist(), group) for group in points)
    assert ours <= 1.1 * theirs


def test_clear_clusters_give_their_middles_and_equal_points_are_shared_out() -> None:
    line = np.array([[0.0], [0.1], [0.25], [9.0], [9.2], [9.3], [50.0]], np.float32)
    assert one_of_each(line[None], 3).tolist() == [[1, 4, 6]]
    assert len(set(one_of_each(np.zeros((1, 6, 2), np.float32), 4)[0].tolist())) == 4
    assert one_of_each(line[None], 7).tolist() == [list(range(7))]
