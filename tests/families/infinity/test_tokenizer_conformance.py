from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from golden_cases import CASES
from safetensors.torch import load_file

from ttsvar.errors import CheckpointError
from ttsvar.families.infinity.tokenizer_conformance import tokenizer_conformance, tokenizer_sizes

GOLDEN = CASES


@pytest.mark.slow
@pytest.mark.parametrize("case", ["infinity_d32_256", "infinity_d14_patchify"])
def test_reference_cases(case: str, tmp_path: Path):
    for name in ("config.json", "vae.pth"):
        shutil.copy(GOLDEN / case / name, tmp_path / name)
    config = json.loads((tmp_path / "config.json").read_text())
    got = tokenizer_conformance(tmp_path, config, load_file(GOLDEN / case / "inputs.safetensors"))
    expected = load_file(GOLDEN / case / "expected.safetensors")
    assert got.keys() == {name for name in expected if not name.startswith("logits.")}
    for name, tensor in got.items():
        reference = expected[name]
        assert (tensor.shape, tensor.dtype) == (reference.shape, reference.dtype), name
        if reference.dtype.is_floating_point:
            assert (tensor - reference).abs().max() <= 2e-4 * reference.std(), name
        elif name == "image_uint8_bgr":
            assert (tensor.int() - reference.int()).abs().max() <= 1, name
            assert (tensor == reference).float().mean() >= 0.999, name
        else:
            assert torch.equal(tensor, reference), name


def test_a_config_that_belongs_to_other_weights_is_refused():
    folder = GOLDEN / "infinity_d32_256"
    config = {**json.loads((folder / "config.json").read_text()), "codebook_dim": 16}
    with pytest.raises(CheckpointError, match="codebook_dim is 16 but the weights have 32"):
        tokenizer_conformance(folder, config, {})


def test_patchify_doubles_the_grid():
    config = {"scale_schedule": [[1, 1], [3, 5]], "apply_spatial_patchify": True}
    assert tokenizer_sizes(config) == [(2, 2), (6, 10)]
    assert tokenizer_sizes({**config, "apply_spatial_patchify": False}) == [(1, 1), (3, 5)]
