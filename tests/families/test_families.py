"""From the files of a published layout to a picture: every spelling, the text encoder, the chosen ladder."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import T5Config, T5EncoderModel

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.errors import CheckpointError, ConfigError, PromptError, RoomError
from ttsvar.families import registry
from ttsvar.families.infinity import models, published
from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.backend import InfinityBackend
from ttsvar.families.infinity.checkpoint import published_name
from ttsvar.families.infinity.flan_t5 import load_flan_t5
from ttsvar.families.infinity.models import build_infinity, published_preset
from ttsvar.families.infinity.published import PUBLISHED, PublishedInfinity
from ttsvar.families.infinity.tokenizer_checkpoint import map_tokenizer_keys
from ttsvar.families.infinity.transformer import Infinity
from ttsvar.families.load import LoadSettings, load
from ttsvar.families.registry import MODELS, models_here
from ttsvar.families.var.published import PUBLISHED_VAR
from ttsvar.nn.tokenizer_config import TokenizerConfig

CPU = torch.device("cpu")
TEXT = T5Config(
    d_model=24, d_kv=8, d_ff=32, num_layers=1, num_heads=3, vocab_size=32128, feed_forward_proj="gated-gelu"
)
SMALL = PublishedInfinity(
    summary="small",
    depth=2,
    embed_dim=32,
    num_heads=2,
    block_chunks=2,
    resolution="0.06M",
    weights="small.pth",
    tokenizer_weights="small_vae.pth",
    tokenizer=TokenizerConfig(bits=4, base_channels=8, ch_mult=(1, 1), patch_size=4, res_blocks=1, norm_groups=4),
    parameters=10_000,
)


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small Infinity and a small T5, in the published names and layouts."""
    monkeypatch.setattr(published, "TEXT_CHANNELS", TEXT.d_model)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "files"
    folder.mkdir()
    save_transformer(folder / "small.pth")
    torch.save({"vae": published_tokenizer()}, folder / "small_vae.pth")
    save_text_encoder(folder / "google" / "flan-t5-xl")
    return folder


def transformer_state() -> dict[str, torch.Tensor]:
    config = SMALL.config()
    model = Infinity(config).init_weights(3)
    return {published_name(name, config): t.detach() for name, t in model.state_dict().items()}


def save_transformer(path: Path) -> None:
    torch.save(transformer_state(), path)


def published_tokenizer() -> dict[str, torch.Tensor]:
    """Random weights under the names with the wrapper levels."""
    torch.manual_seed(0)
    state = BSQAutoencoder(SMALL.tokenizer).state_dict()
    named = {}
    for name, tensor in state.items():
        *parent, kind = name.split(".")
        named[".".join([*parent, "norm" if "norm" in parent[-1] else "conv", kind])] = tensor
    masks = dict.fromkeys(("quantizer.lfq.mask", "quantize.lfq.mask"), torch.arange(4))
    assert set(map_tokenizer_keys({**named, **masks})) == set(state)
    return {**named, **masks}


