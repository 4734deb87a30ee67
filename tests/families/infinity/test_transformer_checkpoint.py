"""Published layouts are accepted exactly, and nothing else; our own files come back."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from small_transformers import GOLDEN, lively, small_config

from ttsvar.errors import CheckpointError, ConfigError
from ttsvar.families.infinity.checkpoint import (
    key_map,
    load_saved_transformer,
    load_transformer,
    published_name,
    save_transformer,
)
from ttsvar.nn.initial import initial_uncond
from ttsvar.nn.transformer_config import TransformerConfig, config_from_reference, published_ladder
from ttsvar.weights.tensors import TensorTable

MODELS = {"infinity_2b": (32, 2048, 32, False), "infinity_8b": (40, 3584, 14, True)}


def manifest(name: str) -> tuple[dict[str, tuple[int, ...]], TransformerConfig]:
    shapes = {k: tuple(v) for k, v in json.loads((GOLDEN / "manifests" / f"{name}.json").read_text()).items()}
    case = {"scale_schedule": published_ladder(), "apply_spatial_patchify": MODELS[name][3]}
    return shapes, config_from_reference(case, shapes)


@pytest.mark.parametrize("name", MODELS)
def test_published_names_and_shapes_are_accepted_exactly(name: str) -> None:
    shapes, config = manifest(name)
    assert (config.depth, config.embed_dim, config.bits, config.patchify) == MODELS[name]
    assert set(key_map(shapes, config)) == set(shapes)


def test_a_changed_manifest_is_refused_with_every_name() -> None:
    shapes, config = manifest("infinity_2b")
    shapes["surprise.weight"] = (3,)
    del shapes["block_chunks.7.module.3.sa.zero_k_bias"]
    shapes["head.weight"] = (32, 2048)
    with pytest.raises(CheckpointError) as caught:
        key_map(shapes, config)
    message = str(caught.value)
    assert "missing: block_chunks.7.module.3.sa.zero_k_bias;" in message
    assert "unknown: surprise.weight;" in message
    assert "head.weight is (32, 2048), not (64, 2048)" in message


def test_blocks_without_chunks_are_read_too(tmp_path: Path) -> None:
    model = lively(small_config())
    state = {published_name(n, model.config, chunked=False): t for n, t in model.state_dict().items()}
    assert "blocks.1.sa.mat_qkv.weight" in state
    torch.save(state, tmp_path / "flat.pth")
    again = load_transformer(tmp_path / "flat.pth", model.config)
    assert all(torch.equal(again.state_dict()[n], t) for n, t in model.state_dict().items())
    case = {"scale_schedule": model.config.sizes, "h_div_w": 1.0}
    read = config_from_reference(case, {n: tuple(t.shape) for n, t in state.items()})
    assert read == replace(model.config, rope_grid=(64, 64))


@pytest.mark.parametrize("chunks", [1, 2])
def test_a_saved_transformer_comes_back_in_half_precision(chunks: int, tmp_path: Path) -> None:
    model = lively(small_config(block_chunks=chunks))
    save_transformer(model, tmp_path / "t.safetensors")
    again = load_saved_transformer(tmp_path / "t.safetensors")
    assert again.config == model.config
    assert not again.training
    for name, tensor in model.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], tensor, rtol=1e-3, atol=1e-4)


def test_files_that_are_absent_or_broken_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no weight file"):
        load_transformer(tmp_path / "absent.pth", small_config())
    for name in ("broken.pth", "broken.safetensors"):
        (tmp_path / name).write_bytes(b"not weights")
        with pytest.raises(CheckpointError, match="cannot be read"):
            load_transformer(tmp_path / name, small_config())
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_saved_transformer(tmp_path / "broken.safetensors")


def test_a_training_checkpoint_and_a_shorter_unconditional_table_are_read_and_reported(tmp_path: Path) -> None:
    model = lively(small_config(text_maxlen=40))
    state = {published_name(n, model.config): t for n, t in model.state_dict().items()}
    state["cfg_uncond"] = state["cfg_uncond"][:25].clone()
    torch.save({"trainer": {"gpt_fsdp": state, "step": 7}, "iter": 3}, tmp_path / "ckpt.pth")
    said: list[str] = []
    again = load_transformer(tmp_path / "ckpt.pth", model.config, say=said.append)
    assert torch.equal(again.uncond[:25], model.uncond[:25])
    assert torch.equal(again.uncond[25:], initial_uncond(model.config)[25:])
    assert all(torch.equal(again.state_dict()[n], t) for n, t in model.state_dict().items() if n != "uncond")
    assert "trainer > gpt_fsdp" in said[0]
    assert "cfg_uncond has 25 rows" in said[1]
    said.clear()
    state["cfg_uncond"] = model.uncond.detach()
    torch.save(state, tmp_path / "plain.pth")
    load_transformer(tmp_path / "plain.pth", model.config, say=said.append)
    assert said == []


def test_the_unconditional_rows_of_training_are_the_published_ones() -> None:
    rows = initial_uncond(small_config(text_maxlen=512, text_channels=128))
    spread = 1.2 / 128**0.5
    assert rows.abs().max() <= 2 / 128**0.5
    assert 0.7 * spread < float(rows.std()) < spread
    assert torch.equal(rows, initial_uncond(small_config(text_maxlen=512, text_channels=128)))


@pytest.mark.parametrize(
    ("wrapped", "named"),
    [
        (lambda state: {"model": state}, "model is no tensor"),
        (lambda state: {"trainer": {"other": state}}, "trainer is no tensor"),
        (lambda state: {"trainer": {"gpt_fsdp": {**state, "note": "x"}}}, "note is no tensor"),
        (lambda state: {**state, "cfg_uncond": torch.zeros(41, 8)}, r"x\.pth does not fit .*cfg_uncond is \(41, 8\)"),
    ],
)
def test_no_other_spelling_is_accepted(wrapped, named: str, tmp_path: Path) -> None:
    model = lively(small_config(text_maxlen=40))
    state = {published_name(n, model.config): t for n, t in model.state_dict().items()}
    torch.save(wrapped(state), tmp_path / "x.pth")
    with pytest.raises(CheckpointError, match=named):
        load_transformer(tmp_path / "x.pth", model.config)


def test_shards_are_read_through_their_index(tmp_path: Path) -> None:
    model = lively(small_config())
    state = {published_name(n, model.config): t.contiguous() for n, t in model.state_dict().items()}
    names = sorted(state)
    shards = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
    for file, held in shards.items():
        save_file({name: state[name] for name in held}, tmp_path / file)
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {name: file for file, held in shards.items() for name in held}}))
    again = load_transformer(index, model.config)
    assert all(torch.equal(again.state_dict()[n], t) for n, t in model.state_dict().items())
    (tmp_path / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"model-00002-of-00002\.safetensors"):
        load_transformer(index, model.config)
    index.write_text(json.dumps({"weight_map": {"a": "../elsewhere.safetensors"}}))
    with pytest.raises(CheckpointError, match="beside it"):
        load_transformer(index, model.config)


@pytest.mark.parametrize("name", MODELS)
def test_whole_models_of_the_published_sizes_are_assembled(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every tensor of the manifest finds its place in a real model of that size; on the meta device, without memory."""
    shapes, config = manifest(name)
    state = {key: torch.empty(shape, device="meta") for key, shape in shapes.items()}
    table = TensorTable(Path(name), dict.fromkeys(state, Path("x.pth")), shapes, dict.fromkeys(state, 1))
    monkeypatch.setattr(TensorTable, "read", lambda self, names: {n: state[n] for n in names})
    monkeypatch.setattr("ttsvar.families.infinity.checkpoint.open_tensors", lambda path, nests, say: table)
    model = load_transformer(Path(name), config, torch.bfloat16, "meta")
    assert sum(t.numel() for t in model.state_dict().values()) == sum(math.prod(s) for s in shapes.values())
    assert {t.dtype for t in model.state_dict().values()} == {torch.bfloat16}


