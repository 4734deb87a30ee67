from __future__ import annotations

import json

import pytest
import torch
from engine_fakes import FakeBackend, FakeReward, fake_engine

from ttsvar.config import SearchConfig
from ttsvar.engine import Engine
from ttsvar.errors import ConfigError
from ttsvar.evaluation.contact_sheet import contact_sheet
from ttsvar.evaluation.detections import Detection
from ttsvar.evaluation.evaluate import arms, draw_seed, evaluate, main, run_search
from ttsvar.evaluation.prompts import evaluation_prompts
from ttsvar.evaluation.rows import Row, read_rows
from ttsvar.evaluation.summary import summarize, table
from ttsvar.toybox.world import COLORS, SHAPES

PROMPTS = evaluation_prompts(1)
SEARCHES = arms(["raw", "best-of-n", "tts-var"], [2])


class GuessingDetector:
    """Sees one object whose kind and colour follow from the image's brightness."""

    def detect(self, images):
        found = []
        for image in images:
            value = int(image.sum())
            color = list(COLORS)[value % len(COLORS)]
            found.append([Detection(SHAPES[value % len(SHAPES)], (0, 0, 4, 4), 0.95, color)])
        return found


@pytest.fixture
def engine() -> Engine:
    return fake_engine()


def run(engine, out, **changes):
    settings = {"searches": SEARCHES, "prompts": PROMPTS, "seeds": [0], "out": out, "detector": GuessingDetector()}
    return evaluate(engine, **(settings | changes))


def test_arms_name_every_search_once():
    assert list(arms(["raw", "best-of-n", "tts-var"], [1, 2])) == ["raw", "best-of-n n=2", "tts-var n=1", "tts-var n=2"]
    assert list(arms(["best-of-n:4,8", "tts-var"], [1])) == ["best-of-n n=4", "best-of-n n=8", "tts-var n=1"]
    with pytest.raises(ConfigError, match="whole numbers"):
        arms(["best-of-n:x"], [1])
    with pytest.raises(ConfigError, match="nothing to run"):
        arms(["best-of-n"], [1])


def test_there_is_one_row_for_every_image(engine, tmp_path):
    rows = run(engine, tmp_path / "rows.jsonl", seeds=[0, 1])
    assert len(rows) == len(PROMPTS) * len(SEARCHES) * 2
    assert len({row.key for row in rows}) == len(rows)
    assert read_rows(tmp_path / "rows.jsonl") == rows


def test_an_interrupted_evaluation_goes_on_without_repeating(engine, tmp_path):
    out = tmp_path / "rows.jsonl"
    rows = run(engine, out)
    lines = out.read_text().splitlines(keepends=True)
    out.write_text("".join(lines[:5]) + lines[5][:40])
    again = fake_engine()
    resumed = run(again, out)
    assert [r.key for r in resumed] == [r.key for r in rows]
    assert [r.correct for r in resumed] == [r.correct for r in rows]
    assert [r.reward for r in resumed] == [r.reward for r in rows]
    assert len(out.read_text().splitlines()) == len(rows)
    assert isinstance(again.backend, FakeBackend)
    grown = again.backend.grown
    run(again, out)
    assert again.backend.grown == grown


def test_rows_of_other_weights_or_settings_are_refused(engine, tmp_path):
    out = tmp_path / "rows.jsonl"
    run(engine, out, weights="a")
    with pytest.raises(ConfigError, match="other weights or settings"):
        run(engine, out, weights="b")
    with pytest.raises(ConfigError, match="other weights or settings"):
        run(engine, out, weights="a", searches={"raw": SearchConfig(strategy="raw", tau=0.9)})


def test_every_arm_draws_from_the_same_seed(engine):
    raw = run_search(engine, "a photo of a cup", SEARCHES["raw"], 7)
    best = run_search(engine, "a photo of a cup", SEARCHES["best-of-n n=2"], 7)
    assert best.reward is not None
    assert raw.reward is not None
    assert best.reward >= raw.reward
    assert draw_seed("a photo of a cup", 0) != draw_seed("a photo of a car", 0)
    assert draw_seed("a photo of a cup", 0) == draw_seed("a photo of a cup", 0)


