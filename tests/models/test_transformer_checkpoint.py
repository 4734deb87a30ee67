"""Published layouts are accepted exactly, and nothing else; our own files come back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from small_transformers import GOLDEN, lively, small_config

from ttsvar.errors import CheckpointError, ConfigError
from ttsvar.models.checkpoint import key_map, load_saved_transformer, load_transformer, published_name, save_transformer
from ttsvar.models.config import TransformerConfig, config_from_reference, published_ladder

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
    assert "Missing: block_chunks.7.module.3.sa.zero_k_bias." in message
    assert "Unknown: surprise.weight." in message
    assert "head.weight is [32, 2048], should be [64, 2048]" in message


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


def test_a_file_with_code_in_it_is_not_run(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple:
            return (print, ("run",))

    torch.save({"x": Evil()}, tmp_path / "evil.pth")
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_transformer(tmp_path / "evil.pth", small_config())
    torch.save([torch.zeros(1)], tmp_path / "list.pth")
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_transformer(tmp_path / "list.pth", small_config())


def test_a_config_survives_json_and_refuses_unknown_settings() -> None:
    config = small_config(patchify=True, block_chunks=2)
    assert TransformerConfig.from_json(config.to_json()) == config
    with pytest.raises(ConfigError, match="colour"):
        TransformerConfig.from_json(json.dumps({"colour": 1}))
    with pytest.raises(CheckpointError, match="not an Infinity transformer"):
        config_from_reference({"scale_schedule": [[1, 1]]}, {"weight": (1,)})
