"""The table of experiments: labels that name their settings, paper rows that have an arm, searches that can begin."""

from __future__ import annotations

import pytest
from engine_fakes import fake_engine

from ttsvar.config import SEARCHES
from ttsvar.errors import ConfigError
from ttsvar.evaluation.bench.experiment import Experiment, arm, bases
from ttsvar.evaluation.bench.experiments import EXPERIMENTS
from ttsvar.extractor import EXTRACTORS
from ttsvar.schedule import resolve_batch

EVERY_ARM = [(label, search) for e in EXPERIMENTS.values() for label, search in e.arms.items()]


def test_a_label_says_what_differs_from_the_named_search():
    assert arm("raw")[0] == "raw"
    assert arm("tts-var", n=2, lam=5.0) == ("tts-var n=2 lam=5", SEARCHES["tts-var"].__class__(n=2, lam=5.0))
    assert arm("tts-var", n=2, lam=10.0)[0] == "tts-var n=2"
    assert arm("importance-sampling", n=2, resample_scales=(6, 8))[0] == "importance-sampling n=2 resample=6,8"
    assert arm("cluster-only", cluster_scales=(), batch=(8, 8, 1))[0] == "cluster-only n=1 batch=8x2,1 cluster=none"
    with pytest.raises(ConfigError, match="magic"):
        arm("magic")


def test_equal_labels_mean_equal_searches_everywhere():
    by_label, by_search = {}, {}
    for label, search in EVERY_ARM:
        assert by_label.setdefault(label, search) == search
        assert by_search.setdefault(search, label) == label


def test_an_arm_is_compared_with_its_like_at_its_own_n():
    found = bases(EXPERIMENTS["lambda"].arms)
    assert found["best-of-n n=4"] == "best-of-n n=2"
    assert found["tts-var n=2 lam=5"] == "best-of-n n=2"
    assert found["tts-var n=4 lam=5"] == "best-of-n n=4"
    assert set(bases(EXPERIMENTS["main"].arms).values()) == {"raw"}


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=lambda e: e.name)
def test_an_experiment_compares_something_and_can_begin(experiment: Experiment):
    engine = fake_engine()
    assert EXPERIMENTS[experiment.name] is experiment
    assert len(experiment.arms) >= 3
    for search in experiment.arms.values():
        resolve_batch(search, engine.schedule)


@pytest.mark.parametrize("experiment", [e for e in EXPERIMENTS.values() if e.paper], ids=lambda e: e.name)
def test_the_papers_rows_are_arms(experiment: Experiment):
    for table in experiment.paper:
        assert {len(row) for row in table.rows.values()} == {len(table.columns)}
        shared = [label for label in table.rows if label in experiment.arms]
        assert len(shared) >= 3, "something to compare with"
    if experiment.name in ("headline", "score-vs-compute"):
        return  # these take a part of the main table
    missing = {row for table in experiment.paper for row in table.rows} - set(experiment.arms)
    assert all("extractor=inception" in row and "inception" not in EXTRACTORS for row in missing)


def test_the_clustering_ablation_ends_with_as_many_images_as_best_of_n():
    for search in EXPERIMENTS["clustering-scales"].arms.values():
        assert resolve_batch(search, fake_engine().schedule)[-1] == search.n