def save_text_encoder(folder: Path, vocabulary: int = 32100) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    model = T5EncoderModel(TEXT)
    encoder = {n: t.contiguous() for n, t in model.state_dict().items() if n != "encoder.embed_tokens.weight"}
    save_file(encoder, folder / "model-00001-of-00002.safetensors")
    places = dict.fromkeys(encoder, "model-00001-of-00002.safetensors")
    # The decoder's shard is not there: nothing may ask for it.
    places["decoder.block.0.weight"] = "model-00002-of-00002.safetensors"
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": places}))
    (folder / "config.json").write_text(TEXT.to_json_string())
    words = {"<pad>": 0, "</s>": 1, "<unk>": 2, "a": 3, "red": 4, "cup": 5}
    words |= {f"word{i}": i for i in range(len(words), vocabulary)}
    tokenizer = Tokenizer(WordLevel(words, "<unk>"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    tokenizer.save(str(folder / "tokenizer.json"))


def built(weights: Path, **changes) -> InfinityBackend:
    said: list[str] = []
    backend, files = build_infinity(SMALL, "small", LoadSettings("cpu", weights=weights, **changes), said.append)
    assert {file.name for file in files} >= {"small_vae.pth"}
    return backend


def test_a_published_layout_becomes_a_picture_without_a_network(weights: Path):
    engine = Engine(built(weights), {}, {})
    state = engine.begin("a red cup", search=SearchConfig(strategy="raw", cfg=4.0), seed=1)
    while not state.done:
        state = engine.commit(engine.step(state))
    assert engine.best(state).size == (64, 64)
    assert engine.prompts.vocabulary == ()


def test_a_training_checkpoint_and_shards_are_the_same_model(weights: Path, monkeypatch: pytest.MonkeyPatch):
    # The weights are mapped from the file that is about to be written over.
    plain = {name: t.clone() for name, t in built(weights).transformer.state_dict().items()}
    state = transformer_state()
    torch.save({"trainer": {"gpt_fsdp": state}}, weights / "small.pth")
    assert all(torch.equal(t, plain[n]) for n, t in built(weights).transformer.state_dict().items())
    folder = weights / "small_weights"
    folder.mkdir()
    save_file({n: t.contiguous() for n, t in state.items()}, folder / "model-00001-of-00001.safetensors")
    index = {"weight_map": dict.fromkeys(state, "model-00001-of-00001.safetensors")}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    monkeypatch.setattr("test_families.SMALL", replace(SMALL, weights="small_weights/model.safetensors.index.json"))
    assert all(torch.equal(t, plain[n]) for n, t in built(weights).transformer.state_dict().items())


def test_a_model_is_here_with_all_its_shards_and_never_read(weights: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(models, "load_transformer", lambda *_: pytest.fail("a checkpoint was read"))
    rows = {"toybox": MODELS["toybox"], "small": published_preset(SMALL)}
    monkeypatch.setattr(registry, "MODELS", rows)
    assert models_here(weights) == ("toybox", "small")
    assert models_here() == ("toybox",)
    sharded = published_preset(replace(SMALL, weights="small_weights/model.safetensors.index.json"))
    assert not sharded.here(weights)
    folder = weights / "small_weights"
    folder.mkdir()
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "one.safetensors", "b": "two.safetensors"}}))
    (folder / "one.safetensors").touch()
    assert not sharded.here(weights)
    (folder / "two.safetensors").touch()
    assert sharded.here(weights)
    index.write_text("{}")
    assert not sharded.here(weights)
    (weights / "google" / "flan-t5-xl" / "model-00001-of-00002.safetensors").unlink()
    assert not published_preset(SMALL).here(weights)


def test_the_ladder_the_number_format_and_the_level_embedding_can_be_chosen(weights: Path):
    backend = built(weights, h_div_w=1.5, resolution="0.25M", dtype="bf16", level_every_chunk=True)
    assert backend.schedule.sizes[-1] == (39, 26)
    assert backend.transformer.config.level_every_chunk
    assert backend.transformer.head.weight.dtype == torch.bfloat16
    engine = Engine(backend, {}, {})
    state = engine.begin("a red cup", search=SearchConfig(strategy="raw"), seed=1)
    for _ in range(3):
        state = engine.commit(engine.step(state))
    assert engine.observe(state, features=False, scores=False)[0].images is not None


def test_the_text_encoder_reads_a_prompt_once_and_remembers_it(weights: Path):
    encoder = load_flan_t5(CPU, weights)
    features, lens = encoder.encode(["a red cup", "cup"])
    assert lens == (4, 2)
    assert features.shape == (2, 4, TEXT.d_model)
    with torch.no_grad():
        own = encoder.model(input_ids=torch.tensor([[3, 4, 5, 1]])).last_hidden_state[0]
    torch.testing.assert_close(features[0], own)
    encoder.model.forward = lambda *_, **__: pytest.fail("read again")  # type: ignore[method-assign]
    again, _ = encoder.encode(["a red cup"])
    assert torch.equal(again[0], features[0])
    with pytest.raises(PromptError, match="The prompt is ' '"):
        encoder.encode([" "])


