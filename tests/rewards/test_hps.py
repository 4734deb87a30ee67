"""HPSv2.1: parity with open_clip, strict names, and scores that depend on nothing but image and prompt."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from golden_cases import CASES
from safetensors.torch import load_file
from torch import Tensor

from ttsvar.errors import CheckpointError
from ttsvar.rewards.clip import ClipScorer, text_features
from ttsvar.rewards.conformance import hps_conformance
from ttsvar.rewards.hps import build_hps, infer_config, load_hps, published_shapes
from ttsvar.rewards.pixels import letterbox
from ttsvar.weights.tensors import read_tensors

GOLDEN = CASES / "hps"
SETTINGS = {"vision": {"head_width": 16}, "text": {"heads": 4}}


class Letters:
    def __call__(self, prompts: Sequence[str]) -> tuple[Tensor, Tensor]:
        ids = torch.tensor([[398, *(ord(c) for c in prompts[0]), 399]])
        return ids, torch.ones_like(ids)


@pytest.fixture(scope="module")
def state() -> dict[str, Tensor]:
    return read_tensors(GOLDEN / "HPS_v2.1_compressed.pt", nested="state_dict")


@pytest.fixture(scope="module")
def scorer() -> ClipScorer:
    return ClipScorer(load_hps(GOLDEN / "HPS_v2.1_compressed.pt", SETTINGS), Letters(), name="hps", fit=letterbox)


def test_reference_case(tmp_path: Path):
    for name in ("config.json", "HPS_v2.1_compressed.pt", "inputs.safetensors"):
        shutil.copy(GOLDEN / name, tmp_path / name)
    got, expected = hps_conformance(tmp_path), load_file(GOLDEN / "expected.safetensors")
    assert got.keys() == expected.keys()
    for name, tensor in expected.items():
        assert got[name].shape == tensor.shape
        assert (got[name] - tensor).abs().max() <= 1e-4 * tensor.std(), name


def test_padding_after_the_end_mark_changes_nothing(scorer: ClipScorer):
    ids, _ = Letters()(["a cup"])
    padded = torch.cat([ids, torch.zeros(1, 70 - ids.shape[1], dtype=torch.long)], 1)
    assert torch.allclose(text_features(scorer.model, ids), text_features(scorer.model, padded), atol=1e-6)


def test_scores_do_not_depend_on_batch_mates(scorer: ClipScorer):
    images = torch.randint(0, 256, (5, 40, 72, 3), dtype=torch.uint8)
    scores = scorer.score(images, "a cup")
    alone = torch.cat([scorer.score(image[None], "a cup") for image in images])
    assert (scores.shape, scores.dtype) == ((5,), torch.float32)
    assert torch.allclose(scores, alone, atol=1e-6)
    assert scores.std() > 1e-4
    assert not torch.allclose(scores, scorer.score(images, "a fish"), atol=1e-4)
    assert scorer.score(images[:0], "a cup").shape == (0,)


def test_flops_match_the_matrix_products(scorer: ClipScorer):
    from torch.utils.flop_counter import FlopCounterMode

    images = torch.zeros(2, 56, 56, 3, dtype=torch.uint8)
    scorer.score(images, "a cup")
    with FlopCounterMode(display=False) as counter:
        scorer.score(images, "a cup")
    assert scorer.flops(2) == pytest.approx(counter.get_total_flops(), rel=0.05)


def test_the_published_sizes_are_read_from_the_tensors():
    sizes = {"conv1": (1280, 3, 14, 14), "context": (77, 1024), "grid": (257, 1280), "vocabulary": (49408, 1024)}
    state = {
        "visual.conv1.weight": torch.empty(sizes["conv1"], device="meta"),
        "positional_embedding": torch.empty(sizes["context"], device="meta"),
        "visual.positional_embedding": torch.empty(sizes["grid"], device="meta"),
        "token_embedding.weight": torch.empty(sizes["vocabulary"], device="meta"),
        "text_projection": torch.empty((1024, 1024), device="meta"),
    }
    for stack, width, layers in (("visual.transformer", 1280, 32), ("transformer", 1024, 24)):
        for layer in range(layers):
            name = f"{stack}.resblocks.{layer}.mlp.c_fc.weight"
            state[name] = torch.empty((4 * width, width), device="meta")
    config = infer_config(state, {}, "a file")
    vision, text = config.vision_config, config.text_config
    assert (vision.num_hidden_layers, vision.num_attention_heads, vision.image_size) == (32, 16, 224)  # type: ignore[union-attr]
    assert (text.num_hidden_layers, text.num_attention_heads) == (24, 16)  # type: ignore[union-attr]
    published = published_shapes(config)
    assert published["visual.transformer.resblocks.31.attn.in_proj_weight"] == (3840, 1280)
    assert published["visual.proj"] == (1280, 1024)
    # open_clip's ViT-H/14 has 986,109,441 parameters.
    assert sum(torch.Size(shape).numel() for shape in published.values()) == 986_109_441


def test_unknown_missing_and_misshapen_tensors_are_listed_by_published_name(state: dict[str, Tensor]):
    spoilt, attention = dict(state), "visual.transformer.resblocks.2.attn"
    spoilt[f"{attention}.in_bias"] = spoilt.pop(f"{attention}.in_proj_bias")
    spoilt["ln_final.bias"] = torch.zeros(3)
    with pytest.raises(CheckpointError) as raised:
        build_hps(spoilt, infer_config(state, SETTINGS, "a file"), "a file")
    for part in (
        f"unknown: {attention}.in_bias",
        f"missing: {attention}.in_proj_bias",
        "ln_final.bias is (3,), not (48,)",
    ):
        assert part in str(raised.value)


def test_what_is_no_clip_is_refused(tmp_path: Path):
    torch.save({"a": torch.zeros(1)}, tmp_path / "other.pt")
    with pytest.raises(CheckpointError, match=r"other\.pt is no CLIP of open_clip"):
        load_hps(tmp_path / "other.pt")
    (tmp_path / "broken.pt").write_bytes(b"PK")
    with pytest.raises(CheckpointError, match=r"broken\.pt"):
        load_hps(tmp_path / "broken.pt")