def test_a_file_with_code_in_it_is_not_run_and_the_code_is_named(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple:
            return (eval, ("1",))

    torch.save({"x": Evil()}, tmp_path / "evil.pth")
    with pytest.raises(CheckpointError, match=r"evil\.pth cannot be read as weights: it calls eval"):
        load_transformer(tmp_path / "evil.pth", small_config())
    torch.save([torch.zeros(1)], tmp_path / "list.pth")
    with pytest.raises(CheckpointError, match=r"list\.pth holds no table of tensors"):
        load_transformer(tmp_path / "list.pth", small_config())


def test_a_cut_file_is_refused_by_name(tmp_path: Path) -> None:
    model = lively(small_config())
    torch.save({published_name(n, model.config): t for n, t in model.state_dict().items()}, tmp_path / "whole.pth")
    (tmp_path / "cut.pth").write_bytes((tmp_path / "whole.pth").read_bytes()[:-100])
    with pytest.raises(CheckpointError, match=r"cut\.pth cannot be read as weights: it is cut off"):
        load_transformer(tmp_path / "cut.pth", model.config)


def test_a_config_survives_json_and_refuses_unknown_settings() -> None:
    config = small_config(patchify=True, block_chunks=2)
    assert TransformerConfig.from_json(config.to_json()) == config
    with pytest.raises(ConfigError, match="colour"):
        TransformerConfig.from_json(json.dumps({"colour": 1}))
    with pytest.raises(CheckpointError, match="not an Infinity transformer"):
        config_from_reference({"scale_schedule": [[1, 1]]}, {"weight": (1,)})
