"""The evaluator behind the app: drawn scenes that satisfy a prompt are told from those that do not."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from ttsvar.evaluation.rules.evaluator import WorldEvaluator, evaluator_for
from ttsvar.evaluation.rules.measures import TOYBOX_DETECTOR
from ttsvar.toybox.world.prompts import scene_for
from ttsvar.toybox.world.reading import read_request
from ttsvar.toybox.world.scenes import render
from ttsvar.toybox.worlds import WORLDS


@pytest.fixture(scope="module")
def evaluator() -> WorldEvaluator:
    return WorldEvaluator(WORLDS[0], TOYBOX_DETECTOR)


@pytest.mark.parametrize("prompt", ["three blue balls", "a red star and a green cup", "a heart left of a house"])
def test_a_scene_of_the_prompt_satisfies_it_and_no_other(evaluator: WorldEvaluator, prompt: str) -> None:
    request = read_request(prompt)
    assert request is not None
    image = torch.from_numpy(render(scene_for(request, np.random.default_rng(3))).copy())
    verdict = evaluator.verdict(prompt, image)
    assert verdict is not None
    assert verdict.correct, verdict.reasons
    other = evaluator.verdict("two black moons", image)
    assert other is not None
    assert not other.correct
    assert other.reasons[0].thing == "moon"


def test_a_prompt_outside_the_forms_has_no_verdict(evaluator: WorldEvaluator) -> None:
    assert evaluator.verdict("a ball on a cup", torch.zeros(128, 128, 3, dtype=torch.uint8)) is None


@pytest.mark.parametrize(
    ("words", "there"), [(("a", "photo", "of", "three", "balls"), True), (("goldfish", "cup"), False), ((), False)]
)
def test_only_models_of_the_toybox_world_are_judged(words: tuple[str, ...], there: bool) -> None:
    engine = SimpleNamespace(name="toybox", prompts=SimpleNamespace(vocabulary=words))
    assert (evaluator_for(engine) is not None) == there  # type: ignore[arg-type]