def test_the_image_is_the_one_that_the_engine_calls_best(engine):
    for search in SEARCHES.values():
        outcome = run_search(engine, "a photo of a cup", search, 3)
        state = engine.begin("a photo of a cup", search=search, seed=3)
        while not state.done:
            state = engine.commit(engine.step(state))
        best = engine.observe(state, features=False)[0]
        assert best.images is not None
        assert best.scores is not None
        index = engine.best_index(state)
        assert torch.equal(outcome.image, best.images[index])
        assert outcome.reward == pytest.approx(float(best.scores[index]))


def test_cost_counts_the_search_and_not_the_measuring():
    engine = Engine(FakeBackend(), {}, {"image-reward": FakeReward()}, remember_bytes=0)
    tokens = engine.schedule.total_tokens
    assert run_search(engine, "a cup", SEARCHES["raw"], 0).cost.flops == 1e6 * tokens + 1e5
    assert run_search(engine, "a cup", SEARCHES["best-of-n n=2"], 0).cost.flops == 2 * (1e6 * tokens + 1e5 + 2e4)


def test_summary_compares_arms_on_shared_images_only(engine, tmp_path):
    rows = run(engine, tmp_path / "rows.jsonl")
    summary = summarize(rows[:-1])
    assert summary["images"] == len(PROMPTS) - 1
    assert list(summary["arms"]) == list(SEARCHES)
    pairs = [(d["first"], d["second"]) for d in summary["differences"]]
    assert pairs == [("best-of-n n=2", "raw"), ("tts-var n=2", "raw"), ("tts-var n=2", "best-of-n n=2")]
    assert json.loads(json.dumps(summary)) == summary


def row(search, prompt, correct, flops):
    return Row(prompt, "colors", True, search, 0, correct, 0.5, 1.0, flops, (), "")


def test_table_tells_figures_and_differences():
    rows = [row("raw", str(i), i < 10, 1e9) for i in range(20)]
    rows += [row("best-of-n n=2", str(i), i < 15, 2e9) for i in range(20)]
    text = table(summarize(rows))
    assert "20 images an arm, 20 prompts" in text
    assert "0.500 [0.300, 0.700]" in text
    assert "best-of-n n=2 - raw" in text
    assert "+0.250 [+0.100, +0.450]" in text


def test_broken_files_are_named(tmp_path):
    (tmp_path / "rows.jsonl").write_text('{"prompt": 1}\n')
    with pytest.raises(ConfigError, match="line 1"):
        read_rows(tmp_path / "rows.jsonl")
    assert read_rows(tmp_path / "absent.jsonl") == []


def test_contact_sheet_shows_every_prompt(engine, tmp_path):
    from PIL import Image

    outcomes = contact_sheet(engine, PROMPTS, tmp_path / "sheet.png", columns=3, detector=GuessingDetector())
    assert len(outcomes) == len(PROMPTS)
    with Image.open(tmp_path / "sheet.png") as page:
        assert page.width == 3 * (16 + 10) + 10


class Worded(FakeBackend):
    """A model of few words, as the toybox is."""

    def vocabulary(self):
        return ("a", "photo")


def test_command_prints_tables_and_writes_the_summary(tmp_path, monkeypatch, capsys):
    reward = FakeReward()
    monkeypatch.setattr("ttsvar.loading.load", lambda *_, **__: Engine(Worded(), {}, {"image-reward": reward}))
    monkeypatch.setattr("ttsvar.evaluation.evaluate.load_detector", lambda _: GuessingDetector())
    out = tmp_path / "runs" / "rows.jsonl"
    summaries = main("toybox", ["raw", "best-of-n"], [2], 1, out, seen=True)
    printed = capsys.readouterr().out
    assert "held-out prompts: 6 images an arm" in printed
    assert "seen prompts: 6 images an arm" in printed
    assert "best-of-n n=2 - raw" in printed
    assert json.loads(out.with_suffix(".summary.json").read_text()) == summaries


def test_command_refuses_a_model_that_takes_any_text(tmp_path, monkeypatch):
    monkeypatch.setattr("ttsvar.loading.load", lambda *_, **__: fake_engine())
    with pytest.raises(ConfigError, match="takes any text"):
        main("toybox", ["raw"], [1], 1, tmp_path / "rows.jsonl")
