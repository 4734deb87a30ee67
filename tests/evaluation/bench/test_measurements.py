"""The measure's own error, and what the schedule costs."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ttsvar.evaluation.bench.measurements import detector_error, truth
from ttsvar.evaluation.rules.geneval import judge
from ttsvar.evaluation.rules.measures import toybox_detector, toybox_reconstruction
from ttsvar.toybox.world.prompts import TAGS, sample_request, scene_for
from ttsvar.toybox.world.scenes import render


class Blind:
    def detect(self, images):
        return [[] for _ in images]


@pytest.mark.slow
def test_a_blind_detector_misses_everything_and_passes_nothing():
    error = detector_error(Blind(), None, per_category=3)
    assert list(error["kinds"]) == ["drawn"]
    assert set(error["kinds"]["drawn"]) == set(TAGS)
    assert all(s == {"right_called_wrong": 1.0, "wrong_called_right": 0.0} for s in error["kinds"]["drawn"].values())


@pytest.mark.slow
@pytest.mark.parametrize("tag", TAGS)
def test_the_truth_of_a_scene_satisfies_the_prompt_it_was_drawn_for(tag):
    rng = np.random.default_rng(3)
    for _ in range(20):
        request = sample_request(rng, tag)
        assert judge(request.metadata, truth(scene_for(request, rng, training=False))).correct


@pytest.mark.slow
def test_the_shipped_detector_is_nearly_always_right_about_drawn_and_decoded_scenes():
    error = detector_error(toybox_detector(), toybox_reconstruction(), per_category=4)
    for shares in error["kinds"].values():
        assert np.mean([s["right_called_wrong"] for s in shares.values()]) <= 0.1
        assert np.mean([s["wrong_called_right"] for s in shares.values()]) <= 0.1


def test_reconstruction_is_like_the_drawing():
    rng = np.random.default_rng(0)
    image = torch.tensor(render(scene_for(sample_request(rng, "colors"), rng)))[None]
    again = toybox_reconstruction()(image)
    assert again.shape == image.shape
    assert again.dtype == torch.uint8
    error = (again.float() - image.float()).square().mean()
    assert 10 * torch.log10(255**2 / error) > 24
