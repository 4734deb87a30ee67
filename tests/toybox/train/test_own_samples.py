from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ttsvar.errors import ConfigError
from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.transformer import Infinity
from ttsvar.toybox.presets import SCHEDULE, TOKENIZER, TRANSFORMER, new_text_encoder
from ttsvar.toybox.train.dataset import SceneSet, training_scene
from ttsvar.toybox.train.own_samples import Painter, sample_set
from ttsvar.toybox.train.reward_accuracy import image_source, previewed, rendered, sampled
from ttsvar.toybox.train.reward_data import perturbed, reconstructions
from ttsvar.toybox.world.scenes import render

DRAWN = [training_scene(6, i) for i in range(2)]
REQUESTS, SCENES = [r for r, _ in DRAWN], [s for _, s in DRAWN]


@pytest.fixture(scope="module")
def painter() -> Painter:
    torch.manual_seed(0)
    tokenizer = BSQAutoencoder(TOKENIZER).eval()
    return Painter(Infinity(TRANSFORMER).init_weights(0).eval(), new_text_encoder().eval(), tokenizer)


@pytest.fixture
def scenes() -> SceneSet:
    return SceneSet(np.stack([render(s) for s in SCENES]), REQUESTS, [s.things for s in SCENES])


@pytest.mark.slow
def test_keeping_every_scale_is_a_reconstruction(painter: Painter):
    images, generator = rendered(SCENES, REQUESTS), torch.Generator()
    prompts = [r.prompt for r in REQUESTS]
    kept = painter.continued(images, prompts, generator, kept=len(SCHEDULE))
    assert torch.equal(kept, previewed(painter.tokenizer, len(SCHEDULE) - 1)(SCENES, REQUESTS))


@pytest.mark.slow
def test_samples_depend_on_their_seed_and_on_the_drawing_s_scales_alone(painter: Painter):
    first, again, other = (sampled(painter, seed)(SCENES, REQUESTS) for seed in (0, 0, 1))
    assert (first.shape, first.dtype) == ((2, 128, 128, 3), torch.uint8)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_sets_are_drawn_once(painter: Painter, scenes: SceneSet, tmp_path: Path):
    for name in ("samples", "reconstructions"):
        path = tmp_path / name
        stamps = []
        for _ in range(2):
            if name == "samples":
                drawn = sample_set(scenes, painter, path, count=2, seed=0)
            else:
                drawn = reconstructions(scenes, painter.tokenizer, path, count=2, seed=0)
            assert drawn.images.shape == (2, 128, 128, 3)
            assert drawn.prompts == scenes.prompts
            stamps.append(path.stat().st_mtime_ns)
        assert stamps[0] == stamps[1]


def test_perturbed_images_keep_their_shape(painter: Painter, scenes: SceneSet):
    images = torch.from_numpy(scenes.images)
    rough = perturbed(images, painter.tokenizer, torch.Generator().manual_seed(0), fewest=5)
    assert (rough.shape, rough.dtype) == (images.shape, torch.uint8)


def test_an_unknown_source_is_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"'drawn'.*rendered, reconstructed, preview-6, preview-9, samples"):
        image_source("drawn", tmp_path)