@pytest.mark.parametrize("broken", ["vocabulary", "tensor", "shape", "config"])
def test_a_text_encoder_that_is_off_is_refused_by_name(weights: Path, broken: str):
    folder = weights / "google" / "flan-t5-xl"
    shard = folder / "model-00001-of-00002.safetensors"
    named = {"vocabulary": "tokenizer.json", "config": "config.json"}.get(broken, "final_layer_norm")
    if broken == "vocabulary":
        save_text_encoder(folder, vocabulary=300)
    elif broken == "config":
        (folder / "config.json").write_text("[")
    else:
        model = T5EncoderModel(TEXT)
        state = {n: t.contiguous() for n, t in model.state_dict().items() if n != "encoder.embed_tokens.weight"}
        norm = state.pop("encoder.final_layer_norm.weight")
        save_file(state if broken == "tensor" else {**state, "encoder.final_layer_norm.weight": norm[:3]}, shard)
    with pytest.raises(CheckpointError, match=named):
        load_flan_t5(CPU, weights)


def test_a_text_encoder_lies_in_host_memory_beside_another_device():
    gpu = torch.device("cuda")
    size = PUBLISHED["infinity-125m"].parameters
    needs = MODELS["infinity-125m"].weight_bytes(gpu, torch.bfloat16)
    assert needs == {gpu: {"transformer": 2 * size}, CPU: {"text encoder": 2 * 1_223_527_424}}
    size = PUBLISHED_VAR["var-d16"].parameters
    assert MODELS["var-d16"].weight_bytes(CPU, torch.float32) == {CPU: {"transformer": 4 * size}}


@pytest.mark.parametrize("name", ["toybox", "var-d16"])
@pytest.mark.parametrize("shape", [{"h_div_w": 1.5}, {"resolution": "1M"}, {"level_every_chunk": True}])
def test_a_shape_is_refused_where_a_model_has_one_only(name: str, shape: dict):
    with pytest.raises(ConfigError, match="draws pictures of one shape"):
        load(name, settings=LoadSettings(**shape))


def test_what_does_not_fit_is_refused_before_a_file_is_asked_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ttsvar.weights.room.free_bytes", lambda device: int(4e9))
    monkeypatch.setattr(models, "locate_all", lambda *_, **__: pytest.fail("a file was asked for"))
    with pytest.raises(
        RoomError, match=r"infinity-2b needs about 13\.7 GB on cpu \(transformer 8\.8, text encoder 4\.9\)"
    ):
        load("infinity-2b")


@pytest.mark.parametrize("whole", [True, False])
def test_a_model_loads_whole_or_each_part_when_a_run_first_needs_it(monkeypatch: pytest.MonkeyPatch, whole: bool):
    loaded = []
    for name in ("load_scorer", "load_extractor", "load_supervised"):
        monkeypatch.setattr(f"ttsvar.families.load.{name}", lambda *_, _name=name, **__: loaded.append(_name))
    load("toybox", settings=LoadSettings(whole=whole))
    assert set(loaded) == ({"load_scorer", "load_extractor", "load_supervised"} if whole else set())


def test_a_missing_file_of_a_named_model_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ttsvar.weights.download.get_hf_file_metadata", _no_network)
    with pytest.raises(CheckpointError) as caught:
        load("infinity-125m", settings=LoadSettings(weights=tmp_path))
    message = str(caught.value)
    assert "infinity_125M_256x256.pth" in message
    assert "FoundationVision/Infinity" in message
    assert str(tmp_path) in message


def _no_network(*_: object, **__: object) -> None:
    raise OSError("no network")


def test_every_published_model_has_a_row_with_files_and_a_size():
    assert tuple(MODELS) == ("toybox", "icons", *PUBLISHED, *PUBLISHED_VAR)
    for name in PUBLISHED:
        row = MODELS[name]
        assert row.licence == "MIT"
        assert row.summary == PUBLISHED[name].summary
        assert {file.repo for file in row.files} == {"FoundationVision/Infinity", "google/flan-t5-xl"}
    with pytest.raises(ConfigError, match="infinity-8b-512"):
        load("infinity-3b")
