"""VAR against the original's numbers, against a plain forward pass, and strict about its files."""

from __future__ import annotations

import json
import os
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from small_transformers import GOLDEN
from tiny_var import published_shapes, published_state, saved
from torch import Tensor

from ttsvar.commands.reference_cases import folder_kind, run_conformance
from ttsvar.errors import CheckpointError, ConfigError, PromptError, StateError
from ttsvar.families.var.checkpoint import load_var
from ttsvar.families.var.conformance import var_conformance
from ttsvar.families.var.published import PUBLISHED_VAR
from ttsvar.families.var.transformer import LADDER_512, VAR, VARConfig, guide, ramp
from ttsvar.families.var.vq_checkpoint import load_vq

CASE = GOLDEN / "var_class"
SMALL = VARConfig(depth=2, embed_dim=32, num_heads=4, sides=(1, 2, 3), vocab=20, code_channels=6, classes=5)


def plain_logits(state: dict[str, Tensor], config: VARConfig, labels: Tensor, codes: Tensor) -> Tensor:
    """Every scale at once under the block-causal mask, from the published tensors, without a cache."""
    classes = state["class_emb.weight"][labels]
    x = torch.cat([classes[:, None] + state["pos_start"], F.linear(codes, state["word_embed.weight"])], dim=1)
    x[:, config.sides[0] ** 2 :] += state["word_embed.bias"]
    x = x + state["pos_1LC"] + state["lvl_embed.weight"][state["lvl_1L"]]
    width, heads = config.embed_dim, config.num_heads

    def layer(name: str, h: Tensor) -> Tensor:
        return F.linear(h, state[f"{name}.weight"], state[f"{name}.bias"])

    for i in range(config.depth):
        block = f"blocks.{i}."
        if config.shared_adaptive:
            six = state[block + "ada_gss"] + layer("shared_ada_lin.1", F.silu(classes)).view(-1, 1, 6, width)
        else:
            six = layer(block + "ada_lin.1", F.silu(classes)).view(-1, 1, 6, width)
        gamma1, gamma2, scale1, scale2, shift1, shift2 = six.unbind(2)
        h = F.layer_norm(x, (width,), eps=1e-6) * (1 + scale1) + shift1
        qkv = F.linear(h, state[block + "attn.mat_qkv.weight"]).view(*h.shape[:2], 3, heads, -1)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        q = q + state[block + "attn.q_bias"].view(heads, 1, -1)
        v = v + state[block + "attn.v_bias"].view(heads, 1, -1)
        if config.cosine:
            gain = state[block + "attn.scale_mul_1H11"].clamp_max(torch.tensor(100.0).log()).exp()
            scores = F.normalize(q, dim=-1) * gain @ F.normalize(k, dim=-1).transpose(-1, -2)
        else:
            scores = q @ k.transpose(-1, -2) * 0.25 / (width // heads) ** 0.5
        seen = (scores + state["attn_bias_for_masking"]).softmax(-1) @ v
        x = x + gamma1 * layer(block + "attn.proj", seen.transpose(1, 2).flatten(2))
        h = F.layer_norm(x, (width,), eps=1e-6) * (1 + scale2) + shift2
        x = x + gamma2 * layer(block + "ffn.fc2", F.gelu(layer(block + "ffn.fc1", h), approximate="tanh"))
    scale, shift = layer("head_nm.ada_lin.1", F.silu(classes)).view(-1, 1, 2, width).unbind(2)
    return layer("head", F.layer_norm(x, (width,), eps=1e-6) * (1 + scale) + shift)


@pytest.mark.slow
def test_logits_and_image_are_the_originals(tmp_path: Path):
    for name in ("config.json", "var.pth", "vae.pth", "inputs.safetensors"):
        (tmp_path / name).symlink_to(CASE / name)
    assert folder_kind(tmp_path).name == "var"
    run_conformance(tmp_path, tmp_path / "got.safetensors")
    got, expected = load_file(tmp_path / "got.safetensors"), load_file(CASE / "expected.safetensors")
    assert set(got) == set(expected)
    for name, tensor in expected.items():
        tolerance = 5e-4 if name == "image" else 1e-4
        assert got[name].shape == tensor.shape
        assert (got[name] - tensor).abs().max() <= tolerance * tensor.std(), name
    assert got["image"].min() >= 0
    assert got["image"].max() <= 1


@pytest.mark.slow
def test_a_case_may_differ_in_labels_and_guidance():
    case = json.loads((CASE / "config.json").read_text())
    inputs = load_file(CASE / "inputs.safetensors")
    coarse = {k: t for k, t in inputs.items() if k in ("tokens.0", "tokens.1")}
    two = var_conformance(CASE, case, {**coarse, "labels": torch.tensor([3, 9])})
    assert set(two) == {"logits.0", "logits.1", "logits.2"}
    expected = load_file(CASE / "expected.safetensors")
    torch.testing.assert_close(two["logits.2"][1], expected["logits.2"][1], atol=1e-3, rtol=1e-3)
    assert (two["logits.2"][0] - expected["logits.2"][0]).abs().max() > 0.1
    half = var_conformance(CASE, {**case, "cfg": [2.0] * 10}, {**coarse, "labels": inputs["labels"]})
    none = var_conformance(CASE, {**case, "cfg": 0}, {**coarse, "labels": inputs["labels"]})
    torch.testing.assert_close(half["logits.2"] * 2 - none["logits.2"], expected["logits.2"], atol=1e-3, rtol=1e-3)
    with pytest.raises(ConfigError, match="cfg has 2 numbers; the case has 10"):
        var_conformance(CASE, {**case, "cfg": [1.0, 2.0]}, inputs)
    with pytest.raises(ConfigError, match="depth is 9 but the weights have 3"):
        var_conformance(CASE, {**case, "depth": 9}, inputs)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("cosine", [False, True])
@pytest.mark.parametrize("sides", [(1, 2, 3), (2, 3)])
def test_scale_by_scale_equals_one_plain_pass(shared: bool, cosine: bool, sides: tuple[int, ...], tmp_path: Path):
    config = replace(SMALL, shared_adaptive=shared, cosine=cosine, sides=sides)
    state = published_state(config)
    model = load_var(saved(state, tmp_path / "var.pth"), heads=4)
    assert model.config == config
    labels = torch.tensor([0, 4])
    later = torch.randn(2, config.ends[-1] - sides[0] ** 2, 6, generator=torch.Generator().manual_seed(1))
    expected = plain_logits(state, config, torch.tensor([0, 4, 5, 5]), torch.cat([later, later]))
    with torch.inference_mode():
        cond = model.condition(labels, guided=True)
        cache, x, begin = model.empty_cache(4), model.start(cond, 1), 0
        for k, end in enumerate(config.ends):
            if k:
                grid = later[:, begin - sides[0] ** 2 : end - sides[0] ** 2].transpose(1, 2)
                x = model.embed(grid.unflatten(2, config.sizes[k])).repeat(2, 1, 1)
            cache = cache.grow(end - begin)
            got = model.forward_scale(x, cond, cache, k)
            torch.testing.assert_close(got, expected[:, begin:end], atol=2e-4, rtol=2e-4)
            begin = end


def test_guidance_grows_from_none_to_its_whole():
    assert [ramp(4.0, k, 5) for k in range(5)] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert ramp(4.0, 0, 1) == 0.0
    both = torch.tensor([[[3.0]], [[1.0]]])
    assert guide(both, 0.5, guided=True).item() == 1.5 * 3 - 0.5
    assert torch.equal(guide(both, 0.5, guided=False), both)


@pytest.mark.parametrize("name", PUBLISHED_VAR)
def test_published_models_have_the_published_sizes(name: str):
    """README of FoundationVision/VAR: 310M, 600M, 1.0B, 2.0B, 2.3B parameters."""
    model = PUBLISHED_VAR[name]
    said = {16: 310e6, 20: 600e6, 24: 1.0e9, 30: 2.0e9, 36: 2.3e9}[model.depth]
    config = model.config
    with torch.device("meta"):
        learnt = {n: tuple(p.shape) for n, p in VAR(config).named_parameters()}
    count = sum(torch.Size(shape).numel() for shape in learnt.values())
    assert count == model.parameters == pytest.approx(said, rel=0.035)
    assert (config.sides == LADDER_512) == config.shared_adaptive == (model.pixels == 512)
    buffers = ("lvl_1L", "attn_bias_for_masking")
    named = {n: s for n, s in published_shapes(config).items() if n not in buffers and "zero_k_bias" not in n}
    assert sorted(named.values()) == sorted(learnt.values())
    assert [file.path for file in model.files] == [f"var_d{model.depth}.pth", "vae_ch160v4096z32.pth"]


def test_the_training_mask_may_be_absent(tmp_path: Path):
    state = published_state(SMALL)
    del state["attn_bias_for_masking"]
    assert load_var(saved(state, tmp_path / "var.pth")).config.num_heads == 4


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"blocks.1.ffn.fc1.bias": None}, r"missing: blocks\.1\.feed_forward\.0\.bias"),
        ({"blocks.1.ffn.fc3.bias": torch.zeros(1)}, r"unknown: blocks\.1\.ffn\.fc3\.bias"),
        ({"head.bias": torch.zeros(7)}, r"head\.bias is \(7,\), not \(20,\)"),
        ({"attn_bias_for_masking": torch.zeros(1, 1, 4, 4)}, r"attn_bias_for_masking is \[1, 1, 4, 4\]"),
        ({"lvl_1L": torch.tensor([[0] + [1] * 5 + [2] * 8])}, "no square grids"),
        ({"class_emb.weight": None}, r"lacks class_emb\.weight; it is no VAR transformer"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_by_name(change: dict, words: str, tmp_path: Path):
    state = {**published_state(SMALL), **change}
    path = saved({name: t for name, t in state.items() if t is not None}, tmp_path / "var.pth")
    with pytest.raises(CheckpointError, match=words):
        load_var(path)


def test_a_training_checkpoint_holds_both_parts_and_that_is_told(tmp_path: Path):
    state, tokenizer = published_state(SMALL), torch.load(CASE / "vae.pth", weights_only=True)
    wrapped = {f"_orig_mod.{name}": t for name, t in state.items()}
    trainer = {"var_wo_ddp": wrapped, "vae_local": tokenizer, "var_opt": {"state": {}, "param_groups": []}}
    path = tmp_path / "ckpt.pth"
    torch.save({"epoch": 3, "iter": 7, "trainer": trainer, "args": {"depth": 2}}, path)
    said: list[str] = []
    got, plain = load_var(path, say=said.append), load_var(saved(state, tmp_path / "var.pth"))
    assert all(torch.equal(got.state_dict()[name], t) for name, t in plain.state_dict().items())
    assert "every name begins with _orig_mod." in said[0]
    assert "a training checkpoint; the weights under trainer > var_wo_ddp are used" in said[1]
    said.clear()
    codes = load_vq(path, say=said.append).quantizer.codebook.weight
    assert torch.equal(codes, load_vq(CASE / "vae.pth").quantizer.codebook.weight)
    assert "trainer > vae_local" in said[0]
    torch.save({"epoch": 3, "iter": 7}, path)
    with pytest.raises(CheckpointError, match="epoch, iter are no tensors"):
        load_var(path)


def test_another_depth_than_asked_for_and_code_are_refused(tmp_path: Path):
    path = saved(published_state(SMALL), tmp_path / "var.pth")
    with pytest.raises(CheckpointError, match=r"missing: blocks\.2\."):
        load_var(path, replace(SMALL, depth=3))
    torch.save({"pos_1LC": Path}, tmp_path / "code.pth")
    with pytest.raises(CheckpointError, match="which is code and was not run"):
        load_var(tmp_path / "code.pth")


@pytest.mark.parametrize("protocol", range(6))
def test_code_in_a_bare_pickle_is_named_and_not_run(tmp_path: Path, protocol: int):
    class Harm:
        def __reduce__(self) -> tuple:
            return os.mkdir, (str(tmp_path / "ran"),)

    (tmp_path / "bare.pth").write_bytes(pickle.dumps({"pos_1LC": Harm()}, protocol))
    with pytest.raises(
        CheckpointError, match=r"bare\.pth cannot be read as weights: it calls posix\.mkdir, which is code"
    ):
        load_var(tmp_path / "bare.pth")
    assert not (tmp_path / "ran").exists()


def test_names_that_are_no_text_are_refused(tmp_path: Path):
    torch.save({7: torch.zeros(1)}, tmp_path / "odd.pth")
    with pytest.raises(CheckpointError, match=r"no table of tensors .*7 is no tensor"):
        load_var(tmp_path / "odd.pth")


def test_wrong_classes_and_caches_are_refused(tmp_path: Path):
    model = load_var(saved(published_state(SMALL), tmp_path / "var.pth"))
    with pytest.raises(PromptError, match="must be 0 to 4"):
        model.condition(torch.tensor([5]), guided=False)
    cond = model.condition(torch.tensor([1]), guided=False)
    with pytest.raises(StateError, match="grown to 1 tokens of 1 rows"):
        model.forward_scale(model.start(cond, 1), cond, model.empty_cache(1), 0)
    with pytest.raises(ConfigError, match="must divide"):
        replace(SMALL, num_heads=5)
