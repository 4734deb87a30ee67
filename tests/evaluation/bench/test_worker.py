from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from engine_fakes import FakeBackend, FakeExtractor, FakeReward, fake_engine
from sweep_fakes import ARMS, fake_worker

from ttsvar.config import search_config
from ttsvar.engine.loop import Engine
from ttsvar.evaluation.bench.contact_sheet import contact_sheet
from ttsvar.evaluation.bench.prompts import EvaluationPrompt, evaluation_prompts
from ttsvar.evaluation.bench.store import Row
from ttsvar.evaluation.bench.worker import Job, Worker, diversity, draw_seed, run_search
from ttsvar.protocols import Reward
from ttsvar.rewards.combination import Combination


@pytest.fixture
def engine():
    return fake_engine()


def asked(prompt, repeat=0):
    return EvaluationPrompt(prompt, "single_object", {"include": []}, repeat=repeat)


def test_every_arm_draws_from_the_same_seed(engine):
    raw = run_search(engine, "a photo of a cup", ARMS["raw"], 7)
    best = run_search(engine, "a photo of a cup", ARMS["best-of-n n=2"], 7)
    assert best.reward is not None
    assert raw.reward is not None
    assert best.reward >= raw.reward


def test_the_seed_depends_on_prompt_seed_and_repeat():
    cup = draw_seed(asked("a photo of a cup"), 0)
    assert cup == draw_seed(asked("a photo of a cup"), 0)
    others = [draw_seed(asked("a photo of a car"), 0), draw_seed(asked("a photo of a cup"), 1)]
    assert cup not in [*others, draw_seed(asked("a photo of a cup", 1), 0)]


def test_the_image_is_the_one_that_the_engine_calls_best(engine):
    for search in ARMS.values():
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
    assert run_search(engine, "a cup", ARMS["raw"], 0).cost.flops == 1e6 * tokens + 1e5
    assert run_search(engine, "a cup", ARMS["best-of-n n=2"], 0).cost.flops == 2 * (1e6 * tokens + 1e5 + 2e4)


def test_a_row_has_what_other_judges_say_and_how_the_survivors_differ():
    other = FakeReward(name="other")
    backend = FakeBackend()
    engine = Engine(
        backend, {"pool": FakeExtractor(), "pca": FakeExtractor()}, {"image-reward": FakeReward(), "other": other}
    )
    worker = Worker(engine, fake_worker().measure)
    row = worker.do(Job(asked("a photo of a cup"), 0, ARMS["best-of-n n=2"], "r"))
    assert isinstance(row, Row)
    assert row.judges == {"other": row.reward}
    assert row.survivors == 2
    assert row.diversity is not None
    assert row.diversity > 0
    assert set(row.parts) >= {"transformer", "decode", "reward"}
    raw = worker.do(Job(asked("a photo of a cup"), 0, ARMS["raw"], "r"))
    assert isinstance(raw, Row)
    assert (raw.survivors, raw.diversity) == (1, None)


def test_a_combination_grades_no_single_image():
    rewards = {name: FakeReward(name=name) for name in ("image-reward", "hps")}
    both = Combination([rewards["hps"], rewards["image-reward"]], name="hps+image-reward")
    judges: dict[str, Reward] = {**rewards, both.name: both}
    engine = Engine(FakeBackend(), {}, judges)
    row = Worker(engine, fake_worker().measure).do(Job(asked("a photo of a cup"), 0, ARMS["raw"], "r"))
    assert isinstance(row, Row)
    assert set(row.judges) == {"hps"}


def test_searches_that_the_model_cannot_run_are_refused_with_the_reason():
    worker = fake_worker()
    assert worker.refusal(ARMS["tts-var n=2"]) == ""
    assert "hps" in worker.refusal(search_config("tts-var", reward="hps"))
    assert "13" in worker.refusal(search_config("tts-var", batch=(8, 4)))


@dataclass
class Given:
    """An extractor that sees these vectors, whatever the images."""

    vectors: list[list[float]]
    name: str = "given"

    def extract(self, images):
        return torch.tensor(self.vectors)[:, None, :]

    def flops(self, images):
        return 0.0


@pytest.mark.parametrize(("second", "distance"), [([2.0, 0.0], 0.0), ([0.0, 1.0], 1.0), ([-1.0, 0.0], 2.0)])
def test_diversity_is_the_mean_distance_of_the_survivors(second, distance):
    engine = Engine(FakeBackend(), {"pool": Given([[1.0, 0.0], second])}, {"image-reward": FakeReward()})
    outcome = run_search(engine, "a photo of a cup", ARMS["best-of-n n=2"], 0)
    assert diversity(engine, outcome) == pytest.approx(distance, abs=1e-6)


def test_contact_sheet_shows_every_prompt(engine, tmp_path):
    from PIL import Image
    from sweep_fakes import GuessingDetector

    prompts = evaluation_prompts(1)
    outcomes = contact_sheet(engine, prompts, tmp_path / "sheet.png", columns=3, detector=GuessingDetector())
    assert len(outcomes) == len(prompts)
    with Image.open(tmp_path / "sheet.png") as page:
        assert page.width == 3 * (16 + 10) + 10
