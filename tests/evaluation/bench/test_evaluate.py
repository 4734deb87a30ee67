"""The command `evaluate`: which experiments it knows, how large they are, and that it runs and resumes."""

from __future__ import annotations

import pickle
from pathlib import Path
from types import SimpleNamespace

import pytest
from sweep_fakes import fake_worker

from ttsvar.commands.cli import main
from ttsvar.config import search_config
from ttsvar.errors import ConfigError
from ttsvar.evaluation.bench import evaluate as command
from ttsvar.evaluation.bench.evaluate import MEASUREMENTS, Options, build_worker, chosen_names, settings_that_tell
from ttsvar.evaluation.bench.experiments import EXPERIMENTS
from ttsvar.evaluation.bench.store import Conditions, Store
from ttsvar.families.load import LoadSettings
from ttsvar.toybox.world.prompts import TAGS


@pytest.fixture
def fakes(monkeypatch):
    monkeypatch.setattr(command, "build_worker", lambda *_: fake_worker())


def test_all_means_every_experiment_and_measurement():
    assert chosen_names(["all"]) == [*EXPERIMENTS, *MEASUREMENTS]
    assert chosen_names(["headline", "headline"]) == ["headline"]
    with pytest.raises(ConfigError, match="no experiment 'magic'; choose from all, "):
        chosen_names(["magic"])


def test_sizes_are_the_experiments_own_unless_told():
    assert len(Options().chosen("headline")) * Options().size("headline").seeds == 360 * 4
    assert len(Options(quick=True).chosen("lambda")) == 4
    assert len(Options(quick=True, per_category=2).chosen("lambda")) == 2 * len(TAGS)
    assert Options(quick=True).size("headline").per_category < 10
    assert Options(per_category=3).size("headline").seeds == Options().size("headline").seeds
    assert Options(seeds=2).size("lambda").seeds == 2


def test_a_model_of_classes_is_not_asked_for_scenes(monkeypatch):
    monkeypatch.setattr(
        "ttsvar.evaluation.bench.evaluate.load",
        lambda *_, **__: SimpleNamespace(prompts=SimpleNamespace(choices=("tench",))),
    )
    with pytest.raises(ConfigError, match="'var-d16' draws classes"):
        build_worker("var-d16", None, LoadSettings())


def test_the_flags_of_loading_reach_whoever_does_the_jobs(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(command, "build_worker", lambda *told: asked.append(told) or fake_worker())
    flags = ["--weights", str(tmp_path), "--aspect", "3/2", "--resolution", "0.25M", "--eye", "dinov2-small"]
    out = ["--per-category", "1", "--out", str(tmp_path / "rows.sqlite")]
    assert main(["evaluate", "schedule", "--device", "cpu", *flags, *out]) == 0
    settings = LoadSettings("cpu", weights=tmp_path, h_div_w=1.5, resolution="0.25M", eye="dinov2-small")
    assert asked == [("toybox", None, settings)]
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_rows_are_told_apart_by_what_changes_their_pictures():
    assert settings_that_tell(LoadSettings("cpu", weights=Path("w"), offload=True)) == ""
    changed = [{"h_div_w": 1.5}, {"resolution": "0.25M"}, {"eye": "dinov2-small"}, {"dtype": "bf16"}]
    told = {settings_that_tell(LoadSettings(**change)) for change in [*changed, {"level_every_chunk": False}]}
    assert len(told - {""}) == 5


@pytest.mark.slow
def test_an_experiment_prints_its_table_and_best_of_n_for_the_same_seconds(fakes, tmp_path, capsys):
    out = tmp_path / "rows.sqlite"
    arguments = ["evaluate", "early-pick", "--per-category", "1", "--seeds", "1", "--out", str(out)]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert f"{len(TAGS)} images an arm, {len(TAGS)} prompts" in printed
    assert "tts-var n=1 - early-pick n=1" in printed
    store = Store(out)
    model, weights = store.latest() or ("", "")
    noted = [store.notes(weights).get(name) for name in command.MATCHED_NOTES.values()]
    arms = EXPERIMENTS["early-pick"].arms
    matched = {search_config("best-of-n", n=note["n"]) for note in noted if note}
    assert len(store.keys()) == len(TAGS) * len(matched | set(arms.values()))
    assert len(store.rows(Conditions(model, arms["early-pick n=1"], weights).key)) == len(TAGS)
    before = store.keys()
    assert main(arguments) == 0
    assert store.keys() == before


@pytest.mark.slow
def test_schedule_and_consistency_are_measured(fakes, tmp_path, capsys):
    out = tmp_path / "rows.sqlite"
    assert main(["evaluate", "schedule", "consistency", "--per-category", "1", "--out", str(out)]) == 0
    store = Store(out)
    model, weights = store.latest() or ("", "")
    schedules = store.notes(weights)["schedule"]["schedules"]
    assert schedules["adaptive"]["alive"] == [8, 8, 8, 6, 6, 6, 4, 2, 2, 2, 1, 1, 1]
    assert schedules["one candidate"]["flops"][0] * 8 == schedules["adaptive"]["flops"][0]
    assert len(store.traces(Conditions(model, command.TRACED, weights).key)) == len(TAGS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["magic"], "no experiment 'magic'"),
        (["headline", "--prompts", "absent.jsonl"], "no list of prompts at absent.jsonl"),
        (["headline", "--model", "absent"], "no model named 'absent'"),
        (["headline", "--per-category", "0"], "per_category is 0"),
        (["headline", "--seeds", "0"], "seeds is 0"),
    ],
)
def test_errors_say_what_is_wrong(tmp_path, capsys, arguments, message):
    assert main(["evaluate", *arguments, "--out", str(tmp_path / "rows.sqlite")]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1
