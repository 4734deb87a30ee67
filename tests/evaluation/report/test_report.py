"""The report: what it concludes from rows made by hand, and that the page needs nothing from outside."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest
from sweep_fakes import row

from ttsvar.commands.cli import main
from ttsvar.config import search_config
from ttsvar.evaluation.bench.evaluate import MATCHED_NOTES, TRACED
from ttsvar.evaluation.bench.experiments import EXPERIMENTS
from ttsvar.evaluation.bench.measurements import all_consistency, consistency
from ttsvar.evaluation.bench.paper import PaperTable
from ttsvar.evaluation.bench.statistics import Estimate
from ttsvar.evaluation.bench.store import Conditions, Store, Trace
from ttsvar.evaluation.report.collect import against_paper, collect, headline
from ttsvar.evaluation.report.page import page
from ttsvar.evaluation.report.results import results, verdict_sentence
from ttsvar.evaluation.report.schema import Agreement, Difference, Evidence, Summary

DETECTOR = {
    "scenes_per_category": 2,
    "kinds": {"drawn": {"colors": {"right_called_wrong": 0.1, "wrong_called_right": 0.0}}},
}


def filled(path, guided_right: int, total: int = 40) -> Store:
    """A store in which best-of-8 is right on half of the prompts, raw on a quarter, and TTS-VAR on as many as said."""
    store = Store(path)
    right = {"raw": total // 4, "best-of-n n=8": total // 2, "tts-var n=2": guided_right}
    for label, count in right.items():
        recipe = Conditions("toybox", EXPERIMENTS["headline"].arms[label], "w")
        store.add_recipe(recipe)
        for i in range(total):
            store.add(row(recipe.key, f"prompt {i}", i, correct=i < count, seconds=1.0 + (label != "raw")))
    traced = Conditions("toybox", TRACED, "w")
    store.add(Trace(traced.key, "prompt 0", 0, ((0.0, 1.0), (1.0, 0.0))))
    store.set_note("w", "detector", DETECTOR)
    return store


@pytest.mark.parametrize(
    ("right", "words"),
    [(32, "does better, as the paper finds"), (20, "do not tell them apart"), (4, "does worse, unlike")],
)
def test_the_headline_follows_from_the_interval(tmp_path, right, words):
    evidence = collect(filled(tmp_path / "rows.sqlite", right))
    experiment = headline(evidence)
    assert experiment is not None
    assert words in verdict_sentence(experiment)
    assert words in page(evidence)
    assert words in results(evidence)


@pytest.mark.parametrize(
    ("right", "words"),
    [
        (32, "The paper's differences here, each pair in its first table: 3 the same way.<"),
        (20, "2 the same way, 1 not told from chance."),
        (4, "1 the same way, 2 the other way."),
    ],
)
def test_a_section_counts_its_verdicts_and_folds_its_tables(tmp_path, right, words):
    text = page(collect(filled(tmp_path / "rows.sqlite", right)))
    assert words in text
    assert text.count("<details open>") == 1, "the headline's searches"
    assert text.count("<details>") >= len(EXPERIMENTS) / 2


def test_results_hold_the_numbers_the_command_and_the_measures_error(tmp_path):
    text = results(collect(filled(tmp_path / "rows.sqlite", 32)))
    assert "0.800 [" in text
    assert "python -m ttsvar evaluate headline" in text
    assert "10.0% of right images called wrong" in text
    assert "40 images an arm, 40 prompts" in text
    assert all(line.count("|") == following.count("|") for line, following in _neighbours(text))


def _neighbours(text):
    lines = text.splitlines()
    return [(a, b) for a, b in pairwise(lines) if a.startswith("|") and b.startswith("|")]


def test_the_page_needs_nothing_from_outside(tmp_path):
    text = page(collect(filled(tmp_path / "rows.sqlite", 32)))
    without_plotly = re.sub(r"<script>.*?</script>", "", text, count=1, flags=re.DOTALL)
    assert not re.findall(r"(?:src|href)=\"https?:", without_plotly)
    assert "prefers-color-scheme: dark" in text
    assert "TTS-VAR, N = 2 \u2212 Best of N, N = 8" in text


def test_agreement_with_the_paper_is_told_by_sign_and_interval():
    table = PaperTable("t", ("GenEval",), {"a": (0.7,), "b": (0.6,), "same": (0.6,)})

    def verdict(first, low, high):
        ours = Estimate((low + high) / 2, low, high)
        gap = Difference(
            first=first,
            second="b",
            overall=ours,
            reward=None,
            categories={},
            flops_ratio=1.0,
            transformer_ratio=1.0,
            seconds_ratio=1.0,
            matched=(),
        )
        summary = Summary(images=1, prompts=1, held_out=0, arms={}, differences=(gap,))
        return [v.verdict for v in against_paper(summary, [table])]

    assert verdict("a", 0.1, 0.3) == [Agreement.AGREES]
    assert verdict("a", -0.3, -0.1) == [Agreement.DIFFERS]
    assert verdict("a", -0.1, 0.3) == [Agreement.OPEN]
    assert verdict("same", 0.1, 0.3) == [Agreement.OPEN]
    assert verdict("unknown", 0.1, 0.3) == []


def test_consistency_by_hand():
    # Two candidates over three scales; the first wins in the end.
    traces = [
        Trace("r", "p", 0, ((0.0, 2.0, 3.0), (1.0, 1.5, 2.0))),
        Trace("r", "q", 0, ((5.0, 1.0, 3.0), (4.0, 0.5, 2.0))),
    ]
    assert consistency(traces, "value") == [0.5, 1.0, 1.0]
    assert consistency(traces, "max") == [0.5, 1.0, 1.0]
    assert consistency(traces, "sum") == [0.5, 0.5, 1.0]
    assert consistency(traces, "diff") == [0.5, 0.5, 1.0]
    assert all_consistency(traces)["candidates"] == 2
    assert consistency([]) == []


@pytest.mark.slow
def test_the_command_writes_page_results_and_data(tmp_path, capsys):
    filled(tmp_path / "rows.sqlite", 32)
    paths = [tmp_path / "out" / name for name in ("page.html", "results.md", "evidence.json")]
    arguments = ["report", "--rows", str(tmp_path / "rows.sqlite"), "--page", str(paths[0])]
    assert main([*arguments, "--results", str(paths[1]), "--data", str(paths[2])]) == 0
    assert "does better" in capsys.readouterr().out
    assert json.loads(paths[2].read_text())["experiments"][0]["name"] == "headline"
    assert main([*arguments[:3], "--page", str(tmp_path)]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_without_rows_the_message_says_how_to_make_some(tmp_path, capsys):
    assert main(["report", "--rows", str(tmp_path / "absent.sqlite")]) == 2
    assert "python -m ttsvar evaluate headline" in capsys.readouterr().err
    Store(tmp_path / "empty.sqlite").close()
    assert main(["report", "--rows", str(tmp_path / "empty.sqlite")]) == 2
    assert "holds no rows" in capsys.readouterr().err


@pytest.mark.slow
def test_every_experiment_and_measurement_has_its_section(tmp_path):
    store = filled(tmp_path / "rows.sqlite", 2, total=2)
    for experiment in EXPERIMENTS.values():
        for search in experiment.arms.values():
            recipe = Conditions("toybox", search, "w")
            store.add_recipe(recipe)
            for i in range(2):
                store.add(row(recipe.key, f"prompt {i}", i, seconds=0.5 * search.n))
    costs = {"flops": [1.0] * 13, "cached_tokens": [1] * 13, "alive": [1] * 13, "peak_bytes": [0] * 13}
    store.set_note("w", "schedule", {"scales": [[1, 1]] * 13, "schedules": {"one candidate": costs, "adaptive": costs}})
    for n, name in zip((11, 12), ("seconds", "transformer FLOPs"), strict=True):
        store.set_note("w", MATCHED_NOTES[name], {"n": n, "arm": "tts-var n=2"})
        matched = Conditions("toybox", search_config("best-of-n", n=n), "w")
        for i in range(2):
            store.add(row(matched.key, f"prompt {i}", i))
    evidence = collect(store)
    shown = [e.name for e in evidence.experiments if "best-of-n n=11" in e.summary.arms]
    assert shown == ["main", "score-vs-compute", "early-pick", "equal-cost"]
    (main,) = [e for e in evidence.experiments if e.name == "main"]
    assert [(m.n, m.cost) for m in main.matched] == [(12, "transformer FLOPs"), (11, "seconds")]
    assert "best-of-n n=12" in main.summary.arms
    assert [e.name for e in evidence.experiments] == list(EXPERIMENTS)
    text, short = page(evidence), results(evidence)
    for experiment in EXPERIMENTS.values():
        assert f'id="{experiment.name}"' in text
        assert f"## {experiment.title}" in short
        assert all(label in short for label in experiment.arms)
    assert all(f'id="{name}"' in text for name in ("consistency", "schedule", "detector"))
    assert Evidence.from_json(json.loads(json.dumps(evidence.to_json()))) == evidence
