"""Aesthetic V2.5: parity with the published head over SigLIP, strict names, any image shape."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from golden_cases import CASES
from safetensors.torch import load_file, save_file

from ttsvar.errors import CheckpointError
from ttsvar.rewards.aesthetic import AestheticModel, AestheticScorer, load_aesthetic
from ttsvar.rewards.conformance import aesthetic_conformance

GOLDEN = CASES / "aesthetic"
HEAD, SIGLIP = GOLDEN / "aesthetic_predictor_v2_5.pth", GOLDEN / "siglip" / "model.safetensors"
SETTINGS = json.loads((GOLDEN / "siglip" / "config.json").read_text())


@pytest.fixture(scope="module")
def model() -> AestheticModel:
    return load_aesthetic(HEAD, SIGLIP, SETTINGS)


def test_reference_case(tmp_path: Path):
    shutil.copytree(GOLDEN, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected*"))
    got, expected = aesthetic_conformance(tmp_path), load_file(GOLDEN / "expected.safetensors")
    assert got.keys() == expected.keys()
    for name, tensor in expected.items():
        assert (got[name].shape, got[name].dtype) == (tensor.shape, tensor.dtype)
        assert (got[name] - tensor).abs().max() <= 1e-4 * tensor.std(), name


def test_the_whole_siglip_file_is_taken_too(tmp_path: Path, model: AestheticModel):
    whole = {f"vision_model.{name}": t for name, t in load_file(SIGLIP).items()}
    whole |= {"text_model.final_layer_norm.bias": torch.zeros(4), "logit_scale": torch.zeros(1)}
    save_file(whole, tmp_path / "model.safetensors")
    got = load_aesthetic(HEAD, tmp_path / "model.safetensors", {"vision_config": SETTINGS})
    pixels = torch.randn(2, 3, 56, 56)
    with torch.no_grad():
        assert torch.equal(got(pixels)[1], model(pixels)[1])


def test_scores_do_not_depend_on_batch_mates_nor_on_the_prompt(model: AestheticModel):
    scorer = AestheticScorer(model, batch=2)
    images = torch.randint(0, 256, (5, 40, 72, 3), dtype=torch.uint8)
    scores = scorer.score(images, "a cup")
    assert torch.allclose(scores, torch.cat([scorer.score(image[None], "") for image in images]), atol=1e-6)
    assert scores.std() > 1e-5
    assert scorer.score(images[:0], "a cup").shape == (0,)


def test_flops_match_the_matrix_products(model: AestheticModel):
    from torch.utils.flop_counter import FlopCounterMode

    scorer = AestheticScorer(model)
    with FlopCounterMode(display=False) as counter:
        scorer.score(torch.zeros(2, 56, 56, 3, dtype=torch.uint8), "")
    assert scorer.flops(2) == pytest.approx(counter.get_total_flops(), rel=0.05)


def test_differences_are_listed(tmp_path: Path):
    state = torch.load(HEAD, weights_only=True)
    state["scoring_head.1.weight"] = state.pop("scoring_head.2.weight")
    torch.save(dict(state), tmp_path / "head.pth")
    with pytest.raises(CheckpointError, match=r"unknown: scoring_head.1.weight; missing: scoring_head.2.weight"):
        load_aesthetic(tmp_path / "head.pth", SIGLIP, SETTINGS)
    lacking = {name: t for name, t in load_file(SIGLIP).items() if name != "head.probe"}
    save_file(lacking, tmp_path / "model.safetensors")
    with pytest.raises(CheckpointError, match=r"model\.safetensors does not fit .*missing: head\.probe"):
        load_aesthetic(HEAD, tmp_path / "model.safetensors", SETTINGS)


def test_an_incomplete_case_is_refused(tmp_path: Path):
    shutil.copytree(GOLDEN, tmp_path, dirs_exist_ok=True)
    (tmp_path / "siglip" / "config.json").unlink()
    with pytest.raises(CheckpointError, match=r"config\.json cannot be read"):
        aesthetic_conformance(tmp_path)
