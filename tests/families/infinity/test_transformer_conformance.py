"""The original's logits on the reference cases, and what a case may ask for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from small_transformers import GOLDEN

from ttsvar.commands.reference_cases import folder_kind, run_conformance
from ttsvar.errors import ConfigError, FileError
from ttsvar.families.infinity.conformance import transformer_conformance

CASES = ("infinity_d32_256", "infinity_d14_patchify")
TOLERANCE = 1e-4
"""Of the standard deviation of the expected logits."""


def case_of(name: str) -> tuple[dict, dict]:
    folder = GOLDEN / name
    return json.loads((folder / "config.json").read_text()), load_file(folder / "inputs.safetensors")


@pytest.mark.parametrize("name", CASES)
def test_logits_are_the_originals(name: str) -> None:
    case, inputs = case_of(name)
    got = transformer_conformance(GOLDEN / name, case, inputs)
    expected = load_file(GOLDEN / name / "expected.safetensors")
    assert set(got) == {key for key in expected if key.startswith("logits.")}
    for key, logits in got.items():
        assert logits.shape == expected[key].shape
        assert (logits - expected[key]).abs().max() <= TOLERANCE * expected[key].std()


def test_the_level_embedding_belongs_before_the_first_block_alone() -> None:
    case, inputs = case_of(CASES[0])
    other = transformer_conformance(GOLDEN / CASES[0], {**case, "add_lvl_embeding_only_first_block": 0}, inputs)
    expected = load_file(GOLDEN / CASES[0] / "expected.safetensors")["logits.1"]
    assert (other["logits.1"] - expected).abs().max() > 0.01 * expected.std()


def test_guidance_and_tau_may_differ_by_scale() -> None:
    """cfg 1 is the conditional half alone, whether or not another scale is guided."""
    case, inputs = case_of(CASES[1])
    plain = transformer_conformance(GOLDEN / CASES[1], {**case, "cfg": 1, "tau": 1.0}, inputs)
    mixed = transformer_conformance(GOLDEN / CASES[1], {**case, "cfg": [1, 2, 1, 1, 1, 1, 1], "tau": [0.5] * 7}, inputs)
    torch.testing.assert_close(mixed["logits.2"], plain["logits.2"] * 2, rtol=1e-4, atol=1e-4)
    assert (mixed["logits.1"] - plain["logits.1"] * 2).abs().max() > 0.1


def test_a_batch_of_prompts_equals_each_alone() -> None:
    case, inputs = case_of(CASES[0])
    together = transformer_conformance(GOLDEN / CASES[0], case, inputs)
    first = int(inputs["lens"][0])
    alone = {k: t[1:] for k, t in inputs.items() if k.startswith("bits")}
    alone |= {"lens": inputs["lens"][1:], "text_features": inputs["text_features"][first:]}
    single = transformer_conformance(GOLDEN / CASES[0], case, alone)
    for key, logits in single.items():
        torch.testing.assert_close(logits, together[key][1:], rtol=1e-3, atol=1e-3)


def test_a_wide_schedule_runs() -> None:
    case, inputs = case_of(CASES[0])
    sizes = [[1, 1], [2, 2], [3, 4]]
    bits = {f"bits.{k}": torch.ones(2, 1, h, w, 32, dtype=torch.uint8) for k, (h, w) in enumerate(sizes)}
    changed = {**case, "scale_schedule": sizes, "h_div_w": 0.75, "cfg": 3.0, "tau": 0.5}
    got = transformer_conformance(GOLDEN / CASES[0], changed, {**inputs, **bits})
    assert [tuple(got[f"logits.{k}"].shape) for k in range(3)] == [(2, h * w, 32, 2) for h, w in sizes]


def test_a_negative_prompt_takes_the_place_of_the_unconditional_text() -> None:
    """Led away from its own text, a prompt's guided logits are those without guidance."""
    case, inputs = case_of(CASES[1])
    own = {"negative_text_features": inputs["text_features"], "negative_lens": inputs["lens"]}
    got = transformer_conformance(GOLDEN / CASES[1], {**case, "negative_prompt": True}, {**inputs, **own})
    plain = transformer_conformance(GOLDEN / CASES[1], {**case, "cfg": 1.0}, inputs)
    for key, logits in got.items():
        torch.testing.assert_close(logits, plain[key], rtol=1e-3, atol=1e-3)


def test_guidance_inside_the_blocks_changes_the_logits_and_a_factor_of_one_does_not() -> None:
    case, inputs = case_of(CASES[1])
    inner = transformer_conformance(GOLDEN / CASES[1], {**case, "cfg_insertion_layer": [-2]}, inputs)
    outer = transformer_conformance(GOLDEN / CASES[1], case, inputs)
    assert (inner["logits.0"] - outer["logits.0"]).abs().max() > 1e-2
    ones = {**case, "cfg": 1.0}
    same = transformer_conformance(GOLDEN / CASES[1], {**ones, "cfg_insertion_layer": [-2]}, inputs)
    torch.testing.assert_close(same["logits.0"], transformer_conformance(GOLDEN / CASES[1], ones, inputs)["logits.0"])


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"cfg_insertion_layer": [-4]}, r"name 0 for the logits, or blocks from -1 to -3"),
        ({"cfg_insertion_layer": [1]}, "cfg_layers"),
        ({"negative_prompt": True}, "negative_text_features"),
        ({"depth": 9}, "depth is 9 but the weights have 4"),
        ({"cfg": [3.0, 3.0]}, "cfg has 2 numbers; the case has 7 scales"),
    ],
)
def test_what_is_not_built_is_refused_by_name(change: dict, named: str) -> None:
    case, inputs = case_of(CASES[1])
    with pytest.raises(ConfigError, match=named):
        transformer_conformance(GOLDEN / CASES[1], {**case, **change}, inputs)


def test_the_command_writes_every_tensor_without_the_expected_ones(tmp_path: Path) -> None:
    source, folder = GOLDEN / CASES[1], tmp_path / "case"
    folder.mkdir()
    for name in ("config.json", "transformer.pth", "vae.pth", "inputs.safetensors"):
        (folder / name).symlink_to(source / name)
    run_conformance(folder, tmp_path / "got.safetensors")
    got, expected = load_file(tmp_path / "got.safetensors"), load_file(source / "expected.safetensors")
    assert {k: (t.shape, t.dtype) for k, t in got.items()} == {k: (t.shape, t.dtype) for k, t in expected.items()}


def test_a_folders_kind_is_told_from_its_contents(tmp_path: Path) -> None:
    assert folder_kind(GOLDEN / "geneval").name == "geneval"
    assert folder_kind(GOLDEN / "selection").name == "selection"
    save_file({"x": torch.zeros(1)}, tmp_path / "inputs.safetensors")
    with pytest.raises(ConfigError, match=r"holds inputs\.safetensors, which is no known kind"):
        folder_kind(tmp_path)
    with pytest.raises(ConfigError, match="is not a folder"):
        folder_kind(tmp_path / "absent")
    with pytest.raises(FileError, match="is a folder; name a file in it"):
        run_conformance(GOLDEN / "geneval", tmp_path)
