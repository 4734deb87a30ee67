"""More training for the decoder: coarse halves are told from full ones, and the bits never move."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer
from ttsvar.families.load import TOYBOX_FOLDER
from ttsvar.toybox.train.dataset import SceneSet, training_scene
from ttsvar.toybox.train.decoder import DecoderTask
from ttsvar.toybox.train.tokenizer import SIZES, psnr, reconstruction_error, to_tensor
from ttsvar.toybox.world.scenes import render


@pytest.fixture(scope="module")
def scenes() -> SceneSet:
    drawn = [training_scene(5, index) for index in range(4)]
    requests, shown = zip(*drawn, strict=True)
    return SceneSet(np.stack([render(scene) for scene in shown]), list(requests), [scene.things for scene in shown])


def decoder_task(scenes: SceneSet) -> DecoderTask:
    tokenizer = load_tokenizer(TOYBOX_FOLDER / "tokenizer.safetensors")
    with torch.no_grad():
        features = tokenizer.encode_features(to_tensor(scenes.images))
    return DecoderTask(scenes, tokenizer, features.half(), batch=4)


@pytest.mark.slow
def test_a_step_changes_the_decoder_and_leaves_the_bits(scenes: SceneSet, tmp_path: Path) -> None:
    task = decoder_task(scenes)
    optimizers = task.optimizers()
    loss, _ = task.loss(0, 0.0, 0, 1)
    loss.backward()
    for optimizer in optimizers:
        optimizer.step()
    task.save(tmp_path)
    before, after = (load_tokenizer(f / "tokenizer.safetensors") for f in (TOYBOX_FOLDER, tmp_path))
    images = to_tensor(scenes.images)
    with torch.no_grad():
        bits, summed = before.quantizer.encode(before.encode_features(images), SIZES)
        again, _ = after.quantizer.encode(after.encode_features(images), SIZES)
        assert all(torch.equal(a, b) for a, b in zip(bits, again, strict=True))
        assert not torch.equal(before.decode(summed), after.decode(summed))


def test_the_second_half_of_a_batch_is_decoded_from_fewer_scales(scenes: SceneSet) -> None:
    _, figures = decoder_task(scenes).loss(3, 0.0, 0, 1)
    assert figures["psnr_full"] > 25
    assert figures["mse_coarse"] > 1.2 * figures["mse_full"]


def test_the_error_weighs_coarse_images_less() -> None:
    decoded = torch.stack([torch.full((3, 4, 4), 1.0), torch.full((3, 4, 4), 0.5)])
    error, figures = reconstruction_error(decoded, torch.zeros(2, 3, 4, 4), half=1)
    assert float(error) == pytest.approx(((5 * 1 + 1) + 0.35 * (5 * 0.25 + 0.5)) / 2)
    assert figures == pytest.approx({"mse_full": 1, "psnr_full": 6.0206, "mse_coarse": 0.25}, abs=1e-4)


def test_psnr_of_a_known_error() -> None:
    assert psnr(torch.full((1, 3, 4, 4), 0.2), torch.zeros(1, 3, 4, 4)) == pytest.approx(20.0, abs=1e-4)
