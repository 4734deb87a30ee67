from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from golden_cases import CASES
from torch import Tensor

from ttsvar.errors import CheckpointError
from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.tokenizer_checkpoint import (
    build_tokenizer,
    infer_config,
    load_tokenizer,
    map_tokenizer_keys,
    save_tokenizer,
)
from ttsvar.nn.tokenizer_config import TokenizerConfig

GOLDEN = CASES
SHAPES = {
    "infinity_2b_vae": TokenizerConfig(),
    "infinity_8b_vae": TokenizerConfig(bits=14, ch_mult=(1, 2, 4, 4), patch_size=8),
}


def manifest(name: str) -> dict[str, Tensor]:
    shapes = json.loads((GOLDEN / "manifests" / f"{name}.json").read_text())
    return {key: torch.empty(shape, device="meta") for key, shape in shapes.items()}


def bare(name: str) -> str:
    *parent, wrapper, kind = name.split(".")
    return name if wrapper not in ("conv", "norm") else ".".join([*parent, kind])


def load(state: dict[str, Tensor], config: TokenizerConfig) -> BSQAutoencoder:
    return build_tokenizer(map_tokenizer_keys(state), config, "test")


@pytest.mark.parametrize("name", SHAPES)
def test_published_names_and_shapes_are_accepted(name: str):
    state = manifest(name)
    assert infer_config(map_tokenizer_keys(state)) == SHAPES[name]
    model = load(state, SHAPES[name])
    assert len(model.state_dict()) == len(state) - 2


@pytest.mark.parametrize("name", SHAPES)
def test_names_without_the_wrapper_levels_are_accepted_and_reported(name: str):
    state = {bare(key): tensor for key, tensor in manifest(name).items()}
    said: list[str] = []
    mapped = map_tokenizer_keys(state, say=said.append)
    assert infer_config(mapped) == SHAPES[name]
    assert len(build_tokenizer(mapped, SHAPES[name], "test").state_dict()) == len(state) - 2
    assert said == ["the checkpoint: its keys lack the levels .conv and .norm."]
    mixed = {**state, "decoder.norm_out.norm.weight": state["decoder.norm_out.weight"]}
    del mixed["decoder.norm_out.weight"]
    with pytest.raises(CheckpointError, match=r"decoder\.norm_out\.norm\.weight"):
        load(mixed, SHAPES[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", SHAPES)
def test_nothing_but_the_published_names_and_shapes_is_accepted(name: str):
    state = manifest(name)
    for key in list(state)[::9] + list(state)[-2:]:
        without = {k: v for k, v in state.items() if k != key}
        with pytest.raises(CheckpointError):
            load(without, SHAPES[name])
        with pytest.raises(CheckpointError):
            load({**without, f"{key}.extra": state[key]}, SHAPES[name])
        with pytest.raises(CheckpointError):
            load({**state, key: torch.empty(*state[key].shape, 2, device="meta")}, SHAPES[name])
    with pytest.raises(CheckpointError, match=r"unknown tensors: decoder\.norm_out\.conv\.weight"):
        load({**state, "decoder.norm_out.conv.weight": torch.empty(128, device="meta")}, SHAPES[name])


def test_the_complaint_lists_what_is_unknown_missing_and_misshapen():
    state = manifest("infinity_2b_vae")
    del state["encoder.mid.block_1.norm1.norm.bias"]
    state["decoder.mid.block_9.conv1.conv.weight"] = torch.empty(1, device="meta")
    state["decoder.conv_out.conv.bias"] = torch.empty(4, device="meta")
    with pytest.raises(CheckpointError) as caught:
        load(state, TokenizerConfig())
    message = str(caught.value)
    assert "unknown: decoder.mid.block_9.conv1.weight" in message
    assert "missing: encoder.mid.block_1.norm1.bias" in message
    assert "decoder.conv_out.bias is (4,), not (3,)" in message


def test_our_own_file_comes_back_with_its_shape_and_gains(tiny: BSQAutoencoder, tmp_path: Path):
    save_tokenizer(tiny, tmp_path / "tokenizer.safetensors")
    loaded = load_tokenizer(tmp_path / "tokenizer.safetensors")
    assert loaded.config == tiny.config
    assert not loaded.training
    for name, tensor in loaded.state_dict().items():
        assert tensor.dtype == torch.float32
        assert torch.equal(tensor, tiny.state_dict()[name].half().float())
    with pytest.raises(CheckpointError, match="was asked for"):
        load_tokenizer(tmp_path / "tokenizer.safetensors", TokenizerConfig())


def test_files_that_are_no_tokenizer_are_refused(tmp_path: Path):
    with pytest.raises(CheckpointError, match="There is no weight file"):
        load_tokenizer(tmp_path / "nowhere.pth")
    broken = tmp_path / "broken.pth"
    broken.write_bytes(b"not weights")
    with pytest.raises(CheckpointError, match="cannot be read as weights"):
        load_tokenizer(broken)
    torch.save({"vae": {"a": 1}}, tmp_path / "table.pth")
    with pytest.raises(CheckpointError, match="no table of tensors"):
        load_tokenizer(tmp_path / "table.pth")
    torch.save({"vae": {"a": torch.zeros(1)}}, tmp_path / "other.pth")
    with pytest.raises(CheckpointError, match="lacks quantizer"):
        load_tokenizer(tmp_path / "other.pth")
    (tmp_path / "broken.safetensors").write_bytes(b"no")
    with pytest.raises(CheckpointError, match="no safetensors file"):
        load_tokenizer(tmp_path / "broken.safetensors")


def test_code_in_a_weight_file_is_not_run(tmp_path: Path):
    torch.save({"vae": Path("/")}, tmp_path / "code.pth")
    with pytest.raises(CheckpointError, match="cannot be read as weights"):
        load_tokenizer(tmp_path / "code.pth")
