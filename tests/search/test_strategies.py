"""The table of strategies, and the sentences they give as reasons."""

from __future__ import annotations

import dataclasses

import pytest

from ttsvar.config import STRATEGIES, Sampling, SearchConfig, search_config
from ttsvar.errors import ConfigError
from ttsvar.schedule import resolve_batch, resolve_search
from ttsvar.search.reasons import cluster_letter, cluster_reason, draw_reason
from ttsvar.types import Run, ScaleSchedule

IDS = ("c0", "c1", "c2", "c3", "c4", "c5")
LADDER = ScaleSchedule(tuple((s, s) for s in (1, 2, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8)))


def needs(name: str) -> dict[int, set[str]]:
    search = resolve_search(SearchConfig(strategy=name), len(LADDER), Sampling())
    run = Run("m", "p", 0, search, LADDER, resolve_batch(search, LADDER))
    rule = STRATEGIES[name]
    return {k: {str(need) for need in rule.needs(run, k)} - {"images"} for k in range(13) if rule.needs(run, k)}


def test_the_table_has_every_name_and_frozen_dataclasses():
    assert {"raw", "best-of-n", "tts-var"} <= set(STRATEGIES)
    assert [s.place for s in STRATEGIES.values()] == sorted(s.place for s in STRATEGIES.values())
    assert all(name == s.name for name, s in STRATEGIES.items())
    assert all(dataclasses.is_dataclass(s) and hash(s) is not None for s in STRATEGIES.values())
    assert all(s.summary.count(".") in (1, 2) and s.summary.endswith(".") for s in STRATEGIES.values())
    with pytest.raises(ConfigError, match="tts-var"):
        STRATEGIES.named("magic")


def test_best_of_n_begins_with_four():
    assert search_config("best-of-n").n == 4


def test_what_each_strategy_looks_at():
    assert needs("raw") == {}
    assert needs("best-of-n") == {12: {"scores"}}
    assert needs("tts-var") == {2: {"features"}, 5: {"features"}, 6: {"scores"}, 9: {"scores"}, 12: {"scores"}}
    assert needs("random-drop") == {6: {"scores"}, 9: {"scores"}, 12: {"scores"}}
    assert needs("reward-drop") == {2: {"features"}, **{k: {"scores"} for k in (5, 6, 9, 12)}}
    assert needs("cluster-only") == {2: {"features"}, 5: {"features"}, 12: {"scores"}}
    assert needs("importance-sampling") == needs("resample-only") == {k: {"scores"} for k in (6, 9, 12)}
    assert needs("early-pick") == needs("lookahead") == {5: {"scores"}, 12: {"scores"}}
    assert needs("many-draws") == {4: {"scores"}, 5: {"scores"}, 12: {"scores"}}
    assert needs("beam") == needs("smc") == {k: {"scores"} for k in (6, 9, 12)}


def test_reasons_of_a_clustering():
    assert cluster_reason(IDS, [0, 0, 1, 2, 3, 1], (0, 2, 3, 4)) == (
        "6 -> 4: c0 and c1 share a layout (cluster A), c2 and c5 share a layout (cluster B); c1 and c5 were dropped."
    )
    assert cluster_reason(IDS[:3], [2, 0, 1], (0, 1, 2)) == (
        "3 -> 3: the schedule keeps as many as are alive, so all 3 go on."
    )
    many = cluster_reason([f"c{i}" for i in range(64)], [i % 8 for i in range(64)], tuple(range(8)))
    assert "as do 5 more groups; 56 candidates were dropped." in many
    one = cluster_reason(IDS[:4], [0, 1, 1, 1], (0, 2))
    assert one == "4 -> 2: c1, c2 and c3 share a layout (cluster B); c1 and c3 were dropped."


def test_reasons_of_a_draw():
    assert draw_reason(IDS[:4], [0.05, 0.9, 0.05, 0.0], (1, 1), "value", 10.0) == (
        "4 -> 2: drawn by potential value at lambda 10: c1 twice (90%); c0, c2 and c3 were not drawn."
    )
    assert draw_reason(IDS[:2], [0.5, 0.5], (0, 1), "max", 2.5) == (
        "2 -> 2: drawn by potential max at lambda 2.5: c0 once (50%) and c1 once (50%)."
    )


def test_cluster_letters_go_on_after_z():
    assert [cluster_letter(i) for i in (0, 25, 26, 52)] == ["A", "Z", "A2", "A3"]
