from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from golden_cases import CASES
from safetensors.torch import load_file

from ttsvar.errors import CheckpointError
from ttsvar.rewards.checkpoint import build_image_reward, infer_config, load_image_reward, load_reward, save_reward
from ttsvar.rewards.config import ImageRewardConfig
from ttsvar.rewards.conformance import reward_conformance
from ttsvar.rewards.model import ImageReward

GOLDEN = CASES / "image_reward"


def test_reference_case(tmp_path: Path):
    for name in ("config.json", "ImageReward.pt", "inputs.safetensors"):
        shutil.copy(GOLDEN / name, tmp_path / name)
    got = reward_conformance(tmp_path)
    expected = load_file(GOLDEN / "expected.safetensors")["rewards"]
    assert list(got) == ["rewards"]
    assert (got["rewards"].shape, got["rewards"].dtype) == (expected.shape, expected.dtype)
    assert (got["rewards"] - expected).abs().max() <= 2e-4 * expected.std()


def test_an_incomplete_case_is_refused(tmp_path: Path):
    shutil.copy(GOLDEN / "config.json", tmp_path)
    with pytest.raises(CheckpointError, match="no complete reference case"):
        reward_conformance(tmp_path)


def test_the_official_sizes_are_read_from_the_tensors():
    with torch.device("meta"):
        state = ImageReward(ImageRewardConfig()).state_dict()
    assert len(state) == 2 + 2 + 24 * 12 + 2 + 5 + 12 * 26 + 4 + 10
    assert infer_config(state, {}, "meta") == ImageRewardConfig()
    build_image_reward(state, ImageRewardConfig(), "meta")


def test_missing_unknown_and_misshapen_tensors_are_listed(tiny: ImageReward):
    state = dict(tiny.state_dict())
    state["mlp.layers.9.weight"] = state.pop("mlp.layers.7.weight")
    state["blip.vision_proj.bias"] = torch.zeros(3)
    with pytest.raises(CheckpointError) as raised:
        build_image_reward(state, tiny.config, "a file")
    for part in ("unknown: mlp.layers.9.weight", "missing: mlp.layers.7.weight", "blip.vision_proj.bias is (3,)"):
        assert part in str(raised.value)


def test_our_own_layout_round_trips(tiny: ImageReward, tmp_path: Path):
    save_reward(tiny, ("a", "cup"), tmp_path / "reward.safetensors")
    loaded, words = load_reward(tmp_path / "reward.safetensors")
    assert words == ("a", "cup")
    assert loaded.config == tiny.config
    ids = torch.randint(3, 20, (4, 6))
    images = torch.randn(4, 3, 32, 32)
    with torch.no_grad():
        difference = loaded(images, ids, torch.ones_like(ids)) - tiny(images, ids, torch.ones_like(ids))
    assert difference.abs().max() < 5e-3


@pytest.mark.parametrize("name", ["none.pt", "broken.pt", "none.safetensors", "broken.safetensors"])
def test_files_that_cannot_be_read_are_named(tmp_path: Path, name: str):
    for ending in ("pt", "safetensors"):
        (tmp_path / f"broken.{ending}").write_bytes(b"not weights")
    load = load_image_reward if name.endswith("pt") else load_reward
    with pytest.raises(CheckpointError, match=name):
        load(tmp_path / name)
